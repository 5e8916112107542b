package hub

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// What a hub has to do by the W3C Recommendation of 23 January 2018, in its
// order. Names begin with the section.
func TestF31_WebSub(t *testing.T) {
	for _, tt := range []struct {
		name string
		test func(r *rig)
	}{
		{"3.1.3 callback, mode and topic are enough", func(r *rig) { r.subscribed() }},
		{"3.1.3 a secret is accepted", func(r *rig) { r.subscribed("hub.secret", "sesame") }},
		{"3.1.3 a subscription can be asked for again and ended", func(r *rig) {
			r.subscribed()
			r.ask(form())
			if n := len(r.subscriptions()); n != 1 {
				r.Errorf("%d subscriptions after a renewal", n)
			}
			r.ask(form("hub.mode", "unsubscribe"))
			if n := len(r.subscriptions()); n != 0 {
				r.Errorf("%d subscriptions after the end", n)
			}
		}},
		{"5.1 another media type is refused", func(r *rig) {
			r.refused(r.post("application/json", `{}`).Code, http.StatusUnsupportedMediaType)
		}},
		{"5.1 parameters of the address do not count", func(r *rig) {
			r.refused(r.post("application/x-www-form-urlencoded", "").Code, http.StatusBadRequest)
		}},
		{"5.1 a charset may be named", func(r *rig) {
			if w := r.post("application/x-www-form-urlencoded; charset=UTF-8", form().Encode()); w.Code != http.StatusAccepted {
				r.Errorf("answer %d", w.Code)
			}
		}},
		{"5.1 unknown parameters are ignored", func(r *rig) { r.subscribed("hub.verify", "sync", "foo", "bar") }},
		{"5.1 the secret is less than 200 bytes", func(r *rig) {
			r.refused(r.ask(form("hub.secret", strings.Repeat("s", 200))).Code, http.StatusBadRequest)
			r.subscribed("hub.secret", strings.Repeat("s", 199))
		}},
		{"5.1 a lease has a default and bounds", func(r *rig) {
			for asked, want := range map[string]string{"": "864000", "1": "3600", "7200": "7200", "99999999999999999999": "2592000"} {
				r.ask(form("hub.lease_seconds", asked))
				gets := r.net.of(http.MethodGet)
				if got := query(gets[len(gets)-1]).Get("hub.lease_seconds"); got != want {
					r.Errorf("asked for %q, granted %q, want %q", asked, got, want)
				}
			}
			for _, asked := range []string{"0", "-1", "1.5", "ten"} {
				r.refused(r.ask(form("hub.lease_seconds", asked)).Code, http.StatusBadRequest)
			}
		}},
		{"5.1 the lease of an unsubscription is ignored", func(r *rig) {
			r.subscribed()
			if w := r.ask(form("hub.mode", "unsubscribe", "hub.lease_seconds", "none")); w.Code != http.StatusAccepted || len(r.subscriptions()) != 0 {
				r.Errorf("answer %d, %d subscriptions", w.Code, len(r.subscriptions()))
			}
		}},
		{"5.1 a later request overrides, secret and lease, once it is verified", func(r *rig) {
			r.subscribed("hub.secret", "old")
			r.net.on("a.example", http.NotFound)
			r.ask(form("hub.secret", "forged", "hub.lease_seconds", "7200"))
			if s := r.subscriptions(); len(s) != 1 || s[0].Secret != "old" {
				r.Fatalf("what was not verified changed %+v", s)
			}
			r.net.on("a.example", agrees)
			asked := time.Now()
			r.ask(form("hub.lease_seconds", "7200"))
			if s := r.subscriptions(); len(s) != 1 || s[0].Secret != "" || !s[0].Expires.Equal(asked.Add(2*time.Hour)) {
				r.Errorf("renewed: %+v", s)
			}
		}},
		{"5.1.1 http and https callbacks, nothing else", func(r *rig) {
			r.subscribed("hub.callback", "http://a.example/cb")
			for _, callback := range []string{"ftp://a.example/", "/cb", "https:///cb", "a.example", "https://u:p@a.example/", "https://a.example/#x", "javascript:x"} {
				r.refused(r.ask(form("hub.callback", callback)).Code, http.StatusBadRequest)
			}
		}},
		{"5.1.1 a topic that is no feed of ours is refused", func(r *rig) {
			for _, topic := range []string{"https://other.example/feeds/all.rss", wire + "/", wire + "/feeds/all", wire + "/feeds/none.rss", topic + "?x", "http" + topic[5:], wire + "//feeds/all.rss", wire + "/feeds/archive/all/1.atom"} {
				r.refused(r.ask(form("hub.topic", topic)).Code, http.StatusNotFound)
			}
		}},
		{"5.1.1 the callback's own query is kept, in front", func(r *rig) {
			r.subscribed("hub.callback", "https://a.example/cb?b=2&a=1&hub.mode=mine&c=%2f")
			r.publish("two")
			get, post := r.net.of(http.MethodGet)[0].url, r.net.of(http.MethodPost)[0].url
			if !strings.HasPrefix(get, "https://a.example/cb?b=2&a=1&hub.mode=mine&c=%2f&hub.") || query(r.net.of(http.MethodGet)[0])["hub.mode"][1] != "subscribe" {
				r.Errorf("verified at %s", get)
			}
			if post != "https://a.example/cb?b=2&a=1&hub.mode=mine&c=%2f" {
				r.Errorf("delivered to %s", post)
			}
		}},
		{"5.1.2 202, whatever the verification says", func(r *rig) {
			r.net.on("a.example", http.NotFound)
			if w := r.ask(form()); w.Code != http.StatusAccepted {
				r.Errorf("answer %d", w.Code)
			}
		}},
		{"5.1.2 an error is 4xx and says why in plain text", func(r *rig) {
			for _, key := range []string{"hub.mode", "hub.topic", "hub.callback"} {
				w := r.ask(form(key, ""))
				r.refused(w.Code, http.StatusBadRequest)
				if !strings.Contains(w.Body.String(), key) || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
					r.Errorf("without %s: %s %q", key, w.Header(), w.Body)
				}
			}
			r.refused(r.ask(form("hub.mode", "publish")).Code, http.StatusBadRequest)
			r.refused(r.ask(form("hub.mode", "delete")).Code, http.StatusBadRequest)
		}},
		{"5.2 what is denied is said to the callback", func(r *rig) {
			r.subscribed()
			files := r.site.Load().Files
			delete(files, "/feeds/all.rss")
			r.Swap(r.site.Load())
			time.Sleep(time.Second)
			gets := r.net.of(http.MethodGet)
			q := query(gets[len(gets)-1])
			if q.Get("hub.mode") != "denied" || q.Get("hub.topic") != topic || q.Get("hub.reason") == "" || len(r.subscriptions()) != 0 {
				r.Errorf("said %v, %d subscriptions", q, len(r.subscriptions()))
			}
		}},
		{"5.3 the callback is asked with mode, topic, challenge and lease", func(r *rig) {
			r.subscribed()
			r.ask(form("hub.mode", "unsubscribe"))
			gets := r.net.of(http.MethodGet)
			in, out := query(gets[0]), query(gets[1])
			if in.Get("hub.mode") != "subscribe" || in.Get("hub.topic") != topic || in.Get("hub.lease_seconds") == "" {
				r.Errorf("subscription: %v", in)
			}
			if out.Get("hub.mode") != "unsubscribe" || out.Get("hub.topic") != topic {
				r.Errorf("unsubscription: %v", out)
			}
			if a, b := in.Get("hub.challenge"), out.Get("hub.challenge"); len(a) < 20 || a == b {
				r.Errorf("challenges %q and %q", a, b)
			}
		}},
		{"5.3.1 anything but 2xx with the challenge is a no", func(r *rig) {
			for name, answer := range map[string]http.HandlerFunc{
				"404": http.NotFound,
				"500": with(500, "%s"),
				"a redirect": func(w http.ResponseWriter, q *http.Request) {
					http.Redirect(w, q, "https://b.example/", http.StatusFound)
				},
				"a wrong text":     with(200, "yes"),
				"nothing":          with(200, ""),
				"more":             with(200, "%s "),
				"an endless body":  with(200, "%s"+strings.Repeat("x", 1<<20)),
				"no answer at all": nil,
			} {
				r.net.on("a.example", answer)
				r.ask(form())
				time.Sleep(time.Minute)
				if n := len(r.subscriptions()); n != 0 {
					r.Errorf("%s subscribed", name)
				}
			}
			r.net.on("a.example", with(299, "%s"))
			r.subscribed()
			r.net.on("a.example", http.NotFound)
			if r.ask(form("hub.mode", "unsubscribe")); len(r.subscriptions()) != 1 {
				r.Error("somebody else ended the subscription")
			}
		}},
		{"5.3.1 leases end", func(r *rig) {
			r.subscribed("hub.lease_seconds", "7200")
			time.Sleep(2*time.Hour - time.Second)
			r.publish("two")
			time.Sleep(time.Second)
			r.publish("three")
			if n := len(r.net.of(http.MethodPost)); n != 1 || len(r.subscriptions()) != 0 {
				r.Errorf("%d deliveries, %d subscriptions", n, len(r.subscriptions()))
			}
		}},
		{"7 the full feed, its media type, and both links in one header", func(r *rig) {
			r.subscribed()
			r.publish("two")
			r.publish("two") // nothing changed
			sent := r.net.of(http.MethodPost)
			if len(sent) != 1 {
				r.Fatalf("%d deliveries of one change", len(sent))
			}
			if h := sent[0].header; sent[0].body != "two rss" || h.Get("Content-Type") != "application/rss+xml; charset=utf-8" ||
				len(h["Link"]) != 1 || h.Get("Link") != `<https://wire.example/hub>; rel="hub", <https://wire.example/feeds/all.rss>; rel="self"` {
				r.Errorf("sent %q with %v", sent[0].body, h)
			}
		}},
		{"7 every 2xx is a success", func(r *rig) {
			r.net.on("a.example", then(204))
			r.subscribed()
			r.publish("two")
			time.Sleep(time.Hour)
			if n := len(r.net.of(http.MethodPost)); n != 1 {
				r.Errorf("%d deliveries", n)
			}
		}},
		{"7 410 ends the subscription", func(r *rig) {
			r.net.on("a.example", then(410))
			r.subscribed()
			if r.publish("two"); len(r.subscriptions()) != 0 {
				r.Error("it goes on")
			}
		}},
		{"7 other answers are failures and tried again", func(r *rig) {
			for _, status := range []int{301, 307, 400, 404, 500, 503} {
				r.net.on("a.example", then(status))
				r.ask(form())
				before := len(r.net.of(http.MethodPost))
				r.publish(http.StatusText(status))
				time.Sleep(90 * time.Second)
				if n := len(r.net.of(http.MethodPost)) - before; n != 2 || len(r.subscriptions()) != 1 {
					r.Errorf("%d: %d deliveries, %d subscriptions", status, n, len(r.subscriptions()))
				}
			}
		}},
		{"7 after a failure the next update is delivered", func(r *rig) {
			r.net.on("a.example", then(500))
			r.subscribed()
			r.publish("two")
			r.net.on("a.example", agrees)
			r.publish("three")
			time.Sleep(2 * time.Minute)
			sent := r.net.of(http.MethodPost)
			if last := sent[len(sent)-1]; len(sent) != 2 || last.body != "three rss" {
				r.Errorf("%d deliveries, the last %q", len(sent), last.body)
			}
		}},
		{"7.1 signed if and only if there is a secret", func(r *rig) {
			r.subscribed("hub.secret", "sesame")
			r.subscribed("hub.callback", "https://a.example/plain")
			r.publish("two")
			for _, s := range r.net.of(http.MethodPost) {
				want := ""
				if s.url == "https://a.example/cb" {
					want = signature("sesame", "two rss")
				}
				if got := s.header.Get("X-Hub-Signature"); got != want {
					r.Errorf("%s: signature %q, want %q", s.url, got, want)
				}
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) { run(t, Limits{PerMinute: 1000}, tt.test) })
	}
}

// refused wants a status, and nobody asked or subscribed.
func (r *rig) refused(got, want int) {
	r.Helper()
	if got != want {
		r.Errorf("answer %d, want %d", got, want)
	}
	if list, err := r.store.HubRequests(r.Context()); err != nil || len(list) != 0 {
		r.Errorf("%d wishes wait, %v", len(list), err)
	}
}

// with is a callback that answers every request with a status and a text, in
// which %s is the challenge.
func with(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, strings.Replace(text, "%s", r.URL.Query().Get("hub.challenge"), 1))
	}
}

func query(s seen) url.Values {
	u, err := url.Parse(s.url)
	if err != nil {
		return nil
	}
	return u.Query()
}
