package dedupe

import (
	"cmp"
	"runtime"
	"slices"
	"time"
)

// Article is what grouping looks at.
type Article struct {
	ID        int64 // unique among the articles a [Grouper] is given; not 0
	Title     string
	Text      string // plain text, as much as the feed gave
	Canonical string // from [Canonical]; "" if it has no address
	Source    string // "" if unknown, which is never "the same source"
	Language  string // BCP 47; "" or "und" fits every language
	Published time.Time
	Places    []string // countries it is about, best first; may be empty
	Rank      int      // rank of its source; not looked at while matching
}

// Match is where an article belongs.
type Match struct {
	Story  int64  // story of the matched article; 0: none matched, a new story
	CopyOf int64  // the article whose text it copies, an original if it is still remembered; 0: none
	Why    string // reason for people; "" when nothing matched
}

// Options bound what a [Grouper] remembers and how hard it looks. Zero values
// mean the defaults.
type Options struct {
	Window        time.Duration // articles further apart are never matched; 0: 96 hours
	MaxCandidates int           // articles that one article is compared with, and a third as many stories; 0: 48
	MaxItems      int           // articles remembered at most, the oldest go first; 0: 250,000
	Aside         Aside         // where the larger part of what is remembered is laid; nil: it stays in memory
}

// withDefaults fills in what was left zero.
func (o Options) withDefaults() Options {
	o.Window = cmp.Or(max(o.Window, 0), 96*time.Hour)
	o.MaxCandidates = cmp.Or(max(o.MaxCandidates, 0), 48)
	o.MaxItems = cmp.Or(max(o.MaxItems, 0), 250_000)
	return o
}

// Grouper matches articles with the ones it remembers. It is fed in arrival
// order: [Grouper.Match] an article, decide, [Grouper.Add] it. To warm one up
// after a start, Add the archive's articles of the last window.
//
// It is not safe for concurrent use. Work per article is bounded by Options
// and by the length of texts looked at, not by how much is remembered.
type Grouper struct {
	memory  *memory
	copies  *copyIndex
	stories *storyIndex
	reader  analyser
	last    Article // of the last Match, so that Add need not analyse it again
	lastDoc *doc
}

// NewGrouper returns a Grouper that remembers nothing yet.
func NewGrouper(o Options) *Grouper {
	m := newMemory(o.withDefaults())
	g := &Grouper{memory: m, copies: newCopyIndex(m), stories: newStoryIndex(m)}
	g.freeAtLast()
	return g
}

// freeAtLast has its memory given back when g is forgotten without a Close.
func (g *Grouper) freeAtLast() { runtime.AddCleanup(g, (*pages).free, g.memory.pages) }

// Close gives back the memory that g takes; it is of no further use. The collector
// does so too, but later.
func (g *Grouper) Close() {
	g.memory.pages.free()
	g.memory.segments = nil
}

// Match says which remembered article a copies and which story it belongs to.
// It changes nothing.
func (g *Grouper) Match(a Article) Match {
	m := g.match(a)
	runtime.KeepAlive(g) // what it looks at is not the collector's
	return m
}

func (g *Grouper) match(a Article) Match {
	d := g.analyse(a)
	if o, why := g.copies.find(d); o != nil {
		return Match{Story: g.stories.stories[o.slot].id, CopyOf: original(o), Why: why}
	}
	g.weigh(d)
	f, ok := g.stories.find(d)
	if !ok {
		return Match{}
	}
	return Match{Story: f.story, Why: "same event: " + f.reason(&g.reader)}
}

// Add remembers a as part of story, which must not be 0, and as a copy of the
// article copyOf, 0 for an original.
func (g *Grouper) Add(a Article, story int64, copyOf int64) {
	d := g.analyse(a)
	g.lastDoc = nil
	d.copyOf = copyOf
	if copyOf == 0 {
		g.weigh(d)
	}
	slot := g.stories.slot(story)
	g.stories.ready(d)
	number, e := g.memory.add(d, slot, g.reader.lead())
	g.stories.add(d, slot, number, e)
	g.copies.add(d)
	if g.memory.bound() {
		g.stories.sweep()
	}
	runtime.KeepAlive(g)
}

// Err is the first error of reading what was laid aside. What was matched after
// it may be wrong, and the Grouper is of no further use.
func (g *Grouper) Err() error { return g.memory.aside.err }

// Rename gives a story its lasting id, which no other that is remembered may
// have: it returns false then, and changes nothing.
func (g *Grouper) Rename(from, to int64) bool {
	x := g.stories
	slot, ok := x.slots.find(from, x.stories)
	if _, taken := x.slots.find(to, x.stories); !ok || taken {
		return !ok
	}
	x.stories[slot].id = to
	x.slots.add(slot, x.stories) // where it was found so far, it is no more
	runtime.KeepAlive(g)
	return true
}

// weigh takes the boilerplate out of the event of d, once: what is compared
// with stories, and becomes part of one, is what d itself says.
func (g *Grouper) weigh(d *doc) {
	if !d.weighed {
		g.copies.boilerplate(d)
		g.reader.disregard(d)
		d.weighed = true
	}
}

// Forget drops what was published before the given time. Articles without a
// date stay until MaxItems pushes them out.
func (g *Grouper) Forget(before time.Time) {
	if g.memory.forget(before.Unix()) {
		g.lastDoc = nil
		g.stories.sweep()
	}
	runtime.KeepAlive(g)
}

// analyse returns what is compared of a.
func (g *Grouper) analyse(a Article) *doc {
	if g.lastDoc != nil && sameArticle(&a, &g.last) {
		return g.lastDoc
	}
	g.last, g.lastDoc = a, g.reader.analyse(a)
	return g.lastDoc
}

// sameArticle reports whether two articles would be analysed alike.
func sameArticle(a, b *Article) bool {
	return a.ID == b.ID && a.Title == b.Title && a.Text == b.Text && a.Canonical == b.Canonical &&
		a.Source == b.Source && a.Language == b.Language && a.Published.Equal(b.Published) && slices.Equal(a.Places, b.Places)
}
