package fetch

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

func TestP27_P28_OnlyAnUnbrokenRowIsPermanent(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: rss})
	o.On("/301", fetchtest.Redirect(301, "/feed#top")).On("/308", fetchtest.Redirect(308, "/301"))
	o.On("/302", fetchtest.Redirect(302, "/301")).On("/303", fetchtest.Redirect(303, "/feed")).On("/307", fetchtest.Redirect(307, "/feed"))
	o.On("/mixed", fetchtest.Redirect(301, "/303"))
	c := newClient(t, nil)
	for path, want := range map[string]string{
		"/feed": "", "/301": o.URL("/feed"), "/308": o.URL("/feed"), "/302": "", "/303": "", "/307": "", "/mixed": o.URL("/303"),
	} {
		res := get(t, c, Request{URL: o.URL(path)})
		if res.Permanent != want || res.URL != o.URL("/feed") {
			t.Errorf("Get(%s) = permanent %q at %q, want %q at /feed", path, res.Permanent, res.URL, want)
		}
	}
	res := get(t, c, Request{URL: o.URL("/mixed")})
	want := []Hop{{301, o.URL("/mixed"), o.URL("/303")}, {303, o.URL("/303"), o.URL("/feed")}}
	if diff := cmp.Diff(want, res.Hops); diff != "" {
		t.Errorf("Hops (-want +got):\n%s", diff)
	}
}

func TestP30_ChainsThatAreNotFollowed(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Redirect(302, "/b")).On("/b", fetchtest.Redirect(302, "/a")).On("/self", fetchtest.Redirect(302, ""))
	o.On("/self", fetchtest.Redirect(301, "/self#x"))
	for i := range 8 {
		n := string(rune('0' + i))
		o.On("/"+n, fetchtest.Redirect(302, "/"+string(rune('1'+i))))
	}
	o.On("/8", fetchtest.Answer{Body: rss})
	o.On("/file", fetchtest.Redirect(302, "file:///etc/passwd"))
	o.On("/opaque", fetchtest.Redirect(302, "http:127.0.0.1"))
	o.On("/script", fetchtest.Redirect(302, "javascript://a.example/%0aalert(1)"))
	o.On("/none", fetchtest.Answer{Status: 302})
	c := newClient(t, nil)
	for path, want := range map[string]error{
		"/a": ErrRedirectLoop, "/self": ErrRedirectLoop, "/0": ErrTooManyRedirects, "/2": ErrTooManyRedirects,
		"/file": ErrScheme, "/opaque": ErrScheme, "/script": ErrScheme,
	} {
		if _, err := c.Get(t.Context(), Request{URL: o.URL(path)}); !errors.Is(err, want) {
			t.Errorf("Get(%s): %v, want %v", path, err, want)
		}
	}
	get(t, c, Request{URL: o.URL("/3")}) // five hops are followed
	var se *StatusError
	if _, err := c.Get(t.Context(), Request{URL: o.URL("/none")}); !errors.As(err, &se) || se.Code != 302 {
		t.Errorf("Get(/none): %v, want status 302", err)
	}
	for limit, want := range map[int]error{-1: ErrTooManyRedirects, 2: ErrTooManyRedirects, 3: nil} {
		c := newClient(t, func(o *Options) { o.MaxRedirects = limit })
		res, err := c.Get(t.Context(), Request{URL: o.URL("/5")})
		if res.Release(); !errors.Is(err, want) {
			t.Errorf("Get(/5), three hops of at most %d: %v, want %v", limit, err, want)
		}
	}
	if n := len(o.Requests("/a", "/b")); n != 2 {
		t.Errorf("the loop was asked %d times, want 2", n)
	}
}

func TestP30_HTTPSDoesNotBecomeHTTP(t *testing.T) {
	plain, tls := fetchtest.New(t), fetchtest.NewTLS(t)
	plain.On("/feed", fetchtest.Answer{Body: rss}).On("/up", fetchtest.Redirect(301, tls.URL("/feed")))
	tls.On("/down", fetchtest.Redirect(301, plain.URL("/feed"))).On("/feed", fetchtest.Answer{Body: rss})
	c := newClient(t, func(o *Options) { o.RootCAs = tls.CA() })
	if _, err := c.Get(t.Context(), Request{URL: tls.URL("/down")}); !errors.Is(err, ErrDowngrade) {
		t.Errorf("Get: %v, want ErrDowngrade", err)
	}
	get(t, c, Request{URL: plain.URL("/up")})
	c = newClient(t, func(o *Options) { o.RootCAs, o.Downgrade = tls.CA(), true })
	get(t, c, Request{URL: tls.URL("/down")})
}

