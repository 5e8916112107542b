package dedupe

import "slices"

// What two reports of one event in two languages have in common: names and
// numbers as they are written in both, and the place. It is little, so all of
// it is asked for, and names that much of the archive has count for nothing.
const (
	abroadNames = 3   // telling names or numbers in common
	abroadShare = 0.4 // of the weight of the article's own
	abroadUsual = 200 // one original in so many, and the name is no longer telling
	abroadTime  = 0.5 // of the window
)

// speaks reports whether a story has reports in a language; an unknown one is
// any.
func (s *sum) speaks(lang uint16) bool {
	return lang == 0 || slices.Contains(s.langs, lang) || slices.Contains(s.langs, 0)
}

// abroad is how well an article fits a story in another language, 0 when it
// does not: always less than any story in its own language.
func (x *storyIndex) abroad(q *query, s *story, shared []sharedTerm) float64 {
	d := q.doc
	if x.docs < warm || len(shared) < abroadNames || float64(s.gap(d.at)) > abroadTime*x.opt.Window.Seconds() {
		return 0
	}
	usual := float32(max(2, x.docs/abroadUsual))
	var n int
	var both, all float64
	for _, at := range shared {
		if t := &q.terms[at.query]; holds(d.names, t.hash) && t.df <= usual {
			n++
			both += t.w * t.w
		}
	}
	if n < abroadNames {
		return 0
	}
	for _, t := range q.terms {
		if holds(d.names, t.hash) && t.df <= usual {
			all += t.w * t.w
		}
	}
	if both < abroadShare*all || common(d.places, x.places(s)) == 0 {
		return 0
	}
	return joinTitle * both / all
}
