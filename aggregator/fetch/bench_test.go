package fetch

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkGet measures one request on a kept connection, server included.
func BenchmarkGet(b *testing.B) {
	body := map[string]string{"gzip": pack(b, long, "gzip"), "br": pack(b, long, "br"), "": long}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		coding := r.URL.RawQuery
		if coding != "" {
			w.Header().Set("Content-Encoding", coding)
		}
		w.Write([]byte(body[coding]))
	}))
	defer srv.Close()
	c := newClient(b, nil)
	for _, bb := range []struct {
		name string
		r    Request
	}{
		{"304", Request{URL: srv.URL, ETag: `"1"`}}, {"plain", Request{URL: srv.URL}},
		{"gzip", Request{URL: srv.URL + "?gzip"}}, {"br", Request{URL: srv.URL + "?br"}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				get(b, c, bb.r)
			}
		})
	}
}