func TestP31_S15_SecretsStayAtTheirOrigin(t *testing.T) {
	a, b := fetchtest.New(t), fetchtest.New(t)
	a.On("/feed", fetchtest.Redirect(302, "/same")).On("/same", fetchtest.Redirect(302, b.URL("/there"))).On("/back", fetchtest.Answer{Body: rss})
	b.On("/there", fetchtest.Redirect(302, strings.Replace(a.URL("/back"), "http://", "http://mallory:x@", 1)))
	c := newClient(t, nil)
	secret := strings.Replace(a.URL("/feed"), "http://", "http://desk:s3cret@", 1)
	res := get(t, c, Request{URL: secret, Header: map[string]string{"X-Api-Key": "k3y"}, ETag: `"1"`})

	want := map[string]bool{"/feed": true, "/same": true, "/there": false, "/back": false}
	for _, s := range append(a.Requests(), b.Requests()...) {
		user, pass, _ := (&http.Request{Header: s.Header}).BasicAuth()
		got := user == "desk" && pass == "s3cret" && s.Header.Get("X-Api-Key") == "k3y"
		none := s.Header.Get("Authorization")+s.Header.Get("X-Api-Key")+s.Header.Get("Referer") == ""
		if got != want[s.Path] || none == want[s.Path] {
			t.Errorf("%s was sent %v", s.Path, s.Header)
		}
	}
	all := res.URL + res.Permanent
	for _, h := range res.Hops {
		all += h.From + h.To
	}
	if strings.Contains(all, "s3cret") || strings.Contains(all, "mallory") {
		t.Errorf("the response repeats credentials: %s", all)
	}
	a.On("/feed", fetchtest.Answer{Status: 500})
	_, err := c.Get(t.Context(), Request{URL: secret})
	var se *StatusError
	if !errors.As(err, &se) || strings.Contains(err.Error()+se.URL, "s3cret") {
		t.Errorf("the error repeats credentials: %v", err)
	}
	if _, err := c.Get(t.Context(), Request{URL: "http://u:s3cret@a b/"}); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("the error of a broken URL repeats credentials: %v", err)
	}
}

func TestP31_S15_SecretsOfHomeStayAtItsOrigin(t *testing.T) {
	a, b := fetchtest.New(t), fetchtest.New(t)
	a.On("/older", fetchtest.Answer{Body: rss})
	b.On("/older", fetchtest.Answer{Body: rss})
	c := newClient(t, nil)
	home := strings.Replace(a.URL("/feed"), "http://", "http://desk:s3cret@", 1)
	for _, u := range []string{a.URL("/older"), b.URL("/older"), strings.Replace(b.URL("/older"), "http://", "http://mallory:x@", 1)} {
		get(t, c, Request{URL: u, Home: home, Header: map[string]string{"X-Api-Key": "k3y"}}).Release()
	}
	if h := a.Requests()[0].Header; h.Get("X-Api-Key") != "k3y" || h.Get("Authorization") == "" {
		t.Errorf("at home was sent %v, want key and credentials", h)
	}
	for _, s := range b.Requests() {
		if s.Header.Get("X-Api-Key")+s.Header.Get("Authorization") != "" {
			t.Errorf("elsewhere was sent %v, want no secret", s.Header)
		}
	}
}

func TestASloppyLocationIsEscaped(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Redirect(302, "/fé ed?q=é b&x=%20+")).On("/fé ed", fetchtest.Answer{Body: rss})
	res := get(t, newClient(t, nil), Request{URL: o.URL("/a")})
	if want := "/f%C3%A9%20ed?q=%C3%A9%20b&x=%20+"; o.Requests()[1].Path != want || res.URL != o.URL(want) {
		t.Errorf("asked for %q, said %q; want %q", o.Requests()[1].Path, res.URL, want)
	}
}

