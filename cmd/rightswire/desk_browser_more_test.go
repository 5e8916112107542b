//go:build !nobrowser

package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// logsIn gets the browser in.
func (b deskBrowser) logsIn() {
	b.t.Helper()
	b.goes("/admin/login")
	b.types("#username", "maria")
	b.types("#password", deskPassword)
	b.presses(".login button")
	b.sees("Log out")
}

// opens unfolds what is folded away.
func (b deskBrowser) opens(summary string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Click(summary)); err != nil {
		b.t.Fatalf("open %s: %v", summary, err)
	}
}

// The rest of the desk's actions in a real browser: the source list, previews,
// pins, a test of a taxonomy, and logging out.
func TestTheDesksListInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	for _, scripts := range []bool{true, false} {
		t.Run(map[bool]string{true: "with scripts", false: "without scripts"}[scripts], func(t *testing.T) {
			ctx, cancel := context.WithTimeout(browser(t), 4*time.Minute)
			t.Cleanup(cancel)
			d, base := testDesk(t)
			t.Cleanup(d.desk.rules.end)
			d.wire.app.now = func() time.Time { return storagetest.Start.Add(2 * time.Hour) }
			proposeSource(t, d)
			if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}); err != nil {
				t.Fatal(err)
			}
			b := deskBrowser{t, ctx, base}
			b.logsIn()
			b.adds()
			b.imports()
			b.edits(d)
			b.decides(d)
			b.tests(d)
			b.leaves()
		})
	}
}

// adds subscribes to a site by its address, after a look at what it has.
func (b deskBrowser) adds() {
	origin := fetchtest.New(b.t).
		On("/", fetchtest.Answer{Header: map[string]string{"Content-Type": "text/html"}, Body: `<link rel="alternate" type="application/rss+xml" href="/press.rss">`}).
		On("/press.rss", fetchtest.Answer{Body: `<rss version="2.0"><channel><title>The Union</title>
<item><title>Dockers walk out</title><link>https://union.example/1</link></item></channel></rss>`})
	b.goes("/admin/add")
	b.types("#address", origin.URL("/"))
	b.presses(`form[action="/admin/add/search"] button`)
	b.sees("Dockers walk out", "would be filed under strikes, labor")
	b.types("#id-0", "the-union")
	b.presses(`form[action="/admin/add/save"] button`)
	b.sees("The Union is in the list.")
}

// imports takes a list over from a file.
func (b deskBrowser) imports() {
	file := filepath.Join(b.t.TempDir(), "reader.opml")
	const opml = `<?xml version="1.0"?><opml version="2.0"><body><outline text="Wages"><outline type="rss" text="Mill workers" xmlUrl="https://mill.example/rss"/>
<outline type="rss" text="A again" xmlUrl="https://a.example/rss"/></outline></body></opml>`
	if err := os.WriteFile(file, []byte(opml), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.goes("/admin/import")
	if err := chromedp.Do(b.ctx, chromedp.SetUploadFiles("#file", []string{file})); err != nil {
		b.t.Fatal(err)
	}
	b.presses(`form[action="/admin/import"] button`)
	b.sees("1 of 2 would come in", "Mill workers", "it is in the list as a")
	b.presses(`button[formaction="/admin/import/save"]`)
	b.sees("1 source came in", "6 of 6 sources")
}

// edits changes a field of a source, and takes another one out.
func (b deskBrowser) edits(d *daemon) {
	b.goes("/admin/sources/a")
	b.opens("main summary")
	b.types("#f-title", "A: by another name")
	b.presses(`form[action="/admin/sources/a/set"] button`)
	b.sees("is as you wrote", "A: by another name")
	b.goes("/admin/sources/b")
	b.presses(`a[href="/admin/sources/b?remove"]`)
	b.sees("Remove Source B from the list?")
	b.presses(".confirm button")
	b.sees("Source B is removed")
	got := readFile(b.t, d.wire.app.config)
	if !strings.Contains(got, `title: "A: by another name"`) || strings.Contains(got, "Source B") || !strings.Contains(got, "the-union") || !strings.Contains(got, "mill.example") {
		b.t.Errorf("config.yaml is\n%s", got)
	}
}

// decides accepts a proposal, and takes a pin back.
func (b deskBrowser) decides(d *daemon) {
	b.goes("/admin/digest")
	b.sees("Waiting for a decision", "Everything")
	b.goes("/admin/sources/p")
	b.presses(`a[href="/admin/sources/p/preview"]`)
	b.sees("Wages <b>unpaid</b> at the mill")
	b.presses(`form[action="/admin/sources/p/accept"] button`)
	b.sees("Source P is active", "It is not proposed")
	if got := readFile(b.t, d.wire.app.config); strings.Contains(got, "proposed") {
		b.t.Errorf("config.yaml is\n%s", got)
	}
	b.goes("/admin/stories/1")
	b.presses(`button[aria-label="Let item 1 lead"]`)
	b.sees("(pinned)")
	b.presses(`form[action="/admin/stories/1/unpin"] button`)
	b.sees("The best report leads again.")
}

// tests puts another taxonomy to the test, and saves it.
func (b deskBrowser) tests(d *daemon) {
	b.goes("/admin/config")
	b.presses("main ul a")
	edited := strings.Replace(readFile(b.t, d.wire.app.config), "strong: [walk out, strike]", "strong: [strike, something else]", 1)
	b.types("#text", edited)
	b.presses(`form[action="/admin/config/check"] p:last-of-type button`)
	b.presses(`button[formaction="/admin/taxonomy/test"]`)
	d.desk.rules.wait.Wait()
	b.goes("/admin/taxonomy/test")
	b.sees("4 items filed anew: 2 would be filed differently", "strikes: 1 now, 1 would come, 1 would go")
	b.presses(`form[action="/admin/config/save"] button`)
	b.sees("config.yaml was saved.")
	if got := readFile(b.t, d.wire.app.config); got != edited {
		b.t.Errorf("config.yaml is\n%s", got)
	}
}

// leaves logs out, and asks for a page again.
func (b deskBrowser) leaves() {
	b.goes("/admin/log")
	b.sees("remove source b", "accept source p", "save source the-union")
	b.presses(`form[action="/admin/logout"] button`)
	b.sees("Log in")
	b.goes("/admin/log")
	b.sees("Password")
}
