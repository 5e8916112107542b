// Package schedule decides when a source is asked again.
//
// It is pure: no clock, no network, no database. The caller passes what a poll
// taught us and gets back a time and the rule that set it. That keeps the one
// decision that can get a deployment blocked by its sources, how often we ask,
// where a reviewer can read it in a sitting and a test can exhaust it. It does
// not pace requests to a host (aggregator/fetch does) and does not pause a
// source: it says when one should be, and the caller does.
//
// How the adaptive interval comes about. Of each source is learned, from the
// dates of its items, how many it brings, at which hours of work days and free
// days, and whether more are to be expected right after one. A source is asked
// when the items expected since the last poll will together have waited for as
// long as one request is worth, the [Policy.Patience]: often where and when
// there is much news, rarely at night, and in the long run by the square root
// of the rate, which is how a number of requests saves most waiting.
// [Policy.Balanced] sets the patience so that all sources together are asked
// as often as if each were asked once per Default. "go run ./cmd/bench
// polling" measures all of this on recorded times of publication.
//
// The ids P09 to P35 in comments are the rows of the fetching rules.
package schedule

import (
	"cmp"
	"time"
)

// The numbers of the rules whose policy field is zero.
const (
	defaultFreshnessMax  = 24 * time.Hour     // P09
	defaultRetryAfterMax = 7 * 24 * time.Hour // P17
	week                 = 7 * 24 * time.Hour // P33
	month                = 30 * 24 * time.Hour
	day                  = 24 * time.Hour
)

// Policy bounds what [Policy.Next] returns.
type Policy struct {
	Min     time.Duration // shortest interval that the adaptive rule goes down to
	Default time.Duration // interval of a source of which nothing is known
	Max     time.Duration // longest interval of the adaptive rule and of the backoff
	Floor   time.Duration // never less between two requests for one URL, whatever asks for it (P22)

	// Patience says how much waiting one request is worth: a source is asked
	// when the items expected of it since the last poll will together have
	// waited that long. Less of it is more requests. [Policy.Balanced] sets it;
	// 0: the one at which a source with an item a day is asked once per Default.
	Patience time.Duration

	FreshnessMax  time.Duration // how long a server's or feed's word on freshness is believed (P09, P12); 0: 24h
	RetryAfterMax time.Duration // how long a Retry-After is honoured (P17); 0: 7 days
	NoValidators  time.Duration // shortest interval of a source that sends no validators (P23); 0: no rule
}

// Default returns the policy that the fetching rules name.
func Default() Policy {
	return Policy{
		Min: 15 * time.Minute, Default: time.Hour, Max: day, Floor: 15 * time.Minute,
		FreshnessMax: defaultFreshnessMax, RetryAfterMax: defaultRetryAfterMax, NoValidators: day,
	}
}

// sane returns the policy with its fields in order, so that no configuration
// makes a busy loop: intervals at least a millisecond, Min <= Default <= Max.
func (p Policy) sane() Policy {
	p.Min = max(p.Min, time.Millisecond)
	p.Max = max(p.Max, p.Min)
	p.Default = min(max(p.Default, p.Min), p.Max)
	p.Floor = max(p.Floor, 0)
	if p.Patience <= 0 { // T = sqrt(2 patience / l) solved for the patience
		p.Patience = max(seconds(p.Default.Seconds()*p.Default.Seconds()/day.Seconds()/2), time.Nanosecond)
	}
	p.NoValidators = max(p.NoValidators, 0)
	p.FreshnessMax = max(cmp.Or(p.FreshnessMax, defaultFreshnessMax), 0)
	p.RetryAfterMax = max(cmp.Or(p.RetryAfterMax, defaultRetryAfterMax), 0)
	return p
}

