package fetch

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

var noon = time.Date(2025, 3, 4, 12, 0, 0, 0, time.UTC)

func TestP09_P10_P11_Freshness(t *testing.T) {
	tests := []struct {
		name   string
		header []string // name, value, …
		want   time.Duration
	}{
		{"nothing said", nil, 0},
		{"max-age", []string{"Cache-Control", "public, max-age=600"}, 10 * time.Minute},
		{"max-age less Age", []string{"Cache-Control", "max-age=600", "Age", "60"}, 9 * time.Minute},
		{"older than its max-age", []string{"Cache-Control", "max-age=600", "Age", "6000"}, 0},
		{"an Age that is none", []string{"Cache-Control", "max-age=600", "Age", "-5"}, 10 * time.Minute},
		{"in capitals and quotes", []string{"Cache-Control", `MAX-AGE="600"`}, 10 * time.Minute},
		{"the first max-age counts", []string{"Cache-Control", "max-age=60", "Cache-Control", "max-age=600"}, time.Minute},
		{"a max-age that is none", []string{"Cache-Control", "max-age=soon, max-age=60"}, time.Minute},
		{"a negative max-age", []string{"Cache-Control", "max-age=-60"}, 0},
		{"a max-age beyond numbers", []string{"Cache-Control", "max-age=99999999999999999999"}, maxSeconds * time.Second},
		{"max-age=0 beats Expires", []string{"Cache-Control", "max-age=0", "Expires", "Tue, 04 Mar 2025 13:00:00 GMT"}, 0},
		{"no-store", []string{"Cache-Control", "no-store, max-age=600"}, 0},
		{"no-cache", []string{"Cache-Control", "no-cache", "Expires", "Tue, 04 Mar 2025 13:00:00 GMT"}, 0},
		{"no-cache of one field", []string{"Cache-Control", `no-cache="Set-Cookie", max-age=60`}, time.Minute},
		{"s-maxage is for proxies", []string{"Cache-Control", "s-maxage=600"}, 0},
		{"Expires less Date", []string{"Expires", "Tue, 04 Mar 2025 13:00:00 GMT", "Date", "Tue, 04 Mar 2025 12:30:00 GMT"}, 30 * time.Minute},
		{"Expires without Date", []string{"Expires", "Tue, 04 Mar 2025 13:00:00 GMT"}, time.Hour},
		{"Expires 0", []string{"Expires", "0"}, 0},
		{"Expires -1", []string{"Expires", "-1"}, 0},
		{"Expires in the past", []string{"Expires", "Thu, 01 Jan 1970 00:00:00 GMT"}, 0},
		{"Expires with an offset", []string{"Expires", "Tue, 04 Mar 2025 14:00:00 +0100"}, time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := http.Header{}
			for i := 0; i < len(tt.header); i += 2 {
				h.Add(tt.header[i], tt.header[i+1])
			}
			if got := freshness(h, noon); got != tt.want {
				t.Errorf("freshness(%v) = %v, want %v", h, got, tt.want)
			}
		})
	}
}

func TestP15_P16_RetryAfter(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"120": 2 * time.Minute, " 120 ": 2 * time.Minute, "0": 0, "-1": 0, "soon": 0, "": 0, "1e3": 0, "1.5": 0,
		"172800":                          48 * time.Hour,
		"1000000000000":                   maxSeconds * time.Second,
		"99999999999999999999999999":      maxSeconds * time.Second,
		"Tue, 04 Mar 2025 12:10:00 GMT":   10 * time.Minute,
		"Tuesday, 04-Mar-25 12:10:00 GMT": 10 * time.Minute,
		"Tue Mar  4 12:10:00 2025":        10 * time.Minute,
		"Tue, 4 Mar 2025 12:10:00 GMT":    10 * time.Minute,
		"Tue, 04 Mar 2025 11:00:00 GMT":   0,
		"Fri, 31 Dec 9999 23:59:59 GMT":   maxSeconds * time.Second,
	} {
		if got := retryAfter(in, noon); got != want {
			t.Errorf("retryAfter(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestS33_AValidatorThatCannotGoBackIsNone(t *testing.T) {
	for in, want := range map[string]bool{
		`"abc"`: true, "W/\"é\"": true, `unquoted`: true, strings.Repeat("x", 1024): true,
		"": false, strings.Repeat("x", 1025): false, "\"a\rX: y\"": false, "\"a\nb\"": false, "\"\x00\"": false, "\"\x7f\"": false,
	} {
		got := validator(http.Header{"Etag": {in}}, "Etag")
		if (got == in && in != "") != want {
			t.Errorf("validator(%.20q) = %.20q, want it kept: %v", in, got, want)
		}
	}
	// Nor is one sent that came from somewhere else.
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: rss})
	get(t, newClient(t, nil), Request{URL: o.URL("/feed"), ETag: "\"a\r\nX-Injected: 1\"", LastModified: strings.Repeat("x", 5000)})
	if h := o.Requests()[0].Header; h.Get("If-None-Match")+h.Get("If-Modified-Since")+h.Get("X-Injected") != "" {
		t.Errorf("sent %v", h)
	}
}

func TestSanitizeDropsWhatMustNotTravel(t *testing.T) {
	h := sanitize(http.Header{
		"Set-Cookie": {"id=1"}, "Link": {"<https://hub.example/>; rel=hub", "bad\x1b[31m", "<https://a.example/>; rel=self"},
		"X-Long": {strings.Repeat("x", maxValue+1)}, "X-Empty": {""},
	})
	if len(h) != 2 || len(h["Link"]) != 2 || h["Link"][1] != "<https://a.example/>; rel=self" {
		t.Errorf("sanitize = %v", h)
	}
}

// Whatever a server writes, a wait is never negative and never overflows.
func FuzzWaits(f *testing.F) {
	for _, s := range []string{"120", "-1", "Tue, 04 Mar 2025 12:10:00 GMT", "max-age=5, no-store", "max-age=99999999999999999999", `no-cache="a,b", max-age="7"`, "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		h := http.Header{"Cache-Control": {a}, "Age": {b}, "Expires": {a}, "Date": {b}}
		for _, d := range []time.Duration{freshness(h, noon), retryAfter(a, noon), freshness(http.Header{"Expires": {a}, "Date": {b}}, noon)} {
			if d < 0 || d > maxSeconds*time.Second {
				t.Errorf("%q and %q say %v", a, b, d)
			}
		}
		isDelta(http.Header{"Im": {a, b}})
	})
}
