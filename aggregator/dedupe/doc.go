package dedupe

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// shingleLen is how many words in a row make a shingle.
const shingleLen = 4

// headShingles is how many shingles at the start of a text are its head, less
// in a short text.
const headShingles = 24

// doc is what is compared of an article: of one that was just read, or of one
// that is remembered, which [entry] holds in less room.
type doc struct {
	serial     uint64 // a new one for each article that an analyser reads
	id, copyOf int64
	slot       uint32 // of its story, when it is remembered
	at         int64  // Unix seconds; 0 unknown
	source     uint32 // hash of its source's name; 0 unknown
	name       string // the source as given, for people
	lang       string // primary subtag; "" unknown
	canonical  uint64 // hash of its address; 0 none
	places     []uint16

	title    uint64   // hash of the title's words in order, without the outlet's name; 0 none
	titleLen int      // how many they are
	bare     uint32   // hash of the same words without the numbers
	frame    uint32   // and without the names; 0: it has none, or they cannot be told from other words
	titleNum []uint32 // those numbers, sorted, unique
	numbers  []uint32 // of title and text
	figures  []uint32 // of title and lead
	subject  []uint32 // the title's words that tell something, sorted, unique
	told     []uint32 // those of them that tell events of one kind apart, sorted; see tell
	toldAs   uint64   // which of a remembered one's title these are, a bit for each
	words    []uint32 // the same of the text's beginning; a remembered article's may include the title's
	further  filter   // words of a remembered one that are not in words
	passages
	names []uint32 // names and numbers of title and text, sorted, unique; not remembered
	keys  []uint32 // the shingles it is found by
	short bool     // too little text to tell a copy by shingles alone
	terms []term   // of the event, sorted

	weighed     bool // terms are without the boilerplate
	boilerplate boilerplate
}

// analyser turns articles into docs. It keeps its buffers, and the doc, from
// one article to the next.
type analyser struct {
	doc                 doc
	titleText, bodyText string // normal forms, in which the tokens stand
	title, text         []token
	both                []token
	cased               bool // names can be told from other words in the title read last
	heads, buf32        []uint32
	pairs, buf64        []uint64
}

// analyse returns the doc of an article. It is the analyser's own until the
// next call.
func (an *analyser) analyse(a Article) *doc {
	old := an.doc
	an.doc = doc{
		serial: old.serial + 1,
		id:     a.ID, name: a.Source, canonical: identity(a.Canonical), lang: primary(a.Language),
		places: old.places[:0], titleNum: old.titleNum[:0], numbers: old.numbers[:0], figures: old.figures[:0],
		subject: old.subject[:0], told: old.told[:0], words: old.words[:0],
		passages: passages{shingles: old.shingles[:0], head: old.head[:0]}, keys: old.keys[:0], names: old.names[:0], terms: old.terms[:0],
		boilerplate: old.boilerplate.emptied(),
	}
	d := &an.doc
	if a.Source != "" {
		d.source = uint32(xxhash.Sum64String(a.Source)) | 1
	}
	if !a.Published.IsZero() {
		d.at = min(max(1, a.Published.Unix()), math.MaxUint32)
	}
	for _, p := range a.Places[:min(len(a.Places), maxPlaces)] {
		d.places = append(d.places, placeCode(p))
	}
	an.titleText, an.bodyText = normal(withoutOutlet(a.Title, a.Source)), normal(a.Text)
	an.title = tokenize(an.title[:0], an.titleText)
	an.text = tokenize(an.text[:0], an.bodyText)
	an.headline(d)
	d.titleNum = numbers(d.titleNum, an.title, nil)
	d.numbers = numbers(d.numbers, an.title, an.text[:min(len(an.text), 400)])
	d.figures = numbers(d.figures, an.title, an.text[:within(an.text, leadWords)])
	d.names = names(d.names, an.title, an.text[:within(an.text, eventWords)])
	an.fingerprint(d)
	an.weigh(d)
	an.vocabulary(d)
	an.tell(d)
	return d
}

// newDoc analyses one article on its own.
func newDoc(a Article) *doc { return new(analyser).analyse(a) }

// maxPlaces is how many places of an article are looked at.
const maxPlaces = 8

// placeCode is a place as a number: a country's two letters, or a hash.
func placeCode(p string) uint16 {
	if len(p) == 2 {
		return uint16(p[0])<<8 | uint16(p[1])
	}
	return uint16(xxhash.Sum64String(p))
}

// frameWords is how many words of a title that tell something make a frame, with
// which names can be told from the other words: where all words are written with
// a capital letter, next to none is left.
const frameWords = 2

