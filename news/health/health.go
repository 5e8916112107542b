// Package health decides how the sources of a wire are doing: from what their
// polls taught us and when their items came, it finds what is wrong, says it in
// plain words, and says what the desk should do.
//
// It is pure: no clock, no network, no database. [Judge] looks at one source,
// [Exam] at all of them, which also tells what is wrong with the wire itself
// rather than with its sources, and [Follow] turns findings that come and go
// into spells that begin and end, for a feed and a digest that do not flap. It
// is a room of its own, and part of the vocabulary, because the command line,
// the desk's pages, the private feed and the digest must all say the same.
package health

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Severity says how much a [Finding] matters. The zero value is no finding.
type Severity int

// The severities. Only a Problem makes "rightswire health" exit with 1.
const (
	Fine    Severity = iota
	Notice           // worth knowing, nothing to do now
	Warning          // may pass by itself; look at it when it stays
	Problem          // news is being lost, or somebody has to act
)

var severities = [...]string{"fine", "notice", "warning", "problem"}

// String returns the word for s.
func (s Severity) String() string {
	if s < 0 || int(s) >= len(severities) {
		return "unknown"
	}
	return severities[s]
}

// MarshalText writes the word for s.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what [Severity.MarshalText] wrote.
func (s *Severity) UnmarshalText(text []byte) error {
	i := slices.Index(severities[:], string(text))
	if i < 0 {
		return fmt.Errorf("%q is no severity", text)
	}
	*s = Severity(i)
	return nil
}

// Kind says what a [Finding] is about.
type Kind string

// What can be found of a source. A source has one finding of a [Kind.Group] at
// a time: the first seven are all ways to fail.
const (
	NeverWorked Kind = "never-worked" // asked, and not once did a feed come
	Unreachable Kind = "unreachable"  // nobody answers us: it may be blocked, or we may be
	Refused     Kind = "refused"      // it answers, and will not have us
	Gone        Kind = "gone"         // its server says that it is not there
	NotAFeed    Kind = "not-a-feed"   // something else is served at its address
	Failing     Kind = "failing"      // fails in another way
	Flaky       Kind = "flaky"        // fails now and then

	Silent   Kind = "silent"   // it answers, and has had no news for longer than is usual
	Empty    Kind = "empty"    // a feed without a single item
	Overdue  Kind = "overdue"  // we did not ask when we should have
	Flood    Kind = "flood"    // many more items than usual
	Moved    Kind = "moved"    // redirects say for good that it is elsewhere
	Language Kind = "language" // it writes in another language than before, or than config.yaml says
	Undated  Kind = "undated"  // its items carry no date
	OddDates Kind = "dates"    // its items' dates are in the future, or cannot be read
	Proposed Kind = "proposed" // waits for the desk to accept or remove it
)

// What can be found of the wire itself; the findings have no source.
const (
	Idle    Kind = "idle"    // nobody polls
	Network Kind = "network" // our own network seems to be down
	Blocked Kind = "blocked" // so many sources refuse us that it must be us
	Disk    Kind = "disk"    // little room is left
	Publish Kind = "publish" // what was to be published was not
)

// Group names what a source has at most one finding of at a time. Findings of
// one group that follow each other are one [Spell]: a source that times out
// today and answers 503 tomorrow has not begun to fail twice.
func (k Kind) Group() string {
	switch k {
	case NeverWorked, Unreachable, Refused, Gone, NotAFeed, Failing, Flaky:
		return "fails"
	}
	return string(k)
}

// Finding is one thing that is wrong with one source, or with the wire.
type Finding struct {
	Source   string    `json:"source"` // id of the source; "": the wire itself
	Title    string    `json:"title"`  // of the source
	Kind     Kind      `json:"kind"`
	Severity Severity  `json:"severity"`
	Since    time.Time `json:"since"` // since when it is so; zero: not known
	Says     string    `json:"says"`  // what is wrong, one or two sentences
	Do       string    `json:"do"`    // what the desk should do
}

