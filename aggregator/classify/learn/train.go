package learn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// Settings of the trainer: FTRL-Proximal, which leaves most weights at zero.
const (
	epochs  = 14
	rate    = 1.0  // alpha
	warmUp  = 1.0  // beta
	sparse  = 0.1  // lambda 1
	ridge   = 1.0  // lambda 2
	scale   = 3    // a text's vector has this length, so that weights need not be large
	certain = 0.01 // errors below this change nothing
	seed    = 0x7269676874736d64

	minOfClass  = 12    // fewer examples teach nothing
	mostOfAll   = 0.3   // a larger share of the examples is no category but a world
	minOfTongue = 60    // lines of a language for which the model speaks
	keepWeights = 14000 // strongest weights that a class keeps
)

// ErrTooFew is returned by [Train] when the examples are too few to learn
// anything.
var ErrTooFew = errors.New("too few examples")

// Options say what a model has to promise. The zero value is ready for use.
type Options struct {
	Precision float64 // in cross-validation, of what the model adds to the rules; 0: 0.8
	Least     float64 // probability below which nothing is filed; 0: 0.5
	Progress  func(done, total int)
}

func (o Options) withDefaults() Options {
	if o.Precision == 0 {
		o.Precision = 0.8
	}
	if o.Least == 0 {
		o.Least = 0.5
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	return o
}

// Train makes a model from examples. Categories with too few of them are left
// out. The order of the examples counts: neighbours are held back together.
func Train(examples []Example, o Options) (*Model, error) {
	o = o.withDefaults()
	classes := classesOf(examples)
	if len(classes) == 0 {
		return nil, fmt.Errorf("%w: no category has %d", ErrTooFew, minOfClass)
	}
	if len(classes) > math.MaxUint8 {
		return nil, fmt.Errorf("%d categories, but a model holds %d at most", len(classes), math.MaxUint8)
	}
	samples := samplesOf(examples, classes)
	buckets, rarity := compact(samples)
	t := trainer{samples: samples, classes: len(classes), rarity: rarity}

	nets := make([]*net, folds+1)
	var mu sync.Mutex
	done := 0
	parallel(folds+1, func(i int) {
		nets[i] = t.train(i) // fold number "folds" holds nothing back
		mu.Lock()
		defer mu.Unlock()
		done++
		o.Progress(done, folds+1)
	})
	held := t.held(nets)
	final := nets[folds]
	m := &Model{header: header{Version: version, Examples: Hash(examples), Lines: len(examples), Languages: languagesOf(examples)}}
	for k, id := range classes {
		m.header.Classes = append(m.header.Classes, Class{ID: id, Bias: final.bias[k], Unit: final.units[k]})
	}
	m.calibrate(held, o)
	m.fill(final, buckets)
	return m, nil
}

// classesOf lists the categories that have enough examples, sorted. One that
// holds a great part of all examples, as an umbrella does, is left out: it would be told by
// the style of news that is none of ours, of which the examples show too little.
func classesOf(examples []Example) []string {
	var labels []string
	for _, e := range examples {
		labels = append(labels, slices.Compact(slices.Sorted(slices.Values(e.Labels)))...)
	}
	most := int(float64(len(examples)) * mostOfAll)
	return frequent(labels, minOfClass, most)
}

// languagesOf lists the languages that have enough examples, sorted.
func languagesOf(examples []Example) []string {
	var all []string
	for _, e := range examples {
		if e.Language != "" {
			all = append(all, e.Language)
		}
	}
	return frequent(all, minOfTongue, len(all))
}

// frequent returns what stands in a list from least to most times.
func frequent(list []string, least, most int) []string {
	slices.Sort(list)
	var out []string
	for len(list) > 0 {
		same := 1
		for same < len(list) && list[same] == list[0] {
			same++
		}
		if least <= same && same <= most {
			out = append(out, list[0])
		}
		list = list[same:]
	}
	return out
}

// parallel calls do for 0 to n-1, on all processors.
func parallel(n int, do func(int)) {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	wg.Wait()
}

// trainer holds what all folds share.
type trainer struct {
	samples []sample
	classes int
	rarity  []float32 // by feature
}

// net is a model while it is trained: one row of weights a feature.
type net struct {
	classes int
	weights []float32
	bias    []float32
	z, n    []float32 // FTRL's sums
	steps   []int8    // weights as stored, once trained
	units   []float32 // what a step is worth, by class
}

// train learns from all samples but those of one fold.
func (t *trainer) train(fold int) *net {
	rows := len(t.rarity) * t.classes
	nn := &net{
		classes: t.classes, bias: make([]float32, t.classes),
		weights: make([]float32, rows), z: make([]float32, rows), n: make([]float32, rows),
	}
	biasZ, biasN := make([]float32, t.classes), make([]float32, t.classes)
	var order []int
	for i := range t.samples {
		if t.samples[i].fold != fold {
			order = append(order, i)
		}
	}
	dice := rand.New(rand.NewPCG(seed, 1))
	sums := make([]float32, t.classes)
	for range epochs {
		dice.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			s := &t.samples[i]
			nn.sum(s.vector, sums)
			for k, sum := range sums {
				if s.doubtful(k) {
					continue
				}
				err := float32(sigmoid(float64(sum)))
				if s.is[k] {
					err--
				}
				if err < certain && err > -certain {
					continue
				}
				err *= s.weight
				nn.learn(s.vector, k, err)
				step(&nn.bias[k], &biasZ[k], &biasN[k], err, 0, 0)
			}
		}
	}
	nn.z, nn.n = nil, nil
	nn.prune(t.rarity)
	return nn
}

