package publisher

import (
	"maps"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/clean"
)

// maxStones is how many tombstones the builder asks for, and maxDeleted how
// many of them one edition carries.
const (
	maxStones  = 100
	maxDeleted = 20
)

// Deleted says that a story is no entry any more (F36, RFC 6721).
type Deleted struct {
	ID   string    // as the entry had it
	When time.Time // since when
	Why  string    // one sentence
}

// deleted returns the stories that are gone from a cut, the latest first.
func (r *run) deleted(c Cut) []Deleted {
	var out []Deleted
	for _, s := range r.stones {
		if len(out) == maxDeleted {
			break
		}
		if !held(c.Query, s.Items, nil) {
			continue
		}
		out = append(out, r.b.deleted(s))
	}
	return out
}

// deleted says of one story that it is gone.
func (b *Builder) deleted(s news.Tombstone) Deleted {
	d := Deleted{ID: clean.Text(news.Story{UID: s.UID}.EntryID()), When: s.At.UTC().Truncate(time.Second), Why: "Withdrawn."}
	if s.Into != "" {
		into := news.Story{UID: s.Into}
		d.Why = "Now part of " + clean.Text(into.EntryID()) + ", " + b.opt.Site.URL + storyPath(into)
	}
	return d
}

// standing returns counts under which no feed of a country or a language is
// missing only because its last story has gone: whoever has subscribed to it
// reads there that it has.
func standing(c news.Counts, gone []news.Tombstone) news.Counts {
	c.Countries, c.Languages = maps.Clone(c.Countries), maps.Clone(c.Languages)
	for _, s := range gone {
		for _, it := range s.Items {
			c.Languages[it.Language] = max(1, c.Languages[it.Language])
			for _, p := range it.Places {
				c.Countries[p.Country] = max(1, c.Countries[p.Country])
			}
		}
	}
	return c
}

// held reports whether a cut lists a story with these items. Without says
// nobody looks at the text of the query: a tombstone has no words, and one too
// many does no harm.
func held(q news.Query, items []news.Item, says func(text string, it news.Item) bool) bool {
	if says == nil {
		q.Text = ""
	}
	if q.Text == "" && len(q.Categories)+len(q.Countries)+len(q.Languages)+len(q.Sources) == 0 {
		return true
	}
	for _, it := range items {
		var categories, countries []string
		for _, f := range it.Filings {
			categories = append(categories, f.Category)
		}
		for _, p := range it.Places {
			countries = append(countries, p.Country)
		}
		if meets(q.Categories, categories) && meets(q.Countries, countries) && speaks(q.Languages, []string{it.Language}) && meets(q.Sources, []string{it.Source}) && (q.Text == "" || says(q.Text, it)) {
			return true
		}
	}
	return false
}

// newestChange is when an edition changed last: an entry that went counts too.
func newestChange(entries []Entry, gone []Deleted) time.Time {
	t := newestOf(entries)
	for _, d := range gone {
		t = later(d.When, t)
	}
	return t
}
