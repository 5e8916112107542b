package health

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
)

// facts draws a source in any state, sound or not.
func facts(t *rapid.T) Facts {
	ago := func(name string) time.Time {
		if rapid.Bool().Draw(t, name+" is there") {
			return now.Add(-time.Duration(rapid.Int64Range(-int64(9*day), int64(300*day)).Draw(t, name)))
		}
		return time.Time{}
	}
	f := fine()
	f.Source.Scope = rapid.SampledFrom([]news.Scope{"", news.ScopeFilter}).Draw(t, "scope")
	f.First = ago("first")
	f.State.LastOK, f.State.NextDue, f.State.LastPoll, f.State.NotBefore = ago("ok"), ago("due"), ago("poll"), ago("not before")
	f.State.Failures = rapid.IntRange(0, 20).Draw(t, "failures")
	f.State.Gone = rapid.IntRange(0, 3).Draw(t, "gone")
	f.State.Moved = rapid.SampledFrom([]string{"", "https://a.example/x", "https://b.example/x", "%"}).Draw(t, "moved")
	f.State.MovedSeen, f.State.MovedSince = rapid.IntRange(0, 9).Draw(t, "seen"), ago("moved since")
	status := rapid.SampledFrom([]int{0, 200, 304, 401, 403, 404, 410, 418, 429, 451, 500, 503}).Draw(t, "status")
	text := rapid.SampledFrom([]string{"x", "not a feed: HTML", "lookup a: no such host", "timed out after 30s", "tls: bad"}).Draw(t, "error")
	for i := range f.Polls {
		if i < f.State.Failures {
			f.Polls[i].Outcome, f.Polls[i].Status, f.Polls[i].Error = news.OutcomeFailed, status, text
			continue
		}
		f.Polls[i].Status = rapid.SampledFrom([]int{200, 304}).Draw(t, "poll")
		f.Polls[i].New = rapid.IntRange(0, 60).Draw(t, "new")
	}
	f.Polls = f.Polls[:rapid.IntRange(0, len(f.Polls)).Draw(t, "polls")]
	f.Days = f.Days[:rapid.IntRange(0, len(f.Days)).Draw(t, "days")]
	f.Latest = f.Latest[:rapid.IntRange(0, len(f.Latest)).Draw(t, "latest")]
	return f
}

// How bad a source fails never lessens when one more poll fails, whatever else
// is known of it, and neither does it by waiting.
func TestMoreFailuresAreNeverHealthier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		a, _ := fails(f, now, Default())
		later, _ := fails(f, now.Add(time.Duration(rapid.Int64Range(0, int64(90*day)).Draw(t, "wait"))), Default())
		if later.Severity < a.Severity {
			t.Fatalf("%s after waiting, %s before", later.Severity, a.Severity)
		}
		more := f
		more.State.Failures++
		more.Polls = append([]news.Poll{{At: now, Outcome: news.OutcomeFailed, Status: 500, Error: "status 500"}}, f.Polls...)
		if b, _ := fails(more, now, Default()); b.Severity < a.Severity {
			t.Fatalf("%s with %d failures, %s with %d", b.Severity, more.State.Failures, a.Severity, f.State.Failures)
		}
	})
}

// Longer silence is never judged milder, and a louder past never makes a
// source sound more silent than it is.
func TestLongerSilenceIsNeverHealthier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		f.State.Failures, f.State.LastOK = 0, now
		a, _ := silent(f, now, Default())
		f.State.LastOK = f.State.LastOK.Add(time.Duration(rapid.Int64Range(0, int64(400*day)).Draw(t, "longer")))
		if b, _ := silent(f, now, Default()); b.Severity < a.Severity {
			t.Fatalf("%s later, %s before", b.Severity, a.Severity)
		}
	})
}

// A source has one finding of a group, each with words and advice, worst
// first; the same facts give the same findings, and are left as they were.
func TestFindingsAreWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := facts(t)
		found := Judge(f, now, Default())
		groups := map[string]bool{}
		for i, x := range found {
			if groups[x.Kind.Group()] || x.Severity == Fine || x.Says == "" || x.Do == "" || x.Source != f.Source.ID {
				t.Fatalf("finding %+v", x)
			}
			groups[x.Kind.Group()] = true
			if i > 0 && found[i-1].Severity < x.Severity {
				t.Fatalf("%s comes before %s", found[i-1].Severity, x.Severity)
			}
		}
		if again := Judge(f, now, Default()); len(again) != len(found) {
			t.Fatalf("%d findings, then %d", len(found), len(again))
		}
	})
}

// Whatever comes and goes, of one source and group there is one open spell, a
// beginning is told once and before its end, and nothing is told twice within
// the patience for ends.
func TestSpellsDoNotFlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := DefaultPatience()
		var open, told []Spell
		at := now
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			at = at.Add(time.Duration(rapid.Int64Range(1, int64(9*time.Hour)).Draw(t, "step")))
			var found []Finding
			for _, k := range []Kind{Failing, Unreachable, Silent} {
				if rapid.Bool().Draw(t, string(k)) {
					found = append(found, Finding{Source: "a", Kind: k, Severity: Severity(rapid.IntRange(1, 3).Draw(t, "severity"))})
				}
			}
			seen := map[string]bool{}
			var next []Spell
			for _, s := range Follow(open, found, at, p) {
				if s.Ended.IsZero() {
					if seen[s.Kind.Group()] {
						t.Fatalf("two open spells of %s", s.Kind.Group())
					}
					seen[s.Kind.Group()] = true
					next = append(next, s)
					continue
				}
				if !s.Told.IsZero() {
					if s.Ended.Sub(s.Seen) < p.End || s.Told.Sub(s.Began) < p.Begin || s.Told.After(s.Ended) {
						t.Fatalf("told too soon: %+v", s)
					}
					told = append(told, s)
				}
			}
			open = next
		}
		ids := map[string]bool{}
		for i, s := range told {
			if ids[s.UID()] {
				t.Fatalf("two spells with one id: %+v", s)
			}
			ids[s.UID()] = true
			for _, o := range told[:i] {
				if o.Kind.Group() == s.Kind.Group() && s.Told.Sub(o.Told) < p.Begin+p.End {
					t.Fatalf("%s told at %s and again at %s", s.Kind.Group(), o.Told, s.Told)
				}
			}
		}
	})
}
