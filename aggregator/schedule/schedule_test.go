package schedule

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// now is a Tuesday.
var now = time.Date(2025, 3, 4, 12, 0, 0, 0, time.UTC)

// even is a source whose jitter is nearly none, so that tables can name times.
const even = "source-4"

// every returns what is remembered of a source for which the default policy
// asks every d, up to some hours: so many items, at no hour more than at
// another.
func every(d time.Duration) []byte {
	rate := math.Pow(float64(time.Hour)/float64(d), 2) / (1 - burstShare) // a day
	return rhythm{at: now, oldest: now, items: rate*priorTime.Hours()/24 - priorItems}.pack()
}

func TestEvenIsEven(t *testing.T) {
	if j := jitter(even, time.Hour, 0, 2*time.Hour); j.Round(time.Minute) != time.Hour {
		for i := range 1000 {
			name := fmt.Sprintf("source-%d", i)
			if jitter(name, time.Hour, 0, 2*time.Hour).Round(20*time.Second) == time.Hour {
				t.Fatalf("jitter(%q, 1h) = %v; %q would do", even, j, name)
			}
		}
	}
}

func TestNext(t *testing.T) {
	hour := every(time.Hour)
	ok := Outcome{OK: true, Read: true, Status: 200, HasValidators: true, Rhythm: hour, LastNew: now}
	with := func(edit func(*Outcome)) Outcome {
		o := ok
		edit(&o)
		return o
	}
	failed := func(status, failures int) Outcome {
		return Outcome{Status: status, Failures: failures, Rhythm: hour}
	}
	tests := []struct {
		name string
		in   Outcome
		want time.Duration
		why  string
	}{
		{"P24 a first poll starts with the default", with(func(o *Outcome) { o.Rhythm, o.News = nil, []time.Time{now, now} }), time.Hour, "first poll: 1h0m0s"},
		{"the rate that was learned sets the interval", ok, time.Hour, "about 1 item a day: 1h0m0s"},
		{"four times the rate, half the interval", with(func(o *Outcome) { o.Rhythm = every(30 * time.Minute) }), 30 * time.Minute, "about 5 items a day: 30m0s"},
		{"a busy source stays at the minimum", with(func(o *Outcome) { o.Rhythm = every(5 * time.Minute) }), 15 * time.Minute, "about 169 items a day: 15m0s"},
		{"dates of a first document are a rate", with(func(o *Outcome) {
			o.Rhythm = nil
			for h := range 40 {
				o.News = append(o.News, now.Add(time.Duration(-12*h-12)*time.Hour-time.Minute))
			}
		}), 35 * time.Minute, "about 2 items a day: 35m8s"},
		{"another rule's rhythm is not read", with(func(o *Outcome) { o.Rhythm = []byte("interval 3h0m0s") }), time.Hour, "first poll: 1h0m0s"},
		{"P09 max-age is waited for", with(func(o *Outcome) { o.Fresh = 3 * time.Hour }), 3 * time.Hour, "fresh for 3h0m0s"},
		{"P09 max-age is capped", with(func(o *Outcome) { o.Fresh = 1000 * time.Hour }), 24 * time.Hour, "fresh for 24h0m0s"},
		{"P09 max-age cannot speed us up", with(func(o *Outcome) { o.Fresh = time.Minute }), time.Hour, "about 1 item a day: 1h0m0s"},
		{"P12 ttl is waited for", with(func(o *Outcome) { o.TTL = 4 * time.Hour }), 4 * time.Hour, "ttl 4h0m0s"},
		{"P13 updatePeriod is a hint", with(func(o *Outcome) { o.UpdatePeriod = 5 * time.Hour }), 5 * time.Hour, "updatePeriod 5h0m0s"},
		{"P13 a yearly updatePeriod stays within the maximum", with(func(o *Outcome) { o.UpdatePeriod = 8760 * time.Hour }), 24 * time.Hour, "updatePeriod 24h0m0s"},
		{"P13 nonsense is absent", with(func(o *Outcome) { o.UpdatePeriod = -time.Hour }), time.Hour, "about 1 item a day: 1h0m0s"},
		{"P14 a skipped hour is waited out", with(func(o *Outcome) { o.SkipHours = []int{12, 13, 14, 99, -1} }), 3 * time.Hour, "skipHours or skipDays of the feed"},
		{"P14 a skipped day is waited out", with(func(o *Outcome) { o.SkipDays = []time.Weekday{time.Tuesday, 9} }), 12 * time.Hour, "skipHours or skipDays of the feed"},
		{"P14 hour 24 is midnight", with(func(o *Outcome) { o.SkipHours, o.Fresh = []int{24}, 12*time.Hour }), 13 * time.Hour, "skipHours or skipDays of the feed"},
		{"P14 a day without a free hour is ignored", with(func(o *Outcome) {
			for h := range 24 {
				o.SkipHours = append(o.SkipHours, h)
			}
		}), time.Hour, "about 1 item a day: 1h0m0s"},
		{"P14 a week without a free hour is ignored", with(func(o *Outcome) { o.SkipDays = []time.Weekday{0, 1, 2, 3, 4, 5, 6} }), time.Hour, "about 1 item a day: 1h0m0s"},
		{"P15 Retry-After is waited for", func() Outcome { o := failed(503, 1); o.RetryAfter = 2 * time.Hour; return o }(), 2 * time.Hour, "Retry-After 2h0m0s"},
		{"P15 a short Retry-After does not bring us back sooner", func() Outcome { o := failed(503, 4); o.RetryAfter = time.Second; return o }(), 2 * time.Hour, "status 503, failure 4: 2h0m0s"},
		{"P17 Retry-After is honoured for days", func() Outcome { o := failed(429, 1); o.RetryAfter = 72 * time.Hour; return o }(), 72 * time.Hour, "Retry-After 72h0m0s"},
		{"P17 Retry-After is capped", func() Outcome { o := failed(429, 1); o.RetryAfter = 1000 * time.Hour; return o }(), 168 * time.Hour, "Retry-After 1000h0m0s, honoured for 168h0m0s"},
		{"P18 429 doubles the interval", failed(429, 1), 2 * time.Hour, "status 429: 2h0m0s"},
		{"P18 429 means an hour at least", func() Outcome { o := failed(429, 1); o.Rhythm = every(15 * time.Minute); return o }(), time.Hour, "status 429: 1h0m0s"},
		{"P23 no validators, once a day", with(func(o *Outcome) { o.HasValidators = false }), 24 * time.Hour, "no validators: 24h0m0s"},
		{"P25 silence for a month means once a day", with(func(o *Outcome) { o.LastNew = now.Add(-31 * 24 * time.Hour) }), 24 * time.Hour, "nothing new for 30 days: 24h0m0s"},
		{"P32 the first 410 is looked at again on another day", func() Outcome { o := failed(410, 1); o.Gone = 1; return o }(), 24 * time.Hour, "gone"},
		{"P32 the second 410 is the last", func() Outcome { o := failed(410, 2); o.Gone = 2; return o }(), 168 * time.Hour, "gone twice"},
		{"P33 404 backs off to a week", failed(404, 100), 168 * time.Hour, "status 404, failure 100: 168h0m0s"},
		{"P34 a refusal backs off softly", failed(403, 2), 2 * time.Hour, "status 403, failure 2: 2h0m0s"},
		{"P35 no answer backs off slowly", failed(0, 4), 2 * time.Hour, "failure 4: 2h0m0s"},
		{"P35 an answer that will not change backs off fully", failed(400, 2), 4 * time.Hour, "status 400, failure 2: 4h0m0s"},
		{"P35 a page instead of a feed backs off softly", failed(200, 4), 4 * time.Hour, "status 200, failure 4: 4h0m0s"},
		{"P35 years of failures end at the maximum", failed(500, 1<<40), 24 * time.Hour, "status 500, failure 1099511627776: 24h0m0s"},
		{"cron replaces the interval", with(func(o *Outcome) { o.Cron = "30 6 * * *" }), 18*time.Hour + 30*time.Minute, `schedule "30 6 * * *"`},
		{"cron has a time zone", with(func(o *Outcome) { o.Cron, o.Zone = "30 6 * * *", time.FixedZone("x", 3600) }), 17*time.Hour + 30*time.Minute, `schedule "30 6 * * *"`},
		{"P22 cron keeps the floor", with(func(o *Outcome) { o.Cron = "*/10 * * * *" }), 20 * time.Minute, `schedule "*/10 * * * *" after floor 15m0s`},
		{"cron may tick right at the floor", with(func(o *Outcome) { o.Cron = "*/5 * * * *" }), 15 * time.Minute, `schedule "*/5 * * * *" after floor 15m0s`},
		{"P23 cron is the desk's word", with(func(o *Outcome) { o.Cron, o.HasValidators, o.UpdatePeriod = "0 * * * *", false, 5*time.Hour }), time.Hour, `schedule "0 * * * *"`},
		{"P09 cron keeps max-age", with(func(o *Outcome) { o.Cron, o.Fresh = "0 * * * *", 90*time.Minute }), 2 * time.Hour, `schedule "0 * * * *" after fresh for 1h30m0s`},
		{"P15 cron keeps Retry-After", func() Outcome {
			o := failed(503, 1)
			o.RetryAfter, o.Cron = 90*time.Minute, "0 * * * *"
			return o
		}(), 2 * time.Hour, `schedule "0 * * * *" after Retry-After 1h30m0s`},
		{"P46 a hub's lease is waited with, up to the maximum", with(func(o *Outcome) { o.Covered = now.Add(9 * day) }), 23 * time.Hour, "its hub sends its news"},
		{"P46 a lease is waited out and no longer", with(func(o *Outcome) { o.Covered = now.Add(5 * time.Hour) }), 5 * time.Hour, "its hub sends its news"},
		{"P46 a lease that has ended says nothing", with(func(o *Outcome) { o.Covered = now.Add(-time.Hour) }), time.Hour, "about 1 item a day: 1h0m0s"},
		{"P46 a lease does not speak for a source that fails", func() Outcome {
			o := failed(500, 1)
			o.Covered = now.Add(9 * day)
			return o
		}(), 85 * time.Minute, "status 500, failure 1: 1h24m51s"},
		{"P46 cron is the desk's word, hub or not", with(func(o *Outcome) { o.Covered, o.Cron = now.Add(9*day), "0 * * * *" }), time.Hour, `schedule "0 * * * *"`},
		{"P46 P14 a skipped day is skipped, hub or not", with(func(o *Outcome) {
			o.Covered, o.SkipDays = now.Add(9*day), []time.Weekday{time.Wednesday}
		}), 36 * time.Hour, "skipHours or skipDays of the feed"},
		{"every counts from the poll", with(func(o *Outcome) { o.Cron = "@every 20m" }), 20 * time.Minute, `schedule "@every 20m"`},
		{"P22 every keeps the floor", with(func(o *Outcome) { o.Cron = "@every 1m" }), 15 * time.Minute, "floor 15m0s"},
		{"a cron expression that is none does not stop the source", with(func(o *Outcome) { o.Cron = "hourly?" }), time.Hour, `schedule "hourly?" is no cron expression`},
		{"a cron expression that never comes does not stop the source", with(func(o *Outcome) { o.Cron = "0 0 30 2 *" }), time.Hour, `schedule "0 0 30 2 *" never comes`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.Source, tt.in.Now = even, now
			d := Default().Next(tt.in)
			// A source's own jitter and spread is left out of the table.
			if diff := (d.Interval - tt.want).Abs(); diff > tt.want/15 || d.Why != tt.why {
				t.Errorf("Next(%+v) = in %v, %q; want in %v, %q", tt.in, d.Interval, d.Why, tt.want, tt.why)
			}
			if !d.Due.Equal(now.Add(d.Interval)) {
				t.Errorf("Due %v is not %v after now", d.Due, d.Interval)
			}
			if want := tt.in.Gone >= 2; d.Pause != want {
				t.Errorf("Pause = %v, want %v", d.Pause, want)
			}
		})
	}
}

