package main

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// aWire is a configuration that asks nobody.
const aWire = "site: {title: Old name, contact: desk@example.org}\nsources: [{id: a, title: A, url: https://a.example/rss, status: paused}]\n"

// testDaemon returns a daemon on a newsroom of its own that has published
// once, and the log that it writes.
func testDaemon(t testing.TB, config string) (*daemon, *syncBuffer) {
	t.Helper()
	return testDaemonWith(t, config, nil)
}

// testDaemonWith is testDaemon with more files beside config.yaml.
func testDaemonWith(t testing.TB, config string, files map[string]string) (*daemon, *syncBuffer) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		writeFile(t, filepath.Join(dir, name), text)
	}
	storagetest.Put(t, filepath.Join(dir, "rightswire.db"))
	log := &syncBuffer{}
	a := &app{out: io.Discard, err: log, config: filepath.Join(dir, "config.yaml"), now: time.Now}
	a.log = slog.New(slog.NewTextHandler(log, nil))
	writeFile(t, a.config, config)
	cfg, err := a.load()
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() })
	d, err := newDaemon(w, cfg.Listen)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d, log
}

// syncBuffer is a buffer that several goroutines may write.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// inDatabase executes a statement behind the daemon's back.
func inDatabase(t *testing.T, d *daemon, statement string) {
	t.Helper()
	inDatabaseAt(t, filepath.Join(filepath.Dir(d.wire.app.config), "rightswire.db"), statement)
}

// inDatabaseAt executes a statement in the database at a path.
func inDatabaseAt(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)") // the daemon writes beside
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// served returns the main feed that readers get.
func served(t *testing.T, d *daemon) string {
	t.Helper()
	f := d.site.Files["/feeds/all.rss"]
	if f == nil {
		t.Fatal("the site has no /feeds/all.rss")
	}
	return string(f.Body)
}

// A good configuration that could not be taken over, or of which no site could
// be made, is not forgotten: the next tick of the publishing schedule tries
// again, although the file does not change any more.
func TestReloadIsTriedAgain(t *testing.T) {
	const renamed = "ALTER TABLE edition_state RENAME TO away"
	for _, tt := range []struct{ name, breaks, mends string }{
		{"the sources were not stored", "CREATE TRIGGER no BEFORE UPDATE ON source BEGIN SELECT RAISE(FAIL, 'no'); END", "DROP TRIGGER no"},
		{"the site was not built", renamed, "ALTER TABLE away RENAME TO edition_state"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, _ := testDaemon(t, aWire)
			inDatabase(t, d, tt.breaks)
			writeFile(t, d.wire.app.config, strings.NewReplacer("Old name", "New name", "title: A", "title: B").Replace(aWire))
			if err := d.survive(t.Context(), d.reload(t.Context())); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(served(t, d), "Old name") {
				t.Fatal("the reload went through; the test is void")
			}
			inDatabase(t, d, tt.mends)
			if err := d.publish(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(served(t, d), "New name") {
				t.Error("the site still has the old name after the next tick")
			}
		})
	}
}

// A folder that could not be written is written at the next tick, although
// nothing has changed since.
func TestDeliveryIsTriedAgain(t *testing.T) {
	d, log := testDaemon(t, aWire)
	dir := filepath.Dir(d.wire.app.config)
	writeFile(t, filepath.Join(dir, "public"), "in the way")
	d.wire.cfg.Publish.To = "public/site"
	if err := d.rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "site was not delivered") {
		t.Fatalf("the delivery went through; the test is void\n%s", log)
	}
	if err := os.Remove(filepath.Join(dir, "public")); err != nil {
		t.Fatal(err)
	}
	if err := d.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !exists(filepath.Join(dir, "public/site/feeds/all.rss")) {
		t.Error("the site was not delivered at the next tick")
	}
}

