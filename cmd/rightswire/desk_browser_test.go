//go:build !nobrowser

package main

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// deskBrowser is a real browser at the desk.
type deskBrowser struct {
	t    *testing.T
	ctx  context.Context
	base string
}

// goes opens a page.
func (b deskBrowser) goes(path string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(b.base+path)); err != nil {
		b.t.Fatalf("open %s: %v", path, err)
	}
}

// types replaces what is in a field.
func (b deskBrowser) types(field, text string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.SetValue(field, text)); err != nil {
		b.t.Fatalf("write into %s: %v", field, err)
	}
}

// presses clicks a button and waits for the page that it leads to.
func (b deskBrowser) presses(button string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(button)); err != nil {
		b.t.Fatalf("press %s: %v", button, err)
	}
}

// sees checks what stands on the page.
func (b deskBrowser) sees(words ...string) {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.TextContent("body"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.t.Errorf("the page does not say %q:\n%s", w, text)
		}
	}
}

// The desk's actions work in a real browser, with scripts and without, and the
// browser has nothing to complain about: its own rules (cookies, origins, the
// policy) are in force here and nowhere else in the tests.
func TestDeskInARealBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	for _, scripts := range []bool{true, false} {
		t.Run(map[bool]string{true: "with scripts", false: "without scripts"}[scripts], func(t *testing.T) {
			ctx := browser(t)
			d, base := testDesk(t)
			b := deskBrowser{t, ctx, base}
			var w onlooker
			if err := w.listen(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}); err != nil {
				t.Fatal(err)
			}
			b.works(d)
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, said := range w.said {
				if !strings.Contains(said, "401") { // the wrong password
					t.Errorf("the browser says %s", said)
				}
			}
			for host := range w.asked {
				if !strings.HasSuffix(base, "/"+host) {
					t.Errorf("the pages asked %q for something", host)
				}
			}
		})
	}
}

// stands is the entry of the browser's history on which it stands.
func (b deskBrowser) stands() *page.NavigationEntry {
	b.t.Helper()
	h, err := chromedp.Run(b.ctx, chromedp.NavigationEntries())
	if err != nil {
		b.t.Fatal(err)
	}
	return h.Entries[h.CurrentIndex]
}

// goesBackTo goes back in the history, as the button does, and waits until the
// browser shows something else. A page that it kept in memory is not loaded
// again, so no event of loading can be waited for.
func (b deskBrowser) goesBackTo(e *page.NavigationEntry) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: e.ID}); err != nil {
		b.t.Fatalf("go back to %s: %v", e.URL, err)
	}
	if err := chromedp.Do(b.ctx, chromedp.WaitReady("body")); err != nil {
		b.t.Fatalf("go back to %s: %v", e.URL, err)
	}
	if now := b.stands(); now.ID != e.ID {
		b.t.Errorf("the browser stands on %s, want the entry of %s", now.URL, e.URL)
	}
}

// works does what a desk does in a day.
func (b deskBrowser) works(d *daemon) {
	t := b.t
	b.goes("/admin/items/4")
	b.sees("Log in")
	b.types("#username", "maria")
	b.types("#password", "not the password")
	b.presses(".login button")
	b.sees("The name or the password is wrong.")
	b.types("#username", "maria")
	b.types("#password", deskPassword)
	b.presses(".login button")
	b.sees("Something else", "Item 4") // the page that was asked for first

	b.types("#category", "wages")
	b.presses(`form[action="/admin/items/4/file"] button`)
	b.sees("It is filed under wages, labor now")
	b.presses(`button[aria-label="Take it out of wages"]`)
	b.sees("It is filed under nothing now")
	b.types("#why", "it names a minor")
	b.presses(`form[action="/admin/items/4/hide"] button`)
	b.sees("It is hidden", "Reason: it names a minor")
	b.presses(`form[action="/admin/items/4/unhide"] button`)
	b.sees("It is shown again.")

	b.goes("/admin/")
	b.presses(`#a td a`)
	b.presses(`form[action="/admin/sources/a/pause"] button`)
	b.sees("Source A is paused.")
	b.presses(`form[action="/admin/sources/a/resume"] button`)
	b.sees("Source A is active.")

	b.goes("/admin/stories/1")
	b.presses(`button[aria-label="Let item 1 lead"]`)
	b.sees("Item 1 leads, whatever comes.")
	b.presses(`button[aria-label="Split item 2 off"]`)
	b.sees("Item 2 is story 4 of its own now.")
	b.types("#from", "4")
	b.presses(`form[action="/admin/stories/1/merge"] button`)
	b.sees("They are one story now")

	b.goes("/admin/taxonomy")
	b.types("#title", "Bakers walk out over unpaid wages")
	b.presses(`form[action="/admin/taxonomy"] button`)
	b.sees("strong term")

	b.goes("/admin/config")
	b.presses("main ul a")
	was := readFile(t, d.wire.app.config)
	b.types("#text", strings.Replace(was, "title: Source A", "title: A by another name", 1))
	b.presses(`form[action="/admin/config/check"] p:last-of-type button`)
	b.sees("What would change", "+    title: A by another name", "Nothing is wrong with it")
	b.presses(`button[formaction="/admin/config/save"]`)
	b.sees("config.yaml was saved.")
	if got := readFile(t, d.wire.app.config); got != strings.Replace(was, "title: Source A", "title: A by another name", 1) {
		t.Errorf("config.yaml is\n%s", got)
	}
	b.goes("/admin/log")
	b.sees("save "+d.wire.app.config, "split story 1", "pause source a", "file item 4")

	left := b.stands()
	b.presses(`form[action="/admin/logout"] button`)
	b.sees("Log in")
	b.goesBackTo(left)
	b.sees("Password")
	if text, err := chromedp.Run(b.ctx, chromedp.TextContent("body")); err != nil || strings.Contains(text, "split story 1") {
		t.Errorf("the way back shows the page from before the logout (%v):\n%s", err, text)
	}
	b.goes("/admin/log")
	b.sees("Password")
}
