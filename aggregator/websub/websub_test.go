package websub

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// memory is a store for one subscription.
type memory struct {
	sub   news.Subscription
	err   error
	asked atomic.Int32 // look-ups
}

func (m *memory) Subscription(_ context.Context, token string) (news.Subscription, error) {
	m.asked.Add(1)
	if m.err == nil && m.sub.Token != token {
		return news.Subscription{}, news.ErrNotFound
	}
	return m.sub, m.err
}

func (m *memory) SaveSubscription(_ context.Context, sub news.Subscription) error {
	if m.err == nil {
		m.sub = sub
	}
	return m.err
}

// desk is a subscriber with a hub at a scripted origin and a clock.
type desk struct {
	*Subscriber
	t    *testing.T
	hub  *fetchtest.Origin
	mem  memory
	now  time.Time
	got  []Message
	fail error // of a delivery
}

const topic = "https://a.example/feed.xml"

// plain is a source whose feed, and so its hub, may be read by others on the
// way.
var plain = news.Source{ID: "s", URL: "http://a.example/feed.xml"}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, hub: fetchtest.New(t), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	d.hub.On("/hub", fetchtest.Answer{Status: 202})
	c, err := fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	d.Subscriber = New(Options{
		Callback: "https://wire.example/websub/", Store: &d.mem, Post: func(ctx context.Context, _ news.Source, hub string, form url.Values) error {
			return c.Post(ctx, hub, "", form)
		},
		MaxBody: 1000, Now: func() time.Time { return d.now },
		Deliver: func(_ context.Context, m Message) error { d.got = append(d.got, m); return d.fail },
	})
	return d
}

func (d *desk) offer() Offer { return Offer{Hub: d.hub.URL("/hub"), Topic: topic} }

// keep runs Keep and returns how often the hub has been asked.
func (d *desk) keep(o Offer) int {
	d.t.Helper()
	before := len(d.hub.Requests())
	asked, err := d.Keep(d.t.Context(), plain, o, d.mem.sub)
	if err != nil {
		d.t.Fatal(err)
	}
	after := len(d.hub.Requests())
	if asked != (after > before) {
		d.t.Errorf("Keep = %t, %d requests", asked, after-before)
	}
	return after
}

