// Package learn is the learned layer of filing: a linear model over hashed
// words and pieces of words, which finds what no term of the taxonomy says,
// such as "Nobody clocked in at the depot this morning".
//
// It decides how probable each category is for a folded text, and which words
// say so; what is made of a probability is decided by classify, whose rules
// come first. It also trains the model, measures it by cross-validation, and
// reads and writes its file. It is a room of its own because a model is made
// and looked after apart from the taxonomy: by "rightswire rules train", from
// lines that a desk can extend and from the desk's own corrections.
//
// Everything here is deterministic: the same examples give the same bytes on
// every machine. That is why sums are written with explicit conversions, which
// forbid the compiler to fuse a multiplication and an addition, and why no map
// is walked.
package learn

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// Bits is the width of a hash: features share 2^18 buckets.
const Bits = 18

// Class is what the model knows of one category.
type Class struct {
	ID   string  `json:"id"`
	Bias float32 `json:"bias"`
	Unit float32 `json:"unit"` // what one step of a stored weight is worth
	// Score to probability, by cross-validation (Platt): 1/(1+exp(-(A*score+B))).
	A float64 `json:"a"`
	B float64 `json:"b"`
	// High is the least probability that files by itself, and Low the least
	// that does beside a weak sign of the rules. 2: never, because the
	// examples do not show enough.
	High    float64 `json:"high"`
	Low     float64 `json:"low"`
	Quality Quality `json:"quality"`
}

// Quality is how well a category was told in cross-validation, at High.
type Quality struct {
	N         int     `json:"n"` // examples that belong in it
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// F1 is the harmonic mean of precision and recall.
func (q Quality) F1() float64 {
	if q.Precision+q.Recall == 0 {
		return 0
	}
	return 2 * q.Precision * q.Recall / (q.Precision + q.Recall)
}

// Model is a trained model. It is safe for concurrent use.
type Model struct {
	header
	occupied []uint64 // bit i: bucket i has weights
	rank     []uint32 // occupied buckets before each word of occupied
	first    []uint32 // of the n-th occupied bucket: its first weight
	weights  []weight
}

// weight is one category's share of a bucket.
type weight struct {
	class uint8
	steps int8
}

// Classes lists the categories that the model knows, in the order of the
// scores that it gives.
func (m *Model) Classes() []Class { return m.header.Classes }

// Speaks reports whether the model was trained on enough lines of a language,
// a BCP 47 primary tag. For any other it should be left alone.
func (m *Model) Speaks(language string) bool { return slices.Contains(m.Languages, language) }

// TrainedOn is the hash of the examples that the model was made from.
func (m *Model) TrainedOn() string { return m.Examples }

// at returns the weights of a bucket.
func (m *Model) at(bucket uint32) []weight {
	word, bit := bucket>>6, bucket&63
	w := m.occupied[word]
	if w&(1<<bit) == 0 {
		return nil
	}
	n := m.rank[word] + uint32(bits.OnesCount64(w&(1<<bit-1)))
	return m.weights[m.first[n]:m.first[n+1]]
}

// Scratch is the memory of one scoring, used again for the next.
type Scratch struct {
	walker
	sums []float32
}

// Score returns the probability of each class for a folded text: title, one
// byte that is part of no word, summary. The answer is valid until the next
// call with the same scratch.
func (m *Model) Score(sc *Scratch, text []byte, title int) []float32 {
	sc.sums = append(sc.sums[:0], make([]float32, len(m.header.Classes))...)
	norm := sc.walk(text, title, func(f feature) {
		for _, w := range m.at(f.bucket) {
			sc.sums[w.class] += float32(f.value * float32(w.steps))
		}
	})
	for i, c := range m.header.Classes {
		sc.sums[i] = float32(c.probability(float64(float32(sc.sums[i]*c.Unit)/norm) + float64(c.Bias)))
	}
	return sc.sums
}

// Span is a part of a text.
type Span struct{ Start, End int }

// Without returns the probability of a class when nothing in some parts of the
// text speaks for it; what speaks against it there still does.
func (m *Model) Without(sc *Scratch, text []byte, title int, class int, parts []Span) float32 {
	c := &m.header.Classes[class]
	sum := float32(0)
	norm := sc.walk(text, title, func(f feature) {
		for _, w := range m.at(f.bucket) {
			if int(w.class) != class {
				continue
			}
			within := func(p Span) bool { return f.start < p.End && p.Start < f.end }
			if w.steps > 0 && slices.ContainsFunc(parts, within) {
				continue
			}
			sum += float32(f.value * float32(w.steps))
		}
	})
	return float32(c.probability(float64(float32(sum*c.Unit)/norm) + float64(c.Bias)))
}

// probability calibrates a score.
func (c *Class) probability(score float64) float64 { return sigmoid(float64(c.A*score) + c.B) }

// Reason is a part of a text and what it adds to a category's score.
type Reason struct {
	Span
	Share float64
}

// Reasons returns the parts of a text, words and pairs of words, that speak
// for a class, the strongest first. A piece of a word counts for its word.
func (m *Model) Reasons(sc *Scratch, text []byte, title int, class int) []Reason {
	var out []Reason
	norm := sc.walk(text, title, func(f feature) {
		for _, w := range m.at(f.bucket) {
			if int(w.class) != class {
				continue
			}
			share := float64(f.value) * float64(w.steps) * float64(m.header.Classes[class].Unit)
			i := slices.IndexFunc(out, func(r Reason) bool { return r.Span == Span{f.start, f.end} })
			if i < 0 {
				out = append(out, Reason{Span: Span{f.start, f.end}})
				i = len(out) - 1
			}
			out[i].Share += share
		}
	})
	for i := range out {
		out[i].Share /= float64(norm)
	}
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(b.Share, a.Share) })
	return out
}

// maxNamed is how many words a reason for people names.
const maxNamed = 4

// Why says which words speak for a class, such as "model 0.91: walk-out,
// depot, drivers".
func (m *Model) Why(sc *Scratch, text []byte, title int, class int, p float32) string {
	var named []string
	var taken []Reason
	for _, r := range m.Reasons(sc, text, title, class) {
		if r.Share <= 0 || len(named) == maxNamed {
			break
		}
		word := string(text[r.Start:r.End])
		overlaps := func(o Reason) bool { return r.Start < o.End && o.Start < r.End }
		if slices.ContainsFunc(taken, overlaps) || slices.Contains(named, word) {
			continue
		}
		taken = append(taken, r)
		named = append(named, word)
	}
	return fmt.Sprintf("model %.2f: %s", p, strings.Join(named, ", "))
}

// sigmoid is 1/(1+exp(-x)), the same on every machine: math.Exp is not.
func sigmoid(x float64) float64 {
	x = min(max(x, -30), 30)
	const halvings = 24
	e := 1 - x/(1<<halvings)
	for range halvings {
		e *= e
	}
	return 1 / (1 + e)
}