// Outcome is what one poll of a source taught us.
type Outcome struct {
	Source string    // id of the source; its jitter hangs on it
	Now    time.Time // when the request was made

	OK       bool // a readable document, or a 304
	Status   int  // HTTP status of the last response; 0: none came
	Failures int  // consecutive failures, this one included; 0 on success
	Gone     int  // 410 answers in a row, on different days (P32)

	News          []time.Time // when each new item was published, as its feed says, or Now where it does not
	Previous      time.Time   // last successful poll before this one; zero: never
	LastNew       time.Time   // last poll that brought a new item, this one included; zero: never
	HasValidators bool        // the server sent an ETag or Last-Modified

	Fresh        time.Duration  // HTTP freshness that is left (P09 to P11); 0: nothing said
	RetryAfter   time.Duration  // Retry-After of an error (P15 to P17); 0: nothing said
	Read         bool           // a document was read: the five below are its words. Else the last one's count
	Window       int            // how many items of ours the document holds; 0: none, or unknown
	TTL          time.Duration  // RSS ttl (P12); 0: nothing said
	UpdatePeriod time.Duration  // sy:updatePeriod over sy:updateFrequency (P13); 0: nothing said or nonsense
	SkipHours    []int          // hours in GMT not to ask in, 0 to 23; 24 is taken as 0 (P14)
	SkipDays     []time.Weekday // days in GMT not to ask on (P14)

	Covered time.Time // until when a hub sends the source's news (P46); zero or past: none does

	Rhythm []byte // the Rhythm of the last Decision; nil: this was the first poll

	Cron string         // cron expression instead of the adaptive interval; "": adaptive
	Zone *time.Location // time zone of Cron; nil: UTC
}

// Decision says when to ask again.
type Decision struct {
	Due      time.Time     // not before this
	Interval time.Duration // from Outcome.Now to Due
	Why      string        // the rule that set Due, for people
	Rhythm   []byte        // to be stored and passed in the next Outcome
	Pause    bool          // the source is gone: pause it and tell the desk; Due is for the case that nobody does (P32)
}

// wait is a length of time and the rule that asks for it.
type wait struct {
	d   time.Duration
	why string
}

// asks is [wait.atLeast] for a rule that is told by a word and the wait itself:
// of most nothing is left, so that is put together when it is.
func (w *wait) asks(d time.Duration, word string) {
	if d > w.d {
		w.d, w.why = d, word+show(d)
	}
}

// atLeast replaces w by a longer wait.
func (w *wait) atLeast(d time.Duration, why string) {
	if d > w.d {
		w.d, w.why = d, why
	}
}

// Next returns when to ask a source again.
//
// The adaptive rule proposes an interval in [Min, Max]; what servers and
// feeds say, and failures, can only lengthen it, each up to its own cap. So
// Due is at least Floor and Min away and never further than the longest of
// Max, FreshnessMax, RetryAfterMax, NoValidators, Floor and a week; except that
// a cron expression knows neither Min nor Max and moves it to its first tick
// after Floor and the others' words, and that skipHours and skipDays move it to
// the end of their window, less than 8 days on.
func (p Policy) Next(o Outcome) Decision {
	p = p.sane()
	r := unpack(o.Rhythm)
	before := r
	o = r.heed(o)
	interval, why := p.adapt(o, &r)
	limits := p.limits(o, interval)
	w := limits
	// Of two rules that agree the reader wants the one that names the news, or
	// the failure.
	if d := jitter(o.Source, interval, p.Min, p.Max); d > w.d || d == w.d && o.OK {
		w = wait{d, why}
	}

	d := Decision{Rhythm: o.Rhythm, Pause: !o.OK && o.Gone >= 2}
	if r != before || r == (rhythm{}) { // a 304 teaches nothing; and what is no rhythm was read as an empty one
		d.Rhythm = r.pack()
	}
	d.Due, d.Why = o.Now.Add(w.d), w.why
	if o.Cron != "" {
		d.Due, d.Why = p.tick(o, limits, d.Due)
	}
	if due := skip(d.Due, r.said.skipHours, r.said.skipDays); !due.Equal(d.Due) { // P14
		d.Due, d.Why = due.Add(spread(o.Source, skipSpread)), "skipHours or skipDays of the feed"
	}
	d.Interval = d.Due.Sub(o.Now)
	return d
}

// First returns when to ask a source for the first time: within the default
// interval or a quarter of an hour, whichever is shorter, always at the same
// offset for the same source. A start with 500 new sources is no burst (P26).
func (p Policy) First(source string, now time.Time) time.Time {
	return now.Add(spread(source, min(p.sane().Default, 15*time.Minute)))
}
