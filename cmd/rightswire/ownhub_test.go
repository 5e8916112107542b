package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newsroom is a whole wire on loopback, which can be stopped and started.
type newsroom struct {
	*testing.T
	dir, url string
	log      *syncBuffer
	stop     func()
}

// newNewsroom writes a configuration whose site is where it listens.
func newNewsroom(t *testing.T, config string) *newsroom {
	t.Helper()
	listen, err := freeAddress(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &newsroom{T: t, dir: t.TempDir(), url: "http://" + listen, log: &syncBuffer{}}
	writeFile(t, filepath.Join(n.dir, "config.yaml"), fmt.Sprintf("site: {title: %s, url: %q, contact: desk@example.org}\nlisten: %q\n%s", filepath.Base(t.Name()), n.url, listen, config))
	n.stop = func() {}
	t.Cleanup(func() { n.stop() })
	return n
}

// start runs the daemon until stop.
func (n *newsroom) start() {
	n.Helper()
	a := &app{out: io.Discard, err: n.log, config: filepath.Join(n.dir, "config.yaml"), now: time.Now}
	a.log = slog.New(slog.NewTextHandler(n.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg, err := a.load()
	if err != nil {
		n.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	up, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.serve(ctx, cfg, cfg.Listen, func(addr string) { up <- addr }) }()
	select {
	case <-up:
	case err := <-ended:
		n.Fatalf("serve: %v", err)
	}
	n.stop = func() {
		n.stop = func() {}
		cancel()
		if err := <-ended; err != nil {
			n.Errorf("serve ended with %v\n%s", err, n.log)
		}
	}
}

// until waits for something that takes a moment.
func (n *newsroom) until(what string, done func() bool) {
	n.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			n.Fatalf("in vain: %s\n%s", what, n.log)
		}
	}
}

// shows reports whether the newsroom's feed has a text.
func (n *newsroom) shows(text string) bool {
	_, body, err := fetchURL(n.url+"/feeds/all.rss", nil)
	return err == nil && strings.Contains(string(body), text)
}

// subscriptions are those at the newsroom's own hub.
func (n *newsroom) subscriptions() []news.HubSubscription {
	n.Helper()
	s, err := storage.Open(context.Background(), filepath.Join(n.dir, "rightswire.db"), storage.Options{ReadOnly: true})
	if err != nil {
		n.Fatal(err)
	}
	defer s.Close()
	subs, err := s.HubSubscriptions(context.Background())
	if err != nil {
		n.Fatal(err)
	}
	return subs
}

// ask posts a request to the newsroom's hub.
func (n *newsroom) ask(mode, topic, callback string) {
	n.Helper()
	res, err := http.PostForm(n.url+"/hub", url.Values{"hub.mode": {mode}, "hub.topic": {n.url + topic}, "hub.callback": {callback}, "hub.secret": {"sesame"}})
	if err != nil {
		n.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		text, _ := io.ReadAll(res.Body)
		n.Fatalf("%s %s: %s %s", mode, callback, res.Status, text)
	}
}

const (
	// eager is a publisher that looks for news all the time.
	eager  = "schedule: {poll: '@every 1s'}\nfetch: {allow: [127.0.0.1/32], interval: {min: 1s, default: 1s, max: 1s}, floor: 1s, no_validators: 1s, per_domain: {gap: 0s}}\n"
	strike = `<rss version="2.0"><channel><title>t</title>%s</channel></rss>`
)

// strikes is a feed with an item of each trade.
func strikes(trades ...string) fetchtest.Answer {
	var items strings.Builder
	for _, who := range trades {
		fmt.Fprintf(&items, "<item><title>%s strike</title><link>https://a.example/%[1]s</link></item>", who)
	}
	return fetchtest.Answer{Body: fmt.Sprintf(strike, items.String())}
}

// The whole way, with two real newsrooms: one reads the other's feed once and
// hears of everything else from its hub, across a restart of either.
func TestF31_OneNewsroomSubscribesToAnother(t *testing.T) {
	origin := fetchtest.New(t).On("/rss", strikes("Bakers"))
	from := newNewsroom(t, eager+"publish: {hub: self}\nsources: [{id: a, title: A, url: '"+origin.URL("/rss")+"'}]\n")
	from.start()
	from.until("the first news is published", func() bool { return from.shows("Bakers strike") })

	to := newNewsroom(t, "schedule: {poll: '@every 1s'}\nfetch: {allow: [127.0.0.1/32], websub: true, interval: {min: 1d, default: 1d, max: 1d}, per_domain: {gap: 0s}}\n"+
		"sources: [{id: wire, title: Wire, url: '"+from.url+"/feeds/all.rss'}]\n")
	to.start()
	to.until("the feed is read", func() bool { return to.shows("Bakers strike") })
	from.until("the other newsroom is subscribed", func() bool { return len(from.subscriptions()) == 1 })
	if sub := from.subscriptions()[0]; sub.Topic != from.url+"/feeds/all.rss" || !strings.HasPrefix(sub.Callback, to.url+"/websub/") || sub.Secret == "" {
		t.Errorf("subscribed: %+v", sub)
	}

	origin.On("/rss", strikes("Miners", "Bakers"))
	to.until("the hub sends a change", func() bool { return to.shows("Miners strike") })

	// What happens while the hub is down is sent when it is up again.
	from.stop()
	origin.On("/rss", strikes("Nurses", "Miners", "Bakers"))
	from.start()
	to.until("the hub sends after a restart", func() bool { return to.shows("Nurses strike") })

	// What happens while the subscriber is down is sent once it is up.
	to.stop()
	origin.On("/rss", strikes("Tailors", "Nurses", "Miners", "Bakers"))
	from.until("a delivery fails", func() bool { subs := from.subscriptions(); return len(subs) == 1 && subs[0].Failures > 0 })
	to.start()
	// In a minute, that is; here the clock is set instead.
	from.stop()
	inDatabaseAt(t, filepath.Join(from.dir, "rightswire.db"), "UPDATE hub_subscription SET not_before = 0")
	from.start()
	to.until("the hub sends again", func() bool { return to.shows("Tailors strike") })

	// Nobody else can have it unsubscribed: it says no.
	from.ask("unsubscribe", "/feeds/all.rss", from.subscriptions()[0].Callback)
	origin.On("/rss", strikes("Weavers", "Tailors", "Nurses"))
	to.until("the subscription goes on", func() bool { return to.shows("Weavers strike") })
	if strings.Contains(to.log.String(), "unsigned message") {
		t.Error("a signature was wrong")
	}
}

// subscriber is a callback that agrees to everything, and counts what it gets.
type subscriber struct{ asked, got atomic.Int32 }

func (s *subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		s.got.Add(1)
		return
	}
	s.asked.Add(1)
	io.WriteString(w, r.URL.Query().Get("hub.challenge"))
}

