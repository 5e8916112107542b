package schedule

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// flat is a forecast of a constant rate of items a second.
func flat(rate float64) *forecast {
	f := &forecast{base: rate}
	for d := range f.profile {
		for h := range f.profile[d] {
			f.profile[d][h] = 1
		}
	}
	return f
}

func drawForecast(t *rapid.T) forecast {
	r := drawLearned(t)
	return r.forecast(now)
}

// At a constant rate the rule is T = sqrt(2 c / l).
func TestWaitIsTheSquareRootAtAConstantRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := math.Exp(rapid.Float64Range(-18, 0).Draw(t, "log rate"))
		patience := math.Exp(rapid.Float64Range(-3, 12).Draw(t, "log patience"))
		want := math.Sqrt(2 * patience / rate)
		got := flat(rate).wait(now.Add(17*time.Minute), patience, math.Inf(1), 1e7)
		if want = min(want, 1e7); math.Abs(got-want) > 0.01+want*1e-6 {
			t.Fatalf("rate %v, patience %v: wait = %v, want %v", rate, patience, got, want)
		}
	})
}

// With a profile and a burst the integral of the waiting up to T is the
// patience, summed up step by step.
func TestWaitSolvesTheIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawForecast(t)
		at := now.Add(time.Duration(rapid.Int64Range(0, int64(week)).Draw(t, "at")))
		patience := math.Exp(rapid.Float64Range(2, 10).Draw(t, "log patience"))
		T := f.wait(at, patience, math.Inf(1), 1e6)
		if T == 1e6 || T < 60 {
			return
		}
		const steps = 20_000
		got, du := 0.0, T/steps
		for i := range steps {
			u := (float64(i) + 0.5) * du
			when := at.Add(time.Duration(u * float64(time.Second))).UTC()
			l := f.base*f.profile[when.Weekday()][when.Hour()] + f.burst/burstFade.Seconds()*math.Exp(-u/burstFade.Seconds())
			got += l * (T - u) * du
		}
		if math.Abs(got/patience-1) > 1e-3 {
			t.Fatalf("T = %v: the items wait %v together, want %v", T, got, patience)
		}
	})
}

// More news, less waiting: in the rate, in a burst, and with less patience.
func TestWaitIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawForecast(t)
		wait := func(f forecast, patience, items float64) float64 { return f.wait(now, patience, items, 1e6) }
		base := wait(f, 3600, 50)
		busier, burst := f, f
		busier.base *= rapid.Float64Range(1, 100).Draw(t, "factor")
		burst.burst += rapid.Float64Range(0, 100).Draw(t, "burst")
		for name, got := range map[string]float64{
			"busier": wait(busier, 3600, 50), "after a burst": wait(burst, 3600, 50),
			"less patience": wait(f, 1800, 50), "a smaller document": wait(f, 3600, 5),
		} {
			if got > base+0.01 || got < 0 {
				t.Fatalf("%s: wait = %v, was %v", name, got, base)
			}
		}
	})
}

// Before half of a document is new we are there.
func TestWaitEndsBeforeADocumentOverflows(t *testing.T) {
	if got := flat(1).wait(now, 1e9, 10, 1e6); math.Abs(got-10) > 0.01 {
		t.Errorf("an item a second and ten to be seen: wait = %v, want 10 seconds", got)
	}
}

// A document of two items is looked at before the second one comes, however
// much patience there is.
func TestASmallDocumentIsAskedForMoreOften(t *testing.T) {
	p := Default()
	p.Patience = 1000 * time.Hour
	for window, want := range map[int]time.Duration{0: 24 * time.Hour, 2: 2 * time.Hour} {
		r := rhythm{at: now, oldest: now, items: 12 / (1 - burstShare) * priorTime.Hours() / 24}
		got, _ := p.adapt(Outcome{Now: now, OK: true, Window: window}, &r)
		if (got - want).Abs() > 5*time.Minute {
			t.Errorf("12 items a day, documents of %d: asked every %v, want %v", window, got, want)
		}
	}
}

// The interval of a quiet hour ends when the busy one begins.
func TestWaitLooksAhead(t *testing.T) {
	f := flat(0)
	f.base = 1.0 / 60
	for d := range f.profile {
		for h := range f.profile[d] {
			if h != 15 {
				f.profile[d][h] = 0
			}
		}
	}
	got := f.wait(now, 5*60, math.Inf(1), 1e6) // now is 12:00
	if want := 3*3600 + math.Sqrt(2*5*60*60); math.Abs(got-want) > 1 {
		t.Errorf("wait = %v, want %v", got, want)
	}
}

// The adaptive interval is within [Min, Max] and never longer for a source
// with more news.
func TestAdaptiveIntervalIsBoundedAndMonotone(t *testing.T) {
	p := Default()
	rapid.Check(t, func(t *rapid.T) {
		r := drawLearned(t)
		p.Patience = time.Duration(rapid.Int64Range(1, int64(1000*time.Hour)).Draw(t, "patience"))
		more := r
		more.items *= rapid.Float64Range(1, 1000).Draw(t, "factor")
		o := Outcome{Now: now, OK: true}
		a, _ := p.adapt(o, &r)
		b, _ := p.adapt(o, &more)
		if a < p.Min || a > p.Max || b > a+time.Second {
			t.Fatalf("%v, with more news %v", a, b)
		}
	})
}

// A call costs microseconds: a run makes one for every source.
func BenchmarkNext(b *testing.B) {
	var r rhythm
	for h := range 500 {
		at := now.Add(time.Duration(h) * time.Hour)
		r.learn(Outcome{Now: at, Previous: at.Add(-time.Hour), News: []time.Time{at.Add(-7 * time.Minute)}})
	}
	for name, o := range map[string]Outcome{
		"304":  {Now: r.at.Add(time.Hour)},
		"news": {Now: r.at.Add(time.Hour), Read: true, Window: 20, News: []time.Time{r.at.Add(30 * time.Minute)}},
	} {
		b.Run(name, func(b *testing.B) {
			o.Source, o.OK, o.HasValidators, o.Previous, o.Rhythm = "source", true, true, r.at, r.pack()
			p := Default()
			p.Patience = 50 * time.Hour
			b.ReportAllocs()
			for b.Loop() {
				p.Next(o)
			}
		})
	}
}
