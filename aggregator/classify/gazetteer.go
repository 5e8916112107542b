package classify

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed data/places.txt
var placesFile string

// placeKind is how a name points at its country; see data/places.txt.
type placeKind uint8

const (
	placeName placeKind = iota
	placePeople
	placeCity
	placeSign
	placeHint
	placeState
	placeAbbr
	placeNone   // hides what it covers
	placeShared // several places have the name
	placeCue    // tells them apart
)

var placeKinds = map[string]placeKind{
	"names": placeName, "people": placePeople, "cities": placeCity, "signs": placeSign,
	"hints": placeHint, "states": placeState, "abbr": placeAbbr,
}

// placeTerm is one entry of the gazetteer.
type placeTerm struct {
	term           // how it is spelled; lang restricts it to items of one language
	code    string // ISO 3166-1 alpha-2 or XK; "" for shared names, cues and none
	kind    placeKind
	capital bool // must start with a capital letter in the text
	caps    bool // must be in capitals altogether
	seat    bool
	given   bool
	shared  int // index into gazetteer.shared
}

// sharedName resolves a name that several places have.
type sharedName struct{ choices []choice }

// choice is one place that a shared name may mean.
type choice struct {
	code string   // "": no place
	cues []string // folded; any of them lets it be this one
	near bool     // so does other evidence for the country
	free bool     // no condition: what the name means otherwise
}

// gazetteer finds countries in folded text. It is never written to once made.
type gazetteer struct {
	terms  []placeTerm
	shared []sharedName
	langs  map[string]int

	auto *automaton
	size []int32
	uses [][]int32
}

// loadGazetteer compiles the embedded gazetteer, once for all classifiers.
var loadGazetteer = sync.OnceValues(func() (*gazetteer, error) {
	b := gazetteerBuilder{gazetteer: &gazetteer{langs: map[string]int{}}, ids: map[string]int{}}
	n := 0
	for line := range strings.Lines(placesFile) {
		n++
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := b.line(line); err != nil {
			return nil, fmt.Errorf("read the embedded gazetteer: line %d: %w", n, err)
		}
	}
	b.worldNames()
	b.auto = newAutomaton(b.patterns)
	return b.gazetteer, nil
})

// gazetteerBuilder collects patterns while the gazetteer is compiled.
type gazetteerBuilder struct {
	*gazetteer
	ids      map[string]int
	patterns []string
}

// line compiles one line of the data file.
func (b *gazetteerBuilder) line(line string) error {
	if rest, ok := strings.CutPrefix(line, "? "); ok {
		return b.sharedLine(rest)
	}
	head, list, ok := strings.Cut(line, ": ")
	code, kind, ok2 := strings.Cut(head, " ")
	if !ok || !ok2 {
		return fmt.Errorf("%q is not CODE KIND: entries", line)
	}
	t := placeTerm{code: code}
	if t.kind, ok = placeKinds[kind]; !ok {
		if len(kind) != 2 {
			return fmt.Errorf("%q is no kind of entry", kind)
		}
		t.kind, t.lang = placePeople, b.lang(kind)
	}
	if code == "--" {
		t.code, t.kind = "", placeNone
	}
	for name := range strings.SplitSeq(list, ", ") {
		if err := b.add(strings.TrimSpace(name), t); err != nil {
			return err
		}
	}
	return nil
}