// Day says how many items a source dated to one day.
type Day struct {
	Day   time.Time // midnight UTC
	Items int       // never 0
}

// Latest is what is looked at of one of a source's latest items.
type Latest struct {
	Language  string // BCP 47; "und" when unsure
	Claimed   string // as in [news.Item]
	Published time.Time
	FirstSeen time.Time
}

// Facts are what [Judge] needs to know of a source.
type Facts struct {
	Source  news.Source
	State   news.SourceState // the zero value: never asked
	First   time.Time        // its oldest poll in the ledger; zero: none
	Polls   []news.Poll      // its latest polls, newest first; [PollsWanted] are enough
	Days    []Day            // on which it had items, oldest first; those of [Window] are enough
	Latest  []Latest         // its latest items, newest first; [LatestWanted] are enough
	Preview int              // items kept apart, of a proposed source
}

// How much of the past is looked at.
const (
	PollsWanted  = 40
	LatestWanted = 30
	Window       = 400 * 24 * time.Hour // long enough for a source that has news once a month
)

// Policy holds the thresholds. [Default] gives those that are used; the zero
// value of a field finds more than is useful, nothing breaks.
type Policy struct {
	Failures int           // so many failures in a row
	Failing  time.Duration // over so long are a problem; two in a row are a warning

	Quiet      time.Duration // silence up to this long is never found
	QuietGaps  int           // pauses between news that must be known, for a verdict on silence
	QuietTimes float64       // silence beyond the usual longest pause times this is found

	Overdue   time.Duration // not asked for so long after it was due
	FloodMin  int           // fewer items in a day are no flood
	FloodDays int           // days with news that must be known, for a verdict on a flood
	Flood     int           // times the items of a busy day
}

// Default returns the thresholds that are used.
//
// The usual longest pause is the 95th percentile of a source's own pauses. Were
// news to come at random, as calls do, that percentile is three times the mean
// pause, and one pause in four hundred is twice as long: about one false alarm
// for each source that has news daily in a year, and Quiet takes most of these.
func Default() Policy {
	return Policy{
		Failures: 3, Failing: 24 * time.Hour,
		Quiet: 7 * day, QuietGaps: 8, QuietTimes: 2,
		Overdue: 6 * time.Hour, FloodMin: 40, FloodDays: 8, Flood: 5,
	}
}

const day = 24 * time.Hour

// Judge returns what is wrong with a source, worst first; nothing if it is
// fine, or paused.
func Judge(f Facts, now time.Time, p Policy) []Finding {
	if st := &f.State; st.URL != "" && st.URL != f.Source.URL {
		// What was learned about another address says nothing of this one.
		*st = news.SourceState{Source: st.Source, URL: f.Source.URL, LastOK: st.LastOK, LastNew: st.LastNew}
		f.Polls, f.First = nil, time.Time{}
	}
	var found []Finding
	add := func(x Finding, ok bool) {
		if ok {
			x.Source, x.Title = f.Source.ID, f.Source.Title
			found = append(found, x)
		}
	}
	switch {
	case f.Source.Status == news.Proposed:
		add(proposed(f))
	case f.Source.Polled():
		add(fails(f, now, p))
		for _, look := range []func(Facts, time.Time, Policy) (Finding, bool){silent, empty, overdue, flood, moved, language, dates} {
			add(look(f, now, p))
		}
	}
	Sort(found)
	return found
}

// Sort puts findings in the order in which people should read them: the worst
// first, of the wire before those of sources, what is so for longest first.
func Sort(found []Finding) {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(
			-cmp.Compare(a.Severity, b.Severity),
			cmp.Compare(min(len(a.Source), 1), min(len(b.Source), 1)),
			a.Since.Compare(b.Since),
			cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Kind, b.Kind),
		)
	})
}
