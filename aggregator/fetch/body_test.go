package fetch

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// pack compresses s with one coding after another.
func pack(t testing.TB, s string, codings ...string) string {
	t.Helper()
	for _, coding := range codings {
		var b bytes.Buffer
		var w io.WriteCloser
		switch coding {
		case "gzip":
			s = fetchtest.Gzip(s)
			continue
		case "br":
			w = brotli.NewWriter(&b)
		case "zstd":
			var err error
			if w, err = zstd.NewWriter(&b); err != nil {
				t.Fatal(err)
			}
		case "deflate":
			w = zlib.NewWriter(&b)
		case "raw":
			var err error
			if w, err = flate.NewWriter(&b, 6); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := io.WriteString(w, s); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		s = b.String()
	}
	return s
}

// zstdFrame returns s as one raw block of a frame with a window (RFC 8878
// section 3.1.1).
func zstdFrame(window byte, s string) string {
	n := len(s)<<3 | 1
	return "\x28\xb5\x2f\xfd\x00" + string([]byte{window, byte(n), byte(n >> 8), byte(n >> 16)}) + s
}

// long is a document that does not fit into one buffer.
var long = rss + strings.Repeat("<!-- Kein Mindestlohn ohne Kontrolle, sagen drei Gewerkschaften. -->\n", 400)

func TestS19_BodiesAreDecoded(t *testing.T) {
	tests := []struct {
		name, label, sent string
		want              string
	}{
		{"plain", "", long, long},
		{"an empty body", "", "", ""},
		{"gzip", "gzip", pack(t, long, "gzip"), long},
		{"x-gzip in capitals", "X-GZIP", pack(t, long, "gzip"), long},
		{"brotli", "br", pack(t, long, "br"), long},
		{"a zstd frame that wants 8 MiB remembered", "zstd", zstdFrame(0x68, long), long},
		{"zstd", "zstd", pack(t, long, "zstd"), long},
		{"two zstd frames", "zstd", pack(t, long, "zstd") + pack(t, "<!-- more -->", "zstd"), long + "<!-- more -->"},
		{"deflate with its zlib header", "deflate", pack(t, long, "deflate"), long},
		{"deflate without", "deflate", pack(t, long, "raw"), long},
		{"gzip within brotli", "gzip, br", pack(t, long, "gzip", "br"), long},
		{"gzip twice, labelled once", "gzip", pack(t, long, "gzip", "gzip"), long},
		{"a gzip file without label", "", pack(t, long, "gzip"), long},
		{"two gzip members", "gzip", fetchtest.Gzip(long) + fetchtest.Gzip("<!-- more -->"), long + "<!-- more -->"},
		{"gzip and a stray newline", "gzip", fetchtest.Gzip(long) + "\n", long},
		{"gzip and zero padding", "gzip", fetchtest.Gzip(long) + strings.Repeat("\x00", 40), long},
		{"plain text labelled gzip", "gzip", long, long},
		{"plain text labelled br, after a byte order mark", "br", "\xef\xbb\xbf \n" + long, "\xef\xbb\xbf \n" + long},
		{"JSON labelled deflate", "deflate", `{"version":"https://jsonfeed.org/version/1.1"}`, `{"version":"https://jsonfeed.org/version/1.1"}`},
		{"a charset for a coding", "utf-8", long, long},
		{"plain text labelled with a coding that nobody knows", "aws-chunked", long, long},
	}
	o := fetchtest.New(t)
	c := newClient(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := fetchtest.Answer{Body: tt.sent, ETag: `"1"`, Header: map[string]string{}}
			if tt.label != "" {
				a.Header["Content-Encoding"] = tt.label
			}
			o.On("/feed", a)
			res := get(t, c, Request{URL: o.URL("/feed")})
			if string(res.Body) != tt.want || res.Truncated || res.ETag != `"1"` || res.Wire != int64(len(tt.sent)) {
				t.Errorf("Get = %d bytes, truncated %v, ETag %q, wire %d; want %d bytes, whole, wire %d",
					len(res.Body), res.Truncated, res.ETag, res.Wire, len(tt.want), len(tt.sent))
			}
		})
	}
}