func TestRequestsThatAreNotMade(t *testing.T) {
	c := newClient(t, nil)
	for _, u := range []string{"", "feed", "//a.example/", "ftp://a.example/", "file:///etc/passwd", "http:///x", "http:a.example", "http://a.example:x/", "http://a\r\nb/"} {
		if _, err := c.Get(t.Context(), Request{URL: u}); !errors.Is(err, ErrScheme) {
			t.Errorf("Get(%q): %v, want ErrScheme", u, err)
		}
	}
	for _, h := range []string{"Host", "accept-encoding", "If-None-Match", "Transfer-Encoding"} {
		if _, err := c.Get(t.Context(), Request{URL: "http://127.0.0.1:1/", Header: map[string]string{h: "x"}}); err == nil || !strings.Contains(err.Error(), "header") {
			t.Errorf("Get with a %s of its own: %v", h, err)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/f?x=1&token=abc&API_KEY=d": "https://a.example/f?x=1&token=xxxxx&API_KEY=xxxxx",
		"https://u:p@a.example/f#frag":                "https://a.example/f",
		"https://a.example/f?key=&page=2":             "https://a.example/f?key=&page=2",
		"http://a.example/\x1b[31m":                   "invalid URL",
		"https://A.example:80/f_1//../x-2.xml":        "https://A.example:80/f_1//../x-2.xml",
		"http://a.example/%":                          "invalid URL",
		"http://a.example:x/":                         "invalid URL",
		"http://a.example/f#":                         "http://a.example/f",
		"http://a.example/é x":                        "http://a.example/%C3%A9%20x",
		"http://a.example/?q=a b\"\u202e\u009b":       "http://a.example/?q=a%20b%22%E2%80%AE%C2%9B",
	} {
		if got := Redact(in); got != want {
			t.Errorf("Redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestKey(t *testing.T) {
	for in, want := range map[string]string{
		"https://feeds.bbc.co.uk/news":    "bbc.co.uk",
		"https://WWW.Example.ORG./x":      "example.org",
		"http://a.github.io/f":            "a.github.io",
		"http://github.io/f":              "github.io",
		"http://127.0.0.2:8080/x":         "127.0.0.2",
		"http://[::ffff:10.0.0.1]/":       "10.0.0.1",
		"http://[2001:db8::1]:80/":        "2001:db8::1",
		"http://localhost:1/":             "localhost",
		"https://feeds.bücher.example/":   "xn--bcher-kva.example",
		"https://user:p@news.un.org/feed": "un.org",
		"::":                              "",
		"":                                "",
	} {
		if got := Key(in); got != want {
			t.Errorf("Key(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever a Location says, what is followed is an absolute http or https URL
// without credentials, fragment or control characters.
func FuzzLocation(f *testing.F) {
	for _, s := range []string{"/x", "//b.example/y", "http://u:p@b.example/#f", "file:///etc/passwd", "javascript:alert(1)", "http://\\b.example", "?q=1\r\nX: y", "HTTP://B.EXAMPLE:99999/%zz", "http://[::1]/", "//0:00:"} {
		f.Add(s)
	}
	base, err := url.Parse("https://a.example/dir/feed?x=1")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, location string) {
		u, err := target(base, location)
		if err != nil {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || checkScheme(again) != nil || again.User != nil || again.Fragment != "" || !headerSafe(u.String(), 1<<20) {
			t.Errorf("target(%q) = %q (%v)", location, u, err)
		}
		if strings.ContainsAny(u.RequestURI(), " \t\r\n") {
			t.Errorf("target(%q) asks for %q", location, u.RequestURI())
		}
		if u.Hostname() != again.Hostname() {
			t.Errorf("target(%q): host %q reads back as %q", location, u.Hostname(), again.Hostname())
		}
	})
}

// What is shown as it is would have been shown so by the longer way.
func TestPlainURLsAreShownAsTheyAre(t *testing.T) {
	start := rapid.SampledFrom([]string{"http://a.example", "https://A.b-c:80", "http://a:", "http://a:x", "http://", "https://u:p@a", "HTTP://a", "ftp://a", "http://[::1]", ""})
	piece := rapid.SampledFrom([]string{"/", "//", "..", "f_1", "-", "~", "%41", "%", "?", "token=x", "&", "#", "@", ":", " ", "é", "\x1b"})
	rapid.Check(t, func(t *rapid.T) {
		in := start.Draw(t, "start") + strings.Join(rapid.SliceOfN(piece, 0, 5).Draw(t, "pieces"), "")
		want := "invalid URL"
		if u, err := url.Parse(in); err == nil {
			want = redact(bare(u))
		}
		if got := Redact(in); got != want {
			t.Fatalf("Redact(%q) = %q, want %q", in, got, want)
		}
	})
}
