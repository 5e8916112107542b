package publisher_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/atom"
	"github.com/rightswire/rightswire/publisher/jsonfeed"
	"github.com/rightswire/rightswire/publisher/rss"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// newsroom is an archive in memory. It is no mock: it answers queries.
type newsroom struct {
	stories []news.Story
	at      map[int64]int // where in stories each is, by id
	seq     int64
	changed map[int64]news.Story // by id: as the story was before its last change
	left    []news.Story         // the same before every change, by when that was
	asked   atomic.Int64         // calls of StoryMarks
	read    atomic.Int64         // stories read whole
	broken  error
	quiet   bool // it tells of no arrivals

	merged      map[string]string
	stones      []news.Tombstone
	corrections []news.Correction
}

func (n *newsroom) Counts(context.Context) (news.Counts, error) {
	c := news.Counts{Categories: map[string]int{}, Countries: map[string]int{}, Languages: map[string]int{}, Sources: map[string]int{}}
	for _, s := range n.stories {
		c.Stories++
		c.Items += len(s.Items)
		for _, f := range s.LeadItem().Filings {
			c.Categories[f.Category]++
		}
		for _, p := range s.LeadItem().Places {
			c.Countries[p.Country]++
		}
		lang := s.LeadItem().Language
		c.Languages[lang]++
		if base, _, regional := strings.Cut(lang, "-"); regional {
			c.Languages[base]++
		}
		c.Sources[s.LeadItem().Source]++
	}
	return c, n.broken
}

func (n *newsroom) StoryMarks(_ context.Context, q news.Query) ([]news.StoryMark, error) {
	n.asked.Add(1)
	stories := n.selected(q)
	return marksOf(stories[:min(len(stories), q.Limit)]), n.broken
}

func marksOf(stories []news.Story) []news.StoryMark {
	out := make([]news.StoryMark, len(stories))
	for i, s := range stories {
		out[i] = news.StoryMark{ID: s.ID, Changed: s.Changed, Published: s.Published}
	}
	return out
}

func (n *newsroom) StoryHeads(_ context.Context, ids []int64) ([]news.StoryHead, error) {
	return headsOf(n.find(ids)), n.broken
}

func headsOf(stories []news.Story) []news.StoryHead {
	out := make([]news.StoryHead, len(stories))
	for i, s := range stories {
		lead := s.LeadItem()
		out[i] = news.StoryHead{
			StoryMark: news.StoryMark{ID: s.ID, Changed: s.Changed, Published: s.Published}, UID: s.UID, Updated: s.Updated,
			Title: lead.Title, Language: lead.Language, Source: lead.Source, FirstSeen: lead.FirstSeen,
		}
		for _, it := range s.Items {
			for _, f := range it.Filings {
				if !slices.Contains(out[i].Categories, f.Category) {
					out[i].Categories = append(out[i].Categories, f.Category)
				}
			}
		}
	}
	return out
}

func (n *newsroom) FindStories(_ context.Context, ids []int64, content func(source, summary string) bool) ([]news.Story, error) {
	n.read.Add(int64(len(ids)))
	out := slices.Clone(n.find(ids))
	for i := range out {
		out[i].Items = slices.Clone(out[i].Items)
		for j, it := range out[i].Items {
			if content != nil && !content(it.Source, it.Summary) {
				out[i].Items[j].Content = ""
			}
		}
	}
	return out, n.broken
}

func (n *newsroom) Arrivals(_ context.Context, limit int) ([]news.Arrival, time.Time, error) {
	if n.quiet {
		return nil, noon.AddDate(99, 0, 0), n.broken
	}
	stories := slices.SortedFunc(slices.Values(n.stories), func(a, b news.Story) int { return b.LeadItem().FirstSeen.Compare(a.LeadItem().FirstSeen) })
	from := time.Time{}
	if len(stories) > limit {
		from = stories[limit].LeadItem().FirstSeen.Add(1)
		stories = slices.DeleteFunc(stories, func(s news.Story) bool { return s.LeadItem().FirstSeen.Before(from) })
	}
	return arrivalsOf(stories), from, n.broken
}

func arrivalsOf(stories []news.Story) (out []news.Arrival) {
	marks := marksOf(stories)
	for i, s := range stories {
		lead := s.LeadItem()
		a := news.Arrival{StoryMark: marks[i], Seen: lead.FirstSeen, Languages: []string{lead.Language}, Sources: []string{lead.Source}}
		for _, f := range lead.Filings {
			a.Categories = append(a.Categories, f.Category)
		}
		for _, p := range lead.Places {
			a.Countries = append(a.Countries, p.Country)
		}
		out = append(out, a)
	}
	return out
}

