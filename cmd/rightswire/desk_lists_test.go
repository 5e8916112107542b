package main

import (
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

const maxTriedForTest = 5001

func TestDeskAdds(t *testing.T) {
	d, base := testDesk(t)
	origin := fetchtest.New(t).
		On("/", fetchtest.Answer{Header: map[string]string{"Content-Type": "text/html"}, Body: `<link rel="alternate" type="application/rss+xml" href="/press.rss">`}).
		On("/press.rss", fetchtest.Answer{Body: `<rss version="2.0"><channel><title>The &lt;b&gt;Union</title>
<item><title>Dockers walk out</title><link>https://union.example/1</link></item></channel></rss>`})
	c := atDesk(t, base)
	found := c.do("/admin/add", "/admin/add/search", url.Values{"address": {origin.URL("/")}})
	says(t, "what was found", found, "Dockers walk out", "would be filed under strikes, labor", "1 entries", "Add it")
	if strings.Contains(found, "<b>Union") {
		t.Error("markup of a feed is on the page")
	}
	if len(readFile(t, d.wire.app.config)) != len(deskNewsroom) {
		t.Error("a search changed the list")
	}
	added := c.do("/admin/add", "/admin/add/save", url.Values{"url": {origin.URL("/press.rss")}, "title": {"The union"}, "id": {"the-union"}, "categories": {"strikes"}})
	says(t, "adding", added, "The union is in the list.", "the-union")
	says(t, "the list", readFile(t, d.wire.app.config), "- id: the-union", "categories: [strikes]", "# about b")
	if waits, err := d.wire.left(t.Context()); err != nil || len(waits) != 1 {
		t.Errorf("%d answers wait for the first poll, %v; want what was read (P40)", len(waits), err)
	}
	says(t, "adding it again", c.do("/admin/add", "/admin/add/save", url.Values{"url": {origin.URL("/press.rss")}, "id": {"other"}}), "is subscribed already, as the-union")
	says(t, "adding what nobody found", c.do("/admin/add", "/admin/add/save", url.Values{"url": {"https://x.example/"}}), "search again")
	for _, inside := range []string{"http://169.254.169.254/latest/", "http://10.0.0.1/", "file:///etc/passwd", "javascript:alert(1)"} {
		says(t, inside, c.do("/admin/add", "/admin/add/search", url.Values{"address": {inside}}), "notice bad", "Nothing was found")
	}
}

func TestDeskImports(t *testing.T) {
	d, base := testDesk(t)
	c := atDesk(t, base)
	const opml = `<?xml version="1.0"?><opml version="2.0"><body><outline text="Wages"><outline type="rss" text="Mill workers" xmlUrl="https://mill.example/rss"/>
<outline type="rss" text="&lt;script&gt;x&lt;/script&gt;" xmlUrl="javascript:alert(1)"/><outline type="rss" text="A again" xmlUrl="https://a.example/rss"/></outline>
<outline text="Cars"><outline type="rss" text="Cars" xmlUrl="https://cars.example/rss"/></outline></body></opml>`
	token := deskToken.FindStringSubmatch(c.get("/admin/import"))[1]
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, f := range [][2]string{{"csrf_token", token}, {"back", "/admin/import"}} {
		if err := m.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("file", "../../pwned.opml")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(part, opml)
	m.Close()
	res, err := c.http.Post(c.base+"/admin/import", m.FormDataContentType(), &body)
	page := c.read(res, err)
	says(t, "the list", page, "2 of 3 would come in", "Mill workers", "it is in the list as a", `<option value="wages" selected>`)
	if strings.Contains(page, "<script") || readFile(t, d.wire.app.config) != deskNewsroom {
		t.Error("looking at a list shows markup, or writes")
	}
	list := html.UnescapeString(regexp.MustCompile(`name="list" value="([^"]*)"`).FindStringSubmatch(page)[1])
	says(t, "taking it over", c.do("/admin/import", "/admin/import/save", url.Values{
		"list": {list}, "folder": {"Wages", "Cars"}, "category": {"wages", "strikes"},
	}), "2 sources came in", "5 of 5 sources")
	says(t, "the file", readFile(t, d.wire.app.config), "https://mill.example/rss", "categories: [wages]", "categories: [strikes]", "# about b")
	says(t, "no list", c.do("/admin/import", "/admin/import", url.Values{"list": {"bm9wZSB7"}}), "notice bad")
}