// The rhythm is what carries from poll to poll: a failure and a 304 leave it as
// it is, to the byte.
func TestRhythmCarries(t *testing.T) {
	p := Default()
	o := Outcome{Source: even, Now: now, OK: true, Read: true, HasValidators: true, Window: 20, News: []time.Time{now.Add(-50 * time.Hour), now.Add(-3 * time.Hour)}}
	d := p.Next(o)
	o.Rhythm, o.Previous = d.Rhythm, o.Now
	for _, edit := range []func(*Outcome){
		func(o *Outcome) { o.Status = 304 },
		func(o *Outcome) { o.OK, o.Status, o.Failures = false, 500, 3 },
		func(o *Outcome) { o.OK, o.Status, o.Failures, o.RetryAfter = false, 429, 3, time.Hour },
	} {
		later := o
		later.Now, later.News, later.Read, later.Window = o.Now.Add(90*time.Minute), nil, false, 0
		edit(&later)
		if got := p.Next(later); !bytes.Equal(got.Rhythm, o.Rhythm) {
			t.Errorf("status %d changed the rhythm from %v to %v", later.Status, unpack(o.Rhythm), unpack(got.Rhythm))
		}
	}
	o.Now = o.Now.Add(time.Hour)
	o.News = []time.Time{o.Now.Add(-time.Minute)}
	if got := unpack(p.Next(o).Rhythm); got.items < 2.8 || got.items > 3 {
		t.Errorf("after a third item %.2f are remembered, want nearly 3", got.items)
	}
}

