package dedupe

import "math"

// maxTerms is how many weighted terms describe one article's event.
const maxTerms = 80

// Where an article says what happened: in its title, then in its lead. What
// stands further down is background, which stories of other days share.
const (
	titleWeight = 3
	leadWeight  = 2
	nameInLead  = 6 // a name: who, where and what firm or law tells events apart
	nameLater   = 3
	leadWords   = 60  // about two paragraphs
	eventWords  = 150 // further words are not looked at
)

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

// most is the highest count of some terms.
func most(terms []term) (n uint8) {
	for _, t := range terms {
		n = max(n, uint8(t&maxCount))
	}
	return n
}

// tf is what the number of times counts.
func (t term) tf() float32 { return tfTable[t&maxCount] }

// tfTable grows with the logarithm: the tenth time says little that the ninth did not.
var tfTable = func() (t [maxCount + 1]float32) {
	for n := 1; n < len(t); n++ {
		t[n] = float32(1 + math.Log(float64(n)))
	}
	return t
}()

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
	lead, event := within(an.text, leadWords), within(an.text, eventWords)
	for i, t := range an.text[:event] {
		switch {
		case t.class == stop:
		case i < lead && t.named:
			p = append(p, uint64(t.hash&hashMask)<<32|inText|nameInLead)
		case i < lead:
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

// within returns how many tokens the first words of a text are.
func within(text []token, words int) int {
	left := words * wordParts
	for i := range text {
		if left -= int(text[i].parts); left < 0 {
			return i
		}
	}
	return len(text)
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
