package fetch

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const rss = `<?xml version="1.0"?><rss version="2.0"><channel><title>Strikes</title><item><title>One</title></item></channel></rss>`

// loopback lets the tests' servers through.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// newClient returns a client that may talk to the tests' servers.
func newClient(t testing.TB, edit func(*Options)) *Client {
	t.Helper()
	o := Options{Allow: loopback, Timeout: 5 * time.Second}
	if edit != nil {
		edit(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// get returns a document that has given its place back, body and all.
func get(t testing.TB, c *Client, r Request) *Response {
	t.Helper()
	res, err := c.Get(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	body := res.Body
	res.Release()
	res.Body = body
	return res
}

func TestP01_P02_P03_ValidatorsGoBackByteForByte(t *testing.T) {
	o := fetchtest.New(t)
	const etag, modified = `W/"a b\"ü,=="`, "Tue, 4 Mar 2025 05:06:07 +0100"
	o.On("/feed", fetchtest.Answer{Body: rss, ETag: etag, LastModified: modified})
	c := newClient(t, nil)

	res := get(t, c, Request{URL: o.URL("/feed")})
	if res.Status != 200 || string(res.Body) != rss || res.ETag != etag || res.LastModified != modified {
		t.Fatalf("first Get = %d, %q, %q, %q", res.Status, res.Body, res.ETag, res.LastModified)
	}
	res = get(t, c, Request{URL: o.URL("/feed"), ETag: res.ETag, LastModified: res.LastModified})
	if res.Status != 304 || res.Body != nil {
		t.Errorf("second Get = %d, body %q, want 304 without body", res.Status, res.Body)
	}
	h := o.Requests()[1].Header
	if got := h.Get("If-None-Match"); got != etag {
		t.Errorf("If-None-Match = %q, want %q", got, etag)
	}
	if got := h.Get("If-Modified-Since"); got != modified {
		t.Errorf("If-Modified-Since = %q, want %q", got, modified)
	}
	if h := o.Requests()[0].Header; h.Get("If-None-Match")+h.Get("If-Modified-Since") != "" {
		t.Errorf("the first request was conditional: %v", h)
	}
}

func TestP04_AValidatorThatIsGoneIsForgotten(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: rss, LastModified: "x"})
	res := get(t, newClient(t, nil), Request{URL: o.URL("/feed"), ETag: `"old"`, LastModified: "y"})
	if res.Status != 200 || res.ETag != "" || res.LastModified != "x" {
		t.Errorf("Get = %d, ETag %q, Last-Modified %q, want 200, none, x", res.Status, res.ETag, res.LastModified)
	}
}

func TestP05_A304BringsItsOwnHeaders(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/new", fetchtest.Answer{Status: 304, ETag: `"2"`, Header: map[string]string{"Cache-Control": "max-age=600"}})
	o.On("/bare", fetchtest.Answer{Status: 304})
	c := newClient(t, nil)
	res := get(t, c, Request{URL: o.URL("/new"), ETag: `"1"`, LastModified: "y"})
	if res.ETag != `"2"` || res.LastModified != "y" || res.Fresh != 10*time.Minute {
		t.Errorf("304 = ETag %q, Last-Modified %q, fresh %v; want \"2\", y, 10m", res.ETag, res.LastModified, res.Fresh)
	}
	res = get(t, c, Request{URL: o.URL("/bare"), ETag: `"1"`})
	if res.ETag != `"1"` {
		t.Errorf("bare 304: ETag = %q, want the one that was confirmed", res.ETag)
	}
}

func TestS28_A304ThatWasNotAskedForIsAnError(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Status: 304})
	_, err := newClient(t, nil).Get(t.Context(), Request{URL: o.URL("/feed")})
	var se *StatusError
	if !errors.As(err, &se) || se.Code != 304 {
		t.Errorf("Get: %v, want status 304", err)
	}
}