// sharedLine compiles "NAME: CODE if cue | cue; CODE".
func (b *gazetteerBuilder) sharedLine(line string) error {
	name, rest, ok := strings.Cut(line, ": ")
	if !ok {
		return fmt.Errorf("%q is not NAME: choices", line)
	}
	var s sharedName
	for part := range strings.SplitSeq(rest, ";") {
		code, cues, conditional := strings.Cut(strings.TrimSpace(part), " if ")
		c := choice{code: strings.TrimSpace(code), free: !conditional}
		if c.code == "--" {
			c.code = ""
		}
		for cue := range strings.SplitSeq(cues, "|") {
			switch cue = strings.TrimSpace(cue); cue {
			case "":
			case "@":
				c.near = true
			default:
				c.cues = append(c.cues, fold(cue))
				if err := b.add(cue, placeTerm{kind: placeCue}); err != nil {
					return err
				}
			}
		}
		s.choices = append(s.choices, c)
	}
	b.shared = append(b.shared, s)
	return b.add(name, placeTerm{kind: placeShared, shared: len(b.shared) - 1})
}

// add makes the automaton look for one name.
func (b *gazetteerBuilder) add(name string, t placeTerm) error {
	for {
		if cut, ok := strings.CutSuffix(name, "^"); ok {
			name, t.seat = cut, true
		} else if cut, ok := strings.CutSuffix(name, "~"); ok {
			name, t.given = cut, true
		} else {
			break
		}
	}
	s, err := spell(name)
	if err != nil {
		return err
	}
	t.text, t.prefix, t.inside, t.arabic = name, s.prefix, s.inside, s.arabic
	t.capital, t.caps = capitals(name)
	id := int32(len(b.terms))
	b.terms = append(b.terms, t)
	for _, v := range s.variants {
		n, ok := b.ids[v]
		if !ok {
			n = len(b.patterns)
			b.ids[v] = n
			b.patterns = append(b.patterns, v)
			b.size = append(b.size, int32(len(v)))
			b.uses = append(b.uses, nil)
		}
		b.uses[n] = append(b.uses[n], id)
	}
	return nil
}

// capitals reports whether a name starts with a capital, and whether it is an
// acronym, to be matched in capitals only: "US" is not "us", "CAR" no car.
func capitals(name string) (first, all bool) {
	letters, upper := 0, 0
	for i, r := range name {
		if i == 0 {
			first = unicode.IsUpper(r)
		}
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		}
	}
	return first, letters == upper && letters > 1 && letters <= 6
}

func (b *gazetteerBuilder) lang(l string) int {
	if _, ok := b.langs[l]; !ok {
		b.langs[l] = len(b.langs) + 1
	}
	return b.langs[l]
}

// worldLangs are the languages whose own names of countries are known, from
// the Unicode CLDR. Names that decline (Russian, Polish) are found in the
// nominative only.
var worldLangs = []string{
	"es", "fr", "pt", "de", "ar", "hi", "bn", "id", "fil", "it", "nl", "tr", "ru", "uk", "pl", "ro", "sv", "fa", "ur", "sw", "zh", "ja", "ko", "vi",
	"el", "he", "th", "my", "km", "am", "ne", "ms", "da", "nb", "fi", "cs", "hu", "sr", "bg", "ca",
}

// worldNames adds the countries' names in other languages.
func (b *gazetteerBuilder) worldNames() {
	codes := map[string]bool{}
	for _, t := range b.terms {
		if t.code != "" {
			codes[t.code] = true
		}
	}
	for _, lang := range worldLangs {
		names := display.Regions(language.MustParse(lang))
		if names == nil {
			continue
		}
		for code := range codes {
			region, err := language.ParseRegion(code)
			if err != nil {
				continue
			}
			name, _, _ := strings.Cut(names.Name(region), " (")
			if name == "" || len(name) < 4 || b.known(name) {
				continue
			}
			_ = b.add(name, placeTerm{term: term{lang: b.lang(primary(lang))}, code: code, kind: placeName})
		}
	}
}

// known reports whether the data file has a name already, which may be there
// because it is shared: "Georgia" is Spanish too.
func (b *gazetteerBuilder) known(name string) bool {
	n, ok := b.ids[fold(name)]
	if !ok {
		return false
	}
	for _, id := range b.uses[n] {
		if b.terms[id].lang == 0 && b.terms[id].kind != placeCue {
			return true
		}
	}
	return false
}
