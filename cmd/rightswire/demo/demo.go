// Package demo is a small newsroom that needs no network: outlets that do not
// exist, in eleven languages, and a web server on loopback that publishes
// their feeds.
//
// It decides what those outlets say and how their servers behave. It knows
// nothing of the wire: the same fetcher, reader, archive and publisher that
// run on real sources run on this one, and everything they do about it is
// theirs. It is a room of its own so that the rest of the program carries no
// special case for a demonstration.
//
// # The newsroom
//
// Every feed in the folder newsroom is written by us about people and events
// that we made up, under names that RFC 2606 reserves. Among them are RSS 2.0,
// RSS 1.0, Atom and JSON Feed, a file in windows-1251 and one in Shift_JIS, a
// malformed one that breaks off in the middle, a desk that moved (301), one
// that is too busy at first (429), one that is gone (410) and one that answers
// with a web page. One event is told by six outlets in their own words, an
// agency's text stands in three with light edits, two reports are corrected
// later, one item claims the year 2099, some have no date, two share a guid.
//
// # Waves
//
// A feed file is a text/template in the feed's own encoding. What it shows
// depends on the wave, which starts at 0 and is moved by [Origin.Advance]:
//
//	{{ago "3h"}}           a date three hours before Options.Start
//	{{at 2 "5m"}}          five minutes before wave 2
//	{{if wave 2}}…{{end}}  there from wave 2 on
//	{{updated}}            when the feed last changed
//
// Dates count from Options.Start, so that the news is always fresh, and the
// same start gives the same bytes.
//
// # Use
//
//	origin, err := demo.NewOrigin(demo.Options{Start: now, Step: 20 * time.Second})
//	base, err := origin.Listen()
//	defer origin.Close()
//	sources := demo.Sources(base) // into the configuration; let fetch.allow have 127.0.0.0/8
//	for origin.Advance() { … poll, publish … }
package demo

import "time"

// Options says when the demo takes place. The zero value is not usable:
// Start is required.
type Options struct {
	Start      time.Time     // wave 0; the newest item at first is half an hour older
	Step       time.Duration // from one wave to the next; 0: one minute
	RetryAfter time.Duration // what the busy outlet asks for, whole seconds; 0: as long as Step, at least a second
}

// waves is how many states the newsroom has: 0 to waves-1.
const waves = 5

// Waves returns how many waves of news there are, the first included.
func Waves() int { return waves }

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	o.Start = o.Start.UTC()
	if o.Step <= 0 {
		o.Step = time.Minute
	}
	if o.RetryAfter <= 0 {
		o.RetryAfter = o.Step
	}
	// Retry-After counts in seconds, and 0 would be no request to wait at all.
	o.RetryAfter = max(o.RetryAfter, time.Second)
	return o
}

// at returns when a wave comes out.
func (o Options) at(wave int) time.Time { return o.Start.Add(time.Duration(wave) * o.Step) }