func (n *newsroom) find(ids []int64) (out []news.Story) {
	for _, id := range ids {
		if i, there := n.at[id]; there && len(n.stories[i].Items) > 0 {
			out = append(out, n.stories[i])
		}
	}
	return out
}

// selected returns all stories of a query, newest first.
func (n *newsroom) selected(q news.Query) []news.Story {
	out := slices.DeleteFunc(slices.Clone(n.stories), func(s news.Story) bool { return !matches(q, s) })
	slices.SortFunc(out, func(a, b news.Story) int {
		if c := b.Published.Compare(a.Published); c != 0 {
			return c
		}
		return int(b.ID - a.ID)
	})
	return out
}

func (n *newsroom) PerDay(_ context.Context, category string, from time.Time) ([]news.DayCount, error) {
	var out []news.DayCount
	for _, s := range slices.Backward(n.selected(news.Query{Categories: []string{category}})) {
		day := s.Published.UTC().Truncate(24 * time.Hour)
		switch last := len(out) - 1; {
		case day.Before(from):
		case last >= 0 && out[last].Day.Equal(day):
			out[last].Stories++
		default:
			out = append(out, news.DayCount{Day: day, Stories: 1})
		}
	}
	return out, n.broken
}

func (n *newsroom) Story(_ context.Context, uid string) (news.Story, error) {
	for _, s := range n.stories {
		if s.UID == uid {
			return s, n.broken
		}
	}
	if n.broken != nil {
		return news.Story{}, n.broken
	}
	return news.Story{}, news.ErrNotFound
}

func (n *newsroom) Withdrawn(context.Context) ([]string, error) {
	var uids []string
	for id, s := range n.changed {
		if _, there := n.at[id]; !there {
			uids = append(uids, s.UID)
		}
	}
	return uids, n.broken
}

func (n *newsroom) StoryRevisions(_ context.Context, yield func(string, int64)) error {
	for _, s := range n.stories {
		yield(s.UID, s.Changed)
	}
	return n.broken
}

func (n *newsroom) StoryRevisionsOf(_ context.Context, ids []int64, yield func(string, int64)) error {
	for _, s := range n.find(ids) {
		yield(s.UID, s.Changed)
	}
	return n.broken
}

func (n *newsroom) Merged(context.Context) (map[string]string, error) { return n.merged, n.broken }

func (n *newsroom) Tombstones(_ context.Context, limit int) ([]news.Tombstone, error) {
	return n.stones[:min(limit, len(n.stones))], n.broken
}

func (n *newsroom) Corrections(_ context.Context, limit int) ([]news.Correction, error) {
	return n.corrections[:min(limit, len(n.corrections))], n.broken
}

func matches(q news.Query, s news.Story) bool {
	lead := s.LeadItem()
	any := func(want []string, got ...string) bool {
		return len(want) == 0 || slices.ContainsFunc(want, func(w string) bool { return slices.Contains(got, w) })
	}
	var cats, places []string
	for _, f := range lead.Filings {
		cats = append(cats, f.Category)
	}
	for _, p := range lead.Places {
		places = append(places, p.Country)
	}
	base, _, _ := strings.Cut(lead.Language, "-")
	after := q.After == news.Cursor{} || s.Published.Before(q.After.Published) || s.Published.Equal(q.After.Published) && s.ID < q.After.ID
	return any(q.Categories, cats...) && any(q.Countries, places...) && any(q.Languages, lead.Language, base) && any(q.Sources, lead.Source) &&
		after && !lead.FirstSeen.Before(q.Since) && strings.Contains(lead.Title, q.Text)
}

func (n *newsroom) Changes(_ context.Context, after int64) (news.Changes, error) {
	c := news.Changes{Seq: n.seq}
	if after >= n.seq {
		return c, n.broken
	}
	add := func(s news.Story) {
		c.Stories = append(c.Stories, s.ID)
		for _, it := range s.Items {
			c.Sources = append(c.Sources, it.Source)
			c.Languages = append(c.Languages, it.Language)
			for _, f := range it.Filings {
				c.Categories = append(c.Categories, f.Category)
			}
			for _, p := range it.Places {
				c.Countries = append(c.Countries, p.Country)
			}
		}
	}
	for _, s := range n.stories {
		if s.Changed > after {
			add(s)
		}
	}
	for _, s := range n.left {
		if s.Changed > after {
			add(s)
		}
	}
	return c, n.broken
}

