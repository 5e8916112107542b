package schedule

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Together the sources are asked once per Default each, whatever they are
// like, when the bounds leave room.
func TestBalancedSpendsTheBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{Min: time.Second, Max: 10000 * day, Default: time.Duration(rapid.IntRange(15, 1440).Draw(t, "default")) * time.Minute}
		n := rapid.IntRange(1, 20).Draw(t, "sources")
		var rhythms [][]byte
		for range n {
			r := drawLearned(t)
			r.window = 0
			rhythms = append(rhythms, r.pack())
		}
		p = p.Balanced(now, rhythms)
		requests := 0.0
		for _, b := range rhythms {
			r := unpack(b)
			requests += p.bounded(&r, now).requests(math.Sqrt(2 * p.Patience.Seconds()))
		}
		if got := float64(n) / requests; math.Abs(got/p.Default.Seconds()-1) > 0.01 {
			t.Fatalf("the average source is asked every %v s, want %v", got, p.Default)
		}
	})
}

// A source that stands alone is asked once per Default; of two the busier one
// is asked more often, by the square root.
func TestBalancedSharesByTheSquareRoot(t *testing.T) {
	p := Default()
	p.Default = 2 * time.Hour
	interval := func(p Policy, b []byte) time.Duration {
		r := unpack(b)
		d, _ := p.adapt(Outcome{Now: now}, &r)
		return d
	}
	slow, busy := every(2*time.Hour), every(time.Hour) // four times as busy
	for _, one := range [][]byte{slow, busy} {
		if got := interval(p.Balanced(now, [][]byte{one}), one); (got - 2*time.Hour).Abs() > 15*time.Minute {
			t.Errorf("alone a source is asked every %v, want about 2h", got)
		}
	}
	both := p.Balanced(now, [][]byte{slow, busy})
	if got := interval(both, slow).Seconds() / interval(both, busy).Seconds(); math.Abs(got-2) > 0.02 {
		t.Errorf("four times as busy is asked %.2f times as often, want twice", got)
	}
}

// Without anything learned nothing is shared out.
func TestBalancedWithoutKnowledge(t *testing.T) {
	p := Default().sane()
	if got := p.Balanced(now, [][]byte{nil, []byte("nonsense")}); got != p {
		t.Errorf("Balanced = %+v, want %+v", got, p)
	}
}

func BenchmarkBalanced(b *testing.B) {
	rhythms := make([][]byte, 1000)
	for i := range rhythms {
		rhythms[i] = every(time.Duration(i+30) * time.Second)
	}
	for b.Loop() {
		Default().Balanced(now, rhythms)
	}
}