// sum scores a text for every class.
func (nn *net) sum(v vector, sums []float32) {
	clear(sums)
	for j, f := range v.features {
		x := v.values[j]
		row := nn.weights[int(f)*nn.classes:][:len(sums)]
		for k, w := range row {
			sums[k] += float32(x * w)
		}
	}
	for k := range sums {
		sums[k] = float32(sums[k]*scale) + nn.bias[k]
	}
}

// learn moves the weights of one class by one error.
func (nn *net) learn(v vector, k int, err float32) {
	for j, f := range v.features {
		i := int(f)*nn.classes + k
		step(&nn.weights[i], &nn.z[i], &nn.n[i], float32(float32(err*v.values[j])*scale), sparse, ridge)
	}
}

// step is FTRL-Proximal's update of one weight by its gradient.
func step(w, z, n *float32, g, l1, l2 float32) {
	was := sqrt(*n)
	*n += float32(g * g)
	now := sqrt(*n)
	*z += g - float32((now-was)/rate**w)
	a := *z
	if a < 0 {
		a = -a
	}
	if a <= l1 {
		*w = 0
		return
	}
	x := (a - l1) / ((warmUp+now)/rate + l2)
	if *z > 0 {
		x = -x
	}
	*w = x
}

// sqrt is exact to the last bit on every machine, as math.Sqrt is.
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// prune leaves each class its strongest weights, in the steps that the file
// stores, so that what is measured is what is used. How rare a feature is, and
// the length of vectors, are part of its weight from here on.
func (nn *net) prune(rarity []float32) {
	nn.steps, nn.units = make([]int8, len(nn.weights)), make([]float32, nn.classes)
	for k := range nn.classes {
		var sizes []float32
		for f, r := range rarity {
			if w := float32(float32(nn.weights[f*nn.classes+k]*r) * scale); w != 0 {
				sizes = append(sizes, max(w, -w))
			}
		}
		if len(sizes) == 0 {
			nn.units[k] = 1
			continue
		}
		slices.Sort(sizes)
		least := sizes[max(0, len(sizes)-keepWeights)]
		unit := sizes[len(sizes)-1] / math.MaxInt8
		nn.units[k] = unit
		for f, r := range rarity {
			i := f*nn.classes + k
			w := float32(float32(nn.weights[i]*r) * scale)
			if max(w, -w) < least {
				w = 0
			}
			nn.steps[i] = int8(math.RoundToEven(float64(w / unit)))
			nn.weights[i] = float32(float32(nn.steps[i])*unit) / float32(r*scale)
		}
	}
}
