package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage/storagetest"
)

func TestDeskStories(t *testing.T) {
	d, base := testDesk(t)
	c := atDesk(t, base)
	says(t, "a story that is not there", c.get("/admin/stories/999"), "There is no such page")
	story := func(id int64) (out []int64) {
		t.Helper()
		st, err := d.wire.store.FindStory(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range st.Items {
			out = append(out, it.ID)
		}
		return out
	}
	want := func(what string, got []int64, want ...int64) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: items %v, want %v", what, got, want)
		}
	}
	says(t, "the list", c.get("/admin/stories"), "Bakers walk out", "Something else")
	says(t, "a filter", c.get("/admin/stories?category=wages"), "at the mill")
	says(t, "one by the address of a report", c.get("/admin/stories?story=https%3A%2F%2Fa.example%2Fwages"), "at the mill", "Its reports")
	says(t, "none", c.get("/admin/stories?story=9999"), "There is no story 9999")
	says(t, "pinning", c.do("/admin/stories/1", "/admin/stories/1/pin", url.Values{"item": {"1"}}), "Item 1 leads", "(pinned)")
	want("pinned", story(1), 1, 2)
	says(t, "unpinning", c.do("/admin/stories/1", "/admin/stories/1/unpin", nil), "The best report leads again.")
	want("unpinned", story(1), 2, 1) // the better rank
	says(t, "splitting", c.do("/admin/stories/1", "/admin/stories/1/split", url.Values{"item": {"2"}}), "Item 2 is story 4 of its own now", "maria: split item 2")
	want("split", story(1), 1)
	says(t, "splitting what is alone", c.do("/admin/stories/1", "/admin/stories/1/split", url.Values{"item": {"1"}}), "is a story of its own already")
	says(t, "merging", c.do("/admin/stories/1", "/admin/stories/1/merge", url.Values{"from": {"https://b.example/walkout"}}), "They are one story now")
	want("merged", story(4), 2, 1)
	says(t, "merging with nothing", c.do("/admin/stories/1", "/admin/stories/1/merge", url.Values{"from": {"nonsense"}}), "neither a story&#39;s number nor its entry id nor an http or https address")
	says(t, "hiding from its story", c.do("/admin/stories/1", "/admin/items/2/hide", url.Values{"why": {"wrong"}}), "It is hidden")
	want("hidden", story(1), 1)
	says(t, "the story", c.get("/admin/stories/1"), "Hidden", "maria: hide item 2", "maria: merge")
}

// failing lets source a fail four times.
func failing(t *testing.T, d *daemon) {
	t.Helper()
	failed := storagetest.Poll("a")
	for range 4 {
		failed.Poll.Outcome, failed.Poll.Error = news.OutcomeFailed, "status 503 <b>"
		failed.State.Failures++
		failed.State.Error, failed.State.LastPoll = failed.Poll.Error, failed.Poll.At
		if err := d.wire.store.CommitPoll(t.Context(), failed); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDeskHealth(t *testing.T) {
	d, base := testDesk(t)
	c := atDesk(t, base)
	failing(t, d)
	says(t, "health", c.get("/admin/health"), "of 3 sources are fine", `<a href="/admin/sources/a">Source A</a>`, "status 503 &lt;b&gt;")
	says(t, "the source", c.get("/admin/sources/a"), "status 503 &lt;b&gt;", "failing", "last 6 polls: 2 new items, 4 failed")
}

func TestDeskTaxonomy(t *testing.T) {
	d, base := testDesk(t)
	t.Cleanup(d.desk.rules.end)
	d.wire.app.now = func() time.Time { return storagetest.Start.Add(2 * time.Hour) }
	c := atDesk(t, base)
	says(t, "trying a headline", c.get("/admin/taxonomy?title=Bakers+walk+out+over+unpaid+wages&language=en"), "<strong>Strikes</strong>", "<strong>Wages</strong>", "strong term")
	says(t, "one that fits nowhere", c.get("/admin/taxonomy?title=Sunny+day&language=en"), "filed under nothing")
	says(t, "too much", c.get("/admin/taxonomy?title="+strings.Repeat("x", maxTriedForTest)), "more than 5000 bytes")
	says(t, "no test yet", c.get("/admin/taxonomy/test"), "Nothing was put to the test yet")

	file := d.wire.app.config
	at := "/admin/config?" + url.Values{"file": {file}}.Encode()
	_, field := editorOf(t, c.get(at))
	edited := strings.Replace(deskNewsroom, "strong: [walk out, strike]", "strong: [strike, something else]", 1)
	form := func() url.Values {
		return url.Values{"file": {file}, "text": {edited}, "base": {field("base")}, "days": {"30"}}
	}
	draft := c.do(at, "/admin/config/check", form())
	says(t, "the draft", draft, "Back-test")
	if _, in, _ := strings.Cut(draft, `<form method="post" action="/admin/config/check">`); !strings.HasPrefix(in[strings.Index(in, "<button"):], "<button>Check") {
		t.Error("Enter in the field for days does not check: the first button of the form is another") // HTML, implicit submission
	}
	c.do(at, "/admin/taxonomy/test", form())
	d.desk.rules.wait.Wait()
	page := c.get("/admin/taxonomy/test")
	says(t, "the test", page, "4 items filed anew: 2 would be filed differently", "strikes: 1 now, 1 would come, 1 would go", "Something else", "Save this text")
	if got := readFile(t, file); got != deskNewsroom {
		t.Errorf("a test wrote:\n%s", got)
	}
	save := regexp.MustCompile(`name="(file|base|tried|text)" value="([^"]*)"`).FindAllStringSubmatch(page, -1)
	f := url.Values{}
	for _, m := range save {
		f.Set(m[1], html.UnescapeString(m[2]))
	}
	says(t, "saving what was tested", c.do("/admin/taxonomy/test", "/admin/config/save", f), "config.yaml was saved.")
	if got := readFile(t, file); got != edited {
		t.Errorf("saved:\n%s", got)
	}
	says(t, "a text with a mistake", c.do(at, "/admin/taxonomy/test", url.Values{"file": {file}, "text": {"categories: ["}, "days": {"30"}}), "Back-test")
}

// Files that the daemon refused are not in effect, which nobody at the desk
// could see: what they edit next would build on them.
func TestTheDeskSeesThatTheFilesWereRefused(t *testing.T) {
	d, base := testDesk(t)
	c := atDesk(t, base)
	const banner = "what the files hold now was refused"
	reload := func(text string) {
		t.Helper()
		writeFile(t, d.wire.app.config, text)
		if err := d.reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	reload(strings.Replace(deskNewsroom, "rank: 2", "rank: high", 1))
	for _, path := range []string{"/admin/", "/admin/items/1", "/admin/config"} {
		if page := c.get(path); !strings.Contains(page, banner) || !strings.Contains(page, "sources[1].rank") {
			t.Errorf("%s does not show the mistake:\n%s", path, page)
		}
	}
	if page := (&deskClient{t, base, http.DefaultClient}).get("/admin/login"); strings.Contains(page, banner) {
		t.Error("strangers are shown what is wrong with the files")
	}
	reload(deskNewsroom)
	if page := c.get("/admin/"); strings.Contains(page, banner) {
		t.Errorf("the banner stays when the files are mended:\n%s", page)
	}
}
