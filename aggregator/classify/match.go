package classify

import (
	"bytes"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/rightswire/rightswire/aggregator/classify/learn"
)

// Limits of the work that one item can cause, however it is made up.
const (
	maxHits       = 4096 // places in the text where terms hit
	maxMasks      = 256  // masked phrases
	maxRegexpHits = 16   // matches of one run of a regular expression
	maxTriggers   = 64   // such runs
)

// compiledRegexp is a regular expression over folded text, or none.
type compiledRegexp struct {
	lazy  func() *regexp.Regexp // nil: none
	width int                   // bytes of the longest match; -1: no bound
	also  []beside              // literals: a match has one of each, beside its trigger
}

// beside is a set of literals near a trigger.
type beside struct {
	lits   []string
	before bool // the trigger, else behind it
	reach  int  // bytes from the trigger to their other end; -1: no bound
}

// possible reports whether b has the literals that a match around the trigger
// b[start:end] needs. It is cheaper to look for them than to run the
// expression, and most often they are not all there.
func (re *compiledRegexp) possible(b []byte, start, end int) bool {
	for _, set := range re.also {
		part := b
		switch {
		case re.width < 0 || set.reach < 0: // one run is for all triggers
		case set.before:
			part = b[max(0, start-set.reach):start]
		default:
			part = b[end:min(len(b), end+set.reach)]
		}
		if !slices.ContainsFunc(set.lits, func(lit string) bool { return bytes.Contains(part, []byte(lit)) }) {
			return false
		}
	}
	return true
}

// trigger is a literal in the text that a regular expression was waiting for.
type trigger struct {
	span
	term int32
}

// span is a part of a folded text.
type span struct{ start, end int32 }

func (s span) overlaps(o span) bool { return s.start < o.end && o.start < s.end }
func (s span) covers(o span) bool   { return s.start <= o.start && o.end <= s.end }
func (s span) apart(o span) int32   { return max(s.start-o.end, o.start-s.end, 0) }

// hit is one term at one place.
type hit struct {
	span
	term int32
}

// scratch is the memory of one classification, used again for the next.
type scratch struct {
	text   folded
	sample sample
	found  found
	own    found // of the terms of one language
	merged merged
	hits   []hit
	masks  []hit
	due    []trigger
	tally  []tally // by category
	places []placeHit

	learn    learn.Scratch
	signs    []learn.Sign // by category
	opinions []opinion
	probable []float64 // by category, what the model thinks; 0: nothing. Empty without a model
}

// match collects in sc every hit of a term that applies to items of a
// language, and apart from them the masks.
func (r *rules) match(sc *scratch, b []byte, lang int32) {
	sc.hits, sc.masks, sc.due = sc.hits[:0], sc.masks[:0], sc.due[:0]
	every := r.tongue(0)
	all, always := every.finder.find(&sc.found, b), every.always
	if lang != 0 {
		own := r.tongue(lang)
		if some := own.finder.find(&sc.own, b); len(some) > 0 {
			all = sc.merged.merge(all, some)
		}
		if len(own.always) > 0 {
			always = slices.Concat(always, own.always)
			slices.Sort(always)
		}
	}
	for _, o := range all {
		var word wordEdges
		for _, t := range o.terms {
			tm := &r.terms[t]
			if tm.re != nil {
				sc.trigger(trigger{span{o.start, o.end}, t})
				continue
			}
			if stop, ok := word.accept(tm, b, int(o.start), int(o.end)); ok {
				r.keep(sc, hit{span{o.start, int32(stop)}, t})
			}
		}
		if len(sc.hits) >= maxHits {
			break
		}
	}
	for _, t := range always {
		sc.trigger(trigger{span{0, int32(len(b))}, t})
	}
	for _, d := range sc.due {
		r.search(sc, b, d)
	}
}

// trigger notes that a regular expression has to run. One without a bound runs
// over the whole text anyway, so once is enough.
func (sc *scratch) trigger(t trigger) {
	if len(sc.due) < maxTriggers {
		sc.due = append(sc.due, t)
	}
}