func TestP44_S19_BodiesThatAreNotDecoded(t *testing.T) {
	bomb := strings.Repeat("a", 1<<20+1)
	tests := []struct {
		name, label, sent string
		want              error
	}{
		{"over the limit", "", bomb, ErrTooLarge},
		{"gzip bomb", "gzip", pack(t, bomb, "gzip"), ErrTooLarge},
		{"brotli bomb", "br", pack(t, bomb, "br"), ErrTooLarge},
		{"zstd bomb", "zstd", pack(t, bomb, "zstd"), ErrTooLarge},
		{"zstd bomb within zstd", "zstd, zstd", pack(t, bomb, "zstd", "zstd"), ErrTooLarge},
		{"a zstd frame that wants 16 MiB remembered", "zstd", zstdFrame(0x70, rss), ErrEncoding},
		{"deflate bomb", "deflate", pack(t, bomb, "deflate"), ErrTooLarge},
		{"nested bomb", "gzip, gzip", pack(t, bomb, "gzip", "gzip"), ErrTooLarge},
		{"unlabelled bomb", "", pack(t, bomb, "gzip"), ErrTooLarge},
		{"four layers", "gzip, gzip, gzip, gzip", pack(t, rss, "gzip", "gzip", "gzip", "gzip"), ErrEncoding},
		{"four layers, three labelled", "gzip, gzip, gzip", pack(t, rss, "gzip", "gzip", "gzip", "gzip"), ErrEncoding},
		{"a hundred labels", strings.Repeat("gzip,", 100), pack(t, rss, "gzip"), ErrEncoding},
		{"a coding that we did not ask for", "dcb", "\x28\xb5\x2f\xfd\x04\x00", ErrEncoding},
		{"noise labelled gzip", "gzip", "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c", ErrEncoding},
		{"noise labelled br", "br", strings.Repeat("\xff", 100), ErrEncoding},
	}
	o := fetchtest.New(t)
	c := newClient(t, func(o *Options) { o.MaxBody = 1 << 20 })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := fetchtest.Answer{Body: tt.sent, Header: map[string]string{}}
			if tt.label != "" {
				a.Header["Content-Encoding"] = tt.label
			}
			o.On("/feed", a)
			if res, err := c.Get(t.Context(), Request{URL: o.URL("/feed")}); !errors.Is(err, tt.want) {
				t.Errorf("Get = %+v, %v; want %v", res, err, tt.want)
			}
		})
	}
}

func TestABodyOfExactlyTheLimitFits(t *testing.T) {
	o := fetchtest.New(t)
	body := rss + strings.Repeat(" ", 1<<16-len(rss))
	o.On("/plain", fetchtest.Answer{Body: body}).On("/gzip", fetchtest.Answer{Body: body, Gzip: true})
	c := newClient(t, func(o *Options) { o.MaxBody = 1 << 16 })
	for _, path := range []string{"/plain", "/gzip"} {
		if res := get(t, c, Request{URL: o.URL(path)}); string(res.Body) != body {
			t.Errorf("Get(%s) = %d bytes, want %d", path, len(res.Body), len(body))
		}
	}
}

func TestP44_S20_AnEndlessBodyIsHungUpOn(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/feed", fetchtest.Answer{Body: strings.Repeat("<item/>", 1000), Fault: fetchtest.Endless})
	o.On("/hollow", fetchtest.Answer{ // members that hold nothing
		Body: strings.Repeat(fetchtest.Gzip(""), 100), Fault: fetchtest.Endless, Header: map[string]string{"Content-Encoding": "gzip"},
	})
	c := newClient(t, func(o *Options) { o.MaxBody = 1 << 20 })
	for _, path := range []string{"/feed", "/hollow"} {
		if _, err := c.Get(t.Context(), Request{URL: o.URL(path)}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("Get(%s): %v, want ErrTooLarge", path, err)
		}
	}
}