func TestP37_P38_HowARequestLooks(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Answer{Status: 302, Header: map[string]string{"Location": "/feed", "Set-Cookie": "id=1"}})
	o.On("/feed", fetchtest.Answer{Body: rss, Header: map[string]string{"Set-Cookie": "id=2"}})
	c := newClient(t, func(o *Options) { o.UserAgent = "rightswire/1.0 (+mailto:desk@example.org)" })
	res := get(t, c, Request{URL: o.URL("/a"), Header: map[string]string{"x-key": "k"}})
	if res.Header.Get("Set-Cookie") != "" {
		t.Errorf("the response hands on a cookie: %v", res.Header)
	}
	get(t, c, Request{URL: o.URL("/feed")})
	for _, s := range o.Requests("/feed") {
		for name, want := range map[string]string{
			"User-Agent": "rightswire/1.0 (+mailto:desk@example.org)", "Accept": accept,
			"Accept-Encoding": "gzip, br, zstd, deflate", "Cookie": "", "Referer": "", "A-Im": "",
		} {
			if got := s.Header.Get(name); got != want {
				t.Errorf("%s = %q, want %q", name, got, want)
			}
		}
	}
	if got := o.Requests("/feed")[0].Header.Get("X-Key"); got != "k" {
		t.Errorf("the source's header did not go along on its own host: %q", got)
	}
}

func TestP45_ADeltaIsTakenOnlyAsAsked(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Status: 226, Body: fetchtest.Gzip(rss), ETag: `"2"`, Header: map[string]string{"IM": "feed, gzip"}})
	o.On("/diff", fetchtest.Answer{Status: 226, Body: rss, Header: map[string]string{"IM": "diffe"}})
	c := newClient(t, nil)
	res := get(t, c, Request{URL: o.URL("/feed"), ETag: `"1"`})
	if res.Status != 226 || string(res.Body) != rss || res.ETag != `"2"` {
		t.Errorf("Get = %d, %q, ETag %q", res.Status, res.Body, res.ETag)
	}
	if got := o.Requests()[0].Header.Get("A-IM"); got != "feed, gzip" {
		t.Errorf("A-IM = %q", got)
	}
	for _, r := range []Request{{URL: o.URL("/feed")}, {URL: o.URL("/diff"), ETag: `"1"`}} {
		var se *StatusError
		if _, err := c.Get(t.Context(), r); !errors.As(err, &se) || se.Code != 226 {
			t.Errorf("Get(%+v): %v, want status 226", r, err)
		}
	}
}

func TestStatusErrorReadsWell(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/503", fetchtest.Answer{Status: 503, Body: "busy", Header: map[string]string{"Retry-After": "120"}})
	o.On("/cf", fetchtest.Answer{Status: 403, Header: map[string]string{"Cf-Mitigated": "challenge"}})
	c := newClient(t, nil)
	_, err := c.Get(t.Context(), Request{URL: o.URL("/503?token=s3cret")})
	if got, want := err.Error(), "get "+o.URL("/503?token=xxxxx")+": status 503"; got != want {
		t.Errorf("error = %q, want %q", got, want)
	}
	var se *StatusError
	if !errors.As(err, &se) || se.RetryAfter != 2*time.Minute {
		t.Errorf("error = %#v, want a Retry-After of 2m", se)
	}
	_, err = c.Get(t.Context(), Request{URL: o.URL("/cf")}) // P34
	if got, want := err.Error(), "get "+o.URL("/cf")+": status 403, blocked by Cloudflare"; got != want {
		t.Errorf("error = %q, want %q", got, want)
	}
}

