package dedupe

import (
	"math"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// shingleLen is how many words in a row make a shingle.
const shingleLen = 4

// headShingles is how many shingles at the start of a text are its head, less
// in a short text.
const headShingles = 24

// maxTerms is how many weighted terms describe one article's event.
const maxTerms = 80

// Where an article says what happened: in its title, then in its lead. What
// stands further down is background, which stories of other days share.
const (
	titleWeight = 3
	leadWeight  = 2
	leadTokens  = 60  // about two paragraphs
	eventTokens = 150 // further words are not looked at
)

// doc is what is remembered of an article.
type doc struct {
	id, story, copyOf int64
	at                int64 // Unix seconds; 0 unknown
	source            uint32
	name              string // the source as given, for people
	lang              string // primary subtag; "" unknown
	canonical         string

	title    []uint32 // hashes of the title's words in order, without the outlet's name
	titleNum []uint32 // its numbers, sorted
	subject  []uint32 // its words that tell something, sorted, unique
	words    []uint32 // the same of the text's beginning
	shingles []uint32 // of the text, or of the title where there is no text; sorted, unique
	head     []uint32 // the first of them, which a footer seldom reaches; sorted, unique
	keys     []uint32 // the shingles it is found by; only until it is added
	short    bool     // too little text to tell a copy by shingles alone
	numbers  []uint32 // of title and text, sorted, unique
	terms    []term   // of the event, sorted by hash; only until it is added
	places   []string

	weighed     bool        // terms are without the boilerplate
	boilerplate boilerplate // only until it is added
}

// term is a weighted word of an article.
type term struct {
	hash uint32
	tf   float32
}

// analyser turns articles into docs. It keeps its buffers from one article to
// the next; what a doc keeps for long is copied out of them.
type analyser struct {
	titleText, bodyText string // normal forms, in which the tokens stand
	title, text         []token
	both                []token
	nums, keys, buf32   []uint32
	pairs, buf64        []uint64
	terms               []term
}

// analyse returns the doc of an article. Its keys and terms are the analyser's
// own until the next call.
func (an *analyser) analyse(a Article) *doc {
	d := &doc{
		id: a.ID, name: a.Source, canonical: asIdentity(a.Canonical), lang: primary(a.Language), places: a.Places,
	}
	if a.Source != "" {
		d.source = uint32(xxhash.Sum64String(a.Source)) | 1
	}
	if !a.Published.IsZero() {
		d.at = a.Published.Unix()
	}
	an.titleText, an.bodyText = normal(withoutOutlet(a.Title, a.Source)), normal(a.Text)
	an.title = tokenize(an.title[:0], an.titleText)
	an.text = tokenize(an.text[:0], an.bodyText)
	d.title = hashes(an.title)
	d.titleNum = an.numbers(an.title, nil)
	d.numbers = an.numbers(an.title, an.text[:min(len(an.text), 400)])
	an.fingerprint(d)
	an.weigh(d)
	an.vocabulary(d)
	return d
}

// newDoc analyses one article on its own.
func newDoc(a Article) *doc { return new(analyser).analyse(a) }

// fingerprint sets the shingles of d and the keys among them.
func (an *analyser) fingerprint(d *doc) {
	body := an.text
	if len(body) < 3*shingleLen {
		// A line or less: the title is the better half of what there is.
		an.both = append(append(an.both[:0], an.title...), an.text...)
		body = an.both
	}
	s := shingle(body)
	an.keys = appendKeys(an.keys[:0], s)
	d.keys = an.keys
	d.head = sorted(s[:min(len(s), headShingles, max(8, len(s)/4))])
	an.buf32 = sortHashes(s, an.buf32, 24)
	d.shingles = slices.Compact(s)
	d.short = len(d.shingles) < minShingles
}

// shingle returns the hashes of each run of shingleLen tokens.
func shingle(t []token) []uint32 {
	if len(t) < shingleLen {
		return nil
	}
	out := make([]uint32, 0, len(t)-shingleLen+1)
	for i := 0; i+shingleLen <= len(t); i++ {
		h := uint64(0x9e3779b97f4a7c15)
		for _, x := range t[i : i+shingleLen] {
			h = (h ^ uint64(x.hash)) * 0x100000001b3
			h ^= h >> 29
		}
		out = append(out, uint32(h>>16))
	}
	return out
}

// appendKeys picks the shingles that an article is found by: its first ones,
// which an abridged copy keeps, and a sample that depends on the shingle alone,
// so that two texts which share a passage anywhere pick the same ones.
func appendKeys(dst, s []uint32) []uint32 {
	for i, h := range s {
		if i < headShingles || h%12 == 0 {
			dst = append(dst, h)
		}
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// weigh sets the terms of the event: words of the title and the first lines
// count more than what follows.
func (an *analyser) weigh(d *doc) {
	// A word and its count share a number, so that sorting plain numbers brings
	// the places of a word together.
	p := an.pairs[:0]
	for _, t := range an.title {
		if t.class != stop {
			p = append(p, uint64(t.hash)<<32|inTitle|titleWeight)
		}
	}
	for i, t := range an.text[:min(len(an.text), eventTokens)] {
		switch {
		case t.class == stop:
		case i < leadTokens:
			p = append(p, uint64(t.hash)<<32|inText|leadWeight)
		default:
			p = append(p, uint64(t.hash)<<32|inText|1)
		}
	}
	an.buf64 = sortHashes(p, an.buf64, 56)
	n := 0
	for i := range p {
		if i > 0 && p[i]>>32 == p[n-1]>>32 {
			p[n-1] = (p[n-1] + p[i]&counted) | p[i]&(inText|inTitle)
		} else {
			p[n] = p[i]
			n++
		}
	}
	an.pairs = p[:n]
	an.terms = an.terms[:0]
	least, ties := heaviest(p[:n])
	for _, x := range p[:n] {
		count := uint32(x) & counted
		if count == least {
			ties--
		}
		if count > least || count == least && ties >= 0 {
			an.terms = append(an.terms, term{uint32(x >> 32), float32(1 + math.Log(float64(count)))})
		}
	}
	d.terms = an.terms
}

// Where a word was, beside its count.
const (
	inText = 1 << (16 + iota)
	inTitle
	counted = inText - 1
)

// vocabulary sets the words of d, which was weighed last.
func (an *analyser) vocabulary(d *doc) {
	all := make([]uint32, 0, len(an.pairs)+len(an.title))
	for _, x := range an.pairs {
		if x&inTitle != 0 {
			all = append(all, uint32(x>>32))
		}
	}
	n := len(all)
	for _, x := range an.pairs {
		if x&inText != 0 {
			all = append(all, uint32(x>>32))
		}
	}
	d.subject, d.words = all[:n:n], all[n:]
}

// heaviest returns the count that a term needs to be among the maxTerms
// heaviest, and how many of those that have just this count are among them.
func heaviest(pairs []uint64) (least uint32, ties int) {
	// Terms by count. The last holds all higher ones: texts are too short for
	// maxTerms of those.
	var having [64]int
	for _, x := range pairs {
		having[min(uint32(x)&counted, 63)]++
	}
	left := maxTerms
	for c := len(having) - 1; c > 0; c-- {
		if having[c] >= left {
			return uint32(c), left
		}
		left -= having[c]
	}
	return 0, 0
}

// hashes returns the tokens' hashes.
func hashes(t []token) []uint32 {
	out := make([]uint32, len(t))
	for i := range t {
		out[i] = t[i].hash
	}
	return out
}

// numbers returns the numbers among the tokens, sorted, each once.
func (an *analyser) numbers(title, text []token) []uint32 {
	out := an.nums[:0]
	for _, part := range [2][]token{title, text} {
		for _, x := range part {
			if x.class == number {
				out = append(out, x.hash)
			}
		}
	}
	an.nums = out
	if len(out) == 0 {
		return nil
	}
	slices.Sort(out)
	return slices.Clone(slices.Compact(out))
}

// asIdentity returns a canonical address that can stand for an article: not
// the front page of a site, which careless feeds give for every item.
func asIdentity(c string) string {
	rest, ok := strings.CutPrefix(c, "https://")
	if !ok {
		return ""
	}
	if _, path, ok := strings.Cut(rest, "/"); !ok || path == "" {
		return ""
	}
	return c
}

// primary is the language without region and script, "" when unknown.
func primary(tag string) string {
	p, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if p == "und" || p == "mul" || p == "zxx" {
		return ""
	}
	return p
}

// withoutOutlet takes the outlet's own name off the end of a title, as in
// "Workers strike | The Daily" and "Workers strike - The Daily".
func withoutOutlet(title, source string) string {
	for _, sep := range []string{" | ", " - ", " – ", " — ", " :: "} {
		i := strings.LastIndex(title, sep)
		if i <= 0 {
			continue
		}
		tail := title[i+len(sep):]
		if sep == " | " || sep == " :: " || strings.EqualFold(strings.TrimSpace(tail), source) {
			if len(tail) < 40 && len(title[:i]) > len(tail) {
				return title[:i]
			}
		}
	}
	return title
}
