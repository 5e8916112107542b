package dedupe

import (
	"math"
	"slices"
)

// The similarity that makes two reports one event, and what raises it; see
// storyIndex.similarity for what is added up.
//
// The thresholds are low because two desks choose most words anew: what they
// share is the names, the place and the act, a small part of a text's weight.
// A title shares less still, as it holds less. They are kept from joining
// everything of one beat by idf, which makes a beat's usual words light, and by
// the factors, which ask for more where chance or habit explains a likeness.
// They are judgements, not laws: whoever changes one should replay an archive.
const (
	joinText     = 0.18 // an article with a text
	joinTitle    = 0.12 // an article with little more than a title
	titleTerms   = 15   // fewer terms than this are little more than a title
	ownTerms     = 0.05 // for a term that belongs to the story
	ownShare     = 0.1  // for the share of the article's weight on such terms
	sizePrior    = 0.2  // times more for each e-fold of originals, where stories compete
	agePenalty   = 0.3  // share lost at the end of the window
	soleSource   = 1.5  // times more, for a second report by a story's only source
	elsewhere    = 4.5  // times more, when the places differ: what is alike is the kind of event
	otherNames   = 2.0  // times more, when the titles differ in names alone
	otherFigures = 2.0  // times more, when the leads have other numbers, as those of two accidents
	fewFigures   = 2    // numbers of a lead that can tell so
	idfPrior     = 300  // articles that an empty archive is taken to hold
	storyTerms   = 60   // terms that describe a story, and a third more between cuts
	storyKeys    = 9    // terms of an article that make its story findable
	lookupTerms  = 10   // terms of an article that stories are looked up by
	perTerm      = 96   // articles looked at per term, the newest
	perLookup    = 256  // articles looked at in all
	warm         = 200  // articles before one word alone can join two titles
)

// storyIndex clusters articles into events, one pass in arrival order.
//
// A story is the sum of its articles' terms, cut to the heaviest. An article
// is compared, by the cosine of weighted terms, with the stories that share
// its most telling terms. How telling a term is, is learned from the articles
// themselves.
type storyIndex struct {
	*memory
	terms   vocabulary
	docs    float64 // originals that terms has counted
	most    float64 // log of docs, part of each idf
	logs    *logTable
	stories []story // by slot
	sums    []*sum  // of stories of several originals, by number
	slots   slotTable

	query query // of the article that was matched last
	// Scratch, zero or empty between calls.
	tallies tallies
	found   []uint32
	hits    []uint64
	alone   sum // of a story of one original
	merged  vector
	reports []newest
	fetched byte // of no use: so that what was looked at was not in vain
	both    []sharedTerm
	last    doc
}

// tallies is what stories share with an article while candidates are looked
// for: a small open hash table, which stays in the processor's cache.
type tallies struct {
	table [4 * perLookup]tally
	list  []uint16 // places in use
}

// tally is what one story shares.
type tally struct {
	slot uint32 // of the story, plus 1; 0: an empty place
	sum  float32
	term int32 // place+1 of the term counted last
}

// of returns that of a story, a new one at first.
func (t *tallies) of(slot uint32) *tally {
	for i := mix(slot) % uint32(len(t.table)); ; i = (i + 1) % uint32(len(t.table)) {
		c := &t.table[i]
		if c.slot == 0 {
			c.slot = slot + 1
			t.list = append(t.list, uint16(i))
			return c
		}
		if c.slot == slot+1 {
			return c
		}
	}
}

// clear makes the table empty.
func (t *tallies) clear() {
	for _, i := range t.list {
		t.table[i] = tally{}
	}
	t.list = t.list[:0]
}

// story is an event. Most have one original, and all that is known of them is
// in its entry.
type story struct {
	id   int64
	last uint32 // number of its last original; 0 none
	// Publication of the earliest and the latest article; 0 unknown.
	from, until uint32
	sum         uint32 // number of its sum, from 1; 0: it has none
}

// sum returns that of a story; nil when it has none.
func (x *storyIndex) sum(s *story) *sum {
	if s.sum == 0 {
		return nil
	}
	return x.sums[s.sum-1]
}