// Newest first: what arrived may hold what is new. But its validators would
// earn a 304 for a document that we do not have.
func TestABodyThatEndsEarlyIsKeptWithoutItsValidators(t *testing.T) {
	o := fetchtest.New(t)
	cut := fetchtest.Gzip(long)
	o.On("/plain", fetchtest.Answer{Body: long, Fault: fetchtest.Truncate, ETag: `"1"`, LastModified: "x"})
	o.On("/gzip", fetchtest.Answer{Body: long, Gzip: true, Fault: fetchtest.Truncate, ETag: `"1"`})
	o.On("/cut", fetchtest.Answer{Body: cut[:len(cut)-20], ETag: `"1"`, Header: map[string]string{"Content-Encoding": "gzip"}})
	br := pack(t, long, "br")
	o.On("/br", fetchtest.Answer{Body: br[:len(br)-5], ETag: `"1"`, Header: map[string]string{"Content-Encoding": "br"}})
	o.On("/member", fetchtest.Answer{Body: cut, ETag: `"1"`, Header: map[string]string{ // another may have been on its way
		"Content-Encoding": "gzip", "Content-Length": strconv.Itoa(len(cut) + 500)}})
	c := newClient(t, nil)
	for _, path := range []string{"/plain", "/gzip", "/cut", "/br", "/member"} {
		res := get(t, c, Request{URL: o.URL(path)})
		if !res.Truncated || len(res.Body) < 100 || !strings.HasPrefix(long, string(res.Body)) {
			t.Errorf("Get(%s) = %d bytes of %d, truncated %v", path, len(res.Body), len(long), res.Truncated)
		}
		if res.ETag+res.LastModified != "" {
			t.Errorf("Get(%s) hands on the validators %q and %q", path, res.ETag, res.LastModified)
		}
	}
	o.On("/reset", fetchtest.Answer{Fault: fetchtest.Reset})
	if _, err := c.Get(t.Context(), Request{URL: o.URL("/reset")}); err == nil {
		t.Error("a reset before the first byte is no error")
	}
}

func TestAConnectionIsUsedAgain(t *testing.T) {
	conns := map[string]bool{}
	body := map[string]string{"": long, "gzip": pack(t, long, "gzip"), "br": pack(t, long, "br"), "deflate": pack(t, long, "deflate"), "zstd": pack(t, long, "zstd")}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conns[r.RemoteAddr] = true
		switch coding := r.URL.Query().Get("c"); coding {
		case "304":
			w.WriteHeader(304)
		case "302":
			http.Redirect(w, r, "/?c=br", http.StatusFound)
		case "404":
			http.NotFound(w, r)
		default:
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			w.Write([]byte(body[coding]))
			w.(http.Flusher).Flush()
			<-time.After(20 * time.Millisecond) // chunked: the end comes on its own, and late
		}
	}))
	defer srv.Close()
	c := newClient(t, nil)
	for _, coding := range []string{"", "gzip", "br", "zstd", "deflate", "304", "302", "404", ""} {
		c.Get(t.Context(), Request{URL: srv.URL + "/?c=" + coding, ETag: `"1"`}) // the 404 is an error
	}
	if len(conns) != 1 {
		t.Errorf("nine requests used %d connections, want 1", len(conns))
	}
}

// Whatever a body says, reading it ends, within the limit.
func FuzzBody(f *testing.F) {
	for _, label := range []string{"", "gzip", "br", "deflate", "gzip, br", "zstd"} {
		f.Add([]byte(pack(f, rss, "zstd")), label)
		f.Add([]byte(rss), label)
		f.Add([]byte(pack(f, rss, "gzip")), label)
		f.Add([]byte(pack(f, rss, "br")), label)
		f.Add([]byte(pack(f, strings.Repeat(rss, 100), "gzip", "gzip")), label)
		f.Add([]byte(pack(f, rss, "raw")), label)
	}
	const limit = 4 << 10
	c := newClient(f, func(o *Options) { o.MaxBody = limit })
	f.Fuzz(func(t *testing.T, b []byte, label string) {
		resp := &http.Response{Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(b)), ContentLength: -1}
		if label != "" {
			resp.Header.Set("Content-Encoding", label)
		}
		got, err := c.readBody(t.Context(), resp)
		if len(got.data) > limit {
			t.Errorf("readBody returned %d bytes", len(got.data))
		}
		if err == nil && label == "" && !bytes.HasPrefix(b, []byte{0x1f, 0x8b}) && !bytes.Equal(got.data, b) {
			t.Errorf("readBody changed a plain body")
		}
	})
}

func TestTheConnectionOfALastRequestIsClosed(t *testing.T) {
	var closes []bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		closes = append(closes, r.Close)
		w.WriteHeader(304)
	}))
	defer srv.Close()
	c := newClient(t, nil)
	for _, last := range []bool{false, true, false} {
		if _, err := c.Get(t.Context(), Request{URL: srv.URL, ETag: `"1"`, Last: last}); err != nil {
			t.Fatal(err)
		}
	}
	if want := []bool{false, true, false}; !slices.Equal(closes, want) {
		t.Errorf("the server was told to close %v, want %v", closes, want)
	}
}
