package admin

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// S01: what a feed or a desk wrote is text wherever it stands, and an address
// that is no web address leads nowhere.
func TestS01_NothingOnAPageIsMarkup(t *testing.T) {
	w := newBench(t, nil).browser().in()
	for _, path := range []string{"/admin/", "/admin/sources/beta", "/admin/?q=%3Cscript%3Ealert(1)%3C/script%3E", "/admin/log"} {
		a := w.get(path)
		if a.status != 200 || strings.Contains(a.body, "<script") || regexp.MustCompile(`(?i)(href|src|action)="?\s*javascript:`).MatchString(a.body) {
			t.Errorf("GET %s = %d with markup in it:\n%s", path, a.status, a.body)
		}
		if csp := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "script-src") || strings.Contains(csp, "unsafe") {
			t.Errorf("GET %s: policy %q lets scripts run", path, csp)
		}
	}
}

// S06: a page that says what went wrong repeats nothing of the request.
func TestS06_ErrorsRepeatNothing(t *testing.T) {
	b := newBench(t, nil)
	w := b.browser().in()
	for _, path := range []string{"/%3Cscript%3Emark", "/admin/sources/%3Cscript%3Emark", "/admin/nowhere-mark", "/admin/login?next=%22%3E%3Cscript%3Emark"} {
		if a := w.get(path); strings.Contains(a.body, "mark") || a.status >= 500 {
			t.Errorf("GET %s = %d %q, want nothing of the address", path, a.status, a.body)
		}
	}
}

// S20: what may be sent, and how slowly, is bounded.
func TestS20_RequestsAreBounded(t *testing.T) {
	b := newBench(t, nil)
	srv := NewServer(b.desk, "")
	if srv.ReadHeaderTimeout == 0 || srv.ReadHeaderTimeout > 20*time.Second || srv.ReadTimeout == 0 || srv.WriteTimeout == 0 || srv.IdleTimeout == 0 || srv.MaxHeaderBytes > 64<<10 {
		t.Errorf("the server waits or reads without end: %+v", srv)
	}
	w := b.browser().in()
	large := "a=" + strings.Repeat("x", smallForm)
	for _, path := range []string{"/admin/sources/alpha/pause", "/admin/login", "/admin/logout"} {
		if a := w.do("POST", path, "application/x-www-form-urlencoded", large); a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("POST %s with %d bytes = %d, want 413", path, len(large), a.status)
		}
	}
	// A form that does not say how long it is, is bounded too.
	req, err := http.NewRequestWithContext(t.Context(), "POST", b.url+"/admin/login", io.MultiReader(strings.NewReader(large)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := w.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if req.ContentLength != 0 || res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of unknown length = %d, want 413", res.StatusCode)
	}
	if !w.inside() || b.room.status("alpha") != "active" {
		t.Error("a form that was refused did something")
	}
}

// S32: neither passwords nor what was typed for a name come into the log or
// the record.
func TestS32_WhatIsTypedIsNotLogged(t *testing.T) {
	b := newBench(t, nil)
	w := b.browser()
	w.login("typed-name\nlevel=ERROR forged", "typed-secret-words", "")
	w.in()
	all := b.log.String() + fmt.Sprint(b.record.list)
	for _, word := range []string{"typed-name", "forged", "typed-secret", secret, cheap()} {
		if strings.Contains(all, word) {
			t.Errorf("%q stands in the log or the record:\n%s", word, all)
		}
	}
	if len(b.record.list) != 2 || b.record.list[0].Error == "" || b.record.list[0].From != "127.0.0.1" || b.record.list[1].Who != "maria" {
		t.Errorf("record = %+v, want a failed login and one of maria", b.record.list)
	}
}

// S33, S34: whoever logs in goes on to a page of the desk, whatever the
// address said.
func TestS34_LoginLeadsToTheDeskOnly(t *testing.T) {
	for _, tt := range []struct{ name, next, want string }{
		{"a page of the desk", "/admin/sources/alpha?x=1", "/admin/sources/alpha?x=1"},
		{"nothing", "", home},
		{"two slashes", "//evil.test", home},
		{"two slashes further on", "/admin//evil.test", home},
		{"a backslash", `/\evil.test`, home},
		{"a backslash further on", `/admin/\evil.test`, home},
		{"another site", "https://evil.test/", home},
		{"a script", "javascript:alert(1)", home},
		{"three slashes", "///evil.test", home},
		{"a tab, which browsers drop", "/\t/evil.test", home},
		{"a tab at the start", "\t//evil.test", home},
		{"a line break", "/admin/\r\nX-Injected: 1", home},
		{"another page of this host", "/elsewhere", home},
		{"the login itself", "/admin/login", home},
		{"the name of the folder with more behind", "/adminevil", home},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ownPath(tt.next); got != tt.want {
				t.Errorf("ownPath(%q) = %q, want %q", tt.next, got, tt.want)
			}
		})
	}
	w := newBench(t, nil).browser()
	a := w.login("maria", secret, "//evil.test\r\nX-Injected: 1")
	if a.header.Get("Location") != home || a.header.Get("X-Injected") != "" {
		t.Errorf("login leads to %q, headers %v", a.header.Get("Location"), a.header)
	}
	if a := newBench(t, nil).browser().get("/admin/sources/alpha"); a.status != 303 || a.header.Get("Location") != "/admin/login?next=%2Fadmin%2Fsources%2Falpha" {
		t.Errorf("a page that needs a login = %d to %q", a.status, a.header.Get("Location"))
	}
}

