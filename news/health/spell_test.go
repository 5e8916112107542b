package health

import (
	"testing"
	"time"
)

func TestFollow(t *testing.T) {
	fails := Finding{Source: "a", Kind: Failing, Severity: Problem}
	timesOut := Finding{Source: "a", Kind: Unreachable, Severity: Problem}
	notice := Finding{Source: "a", Kind: Flaky, Severity: Notice}
	hour := func(n int) time.Time { return now.Add(time.Duration(n) * time.Hour) }
	type look struct {
		at    int // hours
		found []Finding
	}
	for _, tt := range []struct {
		name        string
		looks       []look
		told, ended int // hours; -1: not
		gone        bool
	}{
		{"what was found just now is not told", []look{{0, []Finding{fails}}}, -1, -1, false},
		{"what stays for two hours is told", []look{{0, []Finding{fails}}, {1, []Finding{fails}}, {2, []Finding{fails}}}, 2, -1, false},
		{"what passes at once is gone without a word", []look{{0, []Finding{fails}}, {1, nil}}, -1, 1, true},
		{"an hour of peace is no end", []look{{0, []Finding{fails}}, {2, []Finding{fails}}, {3, nil}, {4, []Finding{fails}}, {26, nil}}, 2, -1, false},
		{"a day of peace is", []look{{0, []Finding{fails}}, {2, []Finding{fails}}, {3, nil}, {26, nil}}, 2, 26, true},
		{"another way to fail is the same spell", []look{{0, []Finding{fails}}, {1, []Finding{timesOut}}, {2, []Finding{fails}}}, 2, -1, false},
		{"a notice is not told", []look{{0, []Finding{notice}}, {9, []Finding{notice}}}, -1, -1, false},
		{"until it grows", []look{{0, []Finding{notice}}, {9, []Finding{fails}}}, 9, -1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var spells []Spell
			for _, l := range tt.looks {
				spells = Follow(spells, l.found, hour(l.at), DefaultPatience())
			}
			if len(spells) != 1 {
				t.Fatalf("%d spells, want 1", len(spells))
			}
			s := spells[0]
			want := func(n int) time.Time {
				if n < 0 {
					return time.Time{}
				}
				return hour(n)
			}
			if !s.Told.Equal(want(tt.told)) || !s.Ended.Equal(want(tt.ended)) {
				t.Errorf("told %v, ended %v; want hours %d and %d", s.Told, s.Ended, tt.told, tt.ended)
			}
			if s.Began != hour(0) || s.Kind != s.Finding.Kind {
				t.Errorf("spell %+v", s)
			}
		})
	}
}

// The worse of two findings of one group at one look is the one that is kept.
func TestFollowKeepsTheWorse(t *testing.T) {
	spells := Follow(nil, []Finding{{Kind: Failing, Severity: Problem}, {Kind: Flaky, Severity: Notice}}, now, DefaultPatience())
	if len(spells) != 1 || spells[0].Kind != Failing || spells[0].Worst != Problem {
		t.Errorf("%+v", spells)
	}
}
