package classify

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

var (
	//go:embed data/places.txt
	placesFile string
	//go:embed data/places_local.txt
	placesLocalFile string
)

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
	term           // how it is spelled
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

// gazetteer finds countries in folded text. It is never written to once made,
// but for what each of locals guards itself.
type gazetteer struct {
	nameList
	shared []sharedName
	codes  []string // of all countries, sorted
	locals map[string]*localNames
}

// nameList is names and the automaton that finds them.
type nameList struct {
	terms  []placeTerm
	finder finder
}

// newNameList returns the names that a builder has collected.
func newNameList(b *nameListBuilder) nameList {
	return nameList{b.terms, newFinder(b.patterns, func(t int32) bool { return b.terms[t].anywhere() })}
}

// loadGazetteer compiles the embedded gazetteer, once for all classifiers.
var loadGazetteer = sync.OnceValues(readGazetteer)

// readGazetteer compiles what holds for items of every language, and sorts the
// rest by language.
func readGazetteer() (*gazetteer, error) {
	b := gazetteerBuilder{gazetteer: &gazetteer{locals: map[string]*localNames{}}}
	for _, lang := range worldLangs {
		b.local(primary(lang)).cldr = lang
	}
	for _, f := range []struct{ name, text string }{{"places.txt", placesFile}, {"places_local.txt", placesLocalFile}} {
		if err := b.lines(f.text); err != nil {
			return nil, fmt.Errorf("read the embedded gazetteer: %s: %w", f.name, err)
		}
	}
	b.nameList = newNameList(&b.list)
	for _, t := range b.terms {
		if t.code != "" {
			b.codes = append(b.codes, t.code)
		}
	}
	slices.Sort(b.codes)
	b.codes = slices.Compact(b.codes)
	return b.gazetteer, nil
}

// gazetteerBuilder collects names while the gazetteer is compiled.
type gazetteerBuilder struct {
	*gazetteer
	list nameListBuilder
}

// nameListBuilder is a nameList before it has an automaton.
type nameListBuilder struct {
	lang     string // that names are declined in; "": not at all
	terms    []placeTerm
	patterns []pattern
}

// lines compiles a data file.
func (b *gazetteerBuilder) lines(text string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := b.line(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

// line compiles one line of a data file.
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
	lang, localKind, local := strings.Cut(kind, " ")
	if local {
		kind = localKind
	}
	if t.kind, ok = placeKinds[kind]; !ok {
		if len(kind) != 2 {
			return fmt.Errorf("%q is no kind of entry", kind)
		}
		lang, local, t.kind = kind, true, placePeople
	}
	if local {
		l := b.local(lang)
		l.entries = append(l.entries, localEntries{t, list})
		return nil
	}
	if code == "--" {
		t.code, t.kind = "", placeNone
	}
	return b.list.addAll(list, t)
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
				if err := b.list.add(cue, placeTerm{kind: placeCue}); err != nil {
					return err
				}
			}
		}
		s.choices = append(s.choices, c)
	}
	b.shared = append(b.shared, s)
	return b.list.add(name, placeTerm{kind: placeShared, shared: len(b.shared) - 1})
}

// addAll adds the names of a list that share what t says.
func (b *nameListBuilder) addAll(list string, t placeTerm) error {
	for name := range strings.SplitSeq(list, ", ") {
		if err := b.add(strings.TrimSpace(name), t); err != nil {
			return err
		}
	}
	return nil
}

// add makes the automaton look for one name.
func (b *nameListBuilder) add(name string, t placeTerm) error {
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
	if b.lang != "" && (t.kind == placeName || t.kind == placeCity) && !t.caps && !s.prefix {
		s.variants = b.declined(name)
	}
	for _, v := range s.variants {
		b.patterns = append(b.patterns, newPattern(v, id))
	}
	return nil
}

// declined returns all that a name may look like in the list's language.
func (b *nameListBuilder) declined(name string) []string {
	var out []string
	for _, form := range inflected(b.lang, name) {
		if s, err := spell(form); err == nil {
			out = append(out, s.variants...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
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
