package publisher

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/clean"
)

// listed is a story as lists hold it: what sorting, capping and comparing need.
// Its text is read when something is made of it, since a site lists many more
// stories than one build has to write about.
type listed struct {
	id        int64
	changed   int64     // the archive's counter; see [news.Story]
	published moment    // as the archive sorts it
	seen      moment    // when its lead was first seen
	updated   moment    // as in its entry
	id16      uuid.UUID // its UID, unless said has it
	*kin
	said  *said    // nil: nothing
	whole *written // of what is no story; nil: it is in the archive
}

// said is what is known of a story that is not needed of most: there are hundreds
// of thousands, and only next to the stories of a category are others named.
type said struct {
	title string // as in its entry
	known bool   // the title is
	uid   string // unless it is written as UUIDs are
}

// kin is what many stories have in common.
type kin struct {
	source   string // of the lead
	language string // as in the entry
	category string // the first one that the configuration knows; "": none
}

// written is an entry that is of no story, with its hash.
type written struct {
	Entry
	sum [32]byte
}

// moment is a time in microseconds since 1970, as the archive has it: a third of
// what [time.Time] takes, of which a site would hold a hundred thousand.
type moment int64

func momentOf(t time.Time) moment { return moment(t.UnixMicro()) }

func (m moment) time() time.Time { return time.UnixMicro(int64(m)).UTC() }

// listing turns what a list has to know of a story into what it holds; titled
// says whether the title belongs to it.
func (r *run) listing(h news.StoryHead, titled bool) *listed {
	shown := plausible(h.Published, h.FirstSeen)
	l := &listed{
		id: h.ID, changed: h.Changed, published: momentOf(h.Published), seen: momentOf(h.FirstSeen),
		updated: momentOf(updated(h.Updated, h.FirstSeen, shown, h.UID)),
	}
	var title *string
	if titled {
		t := clean.Title(h.Title, titleRunes)
		title = &t
	}
	l.say(h.UID, title)
	k := kin{source: h.Source, language: clean.Language(h.Language)}
	for _, id := range h.Categories {
		if _, known := r.b.categories[id]; known {
			k.category = id
			break
		}
	}
	l.kin = r.kins[k]
	if l.kin == nil {
		l.kin = &k
		r.kins[k] = l.kin
	}
	return l
}

// shown is when a story was published, as readers see it.
func (l *listed) shown() time.Time { return plausible(l.published.time(), l.seen.time()) }

// hash is the same where the rendering is: a story with the same counter is the
// same (see [news.StoryMark]).
func (l *listed) hash() (sum [32]byte) {
	if l.whole != nil {
		return l.whole.sum
	}
	binary.BigEndian.PutUint64(sum[:], uint64(l.id))
	binary.BigEndian.PutUint64(sum[8:], uint64(l.changed))
	return sum
}

// say notes what a story is called, in addresses and, unless title is nil, to
// readers.
func (l *listed) say(uid string, title *string) {
	id, plain := plainUID(uid)
	if l.id16 = id; !plain {
		l.said = &said{uid: uid}
	}
	if title == nil {
		return
	}
	if l.said == nil {
		l.said = &said{}
	}
	l.said.title, l.said.known = *title, true
}

// plainUID returns a UID in fewer bytes, if it is written as UUIDs are.
func plainUID(uid string) (uuid.UUID, bool) {
	id, err := uuid.Parse(uid)
	if err != nil || id.String() != uid {
		return uuid.UUID{}, false
	}
	return id, true
}

// uid is the UID of the story.
func (l *listed) uid() string {
	if l.said != nil && l.said.uid != "" {
		return l.said.uid
	}
	return l.id16.String()
}

// titled reports whether the title of the story is known.
func (l *listed) titled() bool { return l.said != nil && l.said.known }

// page is the site path of the story's page.
func (l *listed) page() string { return storyPath(news.Story{UID: l.uid()}) }

// brief is an entry that names the story and no more.
func (b *Builder) brief(l *listed) Entry {
	url, title := b.opt.Site.URL+l.page(), ""
	if l.titled() {
		title = l.said.title
	}
	return Entry{
		ID: clean.Text(news.Story{UID: l.uid()}.EntryID()), Title: clean.First(title, url), URL: url, StoryURL: url,
		Language: l.language, Source: b.outlet(l.source), Published: l.shown(), Updated: l.updated.time(),
	}
}

// updated is when a story changed, as readers see it.
func updated(at, seen, published time.Time, uid string) time.Time {
	return stamp(later(plausible(at, seen), published), uid)
}

// entry turns a story into what readers see of it.
func (b *Builder) entry(s news.Story) Entry {
	lead := s.LeadItem()
	e := Entry{
		ID:        clean.Text(s.EntryID()),
		Title:     clean.Title(lead.Title, titleRunes),
		URL:       clean.URL(lead.URL),
		StoryURL:  b.opt.Site.URL + storyPath(s),
		Author:    clean.Title(lead.Author, authorRunes),
		Language:  clean.Language(lead.Language),
		Source:    b.outlet(lead.Source),
		Published: plausible(s.Published, lead.FirstSeen),
		Image:     clean.URL(lead.Image),
	}
	if e.URL == "" {
		e.URL = e.StoryURL
	}
	if e.Title == "" {
		e.Title = e.URL
	}
	e.Updated = updated(s.Updated, lead.FirstSeen, e.Published, s.UID)
	b.fill(&e, s, lead)
	return e
}

// showsContent reports whether anything of an item's content is shown: what a
// policy allows, or an excerpt where there is no summary.
func (b *Builder) showsContent(source, summary string) bool {
	policy := b.policy(source)
	return policy == news.ContentFull || policy != news.ContentTitle && clean.First(summary) == ""
}

