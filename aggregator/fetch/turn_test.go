package fetch

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// net/http repeats a request by itself when a kept connection is reset, and
// what it repeats is a request like any other.
func TestP21_ARepeatedRequestWaitsForItsTurn(t *testing.T) {
	for _, tt := range []struct {
		name   string
		second []fetchtest.Answer // to the request on the kept connection, and to its repetition
		ok     bool
	}{
		{"the repetition is answered", []fetchtest.Answer{{Fault: fetchtest.Reset}, {Body: rss}}, true},
		{"the repetition is reset too", []fetchtest.Answer{{Fault: fetchtest.Reset}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := fetchtest.New(t)
			o.On("/a", fetchtest.Answer{Body: rss}).On("/b", tt.second...)
			const gap = 80 * time.Millisecond
			c := newClient(t, func(o *Options) { o.Gap, o.Concurrency = gap, 1 })
			get(t, c, Request{URL: o.URL("/a")}).Release()
			res, err := c.Get(t.Context(), Request{URL: o.URL("/b")})
			if (err == nil) != tt.ok {
				t.Errorf("Get = %v, want success %v", err, tt.ok)
			}
			res.Release()
			seen := o.Requests()
			if len(seen) != 3 {
				t.Fatalf("%d requests, want 3: the reset connection was a kept one", len(seen))
			}
			for i := 1; i < len(seen); i++ {
				if d := seen[i].At.Sub(seen[i-1].At); d < gap {
					t.Errorf("request %d came %v after the one before, want %v at least", i, d, gap)
				}
			}
			if len(c.slots) != 0 {
				t.Errorf("%d slots are held after the end", len(c.slots))
			}
		})
	}
}

// A repetition whose turn does not come in time ends, and holds nothing.
func TestARepeatedRequestGivesUp(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Answer{Body: rss}).On("/b", fetchtest.Answer{Fault: fetchtest.Reset})
	c := newClient(t, func(o *Options) { o.Gap, o.Concurrency = time.Second, 1 })
	get(t, c, Request{URL: o.URL("/a")}).Release()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for len(o.Requests()) < 2 && t.Context().Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel() // while the repeated request waits for its turn, a second long
	}()
	if _, err := c.Get(ctx, Request{URL: o.URL("/b")}); !errors.Is(err, context.Canceled) {
		t.Errorf("Get = %v, want the context's error", err)
	}
	if n := len(o.Requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
	if len(c.slots) != 0 {
		t.Errorf("%d slots are held after the end", len(c.slots))
	}
	get(t, c, Request{URL: o.URL("/a")}).Release() // the key's turn was given back
}

// sharedTurns notes the turns that are taken and given back.
type sharedTurns struct {
	said  []string
	err   error
	fails int    // the how manieth gets an error; 0: none does
	taken func() // told of each; nil: nobody
}

func (s *sharedTurns) Take(_ context.Context, key string) (func(), error) {
	s.said = append(s.said, "take "+key)
	if s.taken != nil {
		s.taken()
	}
	if s.fails--; s.fails == 0 {
		return nil, errors.New("no database")
	}
	return func() { s.said = append(s.said, "give "+key) }, s.err
}

// A repetition that cannot ask whose turn it is is not sent, and holds nothing.
func TestP21_ARepeatedRequestWithoutATurnIsNotSent(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Answer{Body: rss}).On("/b", fetchtest.Answer{Fault: fetchtest.Reset}, fetchtest.Answer{Body: rss})
	turns := &sharedTurns{fails: 3}
	c := newClient(t, func(o *Options) { o.Turns, o.Concurrency = turns, 1 })
	get(t, c, Request{URL: o.URL("/a")}).Release()
	res, err := c.Get(t.Context(), Request{URL: o.URL("/b")})
	if !errors.Is(err, ErrTurns) || errors.Is(err, ErrUnasked) {
		t.Errorf("Get = %v, want ErrTurns, and not that nobody was asked", err)
	}
	if n := len(o.Requests()); n != 2 {
		t.Errorf("%d requests, want 2: the repetition had no turn", n)
	}
	res.Release()
	if len(c.slots) != 0 {
		t.Errorf("%d slots are held after the end", len(c.slots))
	}
	get(t, c, Request{URL: o.URL("/b")}).Release()
}

// A turn among all machines ends by itself: what waits for a slot has none yet.
func TestTheTurnAmongMachinesComesLast(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Answer{Body: rss})
	turns := &sharedTurns{}
	c := newClient(t, func(o *Options) { o.Turns, o.Concurrency = turns, 1 })
	turns.taken = func() {
		if len(c.slots) != 1 {
			t.Error("the turn was taken without a slot")
		}
	}
	get(t, c, Request{URL: o.URL("/a")}).Release()
}

// Where other machines ask the same hosts, each request has a turn among all,
// those to other hosts that a redirect leads to included.
func TestP21_EachRequestTakesItsTurnAmongMachines(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Answer{Status: 302, Header: map[string]string{"Location": "http://b.test:" + o.Port() + "/b"}}).On("/b", fetchtest.Answer{Body: rss})
	turns := &sharedTurns{}
	names := fetchtest.NewNames().On("a.test", "127.0.0.1").On("b.test", "127.0.0.1")
	c := newClient(t, func(o *Options) { o.Turns, o.Resolver = turns, names.Resolver() })
	get(t, c, Request{URL: "http://a.test:" + o.Port() + "/a"}).Release()
	if got, want := strings.Join(turns.said, ", "), "take a.test, give a.test, take b.test, give b.test"; got != want {
		t.Errorf("turns: %s, want %s", got, want)
	}
	turns.err = errors.New("no database")
	_, err := c.Get(t.Context(), Request{URL: o.URL("/b")})
	if !errors.Is(err, ErrTurns) || !errors.Is(err, ErrUnasked) || !errors.Is(err, turns.err) || Unreachable(err) {
		t.Errorf("Get = %v, want ErrTurns with its cause", err)
	}
	if len(c.slots) != 0 {
		t.Errorf("%d slots are held after the end", len(c.slots))
	}
}
