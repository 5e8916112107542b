package demo

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func newOrigin(t *testing.T) *Origin {
	t.Helper()
	o, err := NewOrigin(opts)
	if err != nil {
		t.Fatalf("NewOrigin = %v", err)
	}
	return o
}

// ask sends one request to an origin; headers come in pairs.
func ask(t *testing.T, h http.Handler, method, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOriginAnswersAsScripted(t *testing.T) {
	tests := []struct {
		name, path  string
		wave        int
		status      int
		header, has string
	}{
		{"a feed is served as what it is", "/the-lantern/feed", 0, 200, "Content-Type", "application/feed+json"},
		{"a header may name the encoding", "/roudou-tsuushin/feed", 0, 200, "Content-Type", "application/rdf+xml; charset=Shift_JIS"},
		{"or leave it to the document", "/rabochiy-listok/feed", 0, 200, "Content-Type", "text/xml"},
		{"the desk that moved says where to", "/quarry-report/old-address.xml", 0, 301, "Location", "/quarry-report/feed"},
		{"the busy one asks for patience", "/tide-line/feed", 0, 429, "Retry-After", "60"},
		{"and once more", "/tide-line/feed", 1, 429, "Retry-After", "60"},
		{"and then has time", "/tide-line/feed", 2, 200, "Content-Type", "application/rss+xml; charset=utf-8"},
		{"the one that is gone stays gone", "/foundry-bulletin/feed", 4, 410, "Content-Type", "text/plain; charset=utf-8"},
		{"a login page is no feed", "/civic-portal/feed", 0, 200, "Content-Type", "text/html; charset=utf-8"},
		{"there is nothing else", "/etc/passwd", 0, 404, "", ""},
	}
	o := newOrigin(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o.SetWave(tt.wave)
			r := ask(t, o, "GET", tt.path)
			if r.StatusCode != tt.status || (tt.header != "" && r.Header.Get(tt.header) != tt.has) {
				t.Errorf("GET %s = %d with %s %q, want %d with %q", tt.path, r.StatusCode, tt.header, r.Header.Get(tt.header), tt.status, tt.has)
			}
		})
	}
	if r := ask(t, o, "POST", "/the-lantern/feed"); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST = %d, want 405", r.StatusCode)
	}
}

func TestOriginAnswersConditionalRequests(t *testing.T) {
	o := newOrigin(t)
	const feed = "/voz-del-taller/feed"
	first := ask(t, o, "GET", feed)
	etag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
	if etag == "" || modified == "" {
		t.Fatalf("GET = ETag %q, Last-Modified %q, want both", etag, modified)
	}
	for _, cond := range [][]string{{"If-None-Match", etag}, {"If-Modified-Since", modified}} {
		if r := ask(t, o, "GET", feed, cond...); r.StatusCode != http.StatusNotModified || body(t, r) != "" {
			t.Errorf("GET with %q = %d, want 304 without a body", cond, r.StatusCode)
		}
	}
	o.SetWave(1) // this outlet has news in wave 1
	for _, cond := range [][]string{{"If-None-Match", etag}, {"If-Modified-Since", modified}} {
		if r := ask(t, o, "GET", feed, cond...); r.StatusCode != http.StatusOK {
			t.Errorf("GET with %q after wave 1 = %d, want 200", cond, r.StatusCode)
		}
	}
	second := ask(t, o, "GET", feed).Header.Get("ETag")
	o.SetWave(2) // and none in wave 2
	if r := ask(t, o, "GET", feed, "If-None-Match", second); r.StatusCode != http.StatusNotModified {
		t.Errorf("GET in a wave without news = %d, want 304", r.StatusCode)
	}
}