// sum is the running sum of a story's originals.
type sum struct {
	terms  vector
	norm   float64  // length of the weighted terms
	most   float32  // highest sum of a term
	n      int      // originals
	langs  []uint16 // of its originals; 0 unknown
	places []uint16 // of its first original that has any
	mixed  bool     // more than one source, or an unknown one
}

// vector is the terms of a story. The hashes lie apart: an article is
// compared with dozens of stories, and shares few terms with most.
type vector struct {
	hash []uint32 // sorted
	of   []storyTerm
}

// storyTerm is what a story knows of one term: how many of its originals hold
// it, and below that the sum of their tf, each article scaled to length 1, to
// one part in four thousand.
type storyTerm uint32

const (
	originBits = 12
	maxOrigins = 1<<originBits - 1
)

func (t storyTerm) n() int { return int(t & maxOrigins) }

func (t storyTerm) sum() float32 { return math.Float32frombits(uint32(t) &^ maxOrigins) }

// plus is t with one more original.
func (t storyTerm) plus(tf float32) storyTerm {
	const half = 1 << (originBits - 1)
	sum := math.Float32bits(t.sum()+tf) + half
	return storyTerm(sum&^maxOrigins | uint32(min(t.n()+1, maxOrigins)))
}

// add appends a term.
func (t *vector) add(hash uint32, st storyTerm) {
	t.hash, t.of = append(t.hash, hash), append(t.of, st)
}

// cut keeps the first n terms.
func (t *vector) cut(n int) { t.hash, t.of = t.hash[:n], t.of[:n] }

func newStoryIndex(m *memory) *storyIndex {
	x := &storyIndex{memory: m, terms: newVocabulary(m.pages), logs: newLogTable(), slots: slotTable{pages: m.pages}}
	x.setDocs(0)
	return x
}

// idf is how telling a term is that df originals hold.
func (x *storyIndex) idf(df float32) float64 { return x.most - x.logs.of(df) }

// setDocs sets how many originals the vocabulary has counted.
func (x *storyIndex) setDocs(n float64) { x.docs, x.most = n, math.Log(n+idfPrior) }

// logTable holds log(n + 0.5) for small n, which most terms have: an article
// asks for hundreds of them.
type logTable [1 << 12]float64

func newLogTable() *logTable {
	t := &logTable{}
	for n := range t {
		t[n] = math.Log(float64(n) + 0.5)
	}
	return t
}

func (t *logTable) of(df float32) float64 {
	// After a halving counts are no whole numbers.
	if n := int(df); n < len(t) && float32(n) == df {
		return t[n]
	}
	return math.Log(float64(df) + 0.5)
}

// fit is how an article and a story belong together.
type fit struct {
	story  int64
	score  float64
	shared []uint32 // terms in common, heaviest first
	places int      // places in common
}

// find returns the story that d belongs to; ok is false when it is a new one.
func (x *storyIndex) find(d *doc) (best fit, ok bool) {
	q := x.ask(d)
	if q.norm == 0 {
		return fit{}, false
	}
	var at *story
	for _, r := range x.gather(x.candidates(q)) {
		if c := x.similarity(q, r, best.score); c > best.score {
			at, best.score = r.story, c
		}
	}
	if at == nil {
		return fit{}, false
	}
	v := x.open(at)
	best.story = at.id
	for i := range q.order {
		if h := q.terms[i].hash; v.holds(h) {
			best.shared = append(best.shared, h)
		}
	}
	best.places = common(d.places, x.places(at))
	return best, true
}

// newest is the last original of a story, as far as similarity looks at it.
type newest struct {
	story *story
	entry *entry
	hints []byte // and those of the articles behind it; nil: they are asleep
}

// gather returns the last originals of stories that are scattered over all that
// is remembered. It is scratch. What they say is looked at here, one beside the
// other: the processor fetches them all at once then, and has them when they
// are compared one after the other, which would wait for each.
func (x *storyIndex) gather(hits []uint64) []newest {
	x.reports = x.reports[:0]
	for _, h := range hits {
		s := &x.stories[uint32(h)]
		seg, e := x.at(s.last)
		r := newest{story: s, entry: e}
		if seg.asleep == nil {
			r.hints = seg.hints[e.hints:]
		}
		x.reports = append(x.reports, r)
	}
	const line = 64 // hints that are fetched together
	for _, r := range x.reports {
		for i := 0; i < min(len(r.hints), int(r.entry.nTerms)); i += line {
			x.fetched |= r.hints[i]
		}
	}
	return x.reports
}

