package admin

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

// S36: ten wrong passwords are not looked at, whatever X-Forwarded-For says,
// the wait grows, and somebody else is not locked out.
func TestS36_GuessingIsSlowedDown(t *testing.T) {
	b := newBench(t, nil)
	w := b.browser()
	var waits []string
	for i := range 10 {
		w.header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
		a := w.login("maria", "wrong password", "")
		if want := map[bool]int{true: 401, false: 429}[i < ownTries]; a.status != want {
			t.Errorf("wrong password %d = %d, want %d", i+1, a.status, want)
		}
		waits = append(waits, a.header.Get("Retry-After"))
	}
	if a := w.login("maria", secret, ""); a.status != 429 {
		t.Errorf("the right password while waiting = %d, want 429: it was looked at", a.status)
	}
	if waits[9] == "" {
		t.Errorf("no Retry-After: %q", waits)
	}
	b.clock.turn(2 * time.Second)
	w.login("maria", "wrong password", "")
	if a := w.login("maria", "wrong password", ""); a.header.Get("Retry-After") != "3" {
		t.Errorf("wait after one more = %q, want one that has grown", a.header.Get("Retry-After"))
	}
	b.clock.turn(3 * time.Second)
	if a := w.login("maria", secret, ""); a.status != 303 {
		t.Errorf("the right password after the wait = %d, want 303", a.status)
	}
}

// S36: from many addresses guessing is slowed down too, and does not lock out
// who has logged in before.
func TestS36_GuessingFromManyAddresses(t *testing.T) {
	c := &clock{t: noon}
	th := newThrottle(c.now)
	home := netip.MustParsePrefix("192.0.2.1/32")
	if th.take(home) > 0 {
		t.Fatal("the first try has to wait")
	}
	th.clear(home)
	tried := 0
	for i := range 5000 {
		if th.take(netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}), 32)) <= 0 {
			tried++
		}
		c.turn(10 * time.Millisecond)
	}
	if tried > 2*allTries {
		t.Errorf("%d passwords were tried in 50 s from 5,000 addresses, want %d or so", tried, allTries)
	}
	if w := th.take(home); w > 0 {
		t.Errorf("the desk has to wait %v", w)
	}
	c.turn(2 * forgive)
	if w := th.take(netip.MustParsePrefix("198.51.100.7/32")); w > 0 {
		t.Errorf("two hours later a stranger has to wait %v", w)
	}
}

// The wait grows to its limit and never beyond, nor below zero.
func TestS36_WaitsAreBounded(t *testing.T) {
	c := &clock{t: noon}
	th := newThrottle(c.now)
	client, before := netip.MustParsePrefix("192.0.2.1/32"), time.Duration(0)
	for i := range 200 {
		if w := th.take(client); w > 0 {
			t.Fatalf("try %d: %v left after waiting", i, w)
		}
		w := th.take(client)
		if w < before || w > ownMax {
			t.Fatalf("wait %d = %v after %v, want it to grow to %v", i, w, before, ownMax)
		}
		before = w
		c.turn(max(w, 0))
	}
	if before != ownMax {
		t.Errorf("the wait ends at %v, want %v", before, ownMax)
	}
}

// S36: many tries at the same moment do not get past the limit.
func TestS36_ManyAtOnce(t *testing.T) {
	th := newThrottle((&clock{t: noon}).now)
	got := make(chan bool)
	for range 100 {
		go func() { got <- th.take(netip.MustParsePrefix("192.0.2.1/32")) <= 0 }()
	}
	n := 0
	for range 100 {
		if <-got {
			n++
		}
	}
	if n != ownTries {
		t.Errorf("%d of 100 were let through, want %d", n, ownTries)
	}
}

// S36: a name that nobody has costs as much as a wrong password: the same hash
// is computed, and the same is said.
func TestS36_NamesCannotBeFound(t *testing.T) {
	b := newBench(t, nil)
	known, unknown := b.browser().login("maria", "wrong password", ""), b.browser().login("nobody", "wrong password", "")
	if known.status != unknown.status || known.body != unknown.body {
		t.Errorf("a wrong password says %d %q, an unknown name %d %q", known.status, known.body, unknown.status, unknown.body)
	}
	if whoIs([]Person{{"maria", cheap()}}, "nobody", secret) != nil {
		t.Error("the first person's password opens every name")
	}
	if p := whoIs([]Person{{"maria", cheap()}, {"jo", "broken"}}, "jo", secret); p != nil {
		t.Errorf("a hash that cannot be read lets %v in", p)
	}
}

