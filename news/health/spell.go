package health

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// Spell is a finding over time: it begins, it is told of, and it ends. Those
// who are told must not be told twice, nor of what comes and goes.
type Spell struct {
	ID      int64     // 0 until stored
	Finding           // as it was found last
	Began   time.Time // first found
	Seen    time.Time // last found
	Told    time.Time // when its beginning was worth telling; zero: not yet
	Ended   time.Time // when its end was; zero: it goes on
	Worst   Severity  // the highest that it had
	Changed bool      // by the last [Follow]: to be stored
}

// UID returns the spell's id in the private feed, fixed for ever.
func (s Spell) UID() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", s.Source, s.Kind.Group(), s.Began.UnixMicro()))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // RFC 9562 section 5.8: version 8, of our own making
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// Patience says how long something has to be so before it is told.
type Patience struct {
	Begin time.Duration // it was found first so long ago, and at every look since
	End   time.Duration // it was not found for so long
}

// DefaultPatience tells of a beginning after two hours and of an end after a
// day: a source that works by day and fails by night has one spell and not
// sixty.
func DefaultPatience() Patience { return Patience{Begin: 2 * time.Hour, End: day} }

// Follow brings the spells that have not ended up to date with what was found
// at a look. It returns all of them, new ones too, with Changed set on those
// that have to be stored.
//
// A spell that was not told of and is over is gone without a word: Ended is
// set and Told stays zero. Notices are followed as all others, and told of
// when they grow into more.
func Follow(open []Spell, found []Finding, now time.Time, p Patience) []Spell {
	out := slices.Clone(open)
	at := make(map[key]int, len(out))
	for i := range out {
		out[i].Changed = false
		at[keyOf(out[i].Finding)] = i
	}
	for _, f := range found {
		k := keyOf(f)
		i, known := at[k]
		if !known {
			i = len(out)
			at[k], out = i, append(out, Spell{Began: now})
		}
		s := &out[i]
		if known && s.Seen.Equal(now) && s.Severity >= f.Severity {
			continue // two findings of one group at one look: the worse counts
		}
		s.Finding, s.Seen, s.Worst, s.Changed = f, now, max(s.Worst, f.Severity), true
		if s.Told.IsZero() && f.Severity >= Warning && now.Sub(s.Began) >= p.Begin {
			s.Told = now
		}
	}
	for i := range out {
		s := &out[i]
		if gone := now.Sub(s.Seen); gone > 0 && s.Ended.IsZero() && (gone >= p.End || s.Told.IsZero()) {
			s.Ended, s.Changed = now, true
		}
	}
	return out
}

// key is what a source has one open spell of.
type key struct{ source, group string }

func keyOf(f Finding) key { return key{f.Source, f.Kind.Group()} }
