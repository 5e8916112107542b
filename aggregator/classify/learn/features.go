package learn

import (
	"math"
	"unicode"
	"unicode/utf8"
)

// How much a feature counts, by what it is and where it stands. Feeds put the
// gist first: a text of several hundred words is judged by its title and its
// first sentences, and adds nothing beyond them.
const (
	wordValue = 1.0
	pairValue = 0.7
	stemValue = 1.0

	titleValue = 1.0
	leadValue  = 0.7 // the first sentences
	tailValue  = 0.35

	// shortest is the length that every text's vector is taken to have at least,
	// that of some seven words: one word of a short headline is no proof.
	shortest = 5.5

	signValue = 0.15 // of what the rules see, beside a text's length of 1

	leadBytes = 260
	tailBytes = 700

	shortestStem, longestStem = 4, 6   // letters
	seenSlots                 = 1 << 9 // words remembered, a power of two
)

// feature is a word, a pair of words or the start of a word at one place.
type feature struct {
	bucket     uint32
	value      float32
	start, end int32 // the word or pair that it belongs to
}

// walker finds features.
type walker struct {
	seen     [seenSlots]uint32 // hashes of words, to count each once
	round    [seenSlots]uint32 // the walk that wrote them
	turn     uint32
	runes    [maxArticle + longestStem]rune // the first letters of the word read last
	features []feature                      // of the text walked over last
}

// walk returns the features of a folded text, a word's only where the word
// stands first, and the length of the vector that they make: long texts score
// no higher than short ones, and very short ones lower. The features are valid
// until the next walk.
func (w *walker) walk(text []byte, title int) (features []feature, norm float32) {
	if w.turn++; w.turn == 0 { // wrapped around after four thousand million walks
		clear(w.round[:])
		w.turn = 1
	}
	w.features = w.features[:0]
	var sum float32
	end := min(len(text), title+1+tailBytes)
	last := token{} // the word before, for pairs
	for i := 0; i < end; {
		if i == title {
			last = token{} // no pair across the two fields
		}
		t, next := w.token(text, i)
		i = next
		if t.hash == 0 {
			continue
		}
		place := float32(tailValue)
		switch {
		case t.start < title:
			place = titleValue
		case t.start < title+leadBytes:
			place = leadValue
		}
		if last.hash != 0 {
			sum += w.add(mix(last.hash, t.hash), place*pairValue, last.start, t.end)
		}
		last = t
		if w.first(t.hash) {
			sum += w.add(t.hash, place*wordValue, t.start, t.end)
			sum += w.stems(t, place*stemValue)
		}
	}
	return w.features, max(float32(math.Sqrt(float64(sum))), shortest)
}

// add notes the feature that has a hash, and returns the square of its value.
func (w *walker) add(hash uint32, v float32, start, end int) float32 {
	w.features = append(w.features, feature{bucket(hash), v, int32(start), int32(end)})
	return float32(v * v)
}

// token is a word of a text.
type token struct {
	start, end int
	hash       uint32 // 0: none
	letters    int    // the first of them are in walker.runes
	number     bool
}

// token reads the word at text[i:], or passes over what is none.
func (w *walker) token(text []byte, i int) (token, int) {
	t := token{start: i}
	h := uint32(offset)
	for i < len(text) {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(text[i:])
		}
		digit := '0' <= r && r <= '9'
		if !digit && !('a' <= r && r <= 'z') && (r < utf8.RuneSelf || !inWord(r)) {
			if t.letters == 0 {
				i += n
			}
			break
		}
		if digit { // numbers differ from event to event
			t.number = true
			r = '0'
		}
		h = mix(h, uint32(r))
		if t.letters < len(w.runes) {
			w.runes[t.letters] = r
		}
		t.letters++
		i += n
	}
	if t.letters == 0 {
		return token{}, i
	}
	t.end = i
	t.hash = max(h, 1)
	return t, i
}

// inWord reports whether a rune beyond ASCII belongs to a word.
func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }

// stems adds the starts of the word in w.runes, of a few lengths, and returns
// the sum of their squares: most languages that we read bend words at their
// ends. Short words and numbers have none.
func (w *walker) stems(t token, v float32) float32 {
	letters := w.runes[:min(t.letters, len(w.runes))]
	letters = letters[article(letters):]
	if len(letters) < shortestStem || t.number {
		return 0
	}
	var sum float32
	h := uint32(stemOffset)
	for i, r := range letters[:min(len(letters), longestStem)] {
		h = mix(h, uint32(r))
		if i+1 >= shortestStem {
			sum += w.add(h, v, t.start, t.end)
		}
	}
	return sum
}

// maxArticle is the most letters that article passes over.
const maxArticle = 3

// article returns how many letters an Arabic article takes at the start of a
// word, with the preposition or conjunction that is written before it.
func article(letters []rune) int {
	at := func(i int, r rune) bool { return i < len(letters) && letters[i] == r }
	n := 0
	if at(0, 'و') || at(0, 'ف') || at(0, 'ب') || at(0, 'ك') {
		n = 1
	}
	switch {
	case at(n, 'ا') && at(n+1, 'ل'), at(n, 'ل') && at(n+1, 'ل'):
		return n + 2
	}
	return 0
}

// first reports whether a word has not been seen in this walk. Where two words
// share a slot the second counts again: that costs little and cannot go wrong
// differently on another machine.
func (w *walker) first(hash uint32) bool {
	slot := (hash ^ hash>>16) & (seenSlots - 1)
	if w.round[slot] == w.turn && w.seen[slot] == hash {
		return false
	}
	w.round[slot], w.seen[slot] = w.turn, hash
	return true
}

// Seeds of the hash, so that a stem is no word of the same letters.
const (
	offset     = 2166136261
	stemOffset = 3242281807
	signOffset = 1779033703
)

// mix adds one number to a hash.
func mix(h, r uint32) uint32 {
	h = (h ^ r) * 0x9E3779B1
	return h ^ h>>15
}

// bucket is where the weights of a hash stand.
func bucket(h uint32) uint32 {
	h *= 0x85EBCA77
	return (h ^ h>>13) & (1<<Bits - 1)
}

// categoryHash is where the signs of a category start.
func categoryHash(id string) uint32 {
	h := uint32(signOffset)
	for i := range len(id) {
		h = mix(h, uint32(id[i]))
	}
	return h
}

// features calls yield for what the rules see of a category: the terms of a
// taxonomy are lists of words that belong together, in many languages, and say
// something about other categories too.
func (s *Sign) features(yield func(bucket uint32)) {
	if s.Strong == 0 && s.Weak == 0 && s.Context == 0 && !s.Vetoed {
		return // as most are
	}
	category := categoryHash(s.Category)
	for kind, n := range []int{s.Strong, s.Weak, s.Context} {
		for step := 1; step <= min(n, signSteps); step++ {
			yield(bucket(mix(category, uint32(kind*signSteps+step))))
		}
	}
	if s.Vetoed {
		yield(bucket(mix(category, vetoed)))
	}
}

const (
	signSteps = 2
	vetoed    = 99
)
