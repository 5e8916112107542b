package classify

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// declension is how the end of a word changes: forms stand case by case, so that
// the words of "Саудовская Аравия" change together.
type declension struct {
	end   string // "": any other end
	forms []string
}

// declensions are those of proper names, by language, the longest ends first; of
// several with one end each holds. Only what names of countries and cities need
// is here: no plurals of nouns, no animate forms. Turkish sets endings apart with
// an apostrophe, which ends a word anyway.
var declensions = map[string][]declension{
	"ru": {
		{"ия", []string{"ии", "ии", "ию", "ией", "ии"}},
		{"ая", []string{"ой", "ой", "ую", "ой", "ой"}},
		{"ка", []string{"ки", "ке", "ку", "кой", "ке"}},
		{"ый", []string{"ого", "ому", "ый", "ым", "ом"}},
		{"ий", []string{"ого", "ому", "ий", "им", "ом"}},
		{"ины", []string{"ин", "инам", "ины", "инами", "инах"}},
		{"ые", []string{"ых", "ым", "ые", "ыми", "ых"}},
		{"а", []string{"ы", "е", "у", "ой", "е"}},
		{"я", []string{"и", "е", "ю", "ей", "е"}},
		{"ь", []string{"я", "ю", "ь", "ем", "е"}},
		{"ь", []string{"и", "и", "ь", "ью", "и"}},
		{"й", []string{"я", "ю", "й", "ем", "е"}},
		{"ы", []string{"ов", "ам", "ы", "ами", "ах"}},
		{"", []string{"а", "у", "", "ом", "е"}},
	},
	"uk": {
		{"ія", []string{"ії", "ії", "ію", "ією", "ії"}},
		{"ка", []string{"ки", "ці", "ку", "кою", "ці"}},
		{"а", []string{"и", "і", "у", "ою", "і"}},
		{"я", []string{"ї", "ї", "ю", "єю", "ї"}},
		{"ь", []string{"і", "і", "ь", "ю", "і"}},
		{"ь", []string{"ю", "ю", "ь", "ем", "і"}},
		{"й", []string{"ю", "ю", "й", "єм", "ї"}},
		{"", []string{"у", "у", "", "ом", "і"}},
		{"", []string{"а", "у", "", "ом", "і"}},
	},
	"pl": {
		{"cja", []string{"cji", "cji", "cję", "cją", "cji"}},
		{"sja", []string{"sji", "sji", "sję", "sją", "sji"}},
		{"ia", []string{"ii", "ii", "ię", "ią", "ii"}},
		{"ska", []string{"skiej", "skiej", "ską", "ską", "skiej"}},
		{"ka", []string{"ki", "ce", "kę", "ką", "ce"}},
		{"na", []string{"ny", "nie", "nę", "ną", "nie"}},
		{"a", []string{"y", "ie", "ę", "ą", "ie"}},
		{"", []string{"u", "owi", "", "em", "ie"}},
		{"", []string{"a", "owi", "", "em", "ie"}},
	},
	"cs": {
		{"ie", []string{"ie", "ii", "ii", "ií", "ii"}},
		{"ko", []string{"ka", "ku", "ko", "kem", "ku"}},
		{"a", []string{"y", "ě", "u", "ou", "ě"}},
		{"", []string{"u", "u", "", "em", "u"}},
	},
	"sr": {{"а", []string{"е", "и", "у", "ом"}}, {"", []string{"а", "у", "ом"}}},
	"ro": {{"a", []string{"ei"}}, {"", []string{"ul", "ului"}}},
	"el": {{"α", []string{"ας"}}, {"η", []string{"ης"}}, {"ος", []string{"ου", "ο"}}, {"ο", []string{"ου"}}},
	"de": {{"", []string{"s"}}},
	"nl": {{"", []string{"s"}}},
	"sv": {{"", []string{"s"}}},
	"da": {{"", []string{"s"}}},
	"nb": {{"", []string{"s"}}},
	"fi": {{"", []string{"n", "ssa", "ssä", "sta", "stä", "in", "issa", "ista"}}},
	"hu": {{"", []string{"ban", "ben", "ból", "ből", "ra", "re", "ba", "be", "nak", "nek"}}},
	"bn": {{"", []string{"ে", "ের", "র", "তে", "কে", "য়", "য়ের", "ও", "েও"}}},
}

// inflected returns the forms of a name in running text, itself first.
func inflected(lang, name string) []string {
	out := []string{name}
	switch lang {
	case "ar":
		// The preposition "to" swallows the first letter of the article.
		if rest, ok := strings.CutPrefix(name, "ال"); ok {
			out = append(out, "لل"+rest)
		}
		return out
	case "hi":
		// The press leaves out the dots of letters in foreign names.
		return append(out, strings.ReplaceAll(norm.NFC.String(name), "\u093c", ""))
	case "he":
		for _, prefix := range []string{"ב", "ל", "מ", "ו", "ה", "ש"} {
			out = append(out, prefix+name)
		}
		return out
	}
	list := declensions[lang]
	if list == nil || strings.HasSuffix(name, "*") {
		return out
	}
	words := strings.Split(name, " ")
	forms := declined(list, words[len(words)-1])
	for i, form := range forms {
		head := slices.Clone(words[:len(words)-1])
		for j, w := range head {
			// The others stand in the same case, or not at all in one.
			if of := declined(list, w); len(of) > 0 && adjective(lang, w) {
				head[j] = of[i%len(of)]
			}
		}
		out = append(out, strings.Join(append(head, form), " "))
	}
	return out
}

// adjective reports whether a word of a name changes with the noun it is before.
func adjective(lang, word string) bool {
	ends := map[string][]string{"ru": {"ая", "ый", "ий", "ые"}, "uk": {"а"}, "pl": {"ska"}}[lang]
	return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(word, end) })
}

// declined returns the forms of one word, in the order of the cases.
func declined(list []declension, word string) []string {
	var out []string
	end := "-"
	for _, d := range list {
		if end != "-" && d.end != end {
			break
		}
		if stem, ok := strings.CutSuffix(word, d.end); ok {
			end = d.end
			for _, f := range d.forms {
				out = append(out, stem+f)
			}
		}
	}
	return out
}
