package admin

import (
	"net/http"
	"strings"
	"time"
)

// Bounds on what a request may send, in bytes.
const (
	smallForm = 64 << 10
	textForm  = 8 << 20 // a configuration's file, or a list of sources
)

// NewServer returns a server with bounds on everything that somebody who is
// not logged in may make long: headers in time and bytes, a request, an answer
// and a silence (S20).
func NewServer(h http.Handler, addr string) *http.Server {
	return &http.Server{
		Addr:                         addr,
		Handler:                      h,
		ReadHeaderTimeout:            10 * time.Second,
		ReadTimeout:                  30 * time.Second,
		WriteTimeout:                 2 * time.Minute, // a search for feeds asks thirty times
		IdleTimeout:                  time.Minute,
		MaxHeaderBytes:               16 << 10,
		DisableGeneralOptionsHandler: true,
	}
}

// policy is what a page may do in a browser: nothing but show itself and send
// its own forms. No script runs, not even one of ours, so what slips through
// the templates would not either (S01, S02).
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard stands in front of every page: it says what browsers may do with them,
// and refuses what comes from another site (S35).
func guard(next http.Handler) http.Handler {
	// Who sends neither Sec-Fetch-Site nor Origin is no browser, or one of
	// before 2020; those need the token of the session in any case.
	own := http.NewCrossOriginProtection()
	protected := own.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// With no-referrer, browsers would send "Origin: null" with our own forms.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		h.Set("Cache-Control", "no-store")
		protected.ServeHTTP(w, r)
	})
}

// ownPath returns where to go after a form, if that is a page of the desk, else
// the desk's first page. Browsers take a backslash for a slash, and drop tabs
// and line breaks (S34).
func ownPath(path string) string {
	odd := func(c rune) bool { return c <= ' ' || c == '\\' || c == 0x7f }
	if !strings.HasPrefix(path, home) || strings.Contains(path, "//") || strings.ContainsFunc(path, odd) ||
		strings.HasPrefix(path, "/admin/login") {
		return home
	}
	return path
}
