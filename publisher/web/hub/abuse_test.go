package hub

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/storage/storagetest"
)

func TestS14_TheHubHasLimits(t *testing.T) {
	for _, tt := range []struct {
		name   string
		limits Limits
		test   func(r *rig)
	}{
		{"subscriptions in all", Limits{Subscriptions: 2}, func(r *rig) {
			r.net.on("b.example", agrees)
			r.subscribed()
			r.subscribed("hub.callback", "https://b.example/cb")
			r.refused(r.ask(form("hub.callback", "https://a.example/more")).Code, http.StatusServiceUnavailable)
			if w := r.ask(form("hub.lease_seconds", "7200")); w.Code != http.StatusAccepted {
				r.Errorf("a renewal at a full hub: %d", w.Code)
			}
			if w := r.ask(form("hub.mode", "unsubscribe")); w.Code != http.StatusAccepted || len(r.subscriptions()) != 1 {
				r.Errorf("an end at a full hub: %d", w.Code)
			}
		}},
		{"subscriptions at one host, however it is written", Limits{PerHost: 2}, func(r *rig) {
			r.net.on("b.example", agrees)
			r.subscribed()
			r.subscribed("hub.callback", "https://a.example:444/cb")
			r.refused(r.ask(form("hub.callback", "https://A.Example./more")).Code, http.StatusServiceUnavailable)
			r.subscribed("hub.callback", "https://b.example/cb")
		}},
		{"requests of one client", Limits{PerMinute: 3}, func(r *rig) {
			for i := range 3 {
				r.ask(form("hub.callback", fmt.Sprintf("https://h%d.example/", i)))
			}
			w := r.ask(form("hub.callback", "https://h4.example/"))
			if r.refused(w.Code, http.StatusTooManyRequests); w.Header().Get("Retry-After") == "" {
				r.Error("it is not said when to come again")
			}
			time.Sleep(time.Minute)
			r.subscribed()
		}},
		{"requests for callbacks at one host, whoever asks", Limits{PerMinute: 3}, func(r *rig) {
			for i := range 4 {
				q := httptest.NewRequest(http.MethodPost, "/hub", strings.NewReader(form().Encode()))
				q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				q.RemoteAddr = fmt.Sprintf("198.51.100.%d:1", i)
				w := httptest.NewRecorder()
				if r.ServeHTTP(w, q); (w.Code == http.StatusTooManyRequests) != (i == 3) {
					r.Errorf("request %d: %d", i, w.Code)
				}
				settle()
			}
			if n := len(r.net.of(http.MethodGet)); n != 3 {
				r.Errorf("the callback was asked %d times", n)
			}
		}},
		{"the size of a request", Limits{}, func(r *rig) {
			r.refused(r.ask(form("x", strings.Repeat("x", 17<<10))).Code, http.StatusRequestEntityTooLarge)
			r.refused(r.ask(form("hub.callback", "https://a.example/"+strings.Repeat("x", 2<<10))).Code, http.StatusBadRequest)
		}},
		{"a callback that never answers costs its timeout", Limits{Timeout: 5 * time.Second}, func(r *rig) {
			r.net.on("tarpit.example", func(w http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
			began := time.Now()
			r.ask(form("hub.callback", "https://tarpit.example/"))
			if list, err := r.store.HubRequests(r.Context()); err != nil || len(list) != 1 {
				r.Errorf("%d wishes wait, %v", len(list), err)
			}
			time.Sleep(6 * time.Second)
			if list, err := r.store.HubRequests(r.Context()); err != nil || len(list) != 0 || len(r.subscriptions()) != 0 {
				r.Errorf("%d wishes wait after %v, %v", len(list), time.Since(began), err)
			}
		}},
		{"a host that answers late keeps nobody else waiting", Limits{Concurrency: 1}, func(r *rig) {
			r.net.on("slow.example", agrees)
			for i := range 20 {
				r.subscribed("hub.callback", fmt.Sprintf("https://slow.example/%d", i))
			}
			r.subscribed()
			r.net.on("slow.example", func(w http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
			r.publish("two")
			time.Sleep(21 * time.Second) // two of them, one after another
			var at time.Duration
			for _, s := range r.net.of(http.MethodPost) {
				if strings.Contains(s.url, "a.example") {
					at = time.Until(s.at)
				}
			}
			if at == 0 {
				r.Error("the other host waits")
			}
		}},
		{"failures wait longer and longer, and end at last", Limits{GiveUp: 3 * 24 * time.Hour}, func(r *rig) {
			r.net.on("a.example", then(500))
			r.subscribed()
			r.publish("two")
			time.Sleep(10 * 24 * time.Hour)
			sent := r.net.of(http.MethodPost)
			if n := len(sent); n < 10 || n > 25 || len(r.subscriptions()) != 0 {
				r.Errorf("%d deliveries in ten days, %d subscriptions", n, len(r.subscriptions()))
			}
			for i := 2; i < len(sent); i++ {
				if last, gap := sent[i-1].at.Sub(sent[i-2].at), sent[i].at.Sub(sent[i-1].at); gap < last-time.Second || gap > backoffMax+2*time.Second {
					r.Errorf("delivery %d after %v, the one before after %v", i, gap, last)
				}
			}
			gets := r.net.of(http.MethodGet)
			if q := query(gets[len(gets)-1]); q.Get("hub.mode") != "denied" {
				r.Errorf("the callback was told %v", q)
			}
		}},
		{"what changes during a retry is sent at once after it", Limits{}, func(r *rig) {
			r.net.on("a.example", then(500))
			r.subscribed()
			r.publish("two")
			r.net.on("a.example", func(w http.ResponseWriter, q *http.Request) { time.Sleep(5 * time.Second) })
			time.Sleep(61 * time.Second)
			r.publish("three")
			time.Sleep(10 * time.Second)
			if sent := r.net.of(http.MethodPost); len(sent) != 3 || sent[2].body != "three rss" {
				r.Errorf("%d deliveries", len(sent))
			}
		}},
		{"a Retry-After is kept to", Limits{}, func(r *rig) {
			r.net.on("a.example", func(w http.ResponseWriter, q *http.Request) {
				w.Header().Set("Retry-After", "3600")
				then(503)(w, q)
			})
			r.subscribed()
			r.publish("two")
			time.Sleep(time.Hour + time.Minute)
			if sent := r.net.of(http.MethodPost); len(sent) != 2 || sent[1].at.Sub(sent[0].at) < time.Hour {
				r.Errorf("%d deliveries", len(sent))
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) { run(t, tt.limits, tt.test) })
	}
}

// Killed at any moment, the hub goes on with what it owes: wishes that were
// taken in are confirmed, and what was not delivered is.
func TestF31_TheHubSurvivesARestart(t *testing.T) {
	path := storagetest.File(t)
	synctest.Test(t, func(t *testing.T) {
		r := start(t, path, Limits{})
		r.subscribed("hub.secret", "sesame")
		r.net.on("a.example", func(w http.ResponseWriter, q *http.Request) { <-q.Context().Done() })
		r.post("application/x-www-form-urlencoded", form("hub.callback", "https://a.example/late").Encode())
		r.publish("two")
		r.stop() // in the middle of a delivery and of a verification

		r = start(t, path, Limits{})
		defer func() { r.stop() }()
		if n := len(r.subscriptions()); n != 2 {
			t.Errorf("%d subscriptions after the restart", n)
		}
		var sent int
		for _, s := range r.net.of(http.MethodPost) {
			if s.url == "https://a.example/cb" && s.header.Get("X-Hub-Signature") == signature("sesame", s.body) {
				sent++
			}
		}
		if s := r.subscriptions()[0]; sent != 0 && s.Failures != 0 {
			t.Errorf("our own end counted as a failure: %+v", s)
		}
		r.publish("two")
		posts := r.net.of(http.MethodPost)
		if len(posts) == 0 || posts[0].body != "two rss" || posts[0].url != "https://a.example/cb" {
			t.Errorf("after the restart %+v was sent", posts)
		}
	})
}

// Before the first edition nobody can be told what is a topic.
func TestTheHubWaitsForTheFirstEdition(t *testing.T) {
	h := New(Options{Site: wire})
	q := httptest.NewRequest(http.MethodPost, "/hub", strings.NewReader(form().Encode()))
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, q); w.Code != http.StatusServiceUnavailable {
		t.Errorf("answer %d", w.Code)
	}
	if h.gone(topic) {
		t.Error("a topic is gone before there is a site")
	}
	h.Swap(&publisher.Site{Missing: []string{"/feeds/all.rss"}})
	if h.gone(topic) || !h.gone(wire+"/feeds/other.rss") {
		t.Error("a feed that could not be made is gone, or one that never was is not")
	}
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/hub", nil)); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
		t.Errorf("GET: %d %v", w.Code, w.Header())
	}
}

// Whatever bytes come, what is accepted has what a request needs, in bounds.
func FuzzParse(f *testing.F) {
	l := Limits{}.withDefaults()
	for _, seed := range []string{
		form().Encode(), form("hub.secret", "s", "hub.lease_seconds", "99").Encode(), form("hub.mode", "unsubscribe").Encode(),
		"hub.mode=subscribe&hub.topic=%ff&hub.callback=http://a", "hub.callback=http://[::1%25lo]/&hub.mode=subscribe&hub.topic=t", "%", ";", "",
		"hub.mode=subscribe&hub.topic=t&hub.callback=http://a/%0d%0aX:y", "hub.mode=subscribe&hub.topic=t&hub.callback=http://a/?",
		"hub.mode=unsubscribe&hub.topic=t&hub.callback=http://./",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r, err := parse(body, l)
		if err != nil {
			return
		}
		if r.Host == "" || r.Topic == "" || len(r.Secret) > 199 || r.Mode == "subscribe" && (r.Lease < l.LeaseMin || r.Lease > l.LeaseMax) {
			t.Errorf("accepted %+v", r)
		}
		q, err := http.NewRequest(http.MethodGet, appendQuery(r.Callback, form()), nil)
		if err != nil || q.URL.Query().Get("hub.topic") == "" || q.URL.User != nil || q.URL.Fragment != "" {
			t.Errorf("callback %q leads to %v, %v", r.Callback, q, err)
		}
	})
}