// A 429 doubles the interval, and the doubling is remembered until successes
// have worn it off.
func TestP18_TooManyIsRemembered(t *testing.T) {
	p, o := Default(), Outcome{Source: even, Now: now, Status: 429, Failures: 1, HasValidators: true, Rhythm: every(time.Hour)}
	for _, want := range []string{"status 429: 2h0m0s", "status 429: 4h0m0s"} {
		d := p.Next(o)
		if d.Why != want {
			t.Errorf("a 429 means %q, want %q", d.Why, want)
		}
		o.Rhythm = d.Rhythm
	}
	o.OK, o.Status, o.Failures = true, 304, 0
	var got []string
	for range 6 {
		d := p.Next(o)
		o.Rhythm = d.Rhythm
		got = append(got, d.Why)
	}
	want := []string{"slower since status 429: 3h0m0s", "slower since status 429: 2h15m0s", "slower since status 429: 1h41m15s",
		"slower since status 429: 1h15m56s", "about 1 item a day: 1h0m0s", "about 1 item a day: 1h0m0s"}
	if !slices.Equal(got, want) {
		t.Errorf("then %q, want %q", got, want)
	}
}

// What a document says about when to come back holds until another is read: a
// 304 does not repeat it.
func TestWordsOfADocumentOutlastA304(t *testing.T) {
	p := Default()
	o := Outcome{Source: even, Now: now, OK: true, Read: true, HasValidators: true, Rhythm: every(time.Hour), TTL: 5 * time.Hour, SkipHours: []int{20, 24}, SkipDays: []time.Weekday{time.Wednesday}}
	for _, tt := range []struct {
		name string
		edit func(*Outcome)
		want time.Duration
	}{
		{"P12 the document's ttl", func(*Outcome) {}, 5 * time.Hour},
		{"P12 the ttl after a 304", func(o *Outcome) { o.Read, o.TTL = false, 0 }, 5 * time.Hour},
		{"P14 the skipped hour after a 304", func(o *Outcome) { o.Now = now.Add(3*time.Hour + 30*time.Minute) }, 5*time.Hour + 30*time.Minute},
		{"P14 the skipped day after a 304", func(o *Outcome) { o.Now = now.Add(10 * time.Hour) }, 27 * time.Hour},
		{"a new document without a word", func(o *Outcome) { o.Read, o.SkipHours, o.SkipDays = true, nil, nil }, time.Hour},
	} {
		tt.edit(&o)
		d := p.Next(o)
		o.Rhythm = d.Rhythm
		if (d.Interval - tt.want).Abs() > 12*time.Minute {
			t.Errorf("%s: asked again in %v (%s), want %v", tt.name, d.Interval, d.Why, tt.want)
		}
	}
}

