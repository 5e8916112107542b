package classify

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"
)

const (
	maxDetect = 1000 // bytes of an item that the detector reads
	minSure   = 0.30 // confidence under which the answer is "und"

	// favour is what a declared language is worth, in the model's costs: as
	// much as a few clear words. A wrong declaration loses to a sentence.
	favour = 120
	// rare is what a language of few newsrooms starts behind.
	rare = 25
	// strange is what a language without letter statistics starts behind the
	// best of those with, for each letter.
	strange = 2
	// unusual is what the rarer languages of a script without statistics
	// start behind the usual one.
	unusual = 150

	// The letters are read in stretches of at least so many, until a language
	// is so far ahead, its words counted. Reading on would seldom turn the
	// verdict, and then more often for the worse: each letter speaks for a
	// language a little, whatever the words say.
	stretch  = 25
	farAhead = 200

	// A text of which so many words are function words of one language, and
	// not half as many of any other, needs no statistics.
	plainWords  = 6
	plainWordsP = 5 // one word in so many

	// Where the declared language leads by so many function words, letters do
	// not turn the verdict: with favour they would have to be worth a dozen
	// words the other way.
	agreeLead   = 4
	agreeWordsP = 10
)

// Language says which language a text is in, as a BCP 47 primary tag, and how
// sure that is, from 0 to 1. "und" with confidence 0 means that nothing can be
// said: no letters, or several languages that fit alike.
//
// The script decides first, since most scripts belong to one language of the
// news. Among languages of one script, letters that only some of them use,
// function words, and letter statistics decide. declared, which may be "", is
// what the item or its feed claims; it is a hint and never an answer by
// itself, because feeds are configured once and forgotten.
func Language(text, declared string) (lang string, confidence float64) {
	t := samples.Get().(*sample)
	defer samples.Put(t)
	return t.language(text, declared)
}

// samples are of [Language], for the next text.
var samples = sync.Pool{New: func() any { return new(sample) }}

// language is Language with memory to use again.
func (t *sample) language(text, declared string) (lang string, confidence float64) {
	t.read(clip(text, maxDetect))
	if t.letters == 0 {
		return "und", 0
	}
	switch w := writings[t.script]; {
	case w.name == "Han" && t.byScript[kanaIndex] > 0:
		return "ja", 0.99
	case len(w.langs) == 1:
		return w.langs[0], 0.99
	default:
		id := langID(primary(declared))
		if l, ok := t.obvious(id); ok {
			return l, 0.98
		}
		return t.detect(scriptLangs[t.script], id)
	}
}

// sample is a text as the detector sees it.
type sample struct {
	low      []byte    // the words, one after the other
	words    [][]byte  // lower case, letters only
	users    [][]uint8 // languages that use each of the first words, once looked up
	letters  int
	script   int // of most letters
	byScript [32]int
	turned   int         // o' and g' inside words, which are letters of Uzbek
	known    *knownWords // nil until letters are read
}

var kanaIndex = slices.IndexFunc(writings, func(w writing) bool { return w.name == "Kana" })

// read splits a text into words and counts its scripts. Digits and punctuation
// separate words.
func (t *sample) read(s string) {
	*t = sample{low: slices.Grow(t.low[:0], len(s)+16), words: slices.Grow(t.words[:0], len(s)/5+1), users: t.users[:0], known: t.known}
	start := 0
	flush := func() {
		if len(t.low) > start {
			t.words = append(t.words, t.low[start:len(t.low):len(t.low)])
			start = len(t.low)
		}
	}
	var before, mark rune // the letter and the apostrophe before r
	script := 0
	for _, r := range s {
		if !isLetter(r) {
			if mark = 0; r == '\'' || r == '`' || r >= 0x2018 && r <= 0x2019 || r == 0x2BB || r == 0x2BC {
				mark = r
			}
			flush()
			continue
		}
		if r < utf8.RuneSelf {
			r |= 0x20
			t.low = append(t.low, byte(r))
			t.byScript[0]++
			t.letters++
		} else {
			r = unicode.ToLower(r)
			t.low = utf8.AppendRune(t.low, r)
			if script = scriptOf(r, script); script >= 0 {
				t.byScript[script]++
				t.letters++
			}
		}
		if mark != 0 && (before == 'o' || before == 'g') {
			t.turned++
		}
		before, mark = r, 0
	}
	flush()
	t.script = t.mainScript()
}

