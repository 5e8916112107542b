package fetch

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// Whoever refuses us gets the same request again, never another face.
func TestP34_AChallengeIsNamedAndNotEvaded(t *testing.T) {
	const agent = "rightswire/1.0 (+https://wire.example)"
	same := map[string]string{"User-Agent": agent, "Accept": accept, "Cookie": ""}
	o := fetchtest.New(t)
	o.On("/cf", fetchtest.Answer{Status: 403, Sees: same, Header: map[string]string{"Cf-Mitigated": "challenge", "Set-Cookie": "cf_clearance=1"}},
		fetchtest.Answer{Status: 403, Sees: same}, fetchtest.Answer{Status: 401, Sees: same},
		fetchtest.Answer{Status: 405, Sees: same, Header: map[string]string{"X-Amzn-Waf-Action": "captcha"}})
	c := newClient(t, func(o *Options) { o.UserAgent = agent })
	for _, want := range []string{"status 403, blocked by Cloudflare", "status 403", "status 401", "status 405, blocked by aws-waf"} {
		_, err := c.Get(t.Context(), Request{URL: o.URL("/cf")})
		if se, ok := errors.AsType[*StatusError](err); !ok || se.Error() != want {
			t.Errorf("Get: %v, want %q", err, want)
		}
	}
	if n := len(o.Requests()); n != 4 {
		t.Errorf("four refusals took %d requests", n)
	}
}

func TestP36_WhoDoesNotAnswerIsToldFromWhoRefuses(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/silent", fetchtest.Answer{Fault: fetchtest.Silent}).On("/reset", fetchtest.Answer{Fault: fetchtest.Reset}).
		On("/busy", fetchtest.Answer{Status: 503}).On("/loop", fetchtest.Redirect(302, "/loop")).On("/long", fetchtest.Answer{Body: strings.Repeat("x", 2000)})
	names := fetchtest.NewNames().On("inside.test", "10.0.0.7")
	c := newClient(t, func(o *Options) { o.Resolver, o.Timeout, o.MaxBody = names.Resolver(), 200*time.Millisecond, 1000 })
	for url, want := range map[string]bool{
		"http://nowhere.test/": true, "http://127.0.0.1:1/": true, o.URL("/silent"): true,
		"http://inside.test/": false, "ftp://a.example/": false, o.URL("/reset"): false, o.URL("/busy"): false, o.URL("/loop"): false, o.URL("/long"): false,
	} {
		_, err := c.Get(t.Context(), Request{URL: url})
		if got := Unreachable(err); got != want || err == nil {
			t.Errorf("Unreachable(%v) = %t, want %t", err, got, want)
		}
	}
	if Unreachable(nil) || Unreachable(context.Canceled) {
		t.Error("what is no error of a server counts as one that does not answer")
	}
}

func TestIPv6IsSpoken(t *testing.T) {
	o := fetchtest.NewAt(t, "[::1]:0")
	o.On("/feed", fetchtest.Answer{Body: rss})
	names := fetchtest.NewNames().On("six.test", "::1")
	c := newClient(t, func(o *Options) {
		o.Allow, o.Resolver = []netip.Prefix{netip.MustParsePrefix("::1/128")}, names.Resolver()
	})
	get(t, c, Request{URL: o.URL("/feed")})
	get(t, c, Request{URL: "http://six.test:" + o.Port() + "/feed"})
	if _, err := newClient(t, nil).Get(t.Context(), Request{URL: o.URL("/feed")}); !errors.Is(err, ErrPrivateAddress) {
		t.Errorf("Get without leave: %v, want ErrPrivateAddress", err)
	}
}

// A certificate counts for the name that was asked, not for the one that a
// redirect or an address would make of it.
func TestACertificateIsForTheNameAsked(t *testing.T) {
	o := fetchtest.NewTLS(t)
	o.On("/feed", fetchtest.Answer{Body: rss})
	names := fetchtest.NewNames().On("example.com", "127.0.0.1").On("other.test", "127.0.0.1")
	c := newClient(t, func(opt *Options) { opt.Resolver, opt.RootCAs = names.Resolver(), o.CA() })
	get(t, c, Request{URL: "https://example.com:" + o.Port() + "/feed"})
	if _, err := c.Get(t.Context(), Request{URL: "https://other.test:" + o.Port() + "/feed"}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("Get from a host that its certificate does not name: %v", err)
	}
	if n := len(o.Requests()); n != 1 {
		t.Errorf("%d requests reached the origin, want 1", n)
	}
}
