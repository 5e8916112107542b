package main

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// boat is a real feed reader, newsboat, of two people: one has subscribed to the
// feed of everything as RSS, the other as Atom.
type boat struct {
	t    *testing.T
	dir  string
	site atomic.Pointer[publisher.Site]
}

func newBoat(t *testing.T) *boat {
	t.Helper()
	if _, err := exec.LookPath("newsboat"); err != nil {
		t.Skip("newsboat is not installed (Debian: newsboat), so no real reader was asked")
	}
	b := &boat{t: t, dir: t.TempDir()}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := b.site.Load().Files[r.URL.Path]
		if f == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", f.Type)
		_, _ = w.Write(f.Body)
	}))
	t.Cleanup(srv.Close)
	for name, text := range map[string]string{"rss.urls": srv.URL + "/feeds/all.rss\n", "atom.urls": srv.URL + "/feeds/all.atom\n", "config": ""} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// boatItem is what the reader keeps of an entry.
type boatItem struct{ guid, title string }

// reload lets both look at a site and returns what they have then, by format.
func (b *boat) reload(site *publisher.Site) map[string][]boatItem {
	b.t.Helper()
	b.site.Store(site)
	return map[string][]boatItem{"rss": b.items("rss"), "atom": b.items("atom")}
}

// items lets one of the two look, and returns what is in their reader then.
func (b *boat) items(format string) (got []boatItem) {
	b.t.Helper()
	cache := filepath.Join(b.dir, format+".db")
	cmd := exec.Command("newsboat", "-u", filepath.Join(b.dir, format+".urls"), "-C", filepath.Join(b.dir, "config"), "-c", cache, "-x", "reload")
	cmd.Env = append(os.Environ(), "HOME="+b.dir, "XDG_CONFIG_HOME=", "XDG_DATA_HOME=")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("newsboat: %v\n%s", err, out)
	}
	db, err := sql.Open("sqlite", cache)
	if err != nil {
		b.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(b.t.Context(), `SELECT guid, title FROM rss_item WHERE deleted = 0 ORDER BY guid`)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var it boatItem
		if err := rows.Scan(&it.guid, &it.title); err != nil {
			b.t.Fatal(err)
		}
		got = append(got, it)
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return got
}

// In a real reader a correction and a change of the lead change the entry that
// is there, and add none.
func TestARealReaderSeesNoEntryTwice(t *testing.T) {
	b := newBoat(t)
	p := newPress(t, "agency", "daily", "union", "rights", "radio", "north", "south")
	items := collapse()
	p.now = replayed.Add(2 * time.Hour)
	p.poll(items[1], items[2], report("rights", "x1", "Court in Nairobi frees tea pickers' organiser",
		"A court in Nairobi freed Mercy Wanjiru, who organises tea pickers in Kericho, after nine days without charge.", 30))
	first := b.reload(p.publish())
	check := func(when string, got map[string][]boatItem, title string) {
		t.Helper()
		for _, feed := range []string{"rss", "atom"} {
			if !slices.EqualFunc(got[feed], first[feed], func(a, b boatItem) bool { return a.guid == b.guid }) || len(got[feed]) != 2 {
				t.Errorf("%s, %s: %d entries, want the two of the beginning:\n%+v", when, feed, len(got[feed]), got[feed])
			}
			if !slices.ContainsFunc(got[feed], func(it boatItem) bool { return it.title == title }) {
				t.Errorf("%s, %s: no entry says %q: %+v", when, feed, title, got[feed])
			}
		}
		t.Logf("%s: %d entries by RSS, %d by Atom", when, len(got["rss"]), len(got["atom"]))
	}
	check("at first", first, items[1].Title)

	var daily news.Item
	err := p.w.store.EachItem(t.Context(), news.Query{Sources: []string{"daily"}}, func(it news.Item) error {
		daily = it
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(time.Hour)
	daily.Title, daily.Hash, daily.RawHash, daily.Updated = "31 dead as boiler explodes at Rupali Apparel in Gazipur", "31", "31", p.now
	p.poll(daily)
	check("after a correction", b.reload(p.publish()), daily.Title)

	p.now = p.now.Add(time.Hour)
	p.poll(items[0], items[5])
	check("after a change of the lead", b.reload(p.publish()), items[0].Title)
}
