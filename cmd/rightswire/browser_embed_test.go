//go:build !nobrowser

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// guestSite is a site of somebody else, as a browser sees it, with a page that
// shows another page in a frame: /frame?URL in the frame of the manual, /plain?URL
// in one without a sandbox.
func guestSite(t *testing.T) string {
	t.Helper()
	manual, err := os.ReadFile("../../docs/webmasters.md")
	if err != nil {
		t.Fatal(err)
	}
	frame := regexp.MustCompile(`(?s)<iframe src="[^"]*" (.*?)></iframe>`).FindSubmatch(manual)
	if frame == nil {
		t.Fatal("the manual for webmasters has no frame any more")
	}
	page := func(attributes string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!DOCTYPE html><title>Guest</title><link rel="icon" href="data:,"><iframe src="%s" %s></iframe>`, r.URL.RawQuery, attributes)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/frame", page(string(frame[1])))
	mux.HandleFunc("/plain", page(`title="wire"`))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return strings.Replace(srv.URL, "127.0.0.1", "localhost", 1) // another site, not only another origin
}

// framed attaches to the frame of another site in a page; nil if there is none.
func framed(t *testing.T, ctx context.Context, address string) context.Context {
	t.Helper()
	for range 50 { // a frame of another site comes a moment after its page
		all, err := chromedp.Targets(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range all {
			if target.Type == "iframe" && target.URL == address {
				inner, end := chromedp.NewContext(ctx, chromedp.WithTargetID(target.TargetID))
				t.Cleanup(end)
				return inner
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}

// inFrame is whether a frame shows stories, and whether its style sheet was let
// in.
const inFrame = `[document.querySelector("li.item-content") !== null,
	getComputedStyle(document.querySelector(".rightswire-stories")).listStyleType === "none"]`

// What other sites show of the wire is shown in a real browser, with its style
// and without a complaint, also under the guest's own strict policy.
func TestAnEmbedIsShownOnAnotherSite(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	ctx := browser(t)
	base, _ := demoSite(t)
	guest := guestSite(t)
	for _, page := range []string{"/frame", "/plain"} {
		for _, path := range []string{"/embed/all.html", "/embed/labor.html", "/embed/language/ar.html"} {
			t.Run(page+" "+path, func(t *testing.T) {
				tab, end := chromedp.NewContext(ctx)
				defer end()
				var outside, inside onlooker
				if err := outside.listen(tab); err != nil {
					t.Fatal(err)
				}
				if err := chromedp.Do(tab, chromedp.Navigate(guest+page+"?"+base+path)); err != nil {
					t.Fatal(err)
				}
				frame := framed(t, tab, base+path)
				if frame == nil {
					t.Fatalf("the browser does not show it: %q", outside.said)
				}
				if err := inside.listen(frame); err != nil { // what was said before comes too
					t.Fatal(err)
				}
				shown, err := chromedp.Run(frame, chromedp.Evaluate[[]bool](inFrame))
				if err != nil || len(shown) != 2 || !shown[0] || !shown[1] {
					t.Errorf("%v, %v, want stories, and their style", shown, err)
				}
				for _, w := range []*onlooker{&outside, &inside} {
					w.mu.Lock()
					for _, what := range w.said {
						t.Errorf("the browser says %s", what)
					}
					w.mu.Unlock()
				}
			})
		}
	}
}

// Nobody can lay a page of ours under one of theirs.
func TestAPageCannotBeFramed(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	ctx := browser(t)
	base, _ := demoSite(t)
	guest := guestSite(t)
	for _, path := range []string{"/", "/feeds/", "/category/labor/"} {
		tab, end := chromedp.NewContext(ctx)
		var w onlooker
		if err := w.listen(tab); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(tab, chromedp.Navigate(guest+"/plain?"+base+path)); err != nil {
			t.Fatal(err)
		}
		if frame := framed(t, tab, base+path); frame == nil {
			t.Errorf("%s: there is no frame at all", path)
		} else if shows, err := chromedp.Run(frame, chromedp.Evaluate[string](`location.protocol`)); shows != "chrome-error:" {
			t.Errorf("%s is shown in a frame of another site (%s), %v", path, shows, err)
		}
		w.mu.Lock()
		if said := strings.Join(w.said, "\n"); !strings.Contains(said, "frame-ancestors") {
			t.Errorf("%s: the browser says %q, want that the policy forbids the frame", path, said)
		}
		w.mu.Unlock()
		end()
	}
}

// readByScript reads a JSON feed as a script of another site does, first and
// conditionally, and the list that its page could show.
const readByScript = `(async (base) => {
	const first = await fetch(base + "/feeds/all.json"), feed = await first.json(), tag = first.headers.get("ETag");
	const again = await fetch(base + "/feeds/all.json", {headers: {"If-None-Match": tag}, cache: "no-store"});
	const list = await (await fetch(base + "/fragment/all.html")).text();
	const page = await fetch(base + "/").then(() => "read", () => "refused");
	return [first.status, feed.items.length > 0, feed.version, tag !== null, again.status, list.includes("rightswire-stories"), page].join(" ");
})(%q)`

// F17: scripts of any site may read feeds and what is made to be shown; what is
// a page is for people.
func TestF17_AScriptOfAnotherSiteReadsFeeds(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	ctx := browser(t)
	base, _ := demoSite(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(guestSite(t)+"/plain?about:blank")); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(readByScript, base), chromedp.EvalAwaitPromise))
	const want = "200 true https://jsonfeed.org/version/1.1 true 304 true refused"
	if err != nil || got != want {
		t.Errorf("a script got %q, %v, want %q", got, err, want)
	}
}
