package hub

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// buckets are one token bucket for each of many names, of which the latest are
// remembered: to be forgotten takes more names than a stranger has addresses.
type buckets struct {
	perMinute int
	all       *lru.Cache[string, *rate.Limiter]
}

// bucketNames is how many names are remembered.
const bucketNames = 1 << 14

func newBuckets(perMinute int) *buckets {
	all, err := lru.New[string, *rate.Limiter](bucketNames)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	return &buckets{perMinute, all}
}

// take reports whether a name may have one more now.
func (b *buckets) take(name string, now time.Time) bool {
	fresh := rate.NewLimiter(rate.Limit(float64(b.perMinute)/60), b.perMinute)
	l, known, _ := b.all.PeekOrAdd(name, fresh)
	if !known {
		l = fresh
	}
	b.all.Get(name) // it is among the latest now
	return l.AllowN(now, 1)
}