func TestP44_S20_OneDeadlineForTheWholeExchange(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/silent", fetchtest.Answer{Fault: fetchtest.Silent})
	o.On("/drip", fetchtest.Answer{Fault: fetchtest.Drip, Body: rss})
	slow := func(to string) fetchtest.Answer {
		a := fetchtest.Redirect(302, to)
		a.Delay = 120 * time.Millisecond
		return a
	}
	o.On("/1", slow("/2")).On("/2", slow("/3")).On("/3", slow("/4")).On("/4", slow("/5"))
	c := newClient(t, func(o *Options) { o.Timeout = 300 * time.Millisecond })
	for path, slow := range map[string]bool{"/silent": false, "/drip": true, "/1": false} {
		_, err := c.Get(t.Context(), Request{URL: o.URL(path)})
		if !errors.Is(err, ErrTimeout) || errors.Is(err, ErrSlow) != slow || Unreachable(err) == slow {
			t.Errorf("Get(%s): %v, want ErrTimeout, and that it is somebody who answered slowly to be %v", path, err, slow)
		}
	}
	if n := len(o.Requests("/4")); n > 0 {
		t.Errorf("the fourth hop was asked %d times after the deadline", n)
	}
}

func TestCancellingEndsASlowBody(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/drip", fetchtest.Answer{Fault: fetchtest.Drip, Body: rss})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		o.Await(1)
		cancel()
	}()
	_, err := newClient(t, nil).Get(ctx, Request{URL: o.URL("/drip")})
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrTimeout) {
		t.Errorf("Get: %v, want context.Canceled", err)
	}
}

func TestS20_HeadersAreBounded(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: rss, Header: map[string]string{"X-Long": strings.Repeat("x", 200<<10)}})
	if _, err := newClient(t, nil).Get(t.Context(), Request{URL: o.URL("/feed")}); err == nil {
		t.Error("Get took 200 KiB of headers")
	}
}

func TestS20_InformationalResponsesAreBounded(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "<"+strings.Repeat("x", 1000)+">")
		for r.Context().Err() == nil {
			w.WriteHeader(http.StatusEarlyHints)
		}
	}))
	defer srv.Close()
	_, err := newClient(t, nil).Get(t.Context(), Request{URL: srv.URL})
	if err == nil || errors.Is(err, ErrTimeout) {
		t.Errorf("Get: %v, want an end before the deadline", err)
	}
}

// A status line that is none comes back in the error, quoted and short.
func TestS32_ErrorsAndLogsAreShortAndClean(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 4096)) // unread, closing would reset the connection
			io.WriteString(conn, "HTTP/1.1 \x1b[31mFAKE"+strings.Repeat("x", 5000)+"\r\n\r\n")
			conn.Close()
		}
	}()
	var log strings.Builder
	c := newClient(t, func(o *Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	_, err = c.Get(t.Context(), Request{URL: "http://desk:s3cret@" + l.Addr().String() + "/?token=t0ken"})
	if err == nil || !strings.Contains(err.Error(), "FAKE") {
		t.Fatalf("Get: %v, want an error that quotes the status line", err)
	}
	for _, text := range []string{err.Error(), log.String()} {
		if len(text) > 800 || strings.ContainsAny(text, "\x1b") || strings.Contains(text, "s3cret") || strings.Contains(text, "t0ken") {
			t.Errorf("written down: %q", text)
		}
	}
	if !strings.Contains(log.String(), `msg="url asked"`) {
		t.Errorf("log = %q", log.String())
	}
}

func TestHTTP2IsSpokenWhereOffered(t *testing.T) {
	o := fetchtest.NewTLS(t)
	o.On("/feed", fetchtest.Answer{Body: rss})
	c := newClient(t, func(opt *Options) { opt.RootCAs = o.CA() })
	get(t, c, Request{URL: o.URL("/feed")})
	if got := o.Requests()[0].Proto; got != "HTTP/2.0" {
		t.Errorf("protocol = %s, want HTTP/2.0", got)
	}
	if _, err := newClient(t, nil).Get(t.Context(), Request{URL: o.URL("/feed")}); err == nil {
		t.Error("Get trusted a certificate that nobody vouches for")
	}
}

func TestNewRefusesOptionsThatCannotWork(t *testing.T) {
	for _, o := range []Options{
		{UserAgent: "a\r\nX: y"}, {Timeout: -1}, {Gap: -1}, {MaxBody: -1}, {Connections: -1},
		{Proxy: "::"}, {Proxy: "ftp://proxy.example"}, {Proxy: "localhost:3128"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("New(%+v) took it", o)
		}
	}
}
