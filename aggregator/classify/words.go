package classify

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed data/words.txt
var wordsFile string

// What words and letters are worth in the letter model's costs.
const (
	wordGain     = 30  // a function word
	endingGain   = 12  // the end of a longer word
	maxEnding    = 5   // letters of an ending
	letterGain   = 24  // a letter of its own
	maxLetterWin = 300 // all letters of its own together
	minNeeds     = 25  // letters of a text from which on a missing letter tells
	maxWordsRead = 120 // words of a text that are looked up
)

// lexicon is what data/words.txt knows of each language.
type lexicon struct {
	words   map[string][]string // word to languages
	endings map[string][]string // end of a word to languages
	letters map[rune][]string   // letter to languages
	needs   map[string]string   // language to letters that its texts have
}

var words = sync.OnceValue(func() lexicon {
	x := lexicon{words: map[string][]string{}, endings: map[string][]string{}, letters: map[rune][]string{}, needs: map[string]string{}}
	for line := range strings.Lines(wordsFile) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		lang, list := fields[0], fields[1:]
		into := x.words
		switch list[0] {
		case "+":
			for _, r := range strings.Join(list[1:], "") {
				x.letters[r] = addOnce(x.letters[r], lang)
			}
			continue
		case "!":
			x.needs[lang] = strings.Join(list[1:], "")
			continue
		case "-":
			into, list = x.endings, list[1:]
		}
		for _, w := range list {
			into[w] = addOnce(into[w], lang)
		}
	}
	return x
})

func addOnce(list []string, s string) []string {
	for _, l := range list {
		if l == s {
			return list
		}
	}
	return append(list, s)
}

// evidence returns what a text's function words, endings and letters are
// worth, by language. measured says which languages have letter statistics.
func (t sample) evidence(measured func(lang string) bool) map[string]float64 {
	x := words()
	gain, letters := map[string]float64{}, map[string]float64{}
	// A language without statistics has nothing else to show, so its words
	// count double; but not those that it shares with a language that has
	// some, or every Spanish text would be Galician.
	add := func(langs []string, worth float64) {
		if !slices.ContainsFunc(langs, measured) {
			worth *= 2
		}
		for _, l := range langs {
			gain[l] += worth
		}
	}
	for _, w := range t.words[:min(len(t.words), maxWordsRead)] {
		add(x.words[string(w)], wordGain)
		for n := 2; n <= maxEnding && n+2 <= len(w); n++ {
			add(x.endings[string(w[len(w)-n:])], endingGain)
		}
		for _, r := range w {
			if r < 0x80 {
				continue
			}
			for _, l := range x.letters[r] {
				letters[l] += letterGain
			}
		}
	}
	for l, g := range letters {
		gain[l] += min(g, maxLetterWin)
	}
	gain["uz"] += float64(min(t.turned, 4)) * 2 * wordGain
	for l, need := range x.needs {
		if t.letters >= minNeeds && !t.has(need) {
			gain[l] -= float64(min(t.letters, maxLetterWin))
		}
	}
	return gain
}

// has reports whether any letter of set occurs in the text.
func (t sample) has(set string) bool {
	for _, w := range t.words {
		if strings.ContainsAny(string(w), set) {
			return true
		}
	}
	return false
}
