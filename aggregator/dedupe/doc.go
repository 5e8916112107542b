package dedupe

import (
	"cmp"
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
	shingles []uint32 // of the text, or of the title where there is no text; sorted, unique
	head     []uint32 // the first of them, which a footer seldom reaches; sorted, unique
	keys     []uint32 // the shingles it is found by
	short    bool     // too little text to tell a copy by shingles alone
	numbers  []uint32 // of title and text, sorted, unique
	terms    []term   // of the event, sorted by hash
	places   []string
}

// term is a weighted word of an article.
type term struct {
	hash uint32
	tf   float32
}

// newDoc analyses an article.
func newDoc(a Article) *doc {
	d := &doc{
		id: a.ID, name: a.Source, canonical: asIdentity(a.Canonical), lang: primary(a.Language), places: a.Places,
	}
	if a.Source != "" {
		d.source = uint32(xxhash.Sum64String(a.Source)) | 1
	}
	if !a.Published.IsZero() {
		d.at = a.Published.Unix()
	}
	title := tokenize(nil, withoutOutlet(a.Title, a.Source))
	text := tokenize(nil, a.Text)
	d.title, d.titleNum = hashes(title), numbersOf(title)
	d.fingerprint(title, text)
	d.numbers = numbersOf(append(slices.Clone(title), text[:min(len(text), 400)]...))
	d.weigh(title, text)
	return d
}

// fingerprint sets the shingles and the keys among them.
func (d *doc) fingerprint(title, text []token) {
	body := text
	if len(body) < 3*shingleLen {
		// A line or less: the title is the better half of what there is.
		body = append(slices.Clone(title), text...)
	}
	s := shingle(body)
	d.keys = keysOf(s)
	d.head = sorted(s[:min(len(s), headShingles, max(8, len(s)/4))])
	slices.Sort(s)
	d.shingles = slices.Clip(slices.Compact(s))
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

// keysOf picks the shingles that an article is found by: its first ones, which
// an abridged copy keeps, and a sample that depends on the shingle alone, so
// that two texts which share a passage anywhere pick the same ones.
func keysOf(s []uint32) []uint32 {
	out := make([]uint32, 0, 32+len(s)/8)
	for i, h := range s {
		if i < headShingles || h%12 == 0 {
			out = append(out, h)
		}
	}
	slices.Sort(out)
	return slices.Clip(slices.Compact(out))
}

// weigh sets the terms of the event: words of the title and the first lines
// count more than what follows.
func (d *doc) weigh(title, text []token) {
	tf := make(map[uint32]float32, len(title)+len(text)/2)
	for _, t := range title {
		if t.class != stop {
			tf[t.hash] += titleWeight
		}
	}
	for i, t := range text {
		if i >= eventTokens {
			break
		}
		if t.class != stop {
			if i < leadTokens {
				tf[t.hash] += leadWeight
			} else {
				tf[t.hash]++
			}
		}
	}
	d.terms = make([]term, 0, len(tf))
	for h, n := range tf {
		d.terms = append(d.terms, term{h, float32(1 + math.Log(float64(max(n, 1))))})
	}
	// The cut must not depend on the map's order.
	slices.SortFunc(d.terms, func(a, b term) int { return cmp.Or(cmp.Compare(b.tf, a.tf), cmp.Compare(a.hash, b.hash)) })
	d.terms = slices.Clone(d.terms[:min(len(d.terms), maxTerms)])
	slices.SortFunc(d.terms, func(a, b term) int { return cmp.Compare(a.hash, b.hash) })
}

// hashes returns the tokens' hashes.
func hashes(t []token) []uint32 {
	out := make([]uint32, len(t))
	for i := range t {
		out[i] = t[i].hash
	}
	return out
}

// numbersOf returns the numbers among the tokens, sorted, each once.
func numbersOf(t []token) []uint32 {
	var out []uint32
	for _, x := range t {
		if x.class == number {
			out = append(out, x.hash)
		}
	}
	slices.Sort(out)
	return slices.Clip(slices.Compact(out))
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