// A test's policy of a second is obeyed as it stands.
func TestATinyPolicyIsObeyed(t *testing.T) {
	p := Policy{Min: time.Second, Default: time.Second, Max: time.Second}
	d := p.Next(Outcome{Source: "a", Now: now, OK: true})
	if d.Interval != time.Second {
		t.Errorf("Next = %+v, want one second", d)
	}
}

// drawOutcome makes any outcome at all, however absurd.
func drawOutcome(t *rapid.T) Outcome {
	dur := func(name string) time.Duration { return time.Duration(rapid.Int64().Draw(t, name)) }
	return Outcome{
		Source: rapid.String().Draw(t, "source"), Now: now, OK: rapid.Bool().Draw(t, "ok"),
		Status: rapid.IntRange(-1, 999).Draw(t, "status"), Failures: rapid.Int().Draw(t, "failures"),
		Gone: rapid.IntRange(0, 3).Draw(t, "gone"), Read: rapid.Bool().Draw(t, "read"), Window: rapid.Int().Draw(t, "window"),
		News: drawDates(t, "news"), Previous: drawDate(t, "previous"),
		LastNew:       now.Add(-time.Duration(rapid.Int64Range(0, int64(1000*24*time.Hour)).Draw(t, "last"))),
		HasValidators: rapid.Bool().Draw(t, "validators"),
		Fresh:         dur("fresh"), RetryAfter: dur("retry"), TTL: dur("ttl"), UpdatePeriod: dur("period"),
		SkipHours: rapid.SliceOfN(rapid.IntRange(-2, 26), 0, 30).Draw(t, "hours"),
		SkipDays:  rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Weekday { return time.Weekday(rapid.IntRange(-1, 8).Draw(t, "day")) }), 0, 7).Draw(t, "days"),
		Rhythm:    drawRhythm(t), Covered: drawDate(t, "covered"),
	}
}