// capitalNouns reports a language that writes all nouns with a capital letter, so
// that names cannot be told.
func capitalNouns(lang string) bool { return lang == "de" || lang == "lb" }

// headline sets the hashes of d's title.
func (an *analyser) headline(d *doc) {
	all, bare, frame := uint64(14695981039346656037), uint64(14695981039346656037), uint64(14695981039346656037)
	names, others, lower := 0, 0, 0
	for _, t := range an.title {
		all = (all ^ uint64(t.hash)) * 1099511628211
		if t.class == number {
			continue
		}
		bare = (bare ^ uint64(t.hash)) * 1099511628211
		if t.named && t.class == word {
			names++
			continue
		}
		frame = (frame ^ uint64(t.hash)) * 1099511628211
		if t.class == word {
			others++
			if r, _ := utf8.DecodeRuneInString(an.titleText[t.from:]); unicode.IsLower(r) {
				lower++
			}
		}
	}
	d.titleLen, d.bare = len(an.title), uint32(bare>>32)
	an.cased = lower > 0 && others >= frameWords && !capitalNouns(d.lang)
	if names > 0 && others >= frameWords && !capitalNouns(d.lang) {
		d.frame = uint32(frame>>32) | 1
	}
	if len(an.title) > 0 {
		d.title = all
	}
}

// fingerprint sets the shingles of d and the keys among them.
func (an *analyser) fingerprint(d *doc) {
	body := an.text
	if len(body) < 3*shingleLen {
		// A line or less: the title is the better half of what there is.
		an.both = append(append(an.both[:0], an.title...), an.text...)
		body = an.both
	}
	s := shingle(d.shingles, body)
	d.keys = appendKeys(d.keys, s)
	an.buf32 = sortHashes(d.keys, an.buf32, 24)
	d.keys = slices.Compact(d.keys)
	for i, h := range s {
		s[i] = slot(h)
	}
	d.head = append(d.head, s[:min(len(s), headShingles, max(8, len(s)/4))]...)
	insert(d.head) // a few
	d.head = slices.Compact(d.head)
	an.heads = append(an.heads[:0], s[:min(len(s), fullShingles)]...)
	an.buf32 = sortHashes(s, an.buf32, sketchBits-8)
	d.shingles = slices.Compact(s)
	d.size = len(d.shingles)
	d.short = d.size < minShingles
}

// lead returns the shingles of the beginning of the doc read last, sorted.
func (an *analyser) lead() []uint32 {
	an.buf32 = sortHashes(an.heads, an.buf32, sketchBits-8)
	return slices.Compact(an.heads)
}

// shingle appends the hashes of each run of shingleLen tokens.
func shingle(dst []uint32, t []token) []uint32 {
	for i := 0; i+shingleLen <= len(t); i++ {
		h := uint64(0x9e3779b97f4a7c15)
		for _, x := range t[i : i+shingleLen] {
			h = (h ^ uint64(x.hash)) * 0x100000001b3
			h ^= h >> 29
		}
		dst = append(dst, uint32(h>>16))
	}
	return dst
}

// appendKeys picks the shingles that an article is found by: its first ones and
// some of those that follow, which an abridged copy keeps, and a sample that
// depends on the shingle alone, so that two texts which share a passage
// anywhere pick the same ones. They are not sorted.
func appendKeys(dst, s []uint32) []uint32 {
	for i, h := range s {
		if i < 4 || i < headShingles && h%3 == 0 || h%12 == 0 {
			dst = append(dst, h)
		}
	}
	return dst
}

// numbers appends the numbers among the tokens, cut to 16 bits, sorted, each once.
func numbers(dst []uint32, title, text []token) []uint32 {
	for _, part := range [2][]token{title, text} {
		for _, x := range part {
			if x.class == number {
				dst = append(dst, x.hash>>16)
			}
		}
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// names appends what is written alike in many languages: words that look like
// names, and numbers; sorted, each once. In a headline that may be all of them.
func names(dst []uint32, title, text []token) []uint32 {
	for _, part := range [2][]token{title, text} {
		for _, x := range part {
			if x.class == number || x.named && x.class == word {
				dst = append(dst, x.hash&hashMask)
			}
		}
	}
	slices.Sort(dst)
	return slices.Compact(dst)
}

// identity returns a hash of a canonical address that can stand for an article,
// 0 for others: not of the front page of a site, which careless feeds give for
// every item.
func identity(c string) uint64 {
	rest, ok := strings.CutPrefix(c, "https://")
	if !ok {
		return 0
	}
	if _, path, ok := strings.Cut(rest, "/"); !ok || path == "" {
		return 0
	}
	return max(1, xxhash.Sum64String(c))
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
