package hub

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

const (
	wire  = "https://wire.example"
	topic = wire + "/feeds/all.rss"
)

// network is where the callbacks are: a handler for each host. A request to
// another host gets no answer.
type network struct {
	mu    sync.Mutex
	hosts map[string]http.HandlerFunc
	seen  []seen
}

// seen is a request that a callback got.
type seen struct {
	method, url, body string
	header            http.Header
	at                time.Time
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	n.seen = append(n.seen, seen{r.Method, r.URL.String(), string(body), r.Header.Clone(), time.Now()})
	answer := n.hosts[r.URL.Hostname()]
	n.mu.Unlock()
	if answer == nil {
		return nil, errors.New("connection refused")
	}
	w := httptest.NewRecorder()
	answer(w, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

// on lets a host answer from now on.
func (n *network) on(host string, answer http.HandlerFunc) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[host] = answer
}

// of returns the requests with a method so far.
func (n *network) of(method string) (list []seen) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.seen {
		if s.method == method {
			list = append(list, s)
		}
	}
	return list
}

// agrees is a subscriber that confirms everything and takes everything.
func agrees(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, r.URL.Query().Get("hub.challenge"))
}

// then is a subscriber that confirms everything and takes with a status.
func then(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(status)
			return
		}
		agrees(w, r)
	}
}

// rig is a hub that runs on a store of its own, with one subscriber at
// a.example that agrees.
type rig struct {
	*testing.T
	*Hub
	net   *network
	store *storage.Store
	stop  func()
}

// run calls test with a running hub, in a time of its own.
func run(t *testing.T, limits Limits, test func(*rig)) {
	t.Helper()
	path := storagetest.File(t)
	synctest.Test(t, func(t *testing.T) {
		r := start(t, path, limits)
		defer func() { r.stop() }()
		test(r)
	})
}

func start(t *testing.T, path string, limits Limits) *rig {
	t.Helper()
	store, err := storage.Open(context.Background(), path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := &network{hosts: map[string]http.HandlerFunc{"a.example": agrees}}
	h := New(Options{Site: wire, Store: store, Transport: n, Agent: "rightswire/test", Limits: limits})
	h.jitter = func(d time.Duration) time.Duration { return d }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	r := &rig{t, h, n, store, func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}}
	r.publish("one")
	return r
}

// publish swaps the site for one whose feed says text, and waits until nothing
// is left to do at once.
func (r *rig) publish(text string) {
	site := &publisher.Site{Files: map[string]*publisher.File{}}
	for _, f := range publisher.Formats {
		p := "/feeds/all." + f.Ext
		site.Files[p] = publisher.NewFile(p, f.Type, []byte(text+" "+f.Ext), time.Time{})
	}
	r.Swap(site)
	settle()
}

// settle waits until nothing is left to do at once. A connection that finds the
// file locked, as after a start, sleeps for some milliseconds before it looks
// again, and who sleeps has nothing to do: so a little time passes, too.
func settle() {
	synctest.Wait()
	time.Sleep(100 * time.Millisecond)
	synctest.Wait()
}

// form is a request of the subscriber at a.example, with changes: pairs of a
// key and a value, "" to leave it out.
func form(changes ...string) url.Values {
	f := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.callback": {"https://a.example/cb"}}
	for i := 0; i < len(changes); i += 2 {
		if f.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			f.Del(changes[i])
		}
	}
	return f
}

// ask posts a form and waits until nothing is left to do at once.
func (r *rig) ask(f url.Values) *httptest.ResponseRecorder {
	w := r.post("application/x-www-form-urlencoded", f.Encode())
	settle()
	return w
}

func (r *rig) post(kind, body string) *httptest.ResponseRecorder {
	q := httptest.NewRequest(http.MethodPost, "/hub", strings.NewReader(body))
	q.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, q)
	return w
}

// subscriptions returns what the store has.
func (r *rig) subscriptions() []news.HubSubscription {
	r.Helper()
	subs, err := r.store.HubSubscriptions(context.Background())
	if err != nil {
		r.Fatal(err)
	}
	return subs
}

// subscribed subscribes, or ends the test.
func (r *rig) subscribed(changes ...string) {
	r.Helper()
	before := len(r.subscriptions())
	if w := r.ask(form(changes...)); w.Code != http.StatusAccepted || len(r.subscriptions()) != before+1 {
		r.Fatalf("not subscribed: %d %s", w.Code, w.Body)
	}
}

func signature(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