// Whatever a poll teaches us, the next is neither sooner than the rules allow
// nor further than their caps.
func TestNextStaysWithinPolicy(t *testing.T) {
	p := Default()
	rapid.Check(t, func(t *rapid.T) {
		o := drawOutcome(t)
		d := p.Next(o)
		low := max(p.Min, p.Floor, min(o.RetryAfter, p.RetryAfterMax), min(o.Fresh, p.FreshnessMax))
		if o.Read {
			low = max(low, min(o.TTL, p.FreshnessMax))
		}
		high := week
		if strings.HasPrefix(d.Why, "skip") {
			high += 8*day + skipSpread
		}
		if d.Interval < low || d.Interval > high {
			t.Fatalf("Next(%+v) = in %v (%s), want within [%v, %v]", o, d.Interval, d.Why, low, high)
		}
		if again := p.Next(o); !again.Due.Equal(d.Due) {
			t.Fatalf("Next(%+v) = %v, then %v", o, d.Due, again.Due)
		}
	})
}

// The longer a source is down, the longer we wait.
func TestBackoffNeverShrinks(t *testing.T) {
	p := Default()
	rapid.Check(t, func(t *rapid.T) {
		o := drawOutcome(t)
		o.OK, o.SkipHours, o.SkipDays, o.Gone = false, nil, nil, 0
		o.Failures = rapid.IntRange(1, 1<<30).Draw(t, "failures again")
		more := o
		more.Failures++
		if a, b := p.Next(o), p.Next(more); b.Interval < a.Interval {
			t.Fatalf("failure %d waits %v, failure %d only %v", o.Failures, a.Interval, more.Failures, b.Interval)
		}
	})
}

// No configuration makes a busy loop.
func TestAnyPolicyWaits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dur := func(name string) time.Duration { return time.Duration(rapid.Int64Range(-1e9, 1e15).Draw(t, name)) }
		p := Policy{dur("min"), dur("default"), dur("max"), dur("floor"), dur("patience"), dur("fresh"), dur("retry"), dur("validators")}
		if d := p.Next(drawOutcome(t)); d.Interval <= 0 {
			t.Fatalf("%+v.Next = %+v", p, d)
		}
	})
}

