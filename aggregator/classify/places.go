package classify

import (
	"cmp"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// maxPlaceHits is how many names of one text are looked at.
const maxPlaceHits = 1024

// placeHit is one name at one place.
type placeHit struct {
	span
	term *placeTerm
	code string // after shared names are resolved
}

// locate returns the countries an article is about, best first.
func (g *gazetteer) locate(sc *scratch, a Article, lang string) []news.Place {
	text := &sc.text
	hits, cues := g.find(sc, lang)
	hits = longest(hits)
	hits = dropNames(text, hits)
	g.resolve(hits, cues)
	scores := tallyPlaces(text, hits, lang)
	out := rankPlaces(scores, len(text.b))
	if len(out) == 0 && a.Source.Country != "" {
		out = append(out, news.Place{Country: a.Source.Country, Why: "the country of its source"})
	}
	return out
}

// find returns every name in the text that its capitals allow, and the cues.
func (g *gazetteer) find(sc *scratch, lang string) ([]placeHit, []string) {
	s := placeSearch{text: &sc.text, found: &sc.found, hits: sc.places[:0]}
	s.shouting = [2]bool{allCaps(s.text, 0, s.text.title), allCaps(s.text, s.text.title+1, len(s.text.b))}
	s.find(&g.nameList)
	if local := g.local(lang); local != nil {
		s.find(local)
	}
	sc.places = s.hits
	return s.hits, s.cues
}

// placeSearch is a search for names in one text.
type placeSearch struct {
	text     *folded
	found    *found
	shouting [2]bool // title, text: all in capitals
	hits     []placeHit
	cues     []string
}

// find adds the names of one list.
func (s *placeSearch) find(list *nameList) {
	b := s.text.b
	for _, o := range list.finder.find(s.found, b) {
		field, start, end := 0, int(o.start), int(o.end)
		if start > s.text.title {
			field = 1
		}
		var word wordEdges
		for _, t := range o.terms {
			tm := &list.terms[t]
			stop, ok := word.accept(&tm.term, b, start, end)
			if !ok || !tm.cased(s.text, start, end, s.shouting[field]) {
				continue
			}
			if tm.kind == placeCue {
				s.cues = append(s.cues, string(b[start:end]))
				continue
			}
			s.hits = append(s.hits, placeHit{span{o.start, int32(stop)}, tm, tm.code})
		}
		if len(s.hits) >= maxPlaceHits {
			break
		}
	}
}

// cased reports whether the capitals of b[start:end] are those of a name.
// Where everything is in capitals they say nothing, and short acronyms, which
// are words then, do not count.
func (t *placeTerm) cased(f *folded, start, end int, shouting bool) bool {
	switch {
	case t.caps && shouting:
		return end-start > 3
	case t.caps:
		for i := start; i < end; i++ {
			if c := f.b[i]; c >= 'a' && c <= 'z' && !f.isUpper(i) {
				return false
			}
		}
		return true
	case t.capital:
		return f.isUpper(start)
	}
	return true
}

// allCaps reports whether b[start:end] is written in capitals throughout.
func allCaps(f *folded, start, end int) bool {
	letters, upper := 0, 0
	for i := start; i < min(end, start+300); i++ {
		if c := f.b[i]; c >= 'a' && c <= 'z' {
			letters++
			if f.isUpper(i) {
				upper++
			}
		}
	}
	return letters > 4 && upper*10 > letters*8
}

// longest keeps the longest name where several overlap, reading from the left.
func longest(hits []placeHit) []placeHit {
	slices.SortStableFunc(hits, func(a, b placeHit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	out := hits[:0]
	end := int32(0)
	for _, h := range hits {
		if h.start >= end {
			out = append(out, h)
			end = h.end
		}
	}
	return out
}

// resolve decides what shared names mean.
func (g *gazetteer) resolve(hits []placeHit, cues []string) {
	sure := map[string]bool{}
	for _, h := range hits {
		if h.code != "" && h.term.kind != placeHint {
			sure[h.code] = true
		}
	}
	for i := range hits {
		if hits[i].term.kind == placeShared {
			hits[i].code = g.shared[hits[i].term.shared].meaning(sure, cues)
		}
	}
}

// meaning returns the country of the first choice whose condition holds.
func (s sharedName) meaning(sure map[string]bool, cues []string) string {
	for _, c := range s.choices {
		if c.free || c.near && sure[c.code] {
			return c.code
		}
		for _, cue := range c.cues {
			if slices.Contains(cues, cue) {
				return c.code
			}
		}
	}
	return ""
}
