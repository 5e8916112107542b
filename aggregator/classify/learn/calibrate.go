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

// judged is the score of one text, and whether it belongs in the class.
type judged struct {
	score float64
	is    bool
}

// of returns the scores of one class.
func (h heldOut) of(k int) []judged {
	var out []judged
	for i, sums := range h.sums {
		if sums != nil {
			out = append(out, judged{float64(sums[k]), h.t.samples[i].is[k]})
		}
	}
	return out
}

// never is a threshold that no probability reaches.
const never = 2

// leastFiled is how many texts must have been filed rightly before a threshold
// is believed.
const leastFiled = 5

// calibrate fits the probabilities of a class and chooses its thresholds.
func calibrate(id string, scores []judged, o Options) Class {
	c := Class{ID: id, High: never, Low: never}
	c.A, c.B = platt(scores)
	slices.SortStableFunc(scores, func(a, b judged) int { return cmp.Compare(b.score, a.score) })
	for _, j := range scores {
		if j.is {
			c.Quality.N++
		}
	}
	tp := 0
	for i, j := range scores {
		if j.is {
			tp++
		}
		if i+1 < len(scores) && scores[i+1].score == j.score {
			continue
		}
		// One wrong text more than there was: few examples promise little.
		precision := float64(tp) / float64(i+2)
		if tp < leastFiled {
			continue
		}
		p := c.probability(j.score)
		if precision >= o.Precision {
			c.High = p
			c.Quality.Precision, c.Quality.Recall = float64(tp)/float64(i+1), float64(tp)/float64(c.Quality.N)
		}
		if precision >= o.Beside {
			c.Low = p
		}
	}
	c.Low = min(c.Low, c.High)
	return c
}

// platt fits 1/(1+exp(-(a*score+b))) to the share of texts that belong, by
// Newton's method on Platt's softened targets.
func platt(scores []judged) (a, b float64) {
	pos := 0
	for _, j := range scores {
		if j.is {
			pos++
		}
	}
	neg := len(scores) - pos
	yes, no := (float64(pos)+1)/(float64(pos)+2), 1/(float64(neg)+2)
	a, b = 1, 0
	for range 50 {
		var ga, gb, haa, hab, hbb float64
		haa, hbb = 1e-6, 1e-6
		for _, j := range scores {
			t := no
			if j.is {
				t = yes
			}
			p := sigmoid(float64(a*j.score) + b)
			d, w := p-t, p*(1-p)
			ga += float64(d * j.score)
			gb += d
			haa += float64(float64(w*j.score) * j.score)
			hab += float64(w * j.score)
			hbb += w
		}
		det := float64(haa*hbb) - float64(hab*hab)
		if det < 1e-12 {
			break
		}
		da := (float64(hbb*ga) - float64(hab*gb)) / det
		db := (float64(haa*gb) - float64(hab*ga)) / det
		a, b = a-min(max(da, -1), 1), b-min(max(db, -1), 1)
		if max(da, -da) < 1e-6 && max(db, -db) < 1e-6 {
			break
		}
	}
	return max(a, 0.01), b
}