// A database that takes no writes keeps the site from nobody: it is served
// and delivered all the same, and what was published is stored when it can be.
func TestSiteIsDeliveredAlthoughItCannotBeRemembered(t *testing.T) {
	const feed = `<rss version="2.0"><channel><item><title>Bakers win</title><link>https://a.example/1</link></item></channel></rss>`
	origin := fetchtest.New(t).On("/rss", fetchtest.Answer{Body: feed})
	d, log := testDaemon(t, "fetch: {allow: [127.0.0.0/8]}\npublish: {to: site}\nsources: [{id: a, title: A, url: "+origin.URL("/rss")+"}]\n")
	inDatabase(t, d, "CREATE TRIGGER full BEFORE INSERT ON edition_state BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
	if err := d.poll(t.Context()); err != nil {
		t.Errorf("the pass ended with %v", err)
	}
	if !exists(filepath.Join(filepath.Dir(d.wire.app.config), "site/story")) {
		t.Error("the site was not delivered")
	}
	if !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("the log is silent about it:\n%s", log)
	}
	inDatabase(t, d, "DROP TRIGGER full")
	if err := d.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if known, err := d.wire.store.Editions(t.Context()); err != nil || len(known) == 0 {
		t.Errorf("%d editions are remembered after the next tick, %v; want all of them", len(known), err)
	}
}

// What a running daemon cannot change is said when it is asked for; what this
// version cannot do is refused as at the start.
func TestReloadSaysWhatNeedsARestart(t *testing.T) {
	d, log := testDaemon(t, aWire)
	for _, tt := range []struct{ more, want string }{
		{"listen: localhost:9999", "level=WARN msg=\"changed key needs a restart\" key=listen"},
		{"database: other.db", "level=WARN msg=\"changed key needs a restart\" key=database"},
		{"publish: {to: \"gs://bucket/site\"}", "this binary has no driver for it"},
	} {
		writeFile(t, d.wire.app.config, aWire+tt.more+"\n")
		if err := d.reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(log.String(), tt.want) {
			t.Errorf("with %s the log lacks %q:\n%s", tt.more, tt.want, log)
		}
	}
}

// SIGHUP and the watcher tell of one change: it is refused once, and nobody who
// runs a daemon is told to look at the demo first.
func TestReloadRefusesOnce(t *testing.T) {
	d, log := testDaemon(t, aWire)
	if err := os.Remove(d.wire.app.config); err != nil {
		t.Fatal(err)
	}
	reload := func() {
		t.Helper()
		if err := d.reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	reload()
	reload()
	if n := strings.Count(log.String(), "refused"); n != 1 || strings.Contains(log.String(), "demo") || !strings.Contains(log.String(), "no such file") {
		t.Errorf("one missing file is refused %d times, want once and without a hint:\n%s", n, log)
	}
	writeFile(t, d.wire.app.config, aWire+"listen: 5\n")
	reload()
	if n := strings.Count(log.String(), "refused"); n != 2 {
		t.Errorf("another mistake is not told:\n%s", log)
	}
	d.refused.at = d.refused.at.Add(-time.Hour)
	reload()
	if n := strings.Count(log.String(), "refused"); n != 3 {
		t.Errorf("a reload that is asked for much later has no answer:\n%s", log)
	}
}

// probeHandler asks the daemon how it is at the moment it says something.
type probeHandler struct {
	slog.Handler
	said func(message, listen string)
}

func (probeHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h probeHandler) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(at slog.Attr) bool {
		if at.Key == "listen" {
			h.said(r.Message, at.Value.String())
		}
		return true
	})
	return nil
}

// Whoever watches over the daemon can tell one that builds its first site
// from one that is dead.
func TestHealthIsAnsweredDuringTheFirstBuild(t *testing.T) {
	d, _ := testDaemon(t, aWire)
	d, err := newDaemon(d.wire, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	get := func(url string) string {
		head, _, err := fetchURL(url, nil)
		if err != nil {
			return err.Error()
		}
		status, _, _ := strings.Cut(string(head), "\n")
		return status
	}
	d.wire.app.log = slog.New(probeHandler{slog.DiscardHandler, func(message, listen string) {
		got = append(got, message, get("http://"+listen+"/healthz"), get("http://"+listen+"/readyz"))
	}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := d.run(ctx, func(string) { cancel() }); err != nil {
		t.Fatal(err)
	}
	want := []string{"listening", "status 200", "status 503", "serving", "status 200", "status 200"}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("said and answered %q, want %q", got, want)
	}
}

// exists reports whether there is something at a path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
