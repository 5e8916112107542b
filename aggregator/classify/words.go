package classify

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed data/words.txt
var wordsFile string

// What words and letters are worth in the letter model's costs.
const (
	wordGain     = 30  // a function word
	endingGain   = 12  // the end of a longer word
	letterGain   = 24  // a letter of its own
	maxLetterWin = 300 // all letters of its own together
	minNeeds     = 25  // letters of a text from which on a missing letter tells
	maxWordsRead = 120 // words of a text that are looked up
)

// lexicon is what data/words.txt knows of each language, by its number.
type lexicon struct {
	words   map[string][]uint8 // word to languages
	endings map[string][]uint8 // end of a word to languages
	letters map[rune][]uint8   // letter to languages
	needs   map[uint8]string   // language to letters that its texts have
	longest int                // bytes of the longest ending
	tails   [1 << 10]uint64    // bit by the last two bytes: an ending has them
}

var words = sync.OnceValue(func() *lexicon {
	x := &lexicon{words: map[string][]uint8{}, endings: map[string][]uint8{}, letters: map[rune][]uint8{}, needs: map[uint8]string{}}
	for line := range strings.Lines(wordsFile) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		id := langID(fields[0])
		if id < 0 {
			continue
		}
		x.add(uint8(id), fields[1], fields[1:])
	}
	return x
})

// add reads one line: words, or after a sign endings or letters.
func (x *lexicon) add(lang uint8, sign string, list []string) {
	switch sign {
	case "+":
		for _, r := range strings.Join(list[1:], "") {
			x.letters[r] = addOnce(x.letters[r], lang)
		}
	case "!":
		x.needs[lang] = strings.Join(list[1:], "")
	case "-":
		for _, e := range list[1:] {
			x.endings[e] = addOnce(x.endings[e], lang)
			x.longest = max(x.longest, len(e))
			at, bit := tail([]byte(e))
			x.tails[at] |= bit
		}
	default:
		for _, w := range list {
			x.words[w] = addOnce(x.words[w], lang)
		}
	}
}

// tail is where the last two bytes of a word have their bit.
func tail(w []byte) (at int, bit uint64) {
	n := int(w[len(w)-2])<<8 | int(w[len(w)-1])
	return n / 64, 1 << (n % 64)
}

func addOnce(list []uint8, l uint8) []uint8 {
	if slices.Contains(list, l) {
		return list
	}
	return append(list, l)
}

// gains is what speaks for each language, by number, in the model's costs.
type gains [maxLangs]float64

// function counts the function words of each language in a text.
func (t *sample) function() (hits [maxLangs]uint8) {
	for _, langs := range t.lookUp(words()) {
		for _, l := range langs {
			hits[l]++
		}
	}
	return hits
}

// lookUp returns the languages of each word of a text that are known to use it.
func (t *sample) lookUp(x *lexicon) [][]uint8 {
	for _, w := range t.words[len(t.users):min(len(t.words), maxWordsRead)] {
		t.users = append(t.users, x.words[string(w)])
	}
	return t.users
}

// evidence returns what a text's function words, endings and letters are
// worth. measured says which languages have letter statistics.
func (t *sample) evidence(measured func(lang uint8) bool) *gains {
	x := words()
	var gain, letters gains
	// A language without statistics has nothing else to show, so its words
	// count double; but not those that it shares with a language that has
	// some, or every Spanish text would be Galician.
	add := func(langs []uint8, worth float64) {
		if len(langs) > 0 && !slices.ContainsFunc(langs, measured) {
			worth *= 2
		}
		for _, l := range langs {
			gain[l] += worth
		}
	}
	ascii := t.isASCII()
	for i, langs := range t.lookUp(x) {
		w := t.words[i]
		add(langs, wordGain)
		t.endings(x, w, add)
		if ascii {
			continue
		}
		for _, r := range string(w) {
			if r >= utf8.RuneSelf {
				for _, l := range x.letters[r] {
					letters[l] += letterGain
				}
			}
		}
	}
	for l, g := range letters {
		gain[l] += min(g, maxLetterWin)
	}
	gain[langID("uz")] += float64(min(t.turned, 4)) * 2 * wordGain
	for l, need := range x.needs {
		if t.letters >= minNeeds && !t.has(need) {
			gain[l] -= float64(min(t.letters, maxLetterWin))
		}
	}
	return &gain
}

// endings calls add for each ending of w that leaves two letters before it.
func (t *sample) endings(x *lexicon, w []byte, add func([]uint8, float64)) {
	if len(w) < 4 { // two letters, and an ending of two
		return
	}
	if at, bit := tail(w); x.tails[at]&bit == 0 {
		return
	}
	end := len(w)
	for n := 1; end > 0 && len(w)-end < x.longest; n++ {
		_, size := utf8.DecodeLastRune(w[:end])
		end -= size
		if n >= 2 && utf8.RuneCount(w[:end]) >= 2 {
			add(x.endings[string(w[end:])], endingGain)
		}
	}
}

// has reports whether any letter of set, which are none of ASCII's, occurs in
// the text.
func (t *sample) has(set string) bool { return !t.isASCII() && bytes.ContainsAny(t.low, set) }

// isASCII reports whether all letters of the text are ASCII's.
func (t *sample) isASCII() bool { return len(t.low) == t.byScript[0] }
