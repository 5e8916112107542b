package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

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
	call("POST", "", "sha256="+hex.EncodeToString(mac.Sum(nil)), second)
	if n := len(d.hubs.messages); n != 1 {
		t.Fatalf("%d messages wait, want the signed one", n)
	}
	before, err := d.wire.store.States(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.receive(ctx, <-d.hubs.messages); err != nil {
		t.Fatal(err)
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
