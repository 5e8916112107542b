package fetch

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

func TestS12_WhatIsPublic(t *testing.T) {
	public4 := "1.1.1.1 8.8.8.8 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.0 198.17.0.1 198.20.0.0 223.255.255.255"
	public6 := "2606:4700::1111 2a00:1450:4001:80b::200e 64:ff9b::808:808 2002:808:808::1 ::ffff:8.8.8.8"
	private4 := "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 " +
		"192.0.2.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255"
	private6 := ":: ::1 ::7f00:1 ::808:808 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 " +
		"100::1 2001::1 2001:db8::1 2002:7f00:1::1 2002:a00:1:: 2606:4700::5efe:7f00:1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1"
	g := newGuard(nil)
	for a := range strings.FieldsSeq(public4 + " " + public6) {
		if err := g.check(netip.MustParseAddr(a)); err != nil {
			t.Errorf("check(%s) = %v, want it let through", a, err)
		}
	}
	for a := range strings.FieldsSeq(private4 + " " + private6) {
		if err := g.check(netip.MustParseAddr(a)); !errors.Is(err, ErrPrivateAddress) {
			t.Errorf("check(%s) = %v, want ErrPrivateAddress", a, err)
		}
	}
}

func TestAllowLetsExactlyItsBlocksThrough(t *testing.T) {
	g := newGuard([]netip.Prefix{netip.MustParsePrefix("127.0.0.2/32"), netip.MustParsePrefix("::ffff:10.1.0.0/112"), netip.MustParsePrefix("fd00:1::/32")})
	for a, want := range map[string]bool{
		"127.0.0.2": true, "::ffff:127.0.0.2": true, "127.0.0.1": false, "10.1.2.3": true, "10.2.0.1": false,
		"fd00:1::5": true, "fd00:2::5": false, "64:ff9b::7f00:2": false,
	} {
		if err := g.check(netip.MustParseAddr(a)); (err == nil) != want {
			t.Errorf("check(%s) = %v, want let through: %v", a, err, want)
		}
	}
}

// Whatever way an address is written, what is dialled is what is checked.
func TestS10_S12_PrivateAddressesAreRefusedHoweverWritten(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: rss})
	n := fetchtest.NewNames().
		On("internal.test", "127.0.0.1").On("v6.test", "::1").On("mapped.test", "::ffff:127.0.0.1").On("two.test", "10.0.0.1 127.0.0.1")
	c := newClient(t, func(o *Options) { o.Allow, o.Resolver = nil, n.Resolver() })
	for _, host := range []string{
		"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::]", "0.0.0.0", "[64:ff9b::7f00:1]", "[fe80::1%25lo]",
		"internal.test", "v6.test", "mapped.test", "two.test", "169.254.169.254",
	} {
		url := "http://" + host + ":" + o.Port() + "/feed"
		if _, err := c.Get(t.Context(), Request{URL: url}); !errors.Is(err, ErrPrivateAddress) {
			t.Errorf("Get(%s): %v, want ErrPrivateAddress", url, err)
		}
	}
	// Forms that only some resolvers read are names to ours, and full-width
	// digits are digits; either way nothing private is reached.
	for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "１２７.0.0.1", "①②⑦.⓪.⓪.①"} {
		if _, err := c.Get(t.Context(), Request{URL: "http://" + host + ":" + o.Port() + "/feed"}); err == nil {
			t.Errorf("Get of %s got through", host)
		}
	}
	if n := len(o.Requests()); n != 0 {
		t.Errorf("%d requests reached the inside", n)
	}
}

func TestS10_EveryHopIsGuarded(t *testing.T) {
	inside := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the inside was reached") }))
	defer inside.Close()
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Redirect(301, "/b")).On("/b", fetchtest.Redirect(302, "http://127.0.0.9:80/r"))
	o.On("/meta", fetchtest.Redirect(302, "http://169.254.169.254/latest/meta-data/"))
	c := newClient(t, nil)
	for _, path := range []string{"/a", "/meta"} {
		if _, err := c.Get(t.Context(), Request{URL: o.URL(path)}); !errors.Is(err, ErrPrivateAddress) {
			t.Errorf("Get(%s): %v, want ErrPrivateAddress", path, err)
		}
	}
}

// The name is public when asked first and private when asked again.
func TestS11_RebindingGainsNothing(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: rss, Header: map[string]string{"Connection": "close"}})
	n := fetchtest.NewNames().On("rebind.test", "127.0.0.1", "127.0.0.9")
	c := newClient(t, func(o *Options) { o.Resolver = n.Resolver() })
	r := Request{URL: "http://rebind.test:" + o.Port() + "/feed"}
	get(t, c, r)
	if _, err := c.Get(t.Context(), r); !errors.Is(err, ErrPrivateAddress) {
		t.Errorf("second Get: %v, want ErrPrivateAddress", err)
	}
}

// A connection that is kept belongs to its name: another name does not ride on
// it past the guard.
func TestS11_AKeptConnectionIsNotSharedBetweenNames(t *testing.T) {
	o := fetchtest.NewTLS(t)
	o.On("/feed", fetchtest.Answer{Body: rss})
	n := fetchtest.NewNames().On("example.com", "127.0.0.1").On("www.example.com", "127.0.0.9")
	c := newClient(t, func(opt *Options) { opt.Resolver, opt.RootCAs = n.Resolver(), o.CA() })
	get(t, c, Request{URL: "https://example.com:" + o.Port() + "/feed"})
	_, err := c.Get(t.Context(), Request{URL: "https://www.example.com:" + o.Port() + "/feed"})
	if !errors.Is(err, ErrPrivateAddress) {
		t.Errorf("Get: %v, want ErrPrivateAddress", err)
	}
}

func TestAPrivateAddressBesideAPublicOneIsPassedOver(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: rss})
	n := fetchtest.NewNames().On("both.test", "127.0.0.9 127.0.0.1")
	c := newClient(t, func(o *Options) { o.Resolver = n.Resolver() })
	get(t, c, Request{URL: "http://both.test:" + o.Port() + "/feed"})
}

// A proxy resolves names itself, so they are checked before they go there.
func TestS10_TheGuardStandsInFrontOfAProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		w.Write([]byte(rss))
	}))
	defer proxy.Close()
	n := fetchtest.NewNames().On("news.test", "93.184.215.14").On("internal.test", "10.0.0.1").On("both.test", "93.184.215.14 10.0.0.1")
	c := newClient(t, func(o *Options) { o.Allow, o.Proxy, o.Resolver = nil, proxy.URL, n.Resolver() })
	get(t, c, Request{URL: "http://news.test/feed"})
	for _, host := range []string{
		"internal.test", "both.test", "10.0.0.1", "[::1]", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "１２７.0.0.1", "127.0.0.1.",
	} {
		if _, err := c.Get(t.Context(), Request{URL: "http://" + host + "/"}); !errors.Is(err, ErrPrivateAddress) {
			t.Errorf("Get of %s: %v, want ErrPrivateAddress", host, err)
		}
	}
	if _, err := c.Get(t.Context(), Request{URL: "http://unknown.test/"}); err == nil {
		t.Error("a name that does not resolve went to the proxy")
	}
	if len(asked) != 1 || asked[0] != "http://news.test/feed" {
		t.Errorf("the proxy was asked for %q", asked)
	}
}