// call sends a request to the callback of a token.
func (d *desk) call(method, token, query, signature, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(d.t.Context(), method, "/websub/"+token+"?"+query, strings.NewReader(body))
	if signature != "" {
		r.Header.Set("X-Hub-Signature", signature)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

func confirmation(mode, topic, lease string) string {
	return url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {"c4lm"}, "hub.lease_seconds": {lease}}.Encode()
}

// subscribed is a desk whose hub has confirmed a lease of ten days.
func subscribed(t *testing.T) *desk {
	d := newDesk(t)
	d.keep(d.offer())
	if w := d.call("GET", d.mem.sub.Token, confirmation("subscribe", topic, "864000"), "", ""); w.Code != 200 || w.Body.String() != "c4lm" {
		t.Fatalf("confirmation: %d, %q", w.Code, w.Body)
	}
	return d
}

func sign(method, secret, body string) string {
	mac := hmac.New(methods[method], []byte(secret))
	mac.Write([]byte(body))
	return method + "=" + hex.EncodeToString(mac.Sum(nil))
}

func TestP46_WhatAPublisherOffers(t *testing.T) {
	doc := &feed.Document{Hub: "https://doc.example/hub", Self: "https://doc.example/self"}
	for _, tt := range []struct {
		name  string
		links []string
		doc   *feed.Document
		want  Offer
	}{
		{"the document", nil, doc, Offer{doc.Hub, doc.Self}},
		{"the header first", []string{`<https://h.example/hub>; rel="hub", <https://h.example/a,b>; rel=self; title="a, b"`}, doc, Offer{"https://h.example/hub", "https://h.example/a,b"}},
		{"several lines, several words", []string{`<https://h.example/x>; rel=preload`, `<https://h.example/hub>; title="x, y"; REL="nofollow HUB"`, `<https://h.example/s>;rel=self`}, doc, Offer{"https://h.example/hub", "https://h.example/s"}},
		{"half a header is none", []string{`<https://h.example/hub>; rel=hub`}, doc, Offer{doc.Hub, doc.Self}},
		{"no self, no topic", nil, &feed.Document{Hub: "https://doc.example/hub"}, Offer{}},
		{"no hub", nil, &feed.Document{Self: "https://doc.example/self"}, Offer{}},
		{"another scheme", []string{`<javascript:x>; rel=hub, </s>; rel=self`, "nonsense", "<", "<>;;,,"}, &feed.Document{}, Offer{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Find(http.Header{"Link": tt.links}, tt.doc)
			if want := tt.want != (Offer{}); ok != want || ok && got != tt.want {
				t.Errorf("Find = %+v, %t; want %+v", got, ok, tt.want)
			}
		})
	}
}

func TestP46_ASubscriptionIsAskedForConfirmedAndRenewed(t *testing.T) {
	d := newDesk(t)
	d.keep(d.offer())
	sub := d.mem.sub
	form, err := url.ParseQuery(d.hub.Requests()[0].Body)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": "https://wire.example/websub/" + sub.Token, "hub.secret": sub.Secret, "hub.lease_seconds": "864000",
	} {
		if form.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, form.Get(name), want)
		}
	}
	if len(sub.Token) < 26 || len(sub.Secret) < 40 || sub.Active(d.now) {
		t.Errorf("before it is confirmed: %+v", sub)
	}
	d.call("GET", sub.Token, confirmation("subscribe", topic, "432000"), "", "") // five days, of ten
	if got := d.mem.sub.Expires; !got.Equal(d.now.Add(5 * 24 * time.Hour)) {
		t.Errorf("the lease ends at %v", got)
	}
	for _, step := range []struct {
		wait time.Duration
		want int // requests to the hub so far
	}{{24 * time.Hour, 1}, {15 * time.Hour, 1}, {2 * time.Hour, 2}, {time.Hour, 2}, {23 * time.Hour, 3}} {
		d.now = d.now.Add(step.wait)
		if n := d.keep(d.offer()); n != step.want {
			t.Errorf("%v after the start the hub was asked %d times, want %d", d.now.Sub(sub.Asked), n, step.want)
		}
	}
	if d.mem.sub.Token != sub.Token || d.mem.sub.Secret != sub.Secret || !d.mem.sub.Active(d.now) {
		t.Errorf("a renewal changed %+v to %+v", sub, d.mem.sub)
	}
	other, before := d.offer(), d.mem.sub
	other.Topic = "https://a.example/new.xml"
	if n := d.keep(other); n != 3 || d.mem.sub != before {
		t.Errorf("another topic at once: %d requests, %+v", n, d.mem.sub)
	}
	d.now = d.now.Add(24 * time.Hour)
	if n := d.keep(other); n != 4 || d.mem.sub.Token == sub.Token || d.mem.sub.Secret == sub.Secret || d.mem.sub.Active(d.now) {
		t.Errorf("another topic: %d requests, %+v", n, d.mem.sub)
	}
}

func TestP46_S14_OnlyWhatWasAskedForIsConfirmed(t *testing.T) {
	for name, tt := range map[string]struct {
		token, query string
		wait         time.Duration
	}{
		"another topic":         {query: confirmation("subscribe", "http://127.0.0.1/admin", "60")},
		"a token that is none":  {token: "guess", query: confirmation("subscribe", topic, "60")},
		"no token":              {token: "..", query: confirmation("subscribe", topic, "60")},
		"to be dropped":         {query: confirmation("unsubscribe", topic, "60")},
		"days after":            {query: confirmation("subscribe", topic, "60"), wait: 25 * time.Hour},
		"an endless challenge":  {query: confirmation("subscribe", topic, "60") + "&hub.challenge=" + strings.Repeat("x", 5000)},
		"a challenge of nobody": {query: "hub.mode=subscribe&hub.topic=" + url.QueryEscape(topic)},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.keep(d.offer())
			if name == "an endless challenge" {
				tt.query = strings.Replace(tt.query, "hub.challenge=c4lm", "x=", 1)
			}
			if tt.token == "" {
				tt.token = d.mem.sub.Token
			}
			d.now = d.now.Add(tt.wait)
			if w := d.call("GET", tt.token, tt.query, "", ""); w.Code != 404 || strings.Contains(w.Body.String(), "c4lm") || d.mem.sub.Active(d.now) {
				t.Errorf("answer %d, %q, %+v", w.Code, w.Body, d.mem.sub)
			}
		})
	}
	d := subscribed(t)
	d.call("GET", d.mem.sub.Token, confirmation("denied", topic, ""), "", "")
	if d.mem.sub.Active(d.now) || d.keep(d.offer()) != 1 {
		t.Error("a hub that said no is asked again at once, or still believed")
	}
	if d.now = d.now.Add(25 * time.Hour); d.keep(d.offer()) != 2 {
		t.Error("a hub that said no is never asked again")
	}
	d = subscribed(t)
	d.now = d.now.Add(3 * 24 * time.Hour)
	if w := d.call("GET", d.mem.sub.Token, confirmation("denied", "https://b.example/", ""), "", ""); w.Code != 404 || !d.mem.sub.Active(d.now) {
		t.Errorf("no to another topic: answer %d, %+v", w.Code, d.mem.sub)
	}
	if w := d.call("GET", d.mem.sub.Token, confirmation("denied", topic, ""), "", ""); w.Code != 200 || d.mem.sub.Active(d.now) {
		t.Errorf("a hub that says no days after: answer %d, %+v", w.Code, d.mem.sub)
	}
}

