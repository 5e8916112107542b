package learn

import (
	"cmp"
	"slices"
)

// heldOut are the scores that samples got from models that had not seen them.
type heldOut struct {
	t    *trainer
	sums [][]float32 // by sample; nil: not scored
}

func (t *trainer) held(nets []*net) heldOut {
	h := heldOut{t: t, sums: make([][]float32, len(t.samples))}
	parallel(len(t.samples), func(i int) {
		if s := &t.samples[i]; s.scored {
			h.sums[i] = make([]float32, t.classes)
			nets[s.fold].sum(s.vector, h.sums[i])
		}
	})
	return h
}

// judged is the score of one text for one class, what the rules see in it, and
// whether it belongs there.
type judged struct {
	score float64
	sign  Sign
	is    bool
	p     float64

	weight   float64
	doubtful bool // whether it belongs there nobody has said
}

// everydayWeight is how often an example of no category counts when precision
// is measured: the lines show what the categories are about and what looks like it, but in a
// general feed most items are neither.
const everydayWeight = 5

// of returns the scores of one class.
func (h heldOut) of(k int) []judged {
	var out []judged
	for i, sums := range h.sums {
		if sums != nil {
			s := &h.t.samples[i]
			j := judged{score: float64(sums[k]), sign: s.signs[k], is: s.is[k], weight: 1, doubtful: s.doubtful(k)}
			if s.none {
				j.weight = everydayWeight
			}
			out = append(out, j)
		}
	}
	return out
}

// open reports whether the rules leave the decision to the model.
func (j judged) open() bool { return !j.sign.Filed && !j.sign.Vetoed }

// calibrate turns the scores that were held back into probabilities, first of
// each class by itself, then of all classes together with what the rules see,
// and chooses thresholds.
func (m *Model) calibrate(h heldOut, o Options) {
	all := make([][]judged, len(m.header.Classes))
	for k := range all {
		c := &m.header.Classes[k]
		all[k] = h.of(k)
		fit := platt(all[k])
		c.A, c.B = max(fit[1], 0.01), fit[0]
	}
	m.Evidence = together(m.header.Classes, all)
	var open []judged
	for k := range all {
		for i := range all[k] {
			j := &all[k][i]
			j.p = m.probability(k, j.score, j.sign)
			if j.open() {
				open = append(open, *j)
			}
		}
	}
	shared, _ := threshold(open, o.Precision, o.Least, leastFiled*len(all))
	for k := range all {
		c := &m.header.Classes[k]
		c.Threshold = max(shared, o.Least)
		// A class that is told less well than the others has to be surer.
		if own, ok := threshold(keepOpen(all[k]), o.Precision-slack, c.Threshold, leastFiled); ok {
			c.Threshold = own
		}
		c.Quality = quality(all[k], c.Threshold)
	}
}

const (
	leastFiled = 5   // texts that a class must have filed before its own precision is believed
	slack      = 0.1 // by which one class may be less precise than all together
	never      = 2   // a threshold that no probability reaches
)

func keepOpen(list []judged) []judged {
	var out []judged
	for _, j := range list {
		if j.open() {
			out = append(out, j)
		}
	}
	return out
}

// threshold returns the probability, from least up, above which the share of
// right texts is as wanted, half way to the next text below. It is not ok where
// fewer than some texts have least, so that nothing can be said.
func threshold(list []judged, precision, least float64, some int) (p float64, ok bool) {
	slices.SortStableFunc(list, func(a, b judged) int { return cmp.Compare(b.p, a.p) })
	p = never
	right, all, n := 0.0, 0.0, 0
	for i, j := range list {
		if j.p < least {
			break
		}
		n++
		all += j.weight
		if j.is {
			right += j.weight
		}
		if i+1 < len(list) && list[i+1].p == j.p {
			continue
		}
		if right >= float64(precision*all) {
			below := least
			if i+1 < len(list) {
				below = max(list[i+1].p, least)
			}
			p = (j.p + below) / 2
		}
	}
	return p, n >= some
}

// quality measures what the rules and the model file together, and what the
// rules file alone.
func quality(list []judged, threshold float64) Quality {
	var q Quality
	for _, j := range list {
		if j.is {
			q.N++
		}
		if j.sign.Filed {
			q.Rules.add(j.is)
		}
		if j.sign.Filed || !j.sign.Vetoed && j.p >= threshold {
			q.Both.add(j.is)
		}
	}
	return q
}

// platt fits 1/(1+exp(-(w1*score+w0))) to the share of texts that belong, with
// Platt's softened targets.
func platt(all []judged) []float64 {
	scores := slices.DeleteFunc(slices.Clone(all), func(j judged) bool { return j.doubtful })
	pos := 0
	for _, j := range scores {
		if j.is {
			pos++
		}
	}
	yes, no := (float64(pos)+1)/(float64(pos)+2), 1/(float64(len(scores)-pos)+2)
	rows := make([]row, len(scores))
	for i, j := range scores {
		rows[i] = row{x: []float64{1, j.score}, y: no, weight: j.weight}
		if j.is {
			rows[i].y = yes
		}
	}
	return logistic(rows, []float64{0, 1}, 1e-6)
}

// together fits how much a sign of the rules adds to what the model says, over
// all classes, for the texts that the rules leave open.
func together(classes []Class, all [][]judged) []float64 {
	var rows []row
	for k, list := range all {
		for _, j := range list {
			if !j.open() {
				continue
			}
			r := row{x: evidence(classes[k].logit(j.score), j.sign), weight: j.weight}
			if j.is {
				r.y = 1
			}
			rows = append(rows, r)
		}
	}
	start := make([]float64, signs)
	start[1] = 1
	return logistic(rows, start, 1)
}

// signs is how many numbers evidence has.
const signs = 6

// evidence is what a decision is made from: the model's word and, step by step,
// what the rules see.
func evidence(logit float64, s Sign) []float64 {
	x := make([]float64, signs)
	x[0], x[1] = 1, logit
	for i, yes := range []bool{s.Points >= 1, s.Points >= 2, s.Context >= 1, s.Context >= 2} {
		if yes {
			x[i+2] = 1
		}
	}
	return x
}
