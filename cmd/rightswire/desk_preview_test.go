package main

import (
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/storage/storagetest"
)

// proposeSource proposes a source to the desk of a test, which has sent an item.
func proposeSource(t *testing.T, d *daemon) {
	t.Helper()
	const proposed = "  - {id: p, title: Source P, url: 'https://p.example/rss', status: proposed}\n"
	writeFile(t, d.wire.app.config, readFile(t, d.wire.app.config)+proposed)
	cfg, err := d.wire.app.load()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.wire.store.SyncSources(t.Context(), cfg.Sources); err != nil {
		t.Fatal(err)
	}
	list := cfg.Written()
	d.desk.sources.Store(&list)
	it := storagetest.Filed(storagetest.Item("p", "mill", 1), "wages", "labor")
	it.Title = "Wages <b>unpaid</b> at the mill"
	poll := storagetest.Poll("p", it)
	poll.Preview = true
	if err := d.wire.store.CommitPoll(t.Context(), poll); err != nil {
		t.Fatal(err)
	}
}

func TestDeskDecidesOnAProposal(t *testing.T) {
	d, base := testDesk(t)
	proposeSource(t, d)
	c := atDesk(t, base)
	says(t, "its page", c.get("/admin/sources/p"), "Accept it", "Its preview", "Remove")
	says(t, "its preview", c.get("/admin/sources/p/preview"), "Wages &lt;b&gt;unpaid&lt;/b&gt; at the mill", ">wages<", "1 item<", "Accept it")
	if page := c.get("/admin/items"); strings.Contains(page, "at the mill</a></td><td><a href=\"/admin/sources/p\"") {
		t.Error("the preview is in the archive")
	}
	says(t, "the preview of a source that is none", c.get("/admin/sources/a/preview"), "It is not proposed")
	says(t, "accepting what is not proposed", c.do("/admin/sources/a", "/admin/sources/c/accept", nil), "is not proposed any more, it is paused")
	says(t, "accepting", c.do("/admin/sources/p/preview", "/admin/sources/p/accept", nil), "Source P is active; a running wire publishes its preview")
	if got := readFile(t, d.wire.app.config); strings.Contains(got, "proposed") || !strings.Contains(got, "Source P") {
		t.Errorf("config.yaml after accepting:\n%s", got)
	}
	says(t, "the record", c.get("/admin/log"), "accept source p")
}

func TestDeskShowsTheWeek(t *testing.T) {
	d, base := testDesk(t)
	proposeSource(t, d)
	d.wire.app.now = func() time.Time { return storagetest.Start.Add(2 * time.Hour) }
	failing(t, d)
	page := atDesk(t, base).get("/admin/digest")
	says(t, "the week", page, "Everything</th><td>4</td><td>none before", `<a href="/admin/items?category=wages">Wages</a></th><td>1</td>`,
		`<a href="/admin/sources/a">Source A</a>: `, "status 503 &lt;b&gt;", "Waiting for a decision", `<a href="/admin/sources/p">p</a>`)
}
