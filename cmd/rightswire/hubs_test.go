package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/aggregator/websub"
	"github.com/rightswire/rightswire/news"
)

// The hub of a source that has a proxy is asked through it too.
func TestP46_AHubIsAskedThroughTheProxyOfItsSource(t *testing.T) {
	proxy := fetchtest.New(t).On("/hub", fetchtest.Answer{Status: 202})
	feed := `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><link rel="hub" href="http://192.0.2.7/hub"/><link rel="self" href="http://192.0.2.7/rss"/></feed>`
	proxy.On("/rss", fetchtest.Answer{Body: feed})
	d, _ := testDaemon(t, "site: {url: 'https://wire.example'}\nfetch: {allow: [127.0.0.0/8, 192.0.2.7/32], websub: true, timeout: 1s, per_domain: {gap: 0s}}\n"+
		"sources: [{id: a, title: A, url: 'http://192.0.2.7/rss', proxy: '"+proxy.URL("")+"'}]\n")
	if err := d.poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked := proxy.Requests("/hub"); len(asked) != 1 || asked[0].Method != http.MethodPost {
		t.Errorf("the proxy was asked for %+v, want the hub once", proxy.Requests())
	}
}

// The whole way: a poll finds the hub, the hub confirms and sends, what it
// sent is in the site, and the polls become slow.
func TestP46_AHubSendsWhatIsPublishedAtOnce(t *testing.T) {
	const first = `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>Bakers strike</title><link>https://a.example/1</link></item></channel></rss>`
	second := strings.ReplaceAll(strings.ReplaceAll(first, "Bakers", "Miners"), "1<", "2<")
	origin := fetchtest.New(t).On("/hub", fetchtest.Answer{Status: 202})
	topic := origin.URL("/rss")
	origin.On("/rss", fetchtest.Answer{Body: first, ETag: `"1"`, Header: map[string]string{"Link": "<" + origin.URL("/hub") + `>; rel="hub", <` + topic + `>; rel="self"`}})
	d, _ := testDaemon(t, "site: {url: 'https://wire.example'}\nfetch: {allow: [127.0.0.0/8], websub: true, per_domain: {gap: 0s}}\nsources: [{id: a, title: A, url: "+topic+"}]\n")
	ctx := t.Context()
	if err := d.rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.poll(ctx); err != nil {
		t.Fatal(err)
	}
	asked := origin.Requests("/hub")
	if len(asked) != 1 {
		t.Fatalf("the hub was asked %d times, want once", len(asked))
	}
	form, err := url.ParseQuery(asked[0].Body)
	if err != nil || form.Get("hub.topic") != topic || !strings.HasPrefix(form.Get("hub.callback"), "https://wire.example/websub/") {
		t.Fatalf("the hub was asked for %v", form)
	}

	site := d.hubs.mount(d.handler)
	call := func(method, query, signature, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(ctx, method, form.Get("hub.callback")+"?"+query, strings.NewReader(body))
		r.Header.Set("X-Hub-Signature", signature)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w
	}
	q := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.challenge": {"c4lm"}, "hub.lease_seconds": {"864000"}}
	if w := call("GET", q.Encode(), "", ""); w.Code != http.StatusOK || w.Body.String() != "c4lm" {
		t.Fatalf("confirmation: %d, %q", w.Code, w.Body)
	}
	mac := hmac.New(sha256.New, []byte(form.Get("hub.secret")))
	mac.Write([]byte(second))
	call("POST", "", "sha256="+strings.Repeat("0", 64), second) // of somebody else
	answer := make(chan int)
	go func() { answer <- call("POST", "", "sha256="+hex.EncodeToString(mac.Sum(nil)), second).Code }()
	m := <-d.hubs.messages
	select {
	case code := <-answer:
		t.Fatalf("the hub was told %d before its message was stored", code)
	case <-time.After(20 * time.Millisecond):
	}
	before, err := d.wire.store.States(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.receive(ctx, m); err != nil {
		t.Fatal(err)
	}
	if code := <-answer; code != http.StatusAccepted {
		t.Errorf("the hub was told %d after its message was stored", code)
	}
	page := httptest.NewRecorder()
	site.ServeHTTP(page, httptest.NewRequestWithContext(ctx, http.MethodGet, "/feeds/all.json", nil))
	for _, title := range []string{"Bakers strike", "Miners strike"} {
		if !strings.Contains(page.Body.String(), title) {
			t.Errorf("%q is not in the site", title)
		}
	}
	after, err := d.wire.store.States(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := after[0], before[0]; a.ETag != b.ETag || a.BodyHash != b.BodyHash || !a.NextDue.Equal(b.NextDue) || !a.LastPoll.Equal(b.LastPoll) {
		t.Errorf("the message changed what polls know: %+v, before %+v", a, b)
	}

	// The next poll is the last for a day.
	later := after[0].NextDue.Add(time.Minute)
	d.wire.app.now = func() time.Time { return later }
	if err := d.wire.configure(ctx, d.wire.cfg); err != nil {
		t.Fatal(err)
	}
	if err := d.poll(ctx); err != nil {
		t.Fatal(err)
	}
	states, err := d.wire.store.States(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if st := states[0]; st.NextDue.Sub(st.LastPoll) < 21*time.Hour || st.NextWhy != "its hub sends its news" {
		t.Errorf("next poll in %v because %q, want a day", st.NextDue.Sub(st.LastPoll), st.NextWhy)
	}
	if n := len(origin.Requests("/hub")); n != 1 {
		t.Errorf("the hub was asked %d times", n)
	}
}

// hubFeed is the feed of source i, with one item and a hub.
func hubFeed(origin *fetchtest.Origin, i int, who, hub string) {
	const feed = `<rss version="2.0"><channel><title>t</title><item><title>%[1]s strike</title><link>https://a.example/%[1]s/%[2]d</link></item></channel></rss>`
	path := fmt.Sprintf("/rss%d", i)
	origin.On(path, fetchtest.Answer{
		Body:   fmt.Sprintf(feed, who, i),
		Header: map[string]string{"Link": "<" + hub + `>; rel="hub", <` + origin.URL(path) + `>; rel="self"`},
	})
}

// hubWire is a daemon with n sources whose feeds have been polled and name a
// hub.
func hubWire(t *testing.T, origin *fetchtest.Origin, n int, hub func(i int) string) (*daemon, *syncBuffer) {
	config := "site: {url: 'https://wire.example'}\nfetch: {allow: [127.0.0.0/8], websub: true, burst: 0, per_domain: {gap: 0s}}\nsources:\n"
	for i := range n {
		hubFeed(origin, i, "Bakers", hub(i))
		config += fmt.Sprintf("- {id: s%d, title: S%[1]d, url: %[2]s}\n", i, origin.URL(fmt.Sprintf("/rss%d", i)))
	}
	d, log := testDaemon(t, config)
	if _, err := d.wire.pass(t.Context(), d.wire.cfg.Sources, aggregator.Selection{All: true}); err != nil {
		t.Fatal(err)
	}
	return d, log
}

// Hubs are asked a few at a time: polls and readers wait meanwhile.
func TestP46_FewHubsAreAskedBetweenTwoPasses(t *testing.T) {
	origin := fetchtest.New(t).On("/hub", fetchtest.Answer{Status: 202})
	d, _ := hubWire(t, origin, 7, func(int) string { return origin.URL("/hub") })
	for _, want := range []int{3, 6, 7, 7} {
		if err := d.hubs.keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(origin.Requests("/hub")); n != want {
			t.Errorf("hubs were asked %d times, want %d", n, want)
		}
	}
}

// A hub that is down is asked once between two passes, and does not keep
// another from being asked.
func TestP46_ADeadHubIsLeftAloneForAPass(t *testing.T) {
	origin := fetchtest.New(t).On("/hub", fetchtest.Answer{Status: 202})
	dead := "http://127.0.0.2:" + origin.Port() + "/hub"
	d, log := hubWire(t, origin, 6, func(i int) string {
		if i < 5 {
			return fmt.Sprintf("%s?%d", dead, i)
		}
		return origin.URL("/hub")
	})
	if err := d.hubs.keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "hub was not subscribed to"); n != 1 {
		t.Errorf("the dead hub was asked %d times, want once", n)
	}
	if n := len(origin.Requests("/hub")); n != 1 {
		t.Errorf("the other hub was asked %d times, want once", n)
	}
}

// Readers do not wait for a hub, nor does the end of the daemon, and what was
// not asked is asked after a restart.
func TestP46_ASilentHubKeepsNobodyWaiting(t *testing.T) {
	origin := fetchtest.New(t).On("/hub", fetchtest.Answer{Fault: fetchtest.Silent})
	d, log := hubWire(t, origin, 3, func(int) string { return origin.URL("/hub") })
	later := time.Now().Add(48 * time.Hour)
	d.wire.app.now = func() time.Time { return later }
	if err := d.wire.configure(t.Context(), d.wire.cfg); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		hubFeed(origin, i, "Miners", origin.URL("/hub"))
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil && len(origin.Requests("/hub")) == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if err := d.poll(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("the pass ended with %v", err)
	}
	if !strings.Contains(served(t, d), "Miners strike") {
		t.Error("the news is not in the site")
	}
	if n := len(origin.Requests("/hub")); n != 1 || strings.Contains(log.String(), "not subscribed") {
		t.Errorf("after the end: %d requests, log:\n%s", n, log)
	}
	subs, err := d.wire.store.Subscriptions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range subs {
		if !sub.Asked.IsZero() {
			t.Errorf("%s is remembered as asked", sub.Source)
		}
	}
}

// A hub is told that its message was taken in when it is stored, and else to
// send it again: when it cannot be, and when the daemon ends. What nobody reads
// in time is stored as it is, and read before what comes later.
func TestP46_AMessageIsStoredOrSentAgain(t *testing.T) {
	origin := fetchtest.New(t)
	const body = `<rss version="2.0"><channel><title>t</title><item><title>Miners strike</title><link>https://a.example/2</link></item></channel></rss>`
	d, log := hubWire(t, origin, 1, func(int) string { return origin.URL("/hub") })
	now := time.Now()
	sub := news.Subscription{Source: "s0", Hub: origin.URL("/hub"), Topic: origin.URL("/rss0"), Token: rand.Text(), Secret: "x", Asked: now, Expires: now.Add(time.Hour)}
	if err := d.wire.store.SaveSubscription(t.Context(), sub); err != nil {
		t.Fatal(err)
	}
	d.hubs.patience = 20 * time.Millisecond
	send := func() int {
		mac := hmac.New(sha256.New, []byte(sub.Secret))
		mac.Write([]byte(body))
		r := httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodPost, hubPath+sub.Token, strings.NewReader(body))
		r.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		w := httptest.NewRecorder()
		d.hubs.mount(d.handler).ServeHTTP(w, r)
		return w.Code
	}
	if code := send(); code != http.StatusAccepted || strings.Contains(served(t, d), "Miners strike") {
		t.Errorf("nobody reads: the hub was told %d", code)
	}
	inDatabase(t, d, "CREATE TRIGGER full BEFORE UPDATE ON setting BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
	if code := send(); code != http.StatusServiceUnavailable || !strings.Contains(log.String(), "sent back to its hub") {
		t.Errorf("nobody reads and it cannot wait: the hub was told %d", code)
	}
	inDatabase(t, d, "DROP TRIGGER full")
	if err := d.poll(t.Context()); err != nil || !strings.Contains(served(t, d), "Miners strike") {
		t.Errorf("after the pass: %v, and the news is not in the site", err)
	}
	if list, err := d.hubs.waiting(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%d messages wait after they were read, %v", len(list), err)
	}

	d.hubs.patience = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.loop(ctx) }()
	inDatabase(t, d, "CREATE TRIGGER full BEFORE INSERT ON poll BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
	if code := send(); code != http.StatusServiceUnavailable {
		t.Errorf("not stored: the hub was told %d", code)
	}
	inDatabase(t, d, "DROP TRIGGER full")
	if code := send(); code != http.StatusAccepted {
		t.Errorf("stored: the hub was told %d\n%s", code, log)
	}
	cancel()
	<-ended
	if code := send(); code != http.StatusServiceUnavailable {
		t.Errorf("after the end: the hub was told %d", code)
	}
}

// What waited while its source was polled is older than what the poll found.
func TestP46_AMessageOlderThanThePollIsDropped(t *testing.T) {
	origin := fetchtest.New(t)
	d, _ := hubWire(t, origin, 1, func(int) string { return origin.URL("/hub") })
	ctx := t.Context()
	const body = `<rss version="2.0"><channel><title>t</title><item><title>%[1]s strike</title><link>https://a.example/%[1]s</link></item></channel></rss>`
	wait := func(who string) {
		t.Helper()
		if err := d.hubs.wait(ctx, websub.Message{Source: "s0", Topic: origin.URL("/rss0"), Body: fmt.Appendf(nil, body, who)}); err != nil {
			t.Fatal(err)
		}
	}
	wait("Miners")
	later := time.Now().Add(48 * time.Hour)
	d.wire.app.now = func() time.Time { return later }
	if err := d.wire.configure(ctx, d.wire.cfg); err != nil {
		t.Fatal(err)
	}
	if _, err := d.wire.pass(ctx, d.wire.cfg.Sources, aggregator.Selection{All: true}); err != nil {
		t.Fatal(err)
	}
	later = later.Add(time.Second)
	wait("Nurses")
	if fresh, err := d.hubs.takeWaiting(ctx); err != nil || !fresh {
		t.Errorf("takeWaiting = %t, %v", fresh, err)
	}
	items, err := d.wire.store.Items(ctx, news.Query{Text: "strike"})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if it.Title == "Miners strike" {
			t.Error("what was sent before the poll was read after it")
		}
	}
	if len(items) != 2 {
		t.Errorf("%d items, want the polled one and the later message's", len(items))
	}
}
