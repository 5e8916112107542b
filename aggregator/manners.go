package aggregator

import (
	"time"
)

// Manners are the numbers of the rules that look at more than one request. A
// rule whose number is 0 is off.
type Manners struct {
	// Gap is what the Fetcher keeps between two requests to a politeness key
	// (P21): how long the next poll of one need not be tried.
	Gap time.Duration
	// Pause is how long a politeness key is left alone after two of its
	// addresses answered 429 or 503 within that time of each other (P19).
	Pause time.Duration
	// Burst is how many sources may be due at once when a daemon starts. More
	// are spread over the time of [schedule.Policy.First] (P26).
	Burst int
	// Unconditional is how long nothing but 304 is believed. Then a document is
	// asked for without conditions (P06).
	Unconditional time.Duration
	// MoveSeen and MoveFor are how often, and over how long, a permanent
	// redirect has to be seen before it is learned (P27).
	MoveSeen int
	MoveFor  time.Duration
	// Outage is how many politeness keys in a row, without an answer from
	// anybody in between, mean that our own network is down (P36).
	Outage int
	// ArchivePages is how many older pages of a feed are read when it is read
	// for the first time (P47).
	ArchivePages int
	// Sitemaps is how many of the sitemaps that an index names are read at one
	// poll, the newest.
	Sitemaps int
}

// DefaultManners returns the numbers that the fetching rules name.
func DefaultManners() Manners {
	const day = 24 * time.Hour
	return Manners{
		Gap: 2 * time.Second, Pause: time.Hour, Burst: 64, Unconditional: 7 * day, MoveSeen: 3, MoveFor: 7 * day, Outage: 5,
		ArchivePages: 5, Sitemaps: 3,
	}
}