// Callbacks that mean harm get nothing, and are in nobody's way.
func TestS14_HostileCallbacks(t *testing.T) {
	inside := &subscriber{}
	ln, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("this system has no 127.0.0.2:", err)
	}
	private := httptest.NewUnstartedServer(inside)
	private.Listener.Close()
	private.Listener = ln
	private.Start()
	defer private.Close()

	done := make(chan struct{})
	hostile := http.NewServeMux()
	hostile.Handle("/redirect", http.RedirectHandler(private.URL, http.StatusTemporaryRedirect))
	hostile.HandleFunc("/wrong", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "yes") })
	hostile.HandleFunc("/tarpit", func(w http.ResponseWriter, r *http.Request) { <-done })
	hostile.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 64<<10)); err != nil {
				return
			}
		}
	})
	hostile.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) {
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
			if _, err := io.WriteString(w, "x"); err != nil || http.NewResponseController(w).Flush() != nil {
				return
			}
		}
	})
	good := &subscriber{}
	hostile.Handle("/good", good)
	srv := httptest.NewServer(hostile)
	defer srv.Close()
	defer close(done)

	origin := fetchtest.New(t).On("/rss", strikes("Bakers"))
	n := newNewsroom(t, eager+"publish: {hub: self, hub_limits: {timeout: 2s}}\nsources: [{id: a, title: A, url: '"+origin.URL("/rss")+"'}]\n")
	n.start()
	n.until("the first news is published", func() bool { return n.shows("Bakers strike") })
	n.ask("subscribe", "/feeds/all.rss", private.URL+"/cb")
	for _, path := range []string{"/redirect", "/wrong", "/tarpit", "/endless", "/drip"} {
		n.ask("subscribe", "/feeds/all.rss", srv.URL+path)
	}
	n.ask("subscribe", "/feeds/all.rss", srv.URL+"/good")
	n.until("the good one is subscribed", func() bool { return len(n.subscriptions()) > 0 })
	origin.On("/rss", strikes("Miners", "Bakers"))
	n.until("the good one is sent the change", func() bool { return good.got.Load() > 0 })
	if subs := n.subscriptions(); len(subs) != 1 || subs[0].Callback != srv.URL+"/good" {
		t.Errorf("subscribed: %+v", subs)
	}
	if n := inside.asked.Load() + inside.got.Load(); n != 0 {
		t.Errorf("an address inside was asked %d times", n)
	}

	n.ask("unsubscribe", "/feeds/all.rss", srv.URL+"/good")
	n.until("the good one is unsubscribed", func() bool { return len(n.subscriptions()) == 0 })
	before := good.got.Load()
	origin.On("/rss", strikes("Nurses", "Miners", "Bakers"))
	n.until("the next change is published", func() bool { return n.shows("Nurses strike") })
	if got := good.got.Load(); got != before {
		t.Errorf("%d deliveries after the end", got-before)
	}
}
