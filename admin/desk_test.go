package admin

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/digest"
	"github.com/rightswire/rightswire/news/health"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "correct horse battery"

// cheap is a hash of secret that takes little: tests log in a lot.
var cheap = sync.OnceValue(func() string {
	c, salt := cost{memory: 7 << 10, time: 1, threads: 1}, []byte("saltsaltsaltsalt")
	return c.text(salt, c.key(secret, salt, 32))
})

// record keeps what is put on record in memory.
type record struct {
	mu   sync.Mutex
	list []news.AuditEntry
}

func (r *record) AddAudit(_ context.Context, e news.AuditEntry) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.ID = int64(len(r.list) + 1)
	r.list = append(r.list, e)
	return nil
}

func (r *record) AuditBefore(_ context.Context, before int64, limit int) (out []news.AuditEntry, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.list) - 1; i >= 0 && len(out) < limit; i-- {
		if before <= 0 || r.list[i].ID < before {
			out = append(out, r.list[i])
		}
	}
	return out, nil
}

func (r *record) last() news.AuditEntry {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list[len(r.list)-1]
}

// newsroom is a source list in memory.
type newsroom struct {
	mu    sync.Mutex
	lines []SourceLine
	polls map[string][]news.Poll
	fail  error
}

func (n *newsroom) Sources(context.Context) ([]SourceLine, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]SourceLine(nil), n.lines...), nil
}

func (n *newsroom) Complete(l SourceLine) SourceLine { return l }

func (n *newsroom) Source(_ context.Context, id string) (SourceLine, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, l := range n.lines {
		if l.ID == id {
			return l, nil
		}
	}
	return SourceLine{}, news.ErrNotFound
}

func (n *newsroom) Recent(context.Context, []string, int) (map[string][]news.Poll, error) {
	return n.polls, nil
}

func (n *newsroom) Ledger(_ context.Context, id string, _ int) ([]news.Poll, error) {
	return n.polls[id], nil
}

func (n *newsroom) SetStatus(_ context.Context, id string, status news.Status) (SourceEdit, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fail != nil {
		return SourceEdit{}, n.fail
	}
	for i := range n.lines {
		if n.lines[i].ID == id {
			n.lines[i].Status = status
		}
	}
	return SourceEdit{File: "config.yaml", Diff: "+ status"}, nil
}

func (n *newsroom) RemoveSource(_ context.Context, id string) (SourceEdit, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range n.lines {
		if n.lines[i].ID == id {
			n.lines = append(n.lines[:i:i], n.lines[i+1:]...)
			return SourceEdit{File: "config.yaml", Diff: "+ status"}, nil
		}
	}
	return SourceEdit{}, news.ErrNotFound
}

func (n *newsroom) Examine(context.Context) (Checkup, error)                { return Checkup{}, nil }
func (n *newsroom) Judge(context.Context, string) ([]health.Finding, error) { return nil, nil }

func (n *newsroom) Digest(context.Context) (digest.Digest, error)        { return digest.Digest{}, nil }
func (n *newsroom) Preview(context.Context, string) ([]news.Item, error) { return nil, nil }

func (n *newsroom) SetFields(context.Context, string, map[string]FieldEdit) (SourceEdit, error) {
	return SourceEdit{}, errors.New("not here")
}

// status is the status of a source.
func (n *newsroom) status(id string) news.Status {
	l, _ := n.Source(context.Background(), id)
	return l.Status
}

// clock is turned by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// bench is a desk on a real server of this machine.
type bench struct {
	t      *testing.T
	desk   *Desk
	url    string
	clock  *clock
	record *record
	room   *newsroom
	people []Person
	log    *strings.Builder
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// lockedWriter lets the server and the test share a log.
type lockedWriter struct {
	mu sync.Mutex
	b  *strings.Builder
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func newBench(t *testing.T, change func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, clock: &clock{t: noon}, record: &record{}, people: []Person{{"maria", cheap()}}, log: &strings.Builder{}}
	b.room = &newsroom{
		lines: []SourceLine{
			{Source: news.Source{ID: "alpha", Title: "Alpha", URL: "https://alpha.example/rss", Status: news.Active}},
			{Source: news.Source{ID: "beta", Title: `<script>alert("beta")</script>`, URL: "https://beta.example/rss", Homepage: "javascript:alert(1)", Status: news.Active}},
		},
		polls: map[string][]news.Poll{},
	}
	opt := Options{
		Site: "Wire", Audit: b.record, Now: b.clock.now, Log: slog.New(slog.NewTextHandler(&lockedWriter{b: b.log}, nil)), Sources: b.room, Health: b.room,
		Login: Login{People: func() ([]Person, error) { return b.people, nil }, Idle: 30 * time.Minute, Max: 12 * time.Hour},
	}
	if change != nil {
		change(&opt)
	}
	d, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewUnstartedServer(d)
	srv.Config = NewServer(d, "")
	srv.Start()
	t.Cleanup(srv.Close)
	b.desk, b.url = d, srv.URL
	return b
}

// browser is somebody who looks at the desk's pages: cookies are kept, redirects
// are not followed.
type browser struct {
	b      *bench
	client *http.Client
	header http.Header
}

func (b *bench) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	tr := &http.Transport{}
	b.t.Cleanup(tr.CloseIdleConnections)
	return &browser{b, &http.Client{Jar: jar, Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		http.Header{"Sec-Fetch-Site": {"same-origin"}}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (w *browser) do(method, path, kind, body string) answer {
	w.b.t.Helper()
	req, err := http.NewRequestWithContext(w.b.t.Context(), method, w.b.url+path, strings.NewReader(body))
	if err != nil {
		w.b.t.Fatal(err)
	}
	req.Header = w.header.Clone()
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	res, err := w.client.Do(req)
	if err != nil {
		w.b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(text)}
}

func (w *browser) get(path string) answer { return w.do("GET", path, "", "") }

func (w *browser) post(path string, form url.Values) answer {
	return w.do("POST", path, "application/x-www-form-urlencoded", form.Encode())
}

func (w *browser) login(name, password, next string) answer {
	return w.post("/admin/login", url.Values{"username": {name}, "password": {password}, "next": {next}})
}

// in logs the browser in.
func (w *browser) in() *browser {
	w.b.t.Helper()
	if a := w.login("maria", secret, ""); a.status != http.StatusSeeOther {
		w.b.t.Fatalf("login = %d, want 303", a.status)
	}
	return w
}

var tokenIn = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

// token is the one in a page's forms.
func (w *browser) token(path string) string {
	w.b.t.Helper()
	found := tokenIn.FindStringSubmatch(w.get(path).body)
	if found == nil {
		w.b.t.Fatalf("no form with a token on %s", path)
	}
	return found[1]
}

// send posts a form of a page, with its token.
func (w *browser) send(path string, form url.Values) answer {
	w.b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("csrf_token", w.token("/admin/log"))
	return w.post(path, form)
}

// inside reports whether the browser is logged in.
func (w *browser) inside() bool { return w.get("/admin/").status == http.StatusOK }

func TestNobodyCanLogIn(t *testing.T) {
	for _, l := range []Login{{}, {ProxyHeader: "Remote-User"}, {ProxyFrom: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}} {
		if _, err := New(Options{Login: l}); !errors.Is(err, ErrNobody) {
			t.Errorf("New(%+v) = %v, want ErrNobody", l, err)
		}
	}
}