func TestP46_OnlySignedMessagesAreTakenIn(t *testing.T) {
	const body = "<rss/>"
	d := subscribed(t)
	token, secret := d.mem.sub.Token, d.mem.sub.Secret
	for method := range methods {
		if w := d.call("POST", token, "", sign(method, secret, body), body); w.Code != 202 {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
	if len(d.got) != 4 || d.got[0].Source != "s" || d.got[0].Topic != topic || string(d.got[0].Body) != body {
		t.Fatalf("delivered %+v", d.got)
	}
	d.got = nil
	good := sign("sha256", secret, body)
	for name, tt := range map[string]struct {
		token, signature, body string
		want                   int
	}{
		"no signature":          {token, "", body, 202},
		"another secret":        {token, sign("sha256", "guess", body), body, 202},
		"an empty secret":       {token, sign("sha256", "", body), body, 202},
		"another body":          {token, good, body + " ", 202},
		"another method's name": {token, strings.Replace(good, "sha256", "sha1", 1), body, 202},
		"a method that is none": {token, strings.Replace(good, "sha256", "md5", 1), body, 202},
		"half a signature":      {token, good[:len(good)-2], body, 202},
		"another's token":       {"guess", good, body, 404},
		"more than may be":      {token, sign("sha256", secret, strings.Repeat("x", 1001)), strings.Repeat("x", 1001), 413},
	} {
		if w := d.call("POST", tt.token, "", tt.signature, tt.body); w.Code != tt.want || len(d.got) != 0 {
			t.Errorf("%s: status %d, delivered %d; want %d and nothing", name, w.Code, len(d.got), tt.want)
		}
	}
	d.fail = errors.New("disk full")
	if w := d.call("POST", token, "", good, body); w.Code != 503 {
		t.Errorf("a message that was not taken in: status %d, want one that makes the hub send again", w.Code)
	}
	d.fail = nil
	d.now = d.now.Add(11 * 24 * time.Hour)
	if w := d.call("POST", token, "", good, body); w.Code != 410 || len(d.got) != 1 {
		t.Errorf("after the lease: status %d, delivered %d", w.Code, len(d.got))
	}
	if w := d.call("PUT", token, "", good, body); w.Code != 405 {
		t.Errorf("PUT: status %d", w.Code)
	}
	d.mem.err = fmt.Errorf("locked")
	if w := d.call("POST", token, "", good, body); w.Code != 503 {
		t.Errorf("without a store: status %d", w.Code)
	}
}

// What cannot be a token of ours costs a stranger's request no look-up.
func TestS14_WhatIsNoTokenIsNotLookedUp(t *testing.T) {
	d := subscribed(t)
	asked, token := d.mem.asked.Load(), d.mem.sub.Token
	for _, guess := range []string{"", "x", "..", token[1:], token + "A", strings.ToLower(token), token[1:] + "0", token[1:] + "%00", strings.Repeat("A", 10_000)} {
		if w := d.call("POST", guess, "", "", ""); w.Code != 404 || d.mem.asked.Load() != asked {
			t.Errorf("%.40q: status %d, %d look-ups", guess, w.Code, d.mem.asked.Load()-asked)
		}
	}
}

// Bodies take memory before anybody can say whose they are, so only a few are
// read at once.
func TestS14_FewMessagesAreTakenInAtOnce(t *testing.T) {
	d := subscribed(t)
	const body = "<rss/>"
	signature, token := sign("sha256", d.mem.sub.Secret, body), d.mem.sub.Token
	began, end := make(chan struct{}), make(chan struct{})
	d.o.Deliver = func(context.Context, Message) error { began <- struct{}{}; <-end; return nil }
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			if w := d.call("POST", token, "", signature, body); w.Code != 202 {
				t.Errorf("one of a few: status %d", w.Code)
			}
		})
	}
	for range atOnce {
		<-began
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/websub/"+token, iotest.ErrReader(errors.New("was read")))
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("one too many: status %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	close(end)
	wg.Wait()
	d.o.Deliver = func(context.Context, Message) error { return nil }
	if w := d.call("POST", token, "", signature, body); w.Code != 202 {
		t.Errorf("afterwards: status %d", w.Code)
	}
}
