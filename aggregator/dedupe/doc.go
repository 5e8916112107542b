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
	nameInLead  = 6 // a name: who, where and what firm or law tells events apart
	nameLater   = 3
	leadTokens  = 60  // about two paragraphs
	eventTokens = 150 // further words are not looked at
)

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
	titleNum []uint32 // those numbers, sorted, unique
	numbers  []uint32 // of title and text
	subject  []uint32 // the title's words that tell something, sorted, unique
	words    []uint32 // the same of the text's beginning; a remembered article's may include the title's
	further  filter   // words of a remembered one that are not in words
	passages
	keys  []uint32 // the shingles it is found by
	short bool     // too little text to tell a copy by shingles alone
	terms []term   // of the event, sorted

	weighed     bool // terms are without the boilerplate
	boilerplate boilerplate
}

// term is a word of an article: its hash, whether the title has it, and how
// often the article does, a word of the title or the lead counting more.
type term uint32

const (
	countBits = 6
	maxCount  = 1<<countBits - 1
	titleBit  = 1 << countBits
	hashMask  = ^uint32(titleBit | maxCount)
)

// hash is that of the word, cut to the bits that a term has room for.
func (t term) hash() uint32 { return uint32(t) & hashMask }

// tf is what the number of times counts.
func (t term) tf() float32 { return tfTable[t&maxCount] }

// tfTable grows with the logarithm: the tenth time says little that the ninth did not.
var tfTable = func() (t [maxCount + 1]float32) {
	for n := 1; n < len(t); n++ {
		t[n] = float32(1 + math.Log(float64(n)))
	}
	return t
}()

// analyser turns articles into docs. It keeps its buffers, and the doc, from
// one article to the next.
type analyser struct {
	doc                 doc
	titleText, bodyText string // normal forms, in which the tokens stand
	title, text         []token
	both                []token
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
		places: old.places[:0], titleNum: old.titleNum[:0], numbers: old.numbers[:0], subject: old.subject[:0], words: old.words[:0],
		passages: passages{shingles: old.shingles[:0], head: old.head[:0]}, keys: old.keys[:0], terms: old.terms[:0],
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
	an.fingerprint(d)
	an.weigh(d)
	an.vocabulary(d)
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

// headline sets the hashes of d's title.
func (an *analyser) headline(d *doc) {
	all, bare := uint64(14695981039346656037), uint64(14695981039346656037)
	for _, t := range an.title {
		all = (all ^ uint64(t.hash)) * 1099511628211
		if t.class != number {
			bare = (bare ^ uint64(t.hash)) * 1099511628211
		}
	}
	d.titleLen, d.bare = len(an.title), uint32(bare>>32)
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
	for i, h := range s {
		s[i] = slot(h)
	}
	d.head = append(d.head, s[:min(len(s), headShingles, max(8, len(s)/4))]...)
	slices.Sort(d.head)
	d.head = slices.Compact(d.head)
	an.heads = append(an.heads[:0], s[:min(len(s), fullShingles)]...)
	an.buf32 = sortHashes(s, an.buf32, sketchBits-8)
	d.shingles = slices.Compact(s)
	d.size = len(d.shingles)
	d.short = d.size < minShingles
}

// lead returns the shingles of the beginning of the doc read last, sorted.
func (an *analyser) lead() []uint32 {
	slices.Sort(an.heads)
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
// anywhere pick the same ones.
func appendKeys(dst, s []uint32) []uint32 {
	for i, h := range s {
		if i < 4 || i < headShingles && h%3 == 0 || h%12 == 0 {
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
			p = append(p, uint64(t.hash&hashMask)<<32|inTitle|titleWeight)
		}
	}
	for i, t := range an.text[:min(len(an.text), eventTokens)] {
		switch {
		case t.class == stop:
		case i < leadTokens && t.named:
			p = append(p, uint64(t.hash&hashMask)<<32|inText|nameInLead)
		case i < leadTokens:
			p = append(p, uint64(t.hash&hashMask)<<32|inText|leadWeight)
		case t.named:
			p = append(p, uint64(t.hash&hashMask)<<32|inText|nameLater)
		default:
			p = append(p, uint64(t.hash&hashMask)<<32|inText|1)
		}
	}
	an.buf64 = sortHashes(p, an.buf64, 56)
	n := 0
	for i := range p {
		if i > 0 && p[i]>>32 == p[n-1]>>32 {
			p[n-1] = (p[n-1] + p[i]&times) | p[i]&(inText|inTitle)
		} else {
			p[n] = p[i]
			n++
		}
	}
	an.pairs = p[:n]
	d.terms = d.terms[:0]
	least, ties := heaviest(p[:n])
	for _, x := range p[:n] {
		count := uint32(x) & times
		if count == least {
			ties--
		}
		if count > least || count == least && ties >= 0 {
			t := uint32(x>>32) | min(count, maxCount)
			if x&inTitle != 0 {
				t |= titleBit
			}
			d.terms = append(d.terms, term(t))
		}
	}
}

// Where a word was, beside its count.
const (
	inText = 1 << (16 + iota)
	inTitle
	times = inText - 1
)

// vocabulary sets the words of d, which was weighed last.
func (an *analyser) vocabulary(d *doc) {
	for _, x := range an.pairs {
		if x&inTitle != 0 {
			d.subject = append(d.subject, uint32(x>>32))
		}
		if x&inText != 0 {
			d.words = append(d.words, uint32(x>>32))
		}
	}
}

// heaviest returns the count that a term needs to be among the maxTerms
// heaviest, and how many of those that have just this count are among them.
func heaviest(pairs []uint64) (least uint32, ties int) {
	// Terms by count. The last holds all higher ones: texts are too short for
	// maxTerms of those.
	var having [64]int
	for _, x := range pairs {
		having[min(uint32(x)&times, 63)]++
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
