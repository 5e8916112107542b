//go:build !nobrowser

package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"mime"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/web"
)

//go:embed testdata/audit.js
var audit string

// browser starts a real browser, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium or Chrome on PATH (Debian: chromium), so no real browser looked at the pages")
	}
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(t.TempDir()))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // it does not start for root otherwise
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// demoSite is the site of the demo as the daemon serves it.
func demoSite(t *testing.T) (base, dir string) {
	t.Helper()
	dir = t.TempDir()
	a := &app{out: io.Discard, err: io.Discard, logFormat: "text", logLevel: "error", now: time.Now}
	if err := a.openLog(); err != nil {
		t.Fatal(err)
	}
	if err := a.demoOnce(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	site := &publisher.Site{Files: map[string]*publisher.File{}}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		at := filepath.ToSlash(strings.TrimPrefix(path, dir))
		site.Files[at] = publisher.NewFile(at, mime.TypeByExtension(filepath.Ext(path)), body, time.Time{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h := web.New(web.Options{})
	h.Swap(site)
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL, dir
}

// storiesOf returns the page of a story that several outlets carry, and that
// of one in Arabic.
func storiesOf(t *testing.T, dir string) (many, arabic string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "story/*/index.html"))
	if err != nil || len(found) == 0 {
		t.Fatalf("%d pages of stories, %v", len(found), err)
	}
	for _, file := range found {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		at := "/story/" + filepath.Base(filepath.Dir(file)) + "/"
		if regexp.MustCompile(`Coverage: \d+ outlets`).Match(body) {
			many = at
		}
		if strings.Contains(string(body), `class="story" dir="rtl"`) {
			arabic = at
		}
	}
	if many == "" || arabic == "" {
		t.Fatal("the demo lacks a story of many outlets, or one from right to left")
	}
	return many, arabic
}

// onlooker notes what the browser complains of and whom it asks.
type onlooker struct {
	mu    sync.Mutex
	said  []string
	asked map[string]bool // hosts
}

func (w *onlooker) listen(ctx context.Context) error {
	w.asked = map[string]bool{}
	note := func(format string, args ...any) { w.said = append(w.said, fmt.Sprintf(format, args...)) }
	err := chromedp.Listen(ctx, func(ev any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			note("%s: %s", ev.Entry.Level, ev.Entry.Text)
		case *runtime.EventConsoleAPICalled:
			note("console.%s", ev.Type)
		case *runtime.EventExceptionThrown:
			note("exception: %s", ev.ExceptionDetails.Text)
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(ev.Request.URL); err == nil {
				w.asked[u.Host] = true
			}
		}
	})
	if err == nil {
		_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	}
	if err == nil {
		_, err = chromedp.Call(ctx, log.Enable, cdp.Empty{})
	}
	if err == nil { // without a window no page has the keyboard
		_, err = chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	}
	return err
}

// look is a way to look at a page.
type look struct {
	name   string
	width  int64
	scheme string // light or dark
	media  string
}

// at opens a page and returns what is wrong with it.
func (l look) at(ctx context.Context, address string) ([]string, error) {
	if err := l.wear(ctx); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return nil, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[[]string](audit))
}

// here returns what is wrong with the page that the browser is on.
func (l look) here(ctx context.Context) ([]string, error) {
	if err := l.wear(ctx); err != nil {
		return nil, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[[]string](audit))
}

// wear makes the browser look so.
func (l look) wear(ctx context.Context) error {
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: l.media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
	})
	if err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.EmulateViewport(l.width, 800))
}

// A real browser shows every kind of page without a complaint, without asking
// anybody else, readable on a phone, in the dark and from right to left.
func TestPagesInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	ctx := browser(t)
	base, dir := demoSite(t)
	many, arabic := storiesOf(t, dir)
	var w onlooker
	if err := w.listen(ctx); err != nil {
		t.Fatal(err)
	}
	looks := []look{
		{"phone", 360, "light", "screen"}, {"phone in the dark", 360, "dark", "screen"},
		{"desk", 1280, "light", "screen"}, {"desk in the dark", 1280, "dark", "screen"}, {"print", 800, "light", "print"},
	}
	for _, path := range []string{"/", "/category/labor/", many, arabic, "/language/ar/", "/source/le-quai/", "/feeds/", "/about/", "/about/bot/", "/sources/", "/corrections/", "/category/", "/country/"} {
		for _, look := range looks {
			t.Run(path+" "+look.name, func(t *testing.T) {
				wrong, err := look.at(ctx, base+path)
				if err != nil {
					t.Fatal(err)
				}
				for _, what := range wrong {
					t.Error(what)
				}
			})
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, what := range w.said {
		t.Errorf("the browser says %s", what)
	}
	for host := range w.asked {
		if !strings.HasSuffix(base, "/"+host) {
			t.Errorf("the pages asked %q for something", host)
		}
	}
	if len(w.asked) == 0 {
		t.Error("nothing was asked at all: the test does not see requests")
	}
}