func TestWavesChangeWhatTheySay(t *testing.T) {
	tests := []struct {
		outlet string
		waves  []int // in which the feed changes
	}{
		{"meridian-wire", []int{1, 2}}, {"harbour-dispatch", []int{2, 3}}, {"the-lantern", []int{1}}, {"valley-post", []int{3}},
		{"open-border-watch", []int{1}}, {"border-kitchen", nil}, {"quarry-report", []int{4}}, {"tide-line", nil},
		{"voz-del-taller", []int{1}}, {"cronica-andina", []int{2}}, {"le-quai", []int{1}}, {"droits-et-faits", []int{3}},
		{"folha-do-porto", []int{2}}, {"werkbank", []int{4}}, {"sawt-al-ummal", []int{1}}, {"al-jisr", []int{3}}, {"dideh", []int{2}},
		{"mazdoor-nama", []int{1}}, {"rabochiy-listok", []int{3}}, {"roudou-tsuushin", []int{2}}, {"kamgar-khabar", []int{4}},
	}
	for _, tt := range tests {
		i := slices.IndexFunc(outlets, func(o outlet) bool { return o.source.ID == tt.outlet })
		eds, err := editions(outlets[i].file, opts)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for n := 1; n < len(eds); n++ {
			changed := !bytes.Equal(eds[n].body, eds[n-1].body)
			if changed {
				got = append(got, n)
			}
			if moved := eds[n].modified.After(eds[n-1].modified); moved != changed || (eds[n].etag != eds[n-1].etag) != changed {
				t.Errorf("%s, wave %d: changed %v, but Last-Modified moved %v, ETag %s to %s", tt.outlet, n, changed, moved, eds[n-1].etag, eds[n].etag)
			}
		}
		if !slices.Equal(got, tt.waves) {
			t.Errorf("%s changes in waves %v, want %v", tt.outlet, got, tt.waves)
		}
	}
}

func TestACorrectionReplacesWhatWasSaid(t *testing.T) {
	o := newOrigin(t)
	const before, after = "<title>Eleven lashers hurt", "<title>Correction: nine lashers hurt"
	old := body(t, ask(t, o, "GET", "/harbour-dispatch/feed"))
	o.SetWave(3)
	corrected := body(t, ask(t, o, "GET", "/harbour-dispatch/feed"))
	if !strings.Contains(old, before) || strings.Contains(old, after) || strings.Contains(corrected, before) || !strings.Contains(corrected, after) {
		t.Errorf("wave 0 and wave 3 do not have %q and %q in their place", before, after)
	}
	const guid = ">harbour-dispatch:lashers-toll<"
	if strings.Count(old, guid) != 1 || strings.Count(corrected, guid) != 1 {
		t.Errorf("the corrected item does not keep its guid")
	}
}

func TestAdvanceEndsWithTheLastWave(t *testing.T) {
	o := newOrigin(t)
	n := 1
	for o.Advance() {
		n++
	}
	if n != Waves() || o.Wave() != Waves()-1 {
		t.Errorf("Advance passed %d waves and stands at %d, want %d and %d", n, o.Wave(), Waves(), Waves()-1)
	}
	for in, want := range map[int]int{-3: 0, 2: 2, 99: Waves() - 1} {
		if o.SetWave(in); o.Wave() != want {
			t.Errorf("SetWave(%d) stands at %d, want %d", in, o.Wave(), want)
		}
	}
}

func TestListenServesUntilClose(t *testing.T) {
	defer goleak.VerifyNone(t)
	o := newOrigin(t)
	base, err := o.Listen()
	if err != nil {
		t.Fatalf("Listen() = %v", err)
	}
	if _, err := o.Listen(); err == nil {
		t.Error("a second Listen succeeded")
	}
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for _, s := range Sources(base) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := client.Do(req)
		if err != nil {
			t.Fatalf("GET %s = %v", s.URL, err)
		}
		if b := body(t, r); b == "" || r.StatusCode == http.StatusNotFound {
			t.Errorf("GET %s = %d with %d bytes", s.URL, r.StatusCode, len(b))
		}
		r.Body.Close()
	}
	if err := o.Close(); err != nil {
		t.Errorf("Close() = %v", err)
	}
	if err := o.Close(); err != nil {
		t.Errorf("the second Close() = %v", err)
	}
}

func TestNewOriginNeedsAStart(t *testing.T) {
	if _, err := NewOrigin(Options{Step: time.Minute}); err == nil {
		t.Error("NewOrigin without a start time succeeded")
	}
}