// candidates returns the stories that share the heaviest terms of the article,
// those that share most of its weight first, each as its slot below the weight.
// The result is scratch.
func (x *storyIndex) candidates(q *query) []uint64 {
	x.tallies.clear()
	left := perLookup
	for i, at := range q.first {
		t := &q.terms[at]
		x.found = x.storiesUnder(x.found[:0], t.hash, min(perTerm, left))
		left -= len(x.found)
		for _, slot := range x.found {
			if c := x.tallies.of(slot); c.term != int32(i+1) {
				c.term = int32(i + 1)
				c.sum += float32(t.w * t.w)
			}
		}
	}
	// The stories are looked at only when they are among the best so far: a
	// walk meets hundreds of them that share one term.
	// The story that an article belongs to shares more than nearly all others:
	// 12 instead of 48 change 35 groups of 26,000, and no score on labelled ones.
	n := max(1, x.opt.MaxCandidates/3)
	hits, floor := x.hits[:0], float32(0)
	for _, i := range x.tallies.list {
		c := &x.tallies.table[i]
		if c.sum <= floor || !x.near(q, &x.stories[c.slot-1]) {
			continue
		}
		hits = append(hits, uint64(math.Float32bits(c.sum))<<32|uint64(c.slot-1))
		if len(hits) >= 2*n {
			hits = top(hits, n)
			floor = math.Float32frombits(uint32(hits[len(hits)-1] >> 32))
		}
	}
	x.hits = hits
	return top(hits, n)
}

// top sorts hits, the highest first, and cuts them to n.
func top(hits []uint64, n int) []uint64 {
	slices.Sort(hits)
	slices.Reverse(hits)
	return hits[:min(len(hits), n)]
}

// near reports whether an article may join a story at all. Keys are not exact,
// so that one may lead to a copy whose originals are all forgotten.
func (x *storyIndex) near(q *query, s *story) bool {
	if _, last := x.at(s.last); last == nil {
		return false
	}
	return s.gap(q.doc.at) <= int64(x.opt.Window.Seconds())
}

// gap is how long before or after a story's coverage an article was published;
// 0 when within, and when either has no time.
func (s *story) gap(at int64) int64 {
	if at == 0 || s.until == 0 {
		return 0
	}
	return max(0, at-int64(s.until), int64(s.from)-at)
}

// open returns the sum of a story that has an original; that of a story of one
// is scratch.
func (x *storyIndex) open(s *story) *sum {
	if v := x.sum(s); v != nil {
		return v
	}
	_, e := x.at(s.last)
	v := &x.alone
	v.terms.cut(0)
	*v = sum{terms: v.terms, norm: float64(e.norm), n: 1, langs: append(v.langs[:0], e.lang), mixed: e.source == 0}
	for _, t := range x.termsOf(s.last) {
		st := e.of(t)
		v.most = max(v.most, st.sum())
		v.terms.add(t.hash(), st)
	}
	return v
}

// of is what a story of one original, which has the entry, knows of one of its
// terms: the more often the article has it, the more.
func (e *entry) of(t term) storyTerm { return storyTerm(0).plus(t.tf() * e.scale) }

// places returns those of a story. Those of a story of one original are scratch.
func (x *storyIndex) places(s *story) []uint16 {
	if v := x.sum(s); v != nil {
		return v.places
	}
	x.read(&x.last, s.last)
	return x.last.places
}

// holds reports whether a term is among a story's.
func (s *sum) holds(h uint32) bool {
	_, ok := slices.BinarySearch(s.terms.hash, h)
	return ok
}

// common counts the elements of a that are also in b.
func common(a, b []uint16) (n int) {
	for _, p := range a {
		if slices.Contains(b, p) {
			n++
		}
	}
	return n
}
