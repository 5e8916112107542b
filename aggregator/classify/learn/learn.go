// Package learn is the learned layer of filing: a linear model over hashed
// words and their stems, which finds what no term of the taxonomy says,
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
	// Score to the logarithm of the odds, by cross-validation (Platt): A*score+B.
	A         float64 `json:"a"`
	B         float64 `json:"b"`
	Threshold float64 `json:"threshold"` // least probability that files; above 1: never, because the examples do not show enough
	Quality   Quality `json:"quality"`
}

// Quality is how well a category was told in cross-validation.
type Quality struct {
	N     int   `json:"n"`     // examples that belong in it
	Rules Filed `json:"rules"` // by the rules alone
	Both  Filed `json:"both"`  // by rules and model
}

// Filed counts examples that were filed.
type Filed struct {
	Right int `json:"right"`
	Wrong int `json:"wrong"`
}

func (f *Filed) add(right bool) {
	if right {
		f.Right++
	} else {
		f.Wrong++
	}
}

// Precision is the share of what was filed that belongs; 0 if nothing was.
func (f Filed) Precision() float64 {
	return float64(f.Right) / float64(max(f.Right+f.Wrong, 1))
}

// Recall is the share of n examples that belong which were filed.
func (f Filed) Recall(n int) float64 { return float64(f.Right) / float64(max(n, 1)) }

// F1 is the harmonic mean of precision and recall.
func (f Filed) F1(n int) float64 {
	return 2 * float64(f.Right) / float64(max(f.Right+f.Wrong+n, 1))
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

// Text is a folded text and what the rules see in it.
type Text struct {
	Bytes []byte // title, one byte that is part of no word, summary
	Title int    // length of the title
	Signs []Sign // categories of which they see nothing may be left out
}

// Score returns the score of each class for a text. The answer is valid until
// the next call with the same scratch.
func (m *Model) Score(sc *Scratch, t Text) []float32 {
	sc.sums = append(sc.sums[:0], make([]float32, len(m.header.Classes))...)
	features, norm := sc.walk(t.Bytes, t.Title)
	for _, f := range features {
		for _, w := range m.at(f.bucket) {
			sc.sums[w.class] += float32(f.value * float32(w.steps))
		}
	}
	for i := range sc.sums {
		sc.sums[i] /= norm
	}
	for i := range t.Signs {
		t.Signs[i].features(func(bucket uint32) {
			for _, w := range m.at(bucket) {
				sc.sums[w.class] += float32(signValue * float32(w.steps))
			}
		})
	}
	for i, c := range m.header.Classes {
		sc.sums[i] = float32(sc.sums[i]*c.Unit) + c.Bias
	}
	return sc.sums
}

// Probable returns how probable a class is by its score and what the rules see
// in the same text, and whether that is enough to file it.
func (m *Model) Probable(class int, score float32, s Sign) (p float64, enough bool) {
	p = m.probability(class, float64(score), s)
	return p, p >= m.header.Classes[class].Threshold
}

// Span is a part of a text.
type Span struct{ Start, End int }

// Without returns a class's score when nothing in some parts of the text speaks
// for it; what speaks against it there still does.
func (m *Model) Without(sc *Scratch, t Text, class int, score float32, parts []Span) float32 {
	sum := float32(0)
	features, norm := sc.walk(t.Bytes, t.Title)
	for _, f := range features {
		within := func(p Span) bool { return int(f.start) < p.End && p.Start < int(f.end) }
		if !slices.ContainsFunc(parts, within) {
			continue
		}
		for _, w := range m.at(f.bucket) {
			if int(w.class) == class && w.steps > 0 {
				sum += float32(f.value * float32(w.steps))
			}
		}
	}
	return score - float32(sum*m.header.Classes[class].Unit)/norm
}

// probability is Probable's first answer.
func (m *Model) probability(class int, score float64, s Sign) float64 {
	return sigmoid(dot(m.Evidence, evidence(m.header.Classes[class].logit(score), s)))
}

// logit calibrates a score.
func (c *Class) logit(score float64) float64 { return float64(c.A*score) + c.B }

// Reason is a part of a text and what it adds to a category's score.
type Reason struct {
	Span
	Share float64
}

// Reasons returns the parts of a text, words and pairs of words, that speak
// for a class, the strongest first. A stem counts for its word.
func (m *Model) Reasons(sc *Scratch, t Text, class int) []Reason {
	var out []Reason
	features, norm := sc.walk(t.Bytes, t.Title)
	for _, f := range features {
		part := Span{int(f.start), int(f.end)}
		for _, w := range m.at(f.bucket) {
			if int(w.class) != class {
				continue
			}
			share := float64(f.value) * float64(w.steps) * float64(m.header.Classes[class].Unit)
			i := slices.IndexFunc(out, func(r Reason) bool { return r.Span == part })
			if i < 0 {
				out = append(out, Reason{Span: part})
				i = len(out) - 1
			}
			out[i].Share += share
		}
	}
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
func (m *Model) Why(sc *Scratch, t Text, class int, p float64) string {
	var named []string
	var taken []Reason
	for _, r := range m.Reasons(sc, t, class) {
		if r.Share <= 0 || len(named) == maxNamed {
			break
		}
		word := string(t.Bytes[r.Start:r.End])
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
