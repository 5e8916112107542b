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
	joinText    = 0.19 // an article with a text
	joinTitle   = 0.12 // an article with little more than a title
	titleTerms  = 15   // fewer terms than this are little more than a title
	ownTerms    = 0.05 // for a term that belongs to the story
	ownShare    = 0.1  // for the share of the article's weight on such terms
	agePenalty  = 0.3  // share lost at the end of the window
	soleSource  = 1.5  // times more, for a second report by a story's only source
	elsewhere   = 1.25 // times more, when the places differ
	idfPrior    = 50   // articles that an empty archive is taken to hold
	storyTerms  = 100  // terms that describe a story, and twice that between cuts
	storyKeys   = 16   // terms of an article that make its story findable
	lookupTerms = 16   // terms of an article that stories are looked up by
	perTerm     = 96   // stories looked at per term, the newest
	warm        = 200  // articles before one word alone can join two titles
)

// storyIndex clusters articles into events, one pass in arrival order.
//
// A story is the sum of its articles' terms, cut to the heaviest. An article
// is compared, by the cosine of weighted terms, with the stories that share
// its most telling terms. How telling a term is, is learned from the articles
// themselves.
type storyIndex struct {
	opt   Options
	terms vocabulary
	docs  float64 // originals that terms has counted
	most  float64 // log of docs, part of each idf
	logs  *logTable
	byID  map[int64]*story
	slots []*story         // by story.slot; nil: forgotten
	cover []coverage       // by story.slot
	langs map[string]int32 // numbers of languages, from 1
	clock int64
	swept int64 // clock at the last sweep

	query query // of the article that was matched last
	// Scratch of candidates, zero or empty between calls.
	sums   []float32 // by slot: weight in common
	hits   []uint64
	merged vector
	both   []sharedTerm
}

// story is the running sum of an event.
type story struct {
	id     int64
	slot   int32 // its number in the lists of terms
	terms  vector
	norm   float64  // length of the weighted terms
	most   float32  // highest sum of a term
	keys   []uint32 // terms it can be found by
	n      int      // originals
	seen   int64    // arrival of the last article
	places []string // of its first article that has any
	last   *doc     // its last original
	mixed  bool     // more than one source, or an unknown one
}

// vector is the terms of a story. The hashes lie apart: an article is
// compared with dozens of stories, and shares few terms with most.
type vector struct {
	hash []uint32 // sorted
	of   []storyTerm
}

// storyTerm is what a story knows of one term.
type storyTerm struct {
	at  int32   // in the vocabulary; none when that has forgotten it
	n   int32   // originals of the story that hold it
	sum float32 // of their tf, each article scaled to length 1
}

// add appends a term.
func (t *vector) add(hash uint32, st storyTerm) {
	t.hash, t.of = append(t.hash, hash), append(t.of, st)
}

// cut keeps the first n terms.
func (t *vector) cut(n int) { t.hash, t.of = t.hash[:n], t.of[:n] }

// coverage is when, and in which language, a story was reported. It lies apart
// from the stories, because an article meets a thousand of them.
type coverage struct {
	first, newest int64 // publication of the earliest and the latest article; 0 unknown
	lang          int32 // 0 unknown or mixed
}

func newStoryIndex(o Options) *storyIndex {
	x := &storyIndex{opt: o, byID: map[int64]*story{}, langs: map[string]int32{}, terms: newVocabulary(), logs: newLogTable()}
	x.setDocs(0)
	return x
}

// idf is how telling a term is that df originals hold.
func (x *storyIndex) idf(df float32) float64 { return x.most - x.logs.of(df) }

// setDocs sets how many originals the vocabulary has counted.
func (x *storyIndex) setDocs(n float64) { x.docs, x.most = n, math.Log(n+idfPrior) }

// logTable holds log(n + 0.5) for small n, which most terms have: an article
// asks for hundreds of them.
type logTable [512]float64

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
	places []string // places in common
}

// find returns the story that d belongs to; ok is false when it is a new one.
func (x *storyIndex) find(d *doc) (best fit, ok bool) {
	q := x.ask(d)
	if q.norm == 0 {
		return fit{}, false
	}
	var at *story
	for _, h := range x.candidates(q) {
		s := x.slots[uint32(h)]
		if c := x.similarity(q, s, best.score); c > best.score {
			at, best.score = s, c
		}
	}
	if at == nil {
		return fit{}, false
	}
	best.story = at.id
	for _, i := range q.order {
		if h := q.terms[i].hash; at.holds(h) {
			best.shared = append(best.shared, h)
		}
	}
	best.places = common(d.places, at.places)
	return best, true
}

// candidates returns the stories that share the heaviest terms of the article,
// those that share most of its weight first, each as its slot below the weight.
// The result is scratch.
func (x *storyIndex) candidates(q *query) []uint64 {
	if len(x.sums) < len(x.slots) {
		x.sums = make([]float32, 2*len(x.slots))
	}
	lookup := q.order[:min(len(q.order), lookupTerms)]
	for _, i := range lookup {
		t := &q.terms[i]
		for _, slot := range x.terms.newest(t.at, perTerm) {
			x.sums[slot] += float32(t.w * t.w)
		}
	}
	// The stories are looked at only when they are among the best so far: a
	// walk meets a thousand of them that share one term.
	// The story that an article belongs to shares more than nearly all others:
	// 12 instead of 48 change 35 groups of 26,000, and no score on labelled ones.
	n := max(1, x.opt.MaxCandidates/3)
	hits, floor := x.hits[:0], float32(0)
	for _, i := range lookup {
		for _, slot := range slices.Backward(x.terms.newest(q.terms[i].at, perTerm)) {
			sum := x.sums[slot]
			x.sums[slot] = 0
			if sum <= floor || !x.near(q, &x.cover[slot]) || x.slots[slot] == nil {
				continue
			}
			hits = append(hits, uint64(math.Float32bits(sum))<<32|uint64(slot))
			if len(hits) >= 4*n {
				hits = top(hits, n)
				floor = math.Float32frombits(uint32(hits[len(hits)-1] >> 32))
			}
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

// near reports whether an article may join a story at all.
func (x *storyIndex) near(q *query, c *coverage) bool {
	if q.lang != 0 && c.lang != 0 && q.lang != c.lang {
		return false
	}
	return c.gap(q.doc.at) <= int64(x.opt.Window.Seconds())
}

// gap is how long before or after a story's coverage an article was published;
// 0 when within, and when either has no time.
func (c *coverage) gap(at int64) int64 {
	if at == 0 || c.newest == 0 {
		return 0
	}
	return max(0, at-c.newest, c.first-at)
}

// language returns the number of a language, 0 for "".
func (x *storyIndex) language(lang string) int32 {
	n, ok := x.langs[lang]
	if !ok && lang != "" {
		n = int32(len(x.langs) + 1)
		x.langs[lang] = n
	}
	return n
}

// holds reports whether a term is among a story's.
func (s *story) holds(h uint32) bool {
	_, ok := slices.BinarySearch(s.terms.hash, h)
	return ok
}

// common returns the elements of a that are also in b.
func common(a, b []string) []string {
	var out []string
	for _, p := range a {
		if slices.Contains(b, p) {
			out = append(out, p)
		}
	}
	return out
}
