package classify

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// What a mention is worth by where it stands: what a story is about comes
// before what it mentions.
const (
	placeTitle    = 3.0
	placeFirst    = 2.5 // in the first sentence
	placeRest     = 1.0
	placeCaps     = 0.8  // times: "US" is an adjective as often as a country
	placeSpeaker  = 0.6  // times: who condemns is not what is condemned
	placeWithin   = 1.6  // times: "in Somalia" says where, "Canadian" says who
	maxMentions   = 4    // in the rest, of one country
	minPlace      = 1.0  // points below which a country is only mentioned
	minPlaceShare = 0.22 // of the best country's points
	minBeside     = 1.5  // points that a country needs beside one that is clear
	clearPlace    = 5.0  // points that make a country clear
	minHints      = 0.9  // points of hints alone where nothing else names a country
	maxPlaces     = 6    // countries of one item
	maxPlaceHits  = 1024 // names looked at
	datelineEnd   = 60   // bytes within which a dateline stands
)

// placeWeight is how surely a kind of name means its country.
var placeWeight = [...]float64{placeName: 1, placePeople: 0.75, placeCity: 0.9, placeSign: 0.6, placeHint: 0.3, placeState: 0.8, placeAbbr: 0.8, placeShared: 0.7}

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
	scores := tallyPlaces(text, hits)
	out := rankPlaces(scores)
	if len(out) == 0 && a.Source.Country != "" {
		out = append(out, news.Place{Country: a.Source.Country, Why: "the country of its source"})
	}
	return out
}

// find returns every name in the text that its capitals allow, and the cues.
func (g *gazetteer) find(sc *scratch, lang string) ([]placeHit, []string) {
	s := placeSearch{text: &sc.text, hits: sc.places[:0]}
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
	shouting [2]bool // title, text: all in capitals
	hits     []placeHit
	cues     []string
}

// find adds the names of one list.
func (s *placeSearch) find(list *nameList) {
	b := s.text.b
	list.auto.find(b, func(terms []int32, start, end int) bool {
		field := 0
		if start > s.text.title {
			field = 1
		}
		var word wordEdges
		for _, t := range terms {
			tm := &list.terms[t]
			stop, ok := word.accept(&tm.term, b, start, end)
			if !ok || !tm.cased(s.text, start, end, s.shouting[field]) {
				continue
			}
			if tm.kind == placeCue {
				s.cues = append(s.cues, string(b[start:end]))
				continue
			}
			s.hits = append(s.hits, placeHit{span{int32(start), int32(stop)}, tm, tm.code})
		}
		return len(s.hits) < maxPlaceHits
	})
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

// placeTally is what speaks for one country.
type placeTally struct {
	code               string
	points             float64
	inTitle, inFirst   bool
	rest               int
	hintsOnly          bool
	why                string
	whyWorth, position float64
}

// tallyPlaces adds up the mentions of each country.
func tallyPlaces(f *folded, hits []placeHit) []placeTally {
	var out []placeTally
	first, verb := firstSentence(f), reproach(f, hits)
	for _, h := range hits {
		if h.code == "" {
			continue
		}
		i := slices.IndexFunc(out, func(t placeTally) bool { return t.code == h.code })
		if i < 0 {
			i = len(out)
			out = append(out, placeTally{code: h.code, hintsOnly: true, position: float64(h.start)})
		}
		out[i].add(f, h, first, verb)
	}
	return out
}

// add counts one mention.
func (t *placeTally) add(f *folded, h placeHit, first, verb int) {
	worth, where := placeRest, "text"
	switch {
	case int(h.start) < f.title:
		worth, where = placeTitle, "title"
		if int(h.start) < verb {
			worth *= placeSpeaker
		}
		if t.inTitle {
			worth = placeRest
		}
		t.inTitle = true
	case h.term.seat && isDateline(f, h):
		return
	case int(h.start) < first:
		worth, where = placeFirst, "first sentence"
		if t.inFirst {
			worth = placeRest
		}
		t.inFirst = true
	default:
		if t.rest++; t.rest > maxMentions {
			return
		}
	}
	if h.term.kind != placeHint {
		t.hintsOnly = false
	}
	worth *= placeWeight[h.term.kind]
	if h.term.caps && where != "text" {
		worth *= placeCaps
	}
	if bytes.HasSuffix(f.b[:h.start], []byte(" in ")) {
		worth *= placeWithin
	}
	t.points += worth
	if worth > t.whyWorth {
		t.whyWorth = worth
		t.why = fmt.Sprintf("%q in the %s", h.term.text, where)
	}
}

// firstSentence returns where the first sentence of the text ends in f.b.
func firstSentence(f *folded) int {
	start := min(f.title+1+datelineEnd, len(f.b))
	for i := start; i+2 < len(f.b) && i < start+300; i++ {
		if f.b[i] == '.' && f.b[i+1] == ' ' && f.isUpper(i+2) {
			return i
		}
	}
	return min(start+300, len(f.b))
}

// isDateline reports whether a name stands where an agency says the report was
// written: "GENEVA (Reuters) -", "The Hague, 3 May —", "Washington: ".
func isDateline(f *folded, h placeHit) bool {
	begin := f.title + 1
	if int(h.start)-begin > datelineEnd/2 {
		return false
	}
	rest := f.b[h.end:min(len(f.b), int(h.end)+datelineEnd)]
	dash := bytes.Index(rest, []byte("- "))
	return dash >= 0 && dash < datelineEnd/2 || bytes.HasPrefix(rest, []byte(" (")) || bytes.HasPrefix(rest, []byte(": "))
}

// rankPlaces keeps the countries that a story is about.
func rankPlaces(list []placeTally) []news.Place {
	slices.SortStableFunc(list, func(a, b placeTally) int {
		return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(a.position, b.position))
	})
	var out []news.Place
	for _, t := range list {
		least := minPlace
		if len(out) > 0 {
			least = max(least, minPlaceShare*out[0].Score)
			if out[0].Score >= clearPlace {
				least = max(least, minBeside)
			}
		}
		if t.hintsOnly || t.points < least || len(out) == maxPlaces {
			continue
		}
		out = append(out, news.Place{Country: t.code, Score: math.Round(t.points*100) / 100, Why: t.why})
	}
	if len(out) == 0 && len(list) > 0 && list[0].hintsOnly && list[0].points >= minHints {
		out = append(out, news.Place{Country: list[0].code, Score: math.Round(list[0].points*100) / 100, Why: list[0].why})
	}
	return out
}
