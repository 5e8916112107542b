package feed

import (
	"time"
)

// oldest is the earliest date that is believed: feeds that know no date send
// the beginning of time.
var oldest = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)

// Dates returns when an entry was published and last changed, as it is stored
// and sorted by. What the feed claims is believed unless it lies before 1970
// or after the moment at which the entry was first seen; firstSeen stands in
// then, and for an entry without a date. So nothing from the future floats on
// top of the wire and an undated entry stays where it is for ever (S24).
// claimed is the feed's own text where it was not believed, else "".
func (e Entry) Dates(now, firstSeen time.Time) (published, updated time.Time, claimed string) {
	if firstSeen.IsZero() || firstSeen.After(now) {
		firstSeen = now
	}
	firstSeen = firstSeen.UTC()
	published = e.Published
	if published.Before(oldest) || published.After(firstSeen) {
		published = firstSeen
		claimed = e.DateText
	}
	updated = e.Updated
	if updated.Before(published) || updated.After(now) {
		updated = published
	}
	return published, updated, claimed
}
