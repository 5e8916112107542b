//go:build !nobrowser

package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/cmd/rightswire/demo"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// What is proposed at the desk of the demo, and what is not in its list.
const (
	demoProposed = "open-border-watch"
	demoMissing  = "the-lantern"
)

// demoDesk is the desk's pages of the demo after all of its news. missing is the
// feed of an outlet that is not in the list.
func demoDesk(t *testing.T) (base, missing string) {
	t.Helper()
	clock := time.Now().Add(-time.Duration(demo.Waves()) * demoStep).Truncate(time.Second)
	a := &app{out: io.Discard, err: io.Discard, logFormat: "text", logLevel: "error", now: func() time.Time { return clock }}
	if err := a.openLog(); err != nil {
		t.Fatal(err)
	}
	origin, strike, err := a.stage(clock, "https://wire.example.org", "localhost:8080")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(strike)
	t.Chdir(filepath.Dir(a.config)) // the pages name the files as they were given
	a.config = "config.yaml"
	hash, err := deskHash()
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, "desk.passwd", "maria:"+hash+"\n")
	writeFile(t, a.config, readFile(t, a.config)+"admin: {password_file: desk.passwd}\n")
	cfg, err := a.load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range cfg.Sources {
		if s.ID == demoMissing {
			missing = s.URL
		}
	}
	edit, err := a.plan(config.Together(config.Removing(demoMissing), config.WithStatus(demoProposed, news.Proposed)))
	if err == nil {
		err = edit.Apply()
	}
	if err == nil {
		cfg, err = a.load()
	}
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() })
	for more := true; more; more = origin.Advance() {
		if _, err := w.pass(t.Context(), w.cfg.Sources, aggregator.Selection{}); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(demoStep)
	}
	d, err := newDaemon(w, cfg.Listen)
	if err != nil {
		t.Fatal(err)
	}
	return deskServer(t, d), missing
}

// deskLooks are the ways to look at the desk's pages: both widths and both
// schemes are in them.
var deskLooks = []look{{"phone", 360, "light", "screen"}, {"desk in the dark", 1280, "dark", "screen"}}

// looks takes the picture of the page that a browser is on, where pictures are
// asked for (make screenshots does), and looks at it in every way.
func (b deskBrowser) looks(picture string) {
	b.t.Helper()
	here, err := chromedp.Run(b.ctx, chromedp.Location())
	if err != nil {
		b.t.Fatal(err)
	}
	b.draws(picture) // first: looking scrolls, and moves the focus
	for _, l := range deskLooks {
		wrong, err := l.here(b.ctx)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, what := range wrong {
			b.t.Errorf("%s, %s: %s", strings.TrimPrefix(here, b.base), l.name, what)
		}
	}
}

// draws writes the picture of a page into the folder of RIGHTSWIRE_SCREENSHOTS.
func (b deskBrowser) draws(picture string) {
	b.t.Helper()
	dir := os.Getenv("RIGHTSWIRE_SCREENSHOTS")
	if dir == "" || picture == "" {
		return
	}
	shot := look{picture, 1200, "light", "screen"}
	if strings.HasSuffix(picture, "-phone") {
		shot.width = 360
	}
	if err := shot.wear(b.ctx); err != nil {
		b.t.Fatal(err)
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, picture+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// first is the first address on the page that begins so.
func (b deskBrowser) first(prefix string) string {
	b.t.Helper()
	html, err := chromedp.Run(b.ctx, chromedp.OuterHTML("main"))
	if err != nil {
		b.t.Fatal(err)
	}
	found := regexp.MustCompile(`href="(` + prefix + `[^"?]+)"`).FindStringSubmatch(html)
	if found == nil {
		b.t.Fatalf("no link to %s:\n%s", prefix, html)
	}
	return found[1]
}

// Every page of the desk is readable on a phone, in the dark, by keyboard and
// by ear, with the news of the demo on it.
func TestDeskPagesReadWell(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	ctx := browser(t)
	base, missing := demoDesk(t)
	// Without a window no page has the keyboard.
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	b := deskBrowser{t, ctx, base}
	b.goes("/admin/login")
	b.looks("")
	b.logsIn()
	for _, p := range []struct{ path, picture string }{
		{"/admin/", "desk-sources"}, {"/admin/sources/harbour-dispatch", "desk-source"}, {"/admin/sources/harbour-dispatch?remove", ""},
		{"/admin/sources/" + demoProposed, ""}, {"/admin/sources/" + demoProposed + "/preview", "desk-preview"}, {"/admin/health", "desk-health"},
		{"/admin/digest", "desk-week"}, {"/admin/items", "desk-items"}, {"/admin/items?q=language:ar", ""}, {"/admin/stories", "desk-stories"},
		{"/admin/taxonomy?title=Dockers+walk+out+over+unpaid+wages+in+Lagos", "desk-taxonomy"}, {"/admin/taxonomy/test", ""},
		{"/admin/import", ""}, {"/admin/config", ""}, {"/admin/log", ""}, {"/admin/items/99999", ""},
	} {
		b.goes(p.path)
		b.looks(p.picture)
	}
	b.goes("/admin/items?q=language:ar")
	b.goes(b.first("/admin/items/"))
	b.looks("")
	b.goes("/admin/items?category=workplace-safety")
	b.goes(b.first("/admin/items/"))
	b.draws("desk-item-phone")
	b.looks("desk-item")
	b.goes(b.first("/admin/stories/"))
	b.looks("desk-story")
	b.goes("/admin/add")
	b.types("#address", missing)
	b.presses(`form[action="/admin/add/search"] button`)
	b.sees("would be filed under")
	b.looks("desk-add")
	b.goes("/admin/config?file=taxonomy.yaml")
	text := readFile(t, "taxonomy.yaml")
	b.types("#text", strings.Replace(text, "strong: [", "strong: [wildcat walkout, ", 1))
	b.presses(`form[action="/admin/config/check"] p:last-of-type button`)
	b.looks("desk-config")
}