// S09, S35: nothing changes by a link or picture, by a form of another site, or
// by one without the session's token.
func TestS35_ForeignFormsAreRefused(t *testing.T) {
	b := newBench(t, nil)
	w := b.browser().in()
	other := b.browser().in()
	own, foreign := w.token("/admin/"), other.token("/admin/")
	for _, tt := range []struct {
		name   string
		method string
		header http.Header
		kind   string
		token  string
		want   int
	}{
		{"a link", "GET", http.Header{"Sec-Fetch-Site": {"none"}}, "", own, 405},
		{"a picture on another site", "GET", http.Header{"Sec-Fetch-Site": {"cross-site"}}, "", own, 405},
		{"a form of another site, with the token", "POST", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.test"}}, "application/x-www-form-urlencoded", own, 403},
		{"a form of a neighbour", "POST", http.Header{"Sec-Fetch-Site": {"same-site"}}, "application/x-www-form-urlencoded", own, 403},
		{"a form of an old browser on another site", "POST", http.Header{"Origin": {"https://evil.test"}}, "application/x-www-form-urlencoded", own, 403},
		{"a form of nowhere", "POST", http.Header{"Origin": {"null"}}, "application/x-www-form-urlencoded", own, 403},
		{"a form as plain text", "POST", http.Header{"Sec-Fetch-Site": {"cross-site"}}, "text/plain", own, 403},
		{"plain text of our own", "POST", http.Header{"Sec-Fetch-Site": {"same-origin"}}, "text/plain", own, 403},
		{"no token", "POST", http.Header{"Sec-Fetch-Site": {"same-origin"}}, "application/x-www-form-urlencoded", "", 403},
		{"the token of another session", "POST", http.Header{"Sec-Fetch-Site": {"same-origin"}}, "application/x-www-form-urlencoded", foreign, 403},
		{"no browser, no token", "POST", http.Header{}, "application/x-www-form-urlencoded", "", 403},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, path := range []string{"/admin/sources/alpha/pause", "/admin/sources/alpha/remove", "/admin/logout"} {
				w.header = tt.header
				form := url.Values{"csrf_token": {tt.token}}.Encode()
				if a := w.do(tt.method, path+map[bool]string{true: "?" + form}[tt.method == "GET"], tt.kind, form); a.status != tt.want {
					t.Errorf("%s %s = %d, want %d", tt.method, path, a.status, tt.want)
				}
			}
			w.header = http.Header{"Sec-Fetch-Site": {"same-origin"}}
			if got := b.room.status("alpha"); got != "active" || !w.inside() {
				t.Errorf("it did something: alpha is %q, inside is %t", got, w.inside())
			}
		})
	}
	if a := w.post("/admin/sources/alpha/pause", url.Values{"csrf_token": {own}}); a.status != 303 || b.room.status("alpha") != "paused" {
		t.Errorf("our own form = %d and %q, want 303 and paused", a.status, b.room.status("alpha"))
	}
	if e := b.record.last(); e.Who != "maria" || e.What != "pause" || e.Object != "source alpha" || e.Before != "active" || e.After != "+ status" || e.Error != "" {
		t.Errorf("record = %+v", e)
	}
	if a := b.browser().post("/admin/sources/beta/pause", url.Values{"csrf_token": {own}}); a.status != 303 || a.header.Get("Location") != "/admin/login" || b.room.status("beta") != "active" {
		t.Errorf("a form without a session = %d to %q, and beta is %q", a.status, a.header.Get("Location"), b.room.status("beta"))
	}
}

// An action that failed changes nothing, says why and goes on record too.
func TestFailedActionsAreTold(t *testing.T) {
	b := newBench(t, nil)
	w := b.browser().in()
	b.room.fail = errors.New("config.yaml was changed by somebody else just now; try again")
	if a := w.send("/admin/sources/alpha/pause", url.Values{"back": {"/admin/sources/alpha"}}); a.status != 303 || a.header.Get("Location") != "/admin/sources/alpha" {
		t.Errorf("a failed action = %d to %q", a.status, a.header.Get("Location"))
	}
	if a := w.get("/admin/sources/alpha"); !strings.Contains(a.body, "Config.yaml was changed by somebody else just now; try again.") {
		t.Errorf("the page does not say what went wrong:\n%s", a.body)
	}
	if a := w.get("/admin/sources/alpha"); strings.Contains(a.body, "somebody else") {
		t.Error("the page says it twice")
	}
	if e := b.record.last(); e.Error == "" || e.After != "" {
		t.Errorf("record = %+v, want the error", e)
	}
}

// S37: no header of the request gets into a page.
func TestS37_HeadersAreNotReflected(t *testing.T) {
	w := newBench(t, nil).browser().in()
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Prefix", "X-Original-URL", "Forwarded", "Referer", "User-Agent"} {
		w.header.Set(name, "evil.test")
	}
	for _, path := range []string{"/admin/login", "/admin/", "/admin/log"} {
		a := w.get(path)
		if strings.Contains(a.body, "evil.test") || strings.Contains(fmt.Sprint(a.header), "evil.test") {
			t.Errorf("GET %s repeats a header", path)
		}
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Frame-Options") != "DENY" || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("GET %s has headers %v", path, a.header)
		}
	}
}
