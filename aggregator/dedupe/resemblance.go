package dedupe

import "math"

// sketch counts in how many originals a shingle occurred, roughly and in
// constant memory. What occurs in many is boilerplate or a template and says
// little about whether two texts are one.
type sketch struct {
	counts []uint8
	n      int
}

// sketchBits are the bits of a shingle that are looked at.
const sketchBits = 21

func newSketch(p *pages) *sketch { return &sketch{counts: take[uint8](p, 1<<sketchBits)} }

// count notes the shingles of one original.
func (s *sketch) count(shingles []uint32) {
	for _, h := range shingles {
		if c := &s.counts[h]; *c < math.MaxUint8 {
			*c++
		}
	}
	s.n += len(shingles)
	// Halving keeps the counts about the recent past and the table from
	// filling up.
	if s.n > 1<<(sketchBits-1) {
		for i := range s.counts {
			s.counts[i] >>= 1
		}
		s.n /= 2
	}
}

// weight is what a shingle counts for: 1 when new or seen once.
func (s *sketch) weight(h uint32) float64 {
	c := s.counts[h]
	if c <= 1 {
		return 1
	}
	return 1 / float64(c)
}

// unseen counts the shingles two texts share that at most one original had.
func (s *sketch) unseen(a, b *doc) int {
	few := func(set []uint32) (n int) {
		for _, h := range intersect(nil, a.shingles, set) {
			if s.counts[h] <= 1 {
				n++
			}
		}
		return n
	}
	return few(b.shingles) + restRate*few(b.rest)
}

// slot is the part of a shingle's hash that is looked at.
func slot(h uint32) uint32 { return mix(h) >> (32 - sketchBits) }

// copyScore says how much of the shorter of two texts the longer one holds, 0
// when that is no copy. b is remembered.
func (x *copyIndex) copyScore(a, b *doc) float64 {
	if a.size == 0 || b.size == 0 {
		return 0
	}
	all, both := x.common.weigh(a, b)
	// No threshold is lower than copyText: most pairs end here.
	c := both / all
	if c < copyText || c < threshold(a, b) || !sameMatter(a, b) {
		return 0
	}
	if !x.titlesAllow(a, b, c) {
		return 0
	}
	return c
}

// weigh returns what the shingles of the shorter of two texts count for, and
// those of them that the longer one holds. b is remembered.
func (s *sketch) weigh(a, b *doc) (all, both float64) {
	both = s.sum(a.shingles, b.shingles) + restRate*s.sum(a.shingles, b.rest)
	if a.size <= b.size {
		all = s.sum(a.shingles, a.shingles)
	} else {
		all = s.sum(b.shingles, b.shingles) + restRate*s.sum(b.rest, b.rest)
	}
	return all, min(all, both)
}

// sum is what the shingles in both of two sorted sets count for.
func (s *sketch) sum(a, b []uint32) (sum float64) {
	j := 0
	for _, h := range a {
		for j < len(b) && b[j] < h {
			j++
		}
		if j < len(b) && b[j] == h {
			sum += s.weight(h)
		}
	}
	return sum
}

// titlesAllow reports whether two articles that share c of their text may be
// copies by their titles. One that the text does not explain, as good headlines
// may be, needs a text of another source that is long, whole and new: what was
// sent under several titles is a blurb, however long.
func (x *copyIndex) titlesAllow(a, b *doc, c float64) bool {
	if rivals(a, b) {
		return false
	}
	both := int(c * float64(min(a.size, b.size)))
	if oneMatter(a, b, agreement(a, b, true), both) {
		return true
	}
	return !sameSource(a, b) && c >= copyShort && both >= longText && x.common.unseen(a, b) >= longText
}

// sameMatter guards against what articles of one house, or one chain, share at
// the end: two short items above one long footer. A copy keeps the title or
// the beginning, if not of the whole then of the part it took.
func sameMatter(a, b *doc) bool {
	const some = 0.3
	return containment(a.subject, b.subject) >= some ||
		b.part(a.head) >= some || a.part(b.head) >= some
}

// The containment that makes two texts one. A word changed by an editor breaks
// shingleLen shingles, so a copy with a word in ten changed still keeps about
// 0.9^4 = 0.66 of them, while two desks that word one event each for itself
// share little more than names and quotes. The bound lies below the first, and
// rises with what speaks against a copy: numbers that disagree (two instances
// of a daily report), a text so short that a phrase fills it, titles that
// differ by a number alone.
const (
	copyText    = 0.6
	copyNumbers = 0.8
	copyShort   = 0.85
	copySeries  = 0.9
)

// threshold is the containment that two articles need to be one text.
func threshold(a, b *doc) float64 {
	const never = 2
	same := sameSource(a, b)
	// A title that differs only in its numbers is a series: "Notice 1", "Notice
	// 2", "Reservoirs on 5 March", "Reservoirs on 6 March".
	if series(a, b) {
		if same || a.short || b.short {
			return never
		}
		return copySeries
	}
	if a.short || b.short {
		if same || a.titleLen < 4 {
			return never
		}
		return copyShort
	}
	if overlap(a.numbers, b.numbers) < 0.5 {
		return copyNumbers
	}
	return copyText
}

// series reports two titles that are the same words with other numbers. A
// number that only one of them has makes no series: headlines lose a year when
// they are edited.
func series(a, b *doc) bool {
	n := inCommon(a.titleNum, b.titleNum)
	return n < len(a.titleNum) && n < len(b.titleNum) && a.bare == b.bare
}

// template reports two titles that are the same words with other names ("Bus
// drivers strike in Leeds", "Bus drivers strike in Sheffield"): one kind of event
// in two places, or of two people.
func template(a, b *doc) bool {
	if a.frame == 0 || a.frame != b.frame {
		return false
	}
	n := inCommon(a.subject, b.subject)
	return n < len(a.subject) && n < len(b.subject)
}

// overlap is the share of the smaller of two sorted sets that the larger one
// holds; 1 when the smaller one is empty.
func overlap(a, b []uint32) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 1
	}
	return containment(a, b)
}

// containment is the share of the smaller of two sorted sets that the larger
// one holds; 0 when the smaller one is empty.
func containment(a, b []uint32) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return 0
	}
	return float64(inCommon(a, b)) / float64(len(a))
}

// inCommon counts the elements of two sorted sets that are in both.
func inCommon(a, b []uint32) int {
	n, j := 0, 0
	for _, h := range a {
		for j < len(b) && b[j] < h {
			j++
		}
		if j < len(b) && b[j] == h {
			n++
		}
	}
	return n
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}
