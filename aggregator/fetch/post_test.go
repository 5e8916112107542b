package fetch

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

func TestS14_APostGoesBehindTheSameGuard(t *testing.T) {
	o := fetchtest.New(t)
	bare := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": "", "Cookie": "", "Referer": ""}
	o.On("/hub", fetchtest.Answer{Status: 202, Sees: bare}).On("/no", fetchtest.Answer{Status: 403}).
		On("/away", fetchtest.Redirect(307, "/hub")).On("/silent", fetchtest.Answer{Fault: fetchtest.Silent})
	names := fetchtest.NewNames().On("inside.test", "10.0.0.7")
	c := newClient(t, func(o *Options) { o.Resolver, o.Timeout = names.Resolver(), 200*time.Millisecond })
	form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://a.example/?x=1&y"}}
	if err := c.Post(t.Context(), "http://u:p@127.0.0.1:"+o.Port()+"/hub", "", form); err != nil {
		t.Fatal(err)
	}
	if got := o.Requests()[0]; got.Method != "POST" || got.Body != form.Encode() {
		t.Errorf("the hub saw %s %q", got.Method, got.Body)
	}
	for to, want := range map[string]error{
		"http://inside.test/hub": ErrPrivateAddress, "http://[::1]/hub": ErrPrivateAddress, "file:///etc/passwd": ErrScheme, o.URL("/silent"): ErrTimeout,
	} {
		if err := c.Post(t.Context(), to, "", form); !errors.Is(err, want) {
			t.Errorf("Post to %s: %v, want %v", to, err, want)
		}
	}
	for path, want := range map[string]int{"/no": 403, "/away": 307} {
		err := c.Post(t.Context(), o.URL(path), "", form)
		if se, ok := errors.AsType[*StatusError](err); !ok || se.Code != want {
			t.Errorf("Post to %s: %v, want status %d", path, err, want)
		}
	}
	if n := len(o.Requests("/hub")); n != 1 {
		t.Errorf("the hub was asked %d times: a redirect was followed", n)
	}
}

func TestAPostTakesASlot(t *testing.T) {
	o := fetchtest.New(t).On("/feed", fetchtest.Answer{Body: "x"}).On("/hub", fetchtest.Answer{Status: 202})
	c := newClient(t, func(o *Options) { o.Concurrency = 1 })
	res, err := c.Get(t.Context(), Request{URL: o.URL("/feed")})
	if err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := c.Post(short, o.URL("/hub"), "", nil); !errors.Is(err, context.DeadlineExceeded) || len(o.Requests("/hub")) != 0 {
		t.Errorf("Post beside a document that is read: %v, %d requests", err, len(o.Requests("/hub")))
	}
	res.Release()
	for range 2 { // the slot is given back
		if err := c.Post(t.Context(), o.URL("/hub"), "", nil); err != nil {
			t.Fatal(err)
		}
	}
}
