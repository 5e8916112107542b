package main

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage/storagetest"
)

const deskPassword = "correct horse battery"

// deskHash is made once: it is dear by design.
var deskHash = sync.OnceValues(func() (string, error) { return admin.HashPassword(deskPassword) })

const deskNewsroom = `# The wire of a test.
site: {title: Test wire, url: 'https://wire.example', contact: desk@wire.example}
fetch: {allow: [127.0.0.0/8], per_domain: {gap: 0s}}
admin: {password_file: desk.passwd}
classify: {model: false}
categories:
  - {id: labor, title: Labor, umbrella: true}
  - {id: wages, title: Wages, group: labor, strong: [minimum wage, unpaid wages]}
  - {id: strikes, title: Strikes, group: labor, strong: [walk out, strike]}
sources:
  - id: a # the first
    title: Source A
    url: https://a.example/rss
  # about b
  - {id: b, title: Source B, url: 'https://b.example/rss', rank: 2}
  - {id: c, title: Source C, url: 'https://c.example/rss', status: paused}
`

// testDesk is a newsroom with some items and stories whose desk's pages are
// served: items 1 and 2 are one story, 3 and 4 stories of their own.
func testDesk(t *testing.T) (d *daemon, base string) {
	t.Helper()
	hash, err := deskHash()
	if err != nil {
		t.Fatal(err)
	}
	d, _ = testDaemonWith(t, deskNewsroom, map[string]string{"desk.passwd": "maria:" + hash + "\n"})
	store := d.wire.store
	var places []news.Placement
	for i, it := range []news.Item{
		storagetest.Filed(storagetest.Item("a", "walkout", 1), "strikes", "labor"), storagetest.Item("b", "walkout", 2),
		storagetest.Filed(storagetest.Item("a", "wages", 3), "wages", "labor"), storagetest.Item("b", "other", 4),
	} {
		it.Title = []string{"Bakers walk out", "Bakers walk out, again", "Unpaid wages <b>at the mill</b>", "Something else"}[i]
		if err := store.CommitPoll(t.Context(), storagetest.Poll(it.Source, it)); err != nil {
			t.Fatal(err)
		}
		places = append(places, news.Placement{Item: int64(i + 1), NewUID: storyUID([]string{"a", "a", "a", "b"}[i], []string{"walkout", "walkout", "wages", "other"}[i])})
	}
	if err := store.Place(t.Context(), places); err != nil {
		t.Fatal(err)
	}
	return d, deskServer(t, d)
}

// deskServer makes the site and serves the desk's pages.
func deskServer(t *testing.T, d *daemon) string {
	t.Helper()
	if err := d.rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	h, err := d.desk.handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// deskClient is somebody at the desk, without scripts and with no browser.
type deskClient struct {
	t    *testing.T
	base string
	http *http.Client
}

// atDesk logs in.
func atDesk(t *testing.T, base string) *deskClient {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &deskClient{t, base, &http.Client{Jar: jar}}
	t.Cleanup(c.http.CloseIdleConnections)
	if page := c.form("/admin/login", url.Values{"username": {"maria"}, "password": {deskPassword}}); !strings.Contains(page, "Log out") {
		t.Fatalf("no login: %s", page)
	}
	return c
}

func (c *deskClient) get(path string) string {
	c.t.Helper()
	res, err := c.http.Get(c.base + path)
	return c.read(res, err)
}

func (c *deskClient) form(path string, f url.Values) string {
	c.t.Helper()
	res, err := c.http.PostForm(c.base+path, f)
	return c.read(res, err)
}

func (c *deskClient) read(res *http.Response, err error) string {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(body)
}

var deskToken = regexp.MustCompile(`name="csrf_token" value="([^"]+)"`)

// do posts a form of the page that it is on, as a browser would.
func (c *deskClient) do(page, action string, f url.Values) string {
	c.t.Helper()
	if f == nil {
		f = url.Values{}
	}
	found := deskToken.FindStringSubmatch(c.get(page))
	if found == nil {
		c.t.Fatalf("no token on %s", page)
	}
	f.Set("csrf_token", found[1])
	f.Set("back", page)
	return c.form(action, f)
}

// says checks what a page says.
func says(t *testing.T, what, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(page, w) {
			t.Errorf("%s: the page does not say %q:\n%s", what, w, page)
		}
	}
}

