package classify

import (
	"bytes"
	"unicode/utf8"
)

// dropNames removes what is no place after all: phrases that hide one, towns
// that the state after them puts elsewhere ("Paris, Texas"), abbreviations of
// states without a town, and given names.
func dropNames(f *folded, hits []placeHit) []placeHit {
	out := hits[:0]
	for i, h := range hits {
		switch h.term.kind {
		case placeNone:
			continue
		case placeAbbr:
			if !afterTown(f, h) {
				continue
			}
		case placeCity, placeName, placeShared:
			if i+1 < len(hits) {
				next := hits[i+1]
				if (next.term.kind == placeState || next.term.kind == placeAbbr) && string(f.b[h.end:next.start]) == ", " && next.code != h.code {
					continue
				}
			}
		}
		if h.term.given && besideName(f, h, hits, i) || isMoney(f, h) {
			continue
		}
		out = append(out, h)
	}
	return out
}

// afterTown reports whether an abbreviation stands where that of a state does:
// after a capitalised word and a comma.
func afterTown(f *folded, h placeHit) bool {
	return bytes.HasSuffix(f.b[:h.start], []byte(", ")) && capitalBefore(f, int(h.start)-len(", "))
}

// money are the words that make a sum of a people's name.
var money = map[string]bool{
	"cents": true, "dollar": true, "dollars": true, "dlr": true, "dlrs": true, "peso": true, "pesos": true, "franc": true, "francs": true,
	"pound": true, "pounds": true, "crown": true, "crowns": true, "euros": true, "yen": true, "yuan": true, "won": true, "lira": true,
	"rupee": true, "rupees": true, "rupiah": true, "taka": true, "ringgit": true, "baht": true, "dinar": true, "dinars": true,
	"riyal": true, "riyals": true, "rial": true, "rials": true, "dirham": true, "dirhams": true, "shilling": true, "shillings": true,
}

// isMoney reports whether a name belongs to a sum: what a worker earns in
// "U.S. dollars" says nothing about where.
func isMoney(f *folded, h placeHit) bool {
	if h.term.kind != placePeople && h.term.kind != placeName && h.term.kind != placeShared {
		return false
	}
	rest, ok := bytes.CutPrefix(f.b[h.end:], []byte(" "))
	if !ok {
		return false
	}
	end := 0
	for wordAfter(rest, end) && end < 12 {
		end++
	}
	return money[string(rest[:end])]
}

// besideName reports whether the word after a name, or the one before in the
// middle of a sentence, is a capitalised word that is no place: "Michael
// Jordan", "Chad Smith". In a title that capitalises every word this says
// nothing.
func besideName(f *folded, h placeHit, hits []placeHit, i int) bool {
	start, end := 0, f.title
	if int(h.start) > f.title {
		start, end = f.title+1, len(f.b)
	}
	if titleCase(f, start, min(end, start+300)) {
		return false
	}
	if next := int(h.end) + 1; next < end && f.b[h.end] == ' ' && f.isUpper(next) && (i+1 == len(hits) || int(hits[i+1].start) != next) {
		return true
	}
	before := int(h.start) - 1
	if before <= start || f.b[before] != ' ' {
		return false
	}
	word := before
	for word > start && wordBefore(f.b, word) {
		_, n := utf8.DecodeLastRune(f.b[:word])
		word -= n
	}
	sentence := word <= start || word >= 2 && (f.b[word-2] == '.' || f.b[word-2] == '"')
	return word < before && f.isUpper(word) && !sentence
}

// titleCase reports whether most words of b[start:end] start with a capital.
func titleCase(f *folded, start, end int) bool {
	words, upper := 0, 0
	for i := start; i < end; i++ {
		if (i == start || f.b[i-1] == ' ') && f.b[i] >= 'a' && f.b[i] <= 'z' {
			words++
			if f.isUpper(i) {
				upper++
			}
		}
	}
	return words > 2 && upper*10 > words*6
}
