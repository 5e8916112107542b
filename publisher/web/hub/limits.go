package hub

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
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

// client names who sent a request: an IPv4 address, or the /64 of an IPv6 one.
// Behind a proxy of ours it is who the proxy says; what strangers say further
// to the left in the header does not count.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if a = a.Unmap(); a.IsLoopback() || a.IsPrivate() {
		list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if b, err := netip.ParseAddr(strings.TrimSpace(list[len(list)-1])); err == nil {
			a = b.Unmap()
		}
	}
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
