package learn

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
)

// Example is one text whose categories are known.
type Example struct {
	Text     []byte   // folded: title, a byte that is part of no word, summary
	Title    int      // length of the title in Text
	Language string   // BCP 47 primary tag; "" if unknown
	Labels   []string // ids of categories; none: it belongs in no category
	Signs    []Sign   // what the rules see in it; categories of which they see nothing may be left out
	// TitleSigns is what they see in the title alone.
	TitleSigns []Sign
}

// Sign is what the rules make of a text for one category. The zero value is
// nothing at all.
type Sign struct {
	Category string
	Points   float64 // of terms, however few
	Strong   int     // different strong terms and pairs
	Weak     int     // different weak terms, with or without their context
	Context  int     // words of the category's context list
	Filed    bool    // the rules file it there
	Vetoed   bool    // the rules forbid it
}

// Hash identifies a list of examples. What the rules see in them is left out:
// it changes with every edit of the taxonomy, and a model bears that.
func Hash(examples []Example) string {
	h := sha256.New()
	for _, e := range examples {
		fmt.Fprintf(h, "%q %q %d\n", e.Labels, e.Language, e.Title)
		h.Write(e.Text)
		io.WriteString(h, "\n")
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// vector is the features of a text as numbers, its length brought to 1.
type vector struct {
	features []uint32 // buckets, then places in a table of those that are kept
	values   []float32
}

// vectorOf reads the features of a text, and of what the rules see in it.
func vectorOf(w *walker, text []byte, title int, signs []Sign) vector {
	var v vector
	features, norm := w.walk(text, title)
	for _, f := range features {
		v.features = append(v.features, f.bucket)
		v.values = append(v.values, f.value/norm)
	}
	for i := range signs {
		signs[i].features(func(bucket uint32) {
			v.features = append(v.features, bucket)
			v.values = append(v.values, signValue)
		})
	}
	return v
}

// sample is an example as the trainer sees it.
type sample struct {
	vector
	is     []bool // by class
	signs  []Sign // by class
	weight float32
	fold   int

	language string
	none     bool // it belongs in no category
	scored   bool // takes part in the measurement; its title alone does not
}

// doubtful reports whether nobody knows if an example belongs in a class: who
// labels a line names what it is about first, and seldom all that it touches.
// Where the rules file it besides, it teaches nothing, neither yes nor no.
func (s *sample) doubtful(class int) bool {
	return !s.none && !s.is[class] && s.signs[class].Filed
}

// Of the trainer.
const (
	folds       = 5
	block       = 10  // neighbours share a fold: lines that were written in one go are alike
	titleWeight = 0.6 // of a title without its summary: many feeds have no more
	minSummary  = 40  // bytes of a summary that is worth being left out
)

// samplesOf reads the features of examples, with and without their summaries.
func samplesOf(examples []Example, classes []string) []sample {
	var w walker
	var out []sample
	for i, e := range examples {
		is := make([]bool, len(classes))
		for _, l := range e.Labels {
			if k, ok := slices.BinarySearch(classes, l); ok {
				is[k] = true
			}
		}
		signs := make([]Sign, len(classes))
		for _, sign := range e.Signs {
			if k, ok := slices.BinarySearch(classes, sign.Category); ok {
				signs[k] = sign
			}
		}
		s := sample{vector: vectorOf(&w, e.Text, e.Title, e.Signs), is: is, signs: signs, weight: 1, fold: i / block % folds, scored: true, language: e.Language, none: len(e.Labels) == 0}
		out = append(out, s)
		if e.Title > 0 && len(e.Text) > e.Title+1+minSummary {
			s.vector, s.weight, s.scored = vectorOf(&w, e.Text[:e.Title], e.Title, e.TitleSigns), titleWeight, false
			out = append(out, s)
		}
	}
	return out
}

// compact renumbers the features of samples by the table that it returns and
// drops those that fewer than two examples have, which teach nothing, and those
// of every day. How rare a feature is goes into its value.
func compact(samples []sample) (buckets []uint32, rarity []float32) {
	df, common := frequencies(samples)
	place := make([]int32, 1<<Bits)
	for b, d := range df {
		place[b] = -1
		if r := rarityOf(common[b]); d >= minExamples && r > 0 {
			place[b] = int32(len(buckets))
			buckets = append(buckets, uint32(b))
			rarity = append(rarity, r)
		}
	}
	for i := range samples {
		v := &samples[i].vector
		kept := vector{}
		for j, f := range v.features {
			if p := place[f]; p >= 0 {
				kept.features = append(kept.features, uint32(p))
				kept.values = append(kept.values, float32(v.values[j]*rarity[p]))
			}
		}
		*v = kept
	}
	return buckets, rarity
}

// minExamples is how many examples must have a feature.
const minExamples = 2

// frequencies counts for each feature the examples that have it, and returns
// with that the share of a language's examples that do, in the language where
// it is most common: "les" is rare among all languages, but says nothing.
func frequencies(samples []sample) (df []uint32, common []float32) {
	df, common = make([]uint32, 1<<Bits), make([]float32, 1<<Bits)
	var tongues []string
	for i := range samples {
		if !slices.Contains(tongues, samples[i].language) {
			tongues = append(tongues, samples[i].language)
		}
	}
	for _, tongue := range tongues {
		n := 0
		mine, last := make([]uint32, 1<<Bits), make([]int, 1<<Bits)
		for i := range samples {
			if !samples[i].scored || samples[i].language != tongue {
				continue
			}
			n++
			for _, f := range samples[i].features {
				if last[f] != n {
					last[f] = n
					mine[f]++
				}
			}
		}
		for b, d := range mine {
			df[b] += d
			// A language with few examples must not make words of two of them
			// look common.
			common[b] = max(common[b], float32(d)/float32(max(n, fewExamples)))
		}
	}
	return df, common
}

// fewExamples is how many a language is taken to have at least.
const fewExamples = 200

// rarityOf is the weight of a feature that a share of the examples has: the
// logarithm to base 2 of one in how many, whole steps joined by straight lines so
// that it is the same on every machine, less that of a word of every day.
func rarityOf(share float32) float32 {
	if share <= 0 {
		return 0
	}
	x, steps := 1/share, float32(-1)
	for x >= 2 {
		x /= 2
		steps++
	}
	return max(steps+x-everyday, 0) / 6
}

// everyday is the logarithm to base 2 of one in how many texts has a word that
// says nothing.
const everyday = 2.5