func TestP14_SkipLeadsToAFreeHour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOutcome(t)
		due := now.Add(time.Duration(rapid.Int64Range(0, int64(week)).Draw(t, "due")))
		o.Read = true
		var r rhythm
		r.heed(o)
		got := skip(due, r.said.skipHours, r.said.skipDays)
		if got.Equal(due) {
			return
		}
		h := got.Hour()
		if got.Before(due) || slices.Contains(o.SkipDays, got.Weekday()) || slices.Contains(o.SkipHours, h) || h == 0 && slices.Contains(o.SkipHours, 24) {
			t.Fatalf("skip(%v, %v, %v) = %v", due, o.SkipHours, o.SkipDays, got)
		}
	})
}

func TestP26_AStartIsNoBurst(t *testing.T) {
	p := Default()
	minutes := map[time.Time]int{}
	for i := range 500 {
		id := fmt.Sprintf("source-%d", i)
		at := p.First(id, now)
		if at.Before(now) || at.Sub(now) > 15*time.Minute || !at.Equal(p.First(id, now)) {
			t.Fatalf("First(%q) = %v", id, at.Sub(now))
		}
		minutes[at.Truncate(time.Minute)]++
	}
	for m, n := range minutes {
		if n > 3*500/15 {
			t.Errorf("%d of 500 sources start in the minute %v", n, m.Sub(now))
		}
	}
}

// Sources that were asked in the same second do not stay together: neither in
// the middle, nor at the bounds, nor when a feed's window holds all of them.
func TestP26_SourcesDriftApart(t *testing.T) {
	p := Default()
	o := Outcome{Now: now, OK: true, HasValidators: true, Read: true, LastNew: now}
	tests := map[string]func(*Outcome){
		"in the middle":        func(o *Outcome) { o.Rhythm = every(2 * time.Hour) },
		"at the lower bound":   func(o *Outcome) { o.Rhythm = every(p.Min / 2) },
		"at the upper bound":   func(o *Outcome) { o.Rhythm, o.LastNew = every(2*time.Hour), now.Add(-month) },
		"after a skipped hour": func(o *Outcome) { o.Rhythm, o.SkipHours = every(2*time.Hour), []int{12, 13} },
		"while a hub sends":    func(o *Outcome) { o.Rhythm, o.Covered = every(2*time.Hour), now.Add(9*day) },
		"after a 429":          func(o *Outcome) { o.Rhythm, o.OK, o.Status = every(time.Hour), false, 429 },
	}
	for name, edit := range tests {
		seconds := map[time.Time]int{}
		for i := range 500 {
			o := o
			edit(&o)
			o.Source = fmt.Sprintf("source-%d", i)
			seconds[p.Next(o).Due.Truncate(time.Second)]++
		}
		for s, n := range seconds {
			if n > 20 {
				t.Errorf("%s: %d of 500 sources are due in one second, %v", name, n, s.Sub(now))
			}
		}
	}
}

// A source is asked before its hub stops sending.
func TestP46_TheLeaseIsNotOutlasted(t *testing.T) {
	p, lease := Default(), 7*time.Hour
	for i := range 500 {
		o := Outcome{Source: fmt.Sprint(i), Now: now, OK: true, HasValidators: true, Rhythm: every(time.Hour), Covered: now.Add(lease)}
		if d := p.Next(o); d.Interval > lease || d.Interval < lease*9/10 {
			t.Fatalf("source %d is asked in %v (%s), want just before %v", i, d.Interval, d.Why, lease)
		}
	}
}

func FuzzRhythm(f *testing.F) {
	f.Add([]byte("interval 1h0m0s"))
	f.Add(every(time.Hour))
	f.Add(windowed(every(time.Hour), 3))
	f.Add([]byte("\x020000000, 0000"))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := Default().Next(Outcome{Source: "a", Now: now, OK: true, HasValidators: true, Rhythm: b})
		longest := 24 * time.Hour
		if said := unpack(b).said; said.skipHours|said.skipDays != 0 {
			longest += 8 * 24 * time.Hour
		}
		if d.Interval < 15*time.Minute || d.Interval > longest {
			t.Errorf("Next with rhythm %q = %v", b, d.Interval)
		}
	})
}