// fill adds text, media, labels and coverage.
func (b *Builder) fill(e *Entry, s news.Story, lead news.Item) {
	policy := b.policy(lead.Source)
	full := ""
	if policy != news.ContentTitle {
		text := clean.First(lead.Summary)
		if text == "" {
			text = textOf(lead.Content)
		}
		e.Summary = clean.Excerpt(text, excerptRunes)
	}
	if policy == news.ContentFull {
		full = lead.Content
	}
	for _, enc := range lead.Enclosures {
		if u := clean.URL(enc.URL); u != "" && len(e.Enclosures) < maxMedia {
			e.Enclosures = append(e.Enclosures, news.Enclosure{URL: u, Type: clean.MediaType(enc.Type, u), Length: max(0, enc.Length)})
		}
	}
	e.Categories, e.Countries = b.labels(s)
	for _, it := range s.Items[min(1, len(s.Items)):] {
		e.Coverage = append(e.Coverage, Coverage{
			Outlet: b.outlet(it.Source), Title: clean.Title(it.Title, titleRunes), URL: clean.URL(it.URL),
			Language: clean.Language(it.Language), Published: plausible(it.Published, it.FirstSeen), Copy: it.CopyOf != 0,
		})
	}
	// An eighth of the edition's bound leaves room for others whatever one
	// source sends, and for what encoding adds.
	e.Content = b.body(*e, full, b.opt.MaxBytes/8)
}

// labels returns the categories and countries of a story, the lead's first.
// Categories that the configuration no longer knows have no page and no name.
func (b *Builder) labels(s news.Story) (categories, countries []Label) {
	seen := map[string]bool{}
	for _, it := range s.Items {
		for _, f := range it.Filings {
			if c, ok := b.categories[f.Category]; ok && !seen["c"+c.ID] && len(categories) < maxLabels {
				seen["c"+c.ID] = true
				categories = append(categories, Label{Term: c.ID, Scheme: b.opt.Site.URL + "/category/", Label: clean.Line(c.Title)})
			}
		}
		for _, p := range it.Places {
			if name := b.country(p.Country); name != "" && !seen["p"+p.Country] && len(countries) < maxLabels {
				seen["p"+p.Country] = true
				countries = append(countries, Label{Term: p.Country, Scheme: b.opt.Site.URL + "/country/", Label: name})
			}
		}
	}
	return categories, countries
}

// outlet describes a source. One that left the configuration still has its
// feed here, which stands in for its own.
func (b *Builder) outlet(id string) Outlet {
	if o, ok := b.outlets[id]; ok {
		return o // an entry names one for itself, and for each story beside it
	}
	return b.outletOf(id)
}

func (b *Builder) outletOf(id string) Outlet {
	s, ok := b.sources[id]
	o := Outlet{ID: id, Title: clean.Line(clean.First(s.Title, id, "unknown")), FeedURL: clean.URL(s.URL), Homepage: clean.URL(s.Homepage), Language: clean.Language(s.Language)}
	if !ok || o.FeedURL == "" {
		o.FeedURL = b.opt.Site.URL + "/feeds/source/" + Slug(id) + ".rss"
	}
	return o
}

// country returns the name of a country in the site's language; "" for a
// code that is none.
func (b *Builder) country(code string) string {
	r, err := language.ParseRegion(code)
	if err != nil || !r.IsCountry() {
		return ""
	}
	return display.Regions(b.locale).Name(r)
}

func storyPath(s news.Story) string { return "/story/" + Slug(strings.ToLower(s.UID)) + "/" }

// plausible returns t to the second, or the time we first saw the thing if t
// is a date from before there were feeds: a source that says 1970 means that
// it does not know.
func plausible(t, seen time.Time) time.Time {
	if t.Year() < 1990 {
		t = seen
	}
	return t.UTC().Truncate(time.Second)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// stamp sets the microseconds of a time from an id. Feeds date to the second,
// so that whole batches share one time, which the W3C validator warns of
// (F08). The offset comes from the entry alone, not from its neighbours: a
// neighbour that leaves must not seem to update the ones that stay (F09).
func stamp(t time.Time, id string) time.Time {
	sum := sha256.Sum256([]byte(id))
	n := int(sum[0])<<16 | int(sum[1])<<8 | int(sum[2])
	return t.Truncate(time.Second).Add(time.Duration(1+n%999_998) * time.Microsecond)
}

// hashOf returns a hash of a value's JSON form.
func hashOf(v any) [32]byte {
	b, err := json.Marshal(v)
	if err != nil {
		// Only a time beyond year 9999 does this, which the archive does not
		// hold: no date is later than when we first saw the thing. All such
		// values would count as equal.
		b = []byte(err.Error())
	}
	return sha256.Sum256(b)
}

// newestFirst is the order of every list: by publication, then by id (F41).
func newestFirst(a, b *listed) int {
	return cmp.Or(cmp.Compare(b.published, a.published), cmp.Compare(b.id, a.id))
}

func sorted(ls []*listed) []*listed {
	slices.SortFunc(ls, newestFirst)
	return ls
}

// stories are in order of their ids.
type stories []*listed

func byID(ls []*listed) stories {
	ls = slices.Clone(ls)
	slices.SortFunc(ls, func(a, b *listed) int { return cmp.Compare(a.id, b.id) })
	return ls
}

// find returns the place of a story, and whether it is there.
func (s stories) find(id int64) (int, bool) {
	return slices.BinarySearchFunc(s, id, func(x *listed, id int64) int { return cmp.Compare(x.id, id) })
}

// of returns a story, or nil.
func (s stories) of(id int64) *listed {
	n, there := s.find(id)
	if !there {
		return nil
	}
	return s[n]
}