// categoriesOf are those of an item in the archive, sorted.
func categoriesOf(t *testing.T, d *daemon, id int64) string {
	t.Helper()
	it, err := d.wire.store.Item(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range it.Filings {
		ids = append(ids, f.Category)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

func TestDeskSources(t *testing.T) {
	d, base := testDesk(t)
	c := atDesk(t, base)
	says(t, "the list", c.get("/admin/"), "3 of 3 sources", "Source A", "paused (1)")
	says(t, "the filter", c.get("/admin/?q=source+b"), "1 of 3 sources", `id="b"`)
	says(t, "a source", c.get("/admin/sources/a"), "https://a.example/rss", "Ledger")
	says(t, "pausing", c.do("/admin/sources/a", "/admin/sources/a/pause", nil), "Source A is paused.", "was changed", "Resume")
	want := strings.Replace(deskNewsroom, "- id: a # the first\n", "- id: a # the first\n    status: paused\n", 1)
	if got := readFile(t, d.wire.app.config); got != want {
		t.Errorf("config.yaml after pausing:\n%s", got)
	}
	says(t, "the list at once", c.get("/admin/?health=paused"), "2 of 3 sources")
	says(t, "pausing again", c.do("/admin/sources/a", "/admin/sources/a/pause", nil), "Source A is paused already.")
	c.do("/admin/sources/a", "/admin/sources/a/resume", nil)
	set := url.Values{"title": {"Source A: renamed"}, "rank": {"1"}, "categories": {"wages, strikes"}, "url": {"https://a.example/rss"}}
	says(t, "changing it", c.do("/admin/sources/a", "/admin/sources/a/set", set), "is as you wrote", "Source A: renamed")
	if got := readFile(t, d.wire.app.config); !strings.Contains(got, "- id: a # the first\n") || !strings.Contains(got, `title: "Source A: renamed"`) || !strings.Contains(got, "rank: 1") {
		t.Errorf("config.yaml after changing:\n%s", got)
	}
	// A form that was opened before that touches only what was written into it.
	late := url.Values{"title": {"Source A"}, "was-title": {"Source A"}, "rank": {""}, "was-rank": {""}, "language": {"en"}, "was-language": {""}}
	says(t, "a late form", c.do("/admin/sources/a", "/admin/sources/a/set", late), "is as you wrote", "Source A: renamed", `name="was-title" value="Source A: renamed"`)
	if got := readFile(t, d.wire.app.config); !strings.Contains(got, `title: "Source A: renamed"`) || !strings.Contains(got, "rank: 1") || !strings.Contains(got, "language: en") {
		t.Errorf("config.yaml after a late form:\n%s", got)
	}
	before := readFile(t, d.wire.app.config)
	late.Set("title", "Source A, mine")
	says(t, "a field that two have changed", c.do("/admin/sources/a", "/admin/sources/a/set", late), "somebody else has made the title of a")
	if got := readFile(t, d.wire.app.config); got != before {
		t.Errorf("config.yaml after a late form was refused:\n%s", got)
	}
	says(t, "a mistake", c.do("/admin/sources/a", "/admin/sources/a/set", url.Values{"rank": {"77"}}), "Nothing was changed")
	if got := readFile(t, d.wire.app.config); got != before {
		t.Errorf("config.yaml after a mistake:\n%s", got)
	}
	says(t, "removing", c.do("/admin/sources/b?remove", "/admin/sources/b/remove", nil), "Source B is removed", "2 of 2 sources")
	if got := readFile(t, d.wire.app.config); strings.Contains(got, "Source B") || !strings.Contains(got, "Source C") || !strings.HasPrefix(got, "# The wire of a test.\n") {
		t.Errorf("config.yaml after removing:\n%s", got)
	}
	says(t, "the record", c.get("/admin/log"), "remove source b", "pause source a", "login", "127.0.0.1")
}

func TestDeskItems(t *testing.T) {
	d, base := testDesk(t)
	c := atDesk(t, base)
	says(t, "the list", c.get("/admin/items"), "Bakers walk out", "Unpaid wages &lt;b&gt;at the mill&lt;/b&gt;", "Something else")
	says(t, "an item", c.get("/admin/items/1"), "term strikes", "by the taxonomy&#39;s terms", "Story 1")
	says(t, "filing", c.do("/admin/items/4", "/admin/items/4/file", url.Values{"category": {"wages"}}), "filed under wages, labor now, for good", "by the desk")
	if got := categoriesOf(t, d, 4); got != "labor wages" {
		t.Errorf("item 4 is under %q, want wages and its umbrella", got)
	}
	says(t, "taking out", c.do("/admin/items/1", "/admin/items/1/unfile", url.Values{"category": {"strikes"}}), "filed under")
	if got := categoriesOf(t, d, 1); strings.Contains(got, "strikes") {
		t.Errorf("item 1 is under %q, want it out of strikes", got)
	}
	says(t, "what was taken out", c.get("/admin/items/1"), "Taken out of <strong>Strikes</strong> by maria", "Take back what was said about strikes")
	says(t, "taking back", c.do("/admin/items/4", "/admin/items/4/forget", url.Values{"category": {"wages"}}), "What the desk said about wages is taken back", "under nothing now")
	if page := c.get("/admin/items/4"); strings.Contains(page, "What the desk said of it") || categoriesOf(t, d, 4) != "" {
		t.Errorf("item 4 still has a word of the desk, or is under %q:\n%s", categoriesOf(t, d, 4), page)
	}
	page := c.get("/admin/items/3")
	says(t, "an umbrella", page, "follows from wages, and goes with the last of them", "Take it out of wages")
	if strings.Contains(page, "Take it out of labor") {
		t.Error("there is a button that is always refused")
	}
	says(t, "filing the other report", c.do("/admin/items/2", "/admin/items/2/file", url.Values{"category": {"strikes"}}), "filed under strikes, labor now")
	c.do("/admin/items/1", "/admin/items/1/file", url.Values{"category": {"strikes"}})
	says(t, "taking out one of two", c.do("/admin/items/1", "/admin/items/1/unfile", url.Values{"category": {"strikes"}}), "Story 1 stays under strikes because of item 2.")
	says(t, "a category that does not exist", c.do("/admin/items/4", "/admin/items/4/file", url.Values{"category": {"nonsense"}}), "there is no category &#34;nonsense&#34;")
	says(t, "hiding", c.do("/admin/items/3", "/admin/items/3/hide", url.Values{"why": {"it names a minor"}}), "It is hidden", "Reason: it names a minor")
	if wd, err := d.wire.store.Withdrawal(t.Context(), 3); err != nil || wd.By != news.ByDesk || wd.Why != "it names a minor" {
		t.Errorf("withdrawal of item 3 = %+v, %v", wd, err)
	}
	says(t, "hidden items", c.get("/admin/items?hidden"), "at the mill")
	if page = c.get("/admin/items"); strings.Contains(page, "at the mill") {
		t.Error("a hidden item is in the list")
	}
	says(t, "bringing back", c.do("/admin/items/3", "/admin/items/3/unhide", nil), "It is shown again.")
	if len(d.force) != 1 {
		t.Error("the daemon was not asked to publish")
	}
	says(t, "what the desk did", c.get("/admin/items/3"), "maria: hide item 3", "maria: unhide item 3")
	says(t, "no item", c.get("/admin/items/99"), "There is no such page")
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// editorOf returns the text of the editor on a page, and a hidden field.
func editorOf(t *testing.T, page string) (text string, field func(string) string) {
	t.Helper()
	found := regexp.MustCompile(`(?s)<textarea[^>]*>\n(.*?)</textarea>`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no editor on the page:\n%s", page)
	}
	return html.UnescapeString(found[1]), func(name string) string {
		f := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
		if f == nil {
			t.Fatalf("no field %s on the page:\n%s", name, page)
		}
		return html.UnescapeString(f[1])
	}
}

func TestDeskConfig(t *testing.T) {
	d, base := testDesk(t)
	c := atDesk(t, base)
	file := d.wire.app.config
	at := "/admin/config?" + url.Values{"file": {file}}.Encode()
	says(t, "the files", c.get("/admin/config"), file)
	for _, other := range []string{"/etc/passwd", filepath.Join(filepath.Dir(file), "desk.passwd"), "../config.yaml", ""} {
		if page := c.get("/admin/config?" + url.Values{"file": {other}}.Encode()); strings.Contains(page, "<textarea") {
			t.Errorf("the page of %q is an editor", other)
		}
	}
	send := func(deed, text, base, tried string) string {
		return c.do(at, "/admin/config/"+deed, url.Values{"file": {file}, "text": {strings.ReplaceAll(text, "\n", "\r\n")}, "base": {base}, "tried": {tried}})
	}
	text, field := editorOf(t, c.get(at))
	if text != deskNewsroom {
		t.Fatalf("the editor holds %q", text)
	}
	edited := strings.Replace(deskNewsroom, "title: Source A", "title: Source A, renamed", 1)

	// Nobody saves what was not tried, nor anything else than what was.
	says(t, "saving untried", send("save", edited, field("base"), ""), "What would change", "&#43;    title: Source A, renamed")
	page := send("check", edited, field("base"), "")
	_, tried := editorOf(t, page)
	says(t, "saving something else", send("save", edited+"# more\n", field("base"), tried("tried")), "&#43;# more")
	if got := readFile(t, file); got != deskNewsroom {
		t.Fatalf("something was written:\n%s", got)
	}
	says(t, "saving", send("save", edited, field("base"), tried("tried")), "config.yaml was saved.")
	if got := readFile(t, file); got != edited {
		t.Errorf("config.yaml:\n%s", got)
	}
	says(t, "the list at once", c.get("/admin/"), "Source A, renamed")
	says(t, "the record", c.get("/admin/log"), "save "+file, "&#43;    title: Source A, renamed")

	// A stale edit is refused, and keeps its text.
	again := strings.Replace(deskNewsroom, "title: Source A", "title: Somebody else's", 1)
	page = send("save", again, field("base"), admin.Digest(again))
	says(t, "a stale edit", page, "Somebody else has changed this file meanwhile", "-    title: Source A, renamed", "&#43;    title: Somebody else&#39;s")
	if got := readFile(t, file); got != edited {
		t.Errorf("a stale edit was written:\n%s", got)
	}

	// What is wrong is named with its place, and what is not the desk's is not
	// changed here.
	_, field = editorOf(t, c.get(at))
	for _, tt := range []struct{ name, from, to, want string }{
		{"an id that is none", "id: a #", "id: A! #", "config.yaml:11:"},
		{"no YAML", "categories:", "categories", "to mend first"},
		{"who gets in", "desk.passwd", "other.passwd", "admin is for whoever runs the machine"},
		{"where the guard lets through", "allow: [127.0.0.0/8]", "allow: [0.0.0.0/0]", "fetch.allow is for whoever runs the machine"},
		{"where the site is written", "classify: {model: false}", "classify: {model: false}\npublish: {to: /tmp/elsewhere}", "publish.to is for whoever runs the machine"},
		{"the database", "classify: {model: false}", "classify: {model: false}\ndatabase: other.db", "database is for whoever runs the machine"},
		{"what of the environment is sent", "title: Source A", "headers: {X: $PATH}\n    title: Source A", "headers and proxy of source a"},
		{"what else is on the disk", "classify: {model: false}", "classify: {model: false}\ninclude: [/etc/passwd]", "outside the newsroom"},
	} {
		page := send("check", strings.Replace(edited, tt.from, tt.to, 1), field("base"), "")
		says(t, tt.name, page, tt.want)
		if strings.Contains(page, ">Save<") || strings.Contains(page, "root:x") {
			t.Errorf("%s: it can be saved, or shows too much:\n%s", tt.name, page)
		}
	}
}
