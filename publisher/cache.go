package publisher

import (
	"strconv"
	"time"
)

// CacheControl is what is said to caches about a file of the site, wherever it
// is served from: for how long they may answer without asking, and, by RFC
// 5861, that a reader may show what it has while it asks, and for a day if
// nobody answers (F15). 0 is 5 minutes.
func CacheControl(maxAge time.Duration) string {
	if maxAge <= 0 {
		maxAge = 5 * time.Minute
	}
	age := strconv.Itoa(int(maxAge / time.Second))
	return "public, max-age=" + age + ", stale-while-revalidate=" + age + ", stale-if-error=86400"
}