// search runs a regular expression around the literal that triggered it:
// every match contains the literal, so it is not further away than a match is
// long. That keeps an expression's cost from growing with the text.
func (r *rules) search(sc *scratch, b []byte, d trigger) {
	re := r.terms[d.term].re
	from, to := 0, len(b)
	if re.width >= 0 {
		from = wordStart(b, max(0, int(d.start)-re.width))
		to = wordEnd(b, min(len(b), int(d.end)+re.width))
	} else if d.end < int32(len(b)) && slices.ContainsFunc(sc.due, func(o trigger) bool { return o.term == d.term && o.start < d.start }) {
		return
	}
	if !re.possible(b[from:to], int(d.start)-from, int(d.end)-from) {
		return
	}
	for _, loc := range re.lazy().FindAllIndex(b[from:to], maxRegexpHits) {
		if s := trimSpan(b, from+loc[0], from+loc[1]); s.start < s.end {
			r.keep(sc, hit{s, d.term})
		}
	}
}

func (r *rules) keep(sc *scratch, h hit) {
	if r.terms[h.term].kind != kindMask {
		sc.hits = append(sc.hits, h)
	} else if len(sc.masks) < maxMasks {
		sc.masks = append(sc.masks, h)
	}
}

// masked reports whether a mask that holds for the hit's category blanks it.
//
// Rule 2 blanks a mask before matching. One thing is kept: a term that covers
// the whole mask. Who lists "airstrike*" for armed conflict means it, although
// "airstrike*" is a mask, which is there to keep "strike" out of the unions.
func (r *rules) masked(sc *scratch, h hit) bool {
	cat := r.terms[h.term].cat
	return slices.ContainsFunc(sc.masks, func(m hit) bool {
		c := r.terms[m.term].cat
		return (c == global || c == cat) && m.overlaps(h.span) && !h.covers(m.span)
	})
}

// wordEdges looks at the neighbours of one occurrence, once for all its terms.
type wordEdges struct {
	known, before, after bool
}

// accept reports whether the occurrence b[start:end] is a hit of t by the
// rules for whole words (rule 6), and where the hit ends.
func (w *wordEdges) accept(t *term, b []byte, start, end int) (int, bool) {
	if t.inside {
		return end, true
	}
	if !w.known {
		w.known = true
		w.before = isWordEdge(b, start) && wordBefore(b, start)
		w.after = end > 0 && wordBefore(b, end) && wordAfter(b, end)
	}
	if w.before && !(t.arabic && clitic(wordHead(b, start))) {
		return 0, false
	}
	if !w.after {
		return end, true
	}
	if !t.prefix {
		return 0, false
	}
	return wordEnd(b, end), true
}

// isWordEdge reports whether a rune of a word starts at b[i:]; only there does
// it matter what comes before.
func isWordEdge(b []byte, i int) bool { return wordAfter(b, i) }

// wordHead returns the part of a word that ends at b[:i], at most a few runes.
func wordHead(b []byte, i int) string {
	start := i
	for n := 0; n < 5 && wordBefore(b, start); n++ {
		_, size := utf8.DecodeLastRune(b[:start])
		start -= size
	}
	return string(b[start:i])
}

// wordStart returns where the word around b[i:] starts.
func wordStart(b []byte, i int) int {
	for i > 0 && !utf8.RuneStart(b[i]) {
		i--
	}
	for wordBefore(b, i) {
		_, size := utf8.DecodeLastRune(b[:i])
		i -= size
	}
	return i
}

// wordEnd returns where the word around b[:i] ends.
func wordEnd(b []byte, i int) int {
	for i < len(b) && !utf8.RuneStart(b[i]) {
		i++
	}
	for wordAfter(b, i) {
		_, size := utf8.DecodeRune(b[i:])
		i += size
	}
	return i
}

// trimSpan drops what is not a word from both ends of b[start:end].
func trimSpan(b []byte, start, end int) span {
	for start < end && !wordAfter(b, start) {
		_, size := utf8.DecodeRune(b[start:end])
		start += size
	}
	for start < end && !wordBefore(b, end) {
		_, size := utf8.DecodeLastRune(b[start:end])
		end -= size
	}
	return span{int32(start), int32(end)}
}