// S36: an id that the browser brought is never taken over; that of before the
// login opens nothing after it, and logging out ends it on the server.
func TestS36_SessionsBeginAndEnd(t *testing.T) {
	b := newBench(t, nil)
	at, err := url.Parse(b.url)
	if err != nil {
		t.Fatal(err)
	}
	cookie := func(w *browser) string {
		for _, c := range w.client.Jar.Cookies(at) {
			if c.Name == "rightswire" {
				return c.Value
			}
		}
		return ""
	}
	with := func(id string) *browser {
		w := b.browser()
		w.client.Jar.SetCookies(at, []*http.Cookie{{Name: "rightswire", Value: id}})
		return w
	}
	w := with("chosen-by-somebody-else").in()
	first := cookie(w)
	if first == "chosen-by-somebody-else" || len(first) < 40 || with("chosen-by-somebody-else").inside() {
		t.Fatalf("session id %q is not ours", first)
	}
	a := w.in().login("maria", secret, "")
	second := cookie(w)
	if second == first || with(first).inside() {
		t.Error("a second login leaves the first session open")
	}
	line := strings.Join(a.header.Values("Set-Cookie"), "; ")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(line, part) {
			t.Errorf("cookie %q lacks %s", line, part)
		}
	}
	if !with(second).inside() {
		t.Fatal("the session is not open")
	}
	w.send("/admin/logout", nil)
	if with(second).inside() {
		t.Error("after logging out the session is open")
	}
}

// S36: sessions end when they are silent, when they are old, when the person is
// taken out of the file and when the password changes.
func TestS36_SessionsEndByThemselves(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(*bench, *browser)
		want bool
	}{
		{"used now and then", func(b *bench, w *browser) {
			for range 10 {
				b.clock.turn(29 * time.Minute)
				w.get("/admin/")
			}
		}, true},
		{"silent", func(b *bench, w *browser) { b.clock.turn(30 * time.Minute) }, false},
		{"old", func(b *bench, w *browser) {
			for range 25 {
				b.clock.turn(29 * time.Minute)
				w.get("/admin/")
			}
		}, false},
		{"taken out", func(b *bench, w *browser) { b.people = []Person{{"jo", cheap()}} }, false},
		{"another password", func(b *bench, w *browser) {
			b.people = []Person{{"maria", strings.Replace(cheap(), "c2FsdHN", "c2FsdHM", 1)}}
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			w := b.browser().in()
			tt.do(b, w)
			if got := w.inside(); got != tt.want {
				t.Errorf("inside = %t, want %t", got, tt.want)
			}
		})
	}
}

// S36: a cookie for https only cannot be set by another host or path.
func TestS36_CookieOfHTTPS(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Login.Secure = true })
	line := b.browser().login("maria", secret, "").header.Get("Set-Cookie")
	if !strings.HasPrefix(line, "__Host-") || !strings.Contains(line, "Secure") || !strings.Contains(line, "Path=/;") {
		t.Errorf("cookie = %q", line)
	}
}

// S36: a proxy's word counts only from the proxy, and only if it is one.
func TestS36_OnlyTheProxyVouches(t *testing.T) {
	here, elsewhere := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	for _, tt := range []struct {
		name string
		from []netip.Prefix
		says []string
		want string
	}{
		{"the proxy says a name", here, []string{"jo"}, "jo"},
		{"somebody else says it", elsewhere, []string{"jo"}, ""},
		{"the proxy says nothing", here, nil, ""},
		{"the proxy says an empty name", here, []string{""}, ""},
		{"two say it", here, []string{"root", "jo"}, ""},
		{"it is no name", here, []string{"<b>jo"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, func(o *Options) { o.Login.ProxyHeader, o.Login.ProxyFrom, o.Login.People = "Remote-User", tt.from, nil })
			w := b.browser()
			w.header["Remote-User"] = tt.says
			if got := w.inside(); got != (tt.want != "") {
				t.Fatalf("inside = %t, want %t", got, tt.want != "")
			}
			if tt.want == "" {
				return
			}
			if w.send("/admin/sources/alpha/pause", nil); b.record.last().Who != tt.want || b.room.status("alpha") != "paused" {
				t.Errorf("record = %+v, want one of %s", b.record.last(), tt.want)
			}
			delete(w.header, "Remote-User")
			if w.inside() {
				t.Error("the session goes on without the proxy's word")
			}
		})
	}
}
