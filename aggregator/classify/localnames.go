package classify

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// worldLangs are the languages whose own names of countries are known, from
// the Unicode CLDR. Names that decline are found as inflect.go declines them.
var worldLangs = []string{
	"es", "fr", "pt", "de", "ar", "hi", "bn", "id", "fil", "it", "nl", "tr", "ru", "uk", "pl", "ro", "sv", "fa", "ur", "sw", "zh", "ja", "ko", "vi",
	"el", "he", "th", "my", "km", "am", "ne", "ms", "da", "nb", "fi", "cs", "hu", "sr", "bg", "ca",
}

// localNames is what items of one language call the countries. It is compiled
// when the first such item comes: a desk reads a few of these languages, and
// all of them together take more than the rest of the gazetteer.
type localNames struct {
	lang    string // as items have it
	cldr    string // name of the language in the CLDR; "" if it has none there
	entries []localEntries
	once    sync.Once
	list    nameList
}

// localEntries is a line of the data files: what a language calls something.
type localEntries struct {
	placeTerm // code and kind
	list      string
}

// local returns the entry of a language, which is made if need be.
func (b *gazetteerBuilder) local(lang string) *localNames {
	l := b.locals[lang]
	if l == nil {
		l = &localNames{lang: lang}
		b.locals[lang] = l
	}
	return l
}

// local returns the names in a language, or nil if there are none.
func (g *gazetteer) local(lang string) *nameList {
	l := g.locals[lang]
	if l == nil {
		return nil
	}
	l.once.Do(func() {
		b := nameListBuilder{lang: l.lang}
		for _, e := range l.entries {
			// A test compiles every line: an error here is one of spelling.
			_ = b.addAll(e.list, e.placeTerm)
		}
		g.worldNames(&b, l.cldr)
		l.list = newNameList(&b)
	})
	return &l.list
}

// worldNames adds the countries' names in a language.
func (g *gazetteer) worldNames(b *nameListBuilder, lang string) {
	if lang == "" {
		return
	}
	names := display.Regions(language.MustParse(lang))
	if names == nil {
		return
	}
	for _, code := range g.codes {
		region, err := language.ParseRegion(code)
		if err != nil {
			continue
		}
		name, _, _ := strings.Cut(names.Name(region), " (")
		if len(name) < 4 || g.known(name) {
			continue
		}
		_ = b.add(name, placeTerm{code: code, kind: placeName})
	}
}

// known reports whether the data file has a name already, which may be there
// because it is shared: "Georgia" is Spanish too.
func (g *gazetteer) known(name string) bool {
	for _, t := range g.finder.exact(newPattern(fold(name), 0).text) {
		if g.terms[t].kind != placeCue {
			return true
		}
	}
	return false
}
