package dedupe

import (
	"slices"
	"sync"
)

// spelled are small numbers in words, which tell one sentence or one toll from
// another as figures do; each cut to what a term holds.
var spelled = sync.OnceValue(func() *wordSet {
	out := &wordSet{words: map[uint32]bool{}}
	out.addAll(`four five six seven eight nine ten eleven twelve thirteen fourteen fifteen twenty thirty forty fifty hundred thousand second third fourth fifth sixth
		cuatro cinco seis siete ocho nueve diez doce quince veinte treinta cuarenta cincuenta cien mil
		quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante cent mille
		quatro sete oito nove dez doze vinte trinta quarenta cinquenta cem
		vier funf sechs sieben acht neun zehn elf zwolf zwanzig dreissig vierzig funfzig hundert tausend`, hashMask)
	return out
})

const (
	alikeTitles = 0.6 // share of what titles do not tell apart that makes them of one kind
	spokenApart = 0.5 // share of what they tell apart that the texts of one event hold
)

// tell sets the words of d's title that tell one event from another of its kind:
// numbers, and names as far as they can be told from other words.
func (an *analyser) tell(d *doc) {
	for _, t := range an.title {
		h := t.hash & hashMask
		if t.class == number || t.class == word && (spelled().has(h) || an.cased && holds(d.names, h)) {
			d.told = append(d.told, h)
		}
	}
	slices.Sort(d.told)
	d.told = slices.Compact(d.told)
}

// toldBits marks those among the words of d's title that tell events apart.
func (d *doc) toldBits() (bits uint64) {
	i := 0
	for _, t := range d.terms {
		if t&titleBit == 0 {
			continue
		}
		if i < 64 && holds(d.told, t.hash()) {
			bits |= 1 << i
		}
		i++
	}
	return bits
}

// rivals reports two reports of one source with titles of one kind, each with a
// name or a number that neither the other's title nor its text has: what they
// share is the house's wording of such news, however much it is. One that only
// adds to what the other says is an update.
func rivals(a, b *doc) bool {
	if !sameSource(a, b) {
		return false
	}
	ofA, ofB := apartFrom(a, b), apartFrom(b, a)
	if !ofA.against(&ofB) {
		return false
	}
	alike := min(len(a.subject)-ofA.all, len(b.subject)-ofB.all)
	return alike > 0 && float64(inCommon(a.subject, b.subject)) >= alikeTitles*float64(alike) &&
		float64(ofA.held+ofB.held) < spokenApart*float64(ofA.all+ofB.all)
}

// differing counts the names and numbers of a title that another one has not.
type differing struct {
	all, held                int // held: by the other's text
	names, figures, spelling int
}

// against reports whether a title has something in the place of what another one
// has: a figure is none in the place of a number in words, which may be the same.
func (d *differing) against(o *differing) bool {
	return d.names > 0 && o.names > 0 || d.figures > 0 && o.figures > 0 || d.spelling > 0 && o.spelling > 0
}

// apartFrom returns what a's title tells that b's does not.
func apartFrom(a, b *doc) (d differing) {
	for _, h := range a.told {
		if holds(b.subject, h) {
			continue
		}
		d.all++
		if holds(b.words, h) || b.further.has(h) {
			d.held++
		}
		switch {
		case holds(a.titleNum, h>>16):
			d.figures++
		case spelled().has(h):
			d.spelling++
		default:
			d.names++
		}
	}
	return d
}
