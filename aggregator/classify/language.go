package classify

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

const (
	maxDetect = 2000 // bytes of an item that the detector reads
	minSure   = 0.30 // confidence under which the answer is "und"

	// favour is what a declared language is worth, in the model's costs: as
	// much as two clear words. A wrong declaration loses to a sentence.
	favour = 120
	// rare is what a language of few newsrooms starts behind.
	rare = 25
	// strange is what a language without letter statistics starts behind the
	// best of those with, for each letter.
	strange = 2
	// unusual is what the rarer languages of a script without statistics
	// start behind the usual one.
	unusual = 150
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
	t := readText(clip(text, maxDetect))
	if t.letters == 0 {
		return "und", 0
	}
	declared = primary(declared)
	switch w := writings[t.script]; {
	case w.name == "Latin":
		return t.detect(latinLangs, declared)
	case w.name == "Han" && t.byScript[kanaIndex] > 0:
		return "ja", 0.99
	case len(w.langs) == 1:
		return w.langs[0], 0.99
	default:
		return t.detect(w.langs, declared)
	}
}

// sample is a text as the detector sees it.
type sample struct {
	words    [][]rune // lower case, letters only
	letters  int
	script   int // of most letters
	byScript []int
	turned   int // o' and g' inside words, which are letters of Uzbek
}

var kanaIndex = slices.IndexFunc(writings, func(w writing) bool { return w.name == "Kana" })

// readText splits a text into words and counts its scripts. Addresses, handles
// and everything with digits are no words of a language.
func readText(s string) sample {
	t := sample{byScript: make([]int, len(writings))}
	var word []rune
	var before, mark rune // the letter and the apostrophe before r
	flush := func() {
		if len(word) > 0 {
			t.words = append(t.words, word)
			word = nil
		}
	}
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			word = append(word, unicode.ToLower(r))
			if mark != 0 && (before == 'o' || before == 'g') {
				t.turned++
			}
			before, mark = unicode.ToLower(r), 0
			if i := scriptOf(r); i >= 0 {
				t.byScript[i]++
				t.letters++
			}
			continue
		}
		if mark = 0; strings.ContainsRune("'\u2018\u2019\u02BB\u02BC`", r) {
			mark = r
		}
		flush()
	}
	flush()
	best := 0
	for i, n := range t.byScript {
		// Two characters say more in Chinese than in English: a headline in
		// Han with a Latin name in it is not English.
		if i > 0 && n*3 >= t.byScript[0] && n > t.byScript[best] || best == 0 && i > 0 && n*3 >= t.byScript[0] && n > 0 {
			best = i
		}
	}
	t.script = best
	return t
}

// candidate is a language and what the text costs in it; less is better.
type candidate struct {
	lang string
	cost float64
}

// detect compares the languages of one script.
func (t sample) detect(langs []string, declared string) (string, float64) {
	list := t.candidates(langs)
	for i := range list {
		if slices.Index(latinLangs, list[i].lang) >= commonLatin {
			list[i].cost += rare
		}
		if list[i].lang == declared {
			list[i].cost -= favour
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.cost, b.cost) })
	sure := confidence(list)
	if sure < minSure {
		return "und", 0
	}
	return list[0].lang, sure
}

// candidates returns what the text costs in each of langs that it may be in,
// the usual language of the script first.
func (t sample) candidates(langs []string) []candidate {
	table := grams()
	measured := func(l string) bool { return slices.Contains(table.langs, l) }
	gain := t.evidence(measured)
	costs, letters := table.costs(t.words)
	var list []candidate
	best := math.Inf(1)
	for _, l := range langs {
		if i := slices.Index(table.langs, l); i >= 0 {
			c := float64(costs[i])
			best = min(best, c)
			list = append(list, candidate{l, c - gain[l]})
		}
	}
	if len(list) == 0 {
		// No statistics for the whole script: its usual language, unless words
		// or letters speak for another.
		for i, l := range langs {
			list = append(list, candidate{l, unusual*float64(min(i, 1)) - gain[l]})
		}
		return list
	}
	// A language without statistics needs evidence to be considered at all. It
	// starts behind the best of the others, by more the longer the text is.
	for _, l := range langs {
		if gain[l] > 0 && !measured(l) {
			list = append(list, candidate{l, best + strange*float64(letters) - gain[l]})
		}
	}
	return list
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

// latinLangs are the languages in Latin letters, those of many newsrooms
// first.
var latinLangs = []string{
	"en", "es", "fr", "pt", "de", "id", "tl", "it", "nl", "tr", "pl", "ro", "sv", "da", "nb", "fi", "et", "hu", "cs", "sk", "sl", "hr",
	"sq", "lv", "lt", "ca", "vi", "ms", "sw", "so", "uz",
	"bs", "nn", "sr", "gl", "eu", "az", "tk", "ku", "af", "is", "ga", "cy", "eo", "mt", "lb", "ha", "yo", "ig", "pcm",
	"zu", "xh", "st", "tn", "ts", "sn", "ny", "ln", "lg", "rw", "rn", "om", "mg", "ht", "jv", "su", "ceb", "ilo", "qu", "gn", "mi",
}

// commonLatin is how many of latinLangs are common.
const commonLatin = 31