// put stores a story, as a poll does.
func (n *newsroom) put(s news.Story) {
	n.seq++
	s.Changed = n.seq
	if i, there := n.at[s.ID]; there {
		n.note(n.stories[i])
		n.stories[i] = s
		return
	}
	if n.at == nil {
		n.at = map[int64]int{}
	}
	n.at[s.ID] = len(n.stories)
	n.stories = append(n.stories, s)
}

// drop withdraws a story.
func (n *newsroom) drop(id int64) {
	i := n.at[id]
	n.seq++
	n.note(n.stories[i])
	n.stories = slices.Delete(n.stories, i, i+1)
	delete(n.at, id)
	for i := i; i < len(n.stories); i++ {
		n.at[n.stories[i].ID] = i
	}
}

func (n *newsroom) note(s news.Story) {
	if n.changed == nil {
		n.changed = map[int64]news.Story{}
	}
	s.Changed = n.seq
	n.changed[s.ID] = s
	n.left = append(n.left, s)
}

// story makes a story of one item.
func story(id int64, source, category, lang string, published time.Time) news.Story {
	return news.Story{
		ID: id, UID: fmt.Sprintf("00000000-0000-4000-8000-%012d", id), Published: published, Updated: published, Lead: id,
		Items: []news.Item{{
			ID: id, Source: source, Key: fmt.Sprint(id), URL: fmt.Sprintf("https://%s.example/%d", source, id), Title: fmt.Sprintf("Report %d", id),
			Summary: "What happened, in a sentence.", Content: "<p>All of it.</p>", Language: lang, Published: published, Updated: published,
			FirstSeen: published.Add(time.Minute), Filings: []news.Filing{{Category: category}}, Places: []news.Place{{Country: "QA"}},
		}},
	}
}

func options() publisher.Options {
	return publisher.Options{
		Site: publisher.SiteInfo{Title: "Test wire", Description: "All the news", URL: "https://wire.example/", Language: "en", Contact: "desk@wire.example", Version: "1.0", TTL: 5 * time.Minute},
		Sources: []news.Source{
			{ID: "alpha", Title: "Alpha & Co", URL: "https://user:secret@alpha.example/feed.xml", Homepage: "https://alpha.example/", Language: "en", Kind: "news", Rank: 1},
			{ID: "beta", Title: "Beta", URL: "https://beta.example/rss", Homepage: "https://beta.example/", Language: "es", Kind: "ngo", Content: news.ContentFull},
			{ID: "gamma", Title: "Gamma", URL: "https://gamma.example/atom", Content: news.ContentTitle, Kind: "union"},
		},
		Categories: []news.Category{
			{ID: "labor", Title: "Labor", Umbrella: true, Description: "Work and the people who do it"},
			{ID: "unions-strikes", Title: "Unions and strikes", Group: "labor", Titles: map[string]string{"es": "Sindicatos y huelgas"}},
			{ID: "press-freedom", Title: "Press freedom"},
		},
		Encoders: map[string]publisher.Encoder{"rss": rss.Append, "atom": atom.Append, "json": jsonfeed.Append},
		Pages:    &plainPages{},
	}
}

// plainPages renders a page as the JSON of what it was given, which shows
// any difference and nothing else.
type plainPages struct {
	fail     func(publisher.Page) error
	rendered atomic.Int64
}

func (p *plainPages) Append(dst []byte, page publisher.Page) ([]byte, error) {
	p.rendered.Add(1)
	if p.fail != nil {
		if err := p.fail(page); err != nil {
			return dst, err
		}
	}
	body, err := json.Marshal(page)
	return append(dst, body...), err
}

func (p *plainPages) Fingerprint() string { return "" }

func (p *plainPages) Assets() []publisher.File {
	return []publisher.File{{Path: "/style.css", Type: "text/css; charset=utf-8", Body: []byte("body{}")}}
}

func newBuilder(t testing.TB, n publisher.Archive, opt publisher.Options) *publisher.Builder {
	t.Helper()
	b, err := publisher.New(n, opt)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func build(t testing.TB, n publisher.Archive, opt publisher.Options) *publisher.Site {
	t.Helper()
	site, report, err := newBuilder(t, n, opt).Build(t.Context())
	if err := errors.Join(err, report.Err()); err != nil {
		t.Fatal(err)
	}
	return site
}
