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
	titleOrder    = 1.5  // times: what stands in the title comes first
	placeCaps     = 0.8  // times: "US" is an adjective as often as a country
	placeSpeaker  = 0.6  // times: who condemns is not what is condemned
	maxMentions   = 4    // in the rest, of one country
	minPlace      = 1.0  // points below which a country is only mentioned
	minPlaceShare = 0.18 // of the best country's points
	minBeside     = 1.5  // points that a country needs beside one that is clear
	longText      = 2000 // bytes from which on a text has background
	minInLong     = 3.0  // points of a country that only the rest of a long text names, beside others
	clearPlace    = 5.0  // points that make a country clear
	minHints      = 0.9  // points of hints alone where nothing else names a country
	maxPlaces     = 6    // countries of one item
	datelineEnd   = 60   // bytes within which a dateline stands
)

// placeWeight is how surely a kind of name means its country.
var placeWeight = [...]float64{placeName: 1, placePeople: 0.75, placeCity: 0.9, placeSign: 0.6, placeHint: 0.3, placeState: 0.8, placeAbbr: 0.8, placeShared: 0.7}

// placeTally is what speaks for one country.
type placeTally struct {
	code         string
	points       float64 // whether the story is about it at all
	about        float64 // how much it is about it rather than about others
	title, first float64 // the surest mention there so far, before what the place is worth
	rest         int
	hintsOnly    bool
	why          string
	whyWorth     float64
	position     int32
}

// tallyPlaces adds up the mentions of each country.
func tallyPlaces(f *folded, hits []placeHit, lang string) []placeTally {
	var out []placeTally
	first, verb := firstSentence(f), reproach(f, hits)
	for _, h := range hits {
		if h.code == "" {
			continue
		}
		i := slices.IndexFunc(out, func(t placeTally) bool { return t.code == h.code })
		if i < 0 {
			i = len(out)
			out = append(out, placeTally{code: h.code, hintsOnly: true, position: h.start})
		}
		worth, order := role(f, h, lang)
		worth *= placeWeight[h.term.kind]
		if int(h.start) < verb {
			worth *= placeSpeaker
		}
		out[i].add(f, h, worth, order, first)
	}
	return out
}

// add counts one mention, which is worth so much wherever it stands.
func (t *placeTally) add(f *folded, h placeHit, worth, order float64, first int) {
	points, where := 0.0, "text"
	switch {
	case int(h.start) < f.title:
		where, points = "title", surest(&t.title, caps(h, worth), placeTitle)
		order *= titleOrder
	case h.term.seat && isDateline(f, h):
		return
	case int(h.start) < first:
		where, points = "first sentence", surest(&t.first, caps(h, worth), placeFirst)
	default:
		if t.rest++; t.rest > maxMentions {
			return
		}
		points = placeRest * worth
	}
	if h.term.kind != placeHint {
		t.hintsOnly = false
	}
	t.points += points
	t.about += points * order
	if points > t.whyWorth {
		t.whyWorth = points
		t.why = fmt.Sprintf("%q in the %s", h.term.text, where)
	}
}

// surest returns what a mention adds where one counts fully: the surest of them,
// in whatever order they come. The others count as in the rest of the text.
func surest(best *float64, worth, place float64) float64 {
	full, beside := max(*best, worth), min(*best, worth)
	points := place*(full-*best) + placeRest*beside
	*best = full
	return points
}

// caps lowers what an acronym is worth: "US" is an adjective as often as a
// country.
func caps(h placeHit, worth float64) float64 {
	if h.term.caps {
		return worth * placeCaps
	}
	return worth
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

// rankPlaces keeps the countries that a story of so many bytes is about, what it
// is about most first.
func rankPlaces(list []placeTally, size int) []news.Place {
	most := 0.0
	for _, t := range list {
		if !t.hintsOnly {
			most = max(most, t.points)
		}
	}
	least := max(minPlace, minPlaceShare*most)
	if most >= clearPlace {
		least = max(least, minBeside)
	}
	slices.SortStableFunc(list, func(a, b placeTally) int {
		return cmp.Or(cmp.Compare(b.about, a.about), cmp.Compare(a.position, b.position))
	})
	var out []news.Place
	for _, t := range list {
		background := size >= longText && t.title+t.first == 0 && t.points < minInLong && len(out) > 0
		if !t.hintsOnly && !background && t.points >= least && len(out) < maxPlaces {
			out = append(out, t.place())
		}
	}
	if len(out) == 0 && len(list) > 0 && list[0].hintsOnly && list[0].points >= minHints {
		out = append(out, list[0].place())
	}
	return out
}

// place is what is told of a country.
func (t *placeTally) place() news.Place {
	return news.Place{Country: t.code, Score: math.Round(t.about*100) / 100, Why: t.why}
}