// isLetter reports whether r is part of a word: a letter, or a mark on one.
func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// mainScript returns the script that most letters are in. A few characters say
// more in Chinese than in English, and headlines in every script have Latin
// names in them, so Latin must outnumber the others by far.
func (t *sample) mainScript() int {
	best := 0
	for i, n := range t.byScript {
		if i == 0 || n == 0 || n*3 < t.byScript[0] {
			continue
		}
		if best == 0 || n > t.byScript[best] {
			best = i
		}
	}
	return best
}

// obvious settles a text that is full of one language's function words, as
// running text is. It saves the statistics for short and odd texts.
func (t *sample) obvious(declared int) (string, bool) {
	hits := t.function()
	best, second := 0, uint8(0)
	for l, n := range hits {
		if n > hits[best] {
			best = l
		}
	}
	for l, n := range hits {
		if l != best {
			second = max(second, n)
		}
	}
	read, n := min(len(t.words), maxWordsRead), int(hits[best])
	enough := n
	if best == declared {
		if n-int(second) >= agreeLead && n*agreeWordsP >= read {
			return allLangs[best], true
		}
		enough += plainWords / 2
	}
	return allLangs[best], enough >= plainWords && n*plainWordsP >= read && int(second)*2 <= n
}

// candidate is a language and what the text costs in it; less is better.
type candidate struct {
	lang int
	cost float64
}

// detect compares the languages of one script.
func (t *sample) detect(langs []int, declared int) (string, float64) {
	list := t.candidates(langs, declared)
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.cost, b.cost) })
	sure := confidence(list)
	if sure < minSure {
		// Names and codes fit anything: believe the feed, if it may be right.
		if i := slices.IndexFunc(list, func(c candidate) bool { return c.lang == declared }); i >= 0 && list[i].cost < list[0].cost+favour {
			return allLangs[declared], minSure
		}
		return "und", 0
	}
	return allLangs[list[0].lang], sure
}

// candidates returns what the text costs in each of langs that it may be in,
// the usual language of the script first. It reads no more letters than it
// takes for one to be far ahead.
func (t *sample) candidates(langs []int, declared int) []candidate {
	table := grams()
	gain := t.evidence(func(l uint8) bool { return table.has[l] })
	handicap := func(i int) float64 {
		h := -gain[langs[i]]
		if len(langs) > commonLatin && i >= commonLatin {
			h += rare
		}
		if langs[i] == declared {
			h -= favour
		}
		return h
	}
	if t.known == nil {
		t.known = new(knownWords)
	}
	reader := table.reader(t.words, langs, t.known)
	list := make([]candidate, 0, len(langs))
	for {
		more := reader.read(stretch)
		list = t.compare(list[:0], langs, gain, handicap, &reader)
		if !more || lead(list) >= farAhead {
			return list
		}
	}
}

// compare appends what each of langs costs after the letters read so far.
func (t *sample) compare(list []candidate, langs []int, gain *gains, handicap func(int) float64, read *gramReader) []candidate {
	table, best := read.table, math.Inf(1)
	for i, l := range langs {
		if table.has[l] {
			c := read.cost(table.index[l])
			best = min(best, c)
			list = append(list, candidate{l, c + handicap(i)})
		}
	}
	if len(list) == 0 {
		// No statistics for the whole script: its usual language, unless words
		// or letters speak for another.
		for i, l := range langs {
			list = append(list, candidate{l, unusual*float64(min(i, 1)) + handicap(i)})
		}
		return list
	}
	// A language without statistics needs evidence to be considered at all. It
	// starts behind the best of the others, by more the longer the text is.
	for i, l := range langs {
		if gain[l] > 0 && !table.has[l] {
			list = append(list, candidate{l, best + strange*float64(read.letters) + handicap(i)})
		}
	}
	return list
}

// lead is how far the best of a list is ahead of the next.
func lead(list []candidate) float64 {
	best, next := math.Inf(1), math.Inf(1)
	for _, c := range list {
		best, next = min(best, c.cost), min(next, max(best, c.cost))
	}
	return next - best
}

// confidence turns costs, which are logarithms of probabilities, into the
// share of the best. The letters of a word do not vary independently, so the
// distance counts for a quarter of what the arithmetic says.
func confidence(list []candidate) float64 {
	sum := 0.0
	for _, c := range list {
		sum += math.Exp((list[0].cost - c.cost) / 16 / 4)
	}
	return 1 / sum
}
