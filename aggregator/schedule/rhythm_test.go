package schedule

import (
	"bytes"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// windowed returns a packed rhythm with the number of items in a document.
func windowed(b []byte, window int) []byte {
	r := unpack(b)
	r.window = window
	return r.pack()
}

func drawDate(t *rapid.T, name string) time.Time {
	return now.Add(-time.Duration(rapid.Int64Range(-int64(week), int64(400*day)).Draw(t, name)))
}

func drawDates(t *rapid.T, name string) []time.Time {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Time { return drawDate(t, "date") }), 0, 20).Draw(t, name)
}

// drawRhythm makes any memory: nonsense, or what some polls left.
func drawRhythm(t *rapid.T) []byte {
	if rapid.Bool().Draw(t, "nonsense") {
		return rapid.SliceOf(rapid.Byte()).Draw(t, "rhythm")
	}
	r := drawLearned(t)
	return r.pack()
}

// drawLearned makes a rhythm that two polls left.
func drawLearned(t *rapid.T) rhythm {
	var r rhythm
	r.learn(Outcome{Now: now.Add(-10 * day), News: drawDates(t, "first")})
	r.learn(Outcome{Now: now.Add(-time.Hour), Previous: now.Add(-10 * day), News: drawDates(t, "second")})
	r.window = rapid.IntRange(0, 100).Draw(t, "window")
	return r
}

// What is stored is what was learned, to the precision of a float32.
func TestPackReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawLearned(t)
		r.careful = time.Duration(rapid.Int64Range(0, 1e6).Draw(t, "careful")) * time.Second
		r.said = words{ttl: time.Minute, period: time.Hour, skipHours: 1 << 23, skipDays: 1 << 6}
		got := unpack(r.pack())
		for i, want := range r.sums() {
			if s := *got.sums()[i]; math.Abs(s-*want) > 1e-6*(1+*want) {
				t.Fatalf("sum %d: %v came back as %v", i, *want, s)
			}
		}
		if !got.at.Equal(r.at) || got.oldest.Sub(r.oldest).Abs() > 2*time.Second || got.window != r.window || got.careful != r.careful || got.said != r.said {
			t.Fatalf("%+v came back as %+v", r, got)
		}
		if n := len(r.pack()); n > 300 {
			t.Fatalf("a rhythm takes %d bytes", n)
		}
		if again := got.pack(); !bytes.Equal(again, r.pack()) {
			t.Fatalf("what was read is packed as %x, and was %x", again, r.pack())
		}
	})
}

// Items count less by half after a half-life, in the rate and in the profile.
func TestSumsFade(t *testing.T) {
	var r rhythm
	r.learn(Outcome{Now: now, News: []time.Time{now.Add(-2*time.Hour - time.Minute)}})
	was := r
	r.fadeTo(now.Add(halfLife))
	if got := r.items / was.items; math.Abs(got-0.5) > 1e-9 {
		t.Errorf("after a half-life %v of an item is left in the rate", got)
	}
	if got := r.hours[9] / was.hours[9]; math.Abs(got-0.5) > 1e-9 {
		t.Errorf("after a half-life %v of an item is left in the profile", got)
	}
	if got := was.rate(now.Add(halfLife)); got >= was.rate(now) {
		t.Errorf("without news the rate went from %v to %v", was.rate(now), got)
	}
	// What is read at a later moment is what fading to it gives.
	late := now.Add(5*day + 7*time.Hour)
	r = was
	r.fadeTo(late)
	if a, b := was.forecast(late), r.forecast(late); math.Abs(a.now(late)/b.now(late)-1) > 1e-9 {
		t.Errorf("l = %v read, %v faded", a.now(late), b.now(late))
	}
}

// A source that brings n items a day is estimated at n a day, whenever it
// started.
func TestRateIsFound(t *testing.T) {
	for _, perDay := range []int{1, 4, 24} {
		var r rhythm
		for h := range 60 * 24 {
			o := Outcome{Now: now.Add(time.Duration(h) * time.Hour), Previous: now.Add(time.Duration(h-1) * time.Hour)}
			if h%(24/perDay) == 0 {
				o.News = []time.Time{o.Now.Add(-time.Minute)}
			}
			r.learn(o)
		}
		got := r.rate(now.Add(60*day)) * day.Seconds()
		if math.Abs(got/float64(perDay)-1) > 0.25 {
			t.Errorf("%d items a day are taken for %.2f", perDay, got)
		}
	}
}

// An item that was not there at the previous poll came after it, whatever its
// date: midnight is where feeds that date by the day put everything.
func TestABackdatedItemIsCountedWhenItCame(t *testing.T) {
	r := rhythm{at: now.Add(-day), oldest: now.Add(-day)}
	r.learn(Outcome{Now: now, Previous: now.Add(-2 * time.Hour), News: []time.Time{now.Truncate(day)}})
	if r.hours[0] != 0 || r.hours[11] == 0 {
		t.Errorf("hours = %v, want the item at 11", r.hours)
	}
	var first rhythm
	first.learn(Outcome{Now: now, News: []time.Time{now.Add(-day).Truncate(day), now.Add(-3 * day).Truncate(day)}})
	if first.items == 0 || first.hours != [24]float64{} {
		t.Errorf("a first document dated by the day: %.2f items, hours %v; want items and no hours", first.items, first.hours)
	}
}

// mean is the average of a profile over the week.
func mean(p [7][24]float64) float64 {
	sum := 0.0
	for d := range p {
		for _, x := range p[d] {
			sum += x / 168
		}
	}
	return sum
}

// The profile averages one over the week, whatever was learned, so that it
// changes when we ask and not how often.
func TestProfileAveragesOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r rhythm
		for h := range 24 {
			r.hours[h] = rapid.Float64Range(0, 100).Draw(t, "work")
			r.free[h] = rapid.Float64Range(0, 100).Draw(t, "free")
			r.days[h%7] += r.hours[h] + r.free[h]
		}
		var p [7][24]float64
		r.profile(rapid.Float64Range(0, 1).Draw(t, "fade"), &p)
		if got := mean(p); math.Abs(got-1) > 1e-9 {
			t.Fatalf("the profile averages %v", got)
		}
	})
}

// News at one hour of work days makes that hour, and not the one of Saturday;
// and the other way round.
func TestProfileTellsWorkDaysFromFreeDays(t *testing.T) {
	for _, free := range []bool{false, true} {
		var r rhythm
		r.learn(Outcome{Now: now})
		for d := range 56 {
			at := now.Add(time.Duration(d) * day)
			o := Outcome{Now: at, Previous: at.Add(-time.Hour)}
			for m := range 4 {
				if weekend(at.Weekday()) == free {
					o.News = append(o.News, at.Add(-time.Duration(5+m)*time.Minute))
				}
			}
			r.learn(o)
		}
		var p [7][24]float64
		r.profile(1, &p)
		with, without := time.Tuesday, time.Saturday
		if free {
			with, without = without, with
		}
		if p[with][11] < 4*p[without][11] || p[with][11] < 10*p[with][3] {
			t.Errorf("at 11 of %v %.2f, of %v %.2f, at night %.2f", with, p[with][11], without, p[without][11], p[with][3])
		}
		if got := mean(p); math.Abs(got-1) > 1e-9 {
			t.Errorf("the profile averages %v", got)
		}
	}
}
