package aggregator_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

func TestS10_S15_ARedirectToTheInsideIsRefusedAndShown(t *testing.T) {
	for _, to := range []string{"http://inside.test/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://169.254.169.254/latest/meta-data/",
		"http://0.0.0.0/", "http://100.64.0.1/", "http://224.0.0.1/", "http://[fe80::1]/", "http://2130706433.inside.test/"} {
		w := newWire(t)
		w.source("s", fineAnswer, fetchtest.Redirect(302, strings.Replace(to, "http://", "http://root:hunter2@", 1)))
		w.source("good", fineAnswer)
		w.run(aggregator.Selection{})
		w.again()
		p := w.last("s")
		if p.Outcome != news.OutcomeFailed || !strings.Contains(p.Error, "not public") && !strings.Contains(p.Error, "no such host") || strings.Contains(p.Error, "hunter2") {
			t.Errorf("%s: ledger %s, %q", to, p.Outcome, p.Error)
		}
		if w.last("good").Outcome == news.OutcomeFailed || len(w.titles()) != 2 {
			t.Errorf("%s: it cost the source beside it", to)
		}
	}
}

// bait is a feed that names a trap wherever a feed can name an address.
func bait() map[string]string {
	return map[string]string{
		"rss": `<?xml version="1.0"?><?xml-stylesheet href="TRAP/style.xsl" type="text/xsl"?>
<!DOCTYPE rss PUBLIC "-//x" "TRAP/rss.dtd" [<!ENTITY % p SYSTEM "TRAP/p.dtd"> %p; <!ENTITY e SYSTEM "TRAP/e">]>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:wfw="http://wellformedweb.org/CommentAPI/"
 xsi:schemaLocation="x TRAP/s.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><channel><title>t</title><link>TRAP/</link>
<atom:link rel="hub" href="TRAP/hub"/><atom:link rel="self" href="TRAP/self"/><atom:link rel="next" href="TRAP/next"/><docs>TRAP/docs</docs>
<image><url>TRAP/logo.png</url><title>t</title><link>TRAP/</link></image><itunes:image href="TRAP/itunes.png"/><cloud domain="TRAP" port="80" path="/rpc" registerProcedure="x" protocol="xml-rpc"/>
<xi:include href="TRAP/include.xml"/><item><guid>1</guid><title>Kept</title><link>TRAP/article</link><comments>TRAP/comments</comments><source url="TRAP/source">s</source>
<enclosure url="TRAP/a.mp3" length="1" type="audio/mpeg"/><media:thumbnail url="TRAP/thumb.png"/><wfw:commentRss>TRAP/comments.rss</wfw:commentRss>
<description>&lt;img src="TRAP/pixel.png"&gt;&lt;iframe src="TRAP/frame"&gt;&lt;/iframe&gt;&lt;link rel=prefetch href="TRAP/pre"&gt;&e;</description></item></channel></rss>`,
		"atom": `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:base="TRAP/base/"><title>t</title><id>TRAP/id</id><icon>TRAP/icon.svg</icon><logo>TRAP/logo.png</logo>
<link rel="hub" href="TRAP/hub"/><link rel="self" href="TRAP/self"/><link rel="prev-archive" href="TRAP/archive"/><generator uri="TRAP/g">g</generator>
<entry><id>1</id><title>Kept</title><link href="TRAP/article"/><link rel="enclosure" href="TRAP/a.mp3"/><content src="TRAP/content.html" type="text/html"/></entry></feed>`,
		"json": `{"version":"https://jsonfeed.org/version/1.1","title":"t","home_page_url":"TRAP/","feed_url":"TRAP/self","next_url":"TRAP/next","icon":"TRAP/icon","favicon":"TRAP/fav",
"hubs":[{"type":"WebSub","url":"TRAP/hub"}],"authors":[{"url":"TRAP/a","avatar":"TRAP/avatar"}],"items":[{"id":"1","title":"Kept","url":"TRAP/article","image":"TRAP/image","banner_image":"TRAP/banner","attachments":[{"url":"TRAP/a.mp3","mime_type":"audio/mpeg"}],"content_html":"<img src='TRAP/pixel'>"}]}`,
	}
}

func TestS13_S16_NothingThatAFeedNamesIsAskedFor(t *testing.T) {
	for name, body := range bait() {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			trap := fetchtest.New(t)
			there := "http://b.test:" + trap.Port()
			w.source("s", fetchtest.Answer{Body: strings.ReplaceAll(body, "TRAP", there), ETag: etagA,
				Header: map[string]string{"Link": "<" + there + "/hub>; rel=hub, <" + there + "/pre>; rel=preload", "Refresh": "0; url=" + there + "/refresh"}})
			w.run(aggregator.Selection{})
			w.group()
			w.again()
			if seen := trap.Requests(); len(seen) != 0 {
				t.Errorf("the trap was asked for %v", seen)
			}
			if d := cmp.Diff([]string{"Kept"}, w.titles()); d != "" {
				t.Errorf("items -want +got\n%s\n%s", d, w.last("s").Error)
			}
		})
	}
}

func TestS16_NoEntityIsResolved(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWire(t)
	w.source("s", fetchtest.Answer{Body: `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY f SYSTEM "file://` + secret + `"><!ENTITY % q SYSTEM "file://` + secret + `">%q;<!ENTITY in "expanded">]>
<rss version="2.0" xmlns:xi="http://www.w3.org/2001/XInclude"><channel><title>&f;</title><item><guid>1</guid><title>Kept &f; &in;</title>
<description>&f;<xi:include parse="text" href="file://` + secret + `"/></description></item></channel></rss>`})
	w.run(aggregator.Selection{})
	items := w.items()
	if len(items) != 1 || !strings.HasPrefix(items[0].Title, "Kept") {
		t.Fatalf("items = %+v, error %q", items, w.last("s").Error)
	}
	if it := items[0]; strings.Contains(it.Title+it.Summary+it.Content, "hunter2") || strings.Contains(it.Title, "expanded") {
		t.Errorf("an entity was resolved: %+v", it)
	}
}

// What is made to blow up in our hands costs one poll, little memory and
// little time, and the item before it is kept.
func TestS17_S18_WhatIsNestedOrMultipliedIsBounded(t *testing.T) {
	item := func(s string) string {
		return `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>Kept</title></item><item><guid>2</guid><title>Bad</title>` + s + `</item></channel></rss>`
	}
	long := `<!DOCTYPE rss [<!ENTITY a "` + strings.Repeat("A", 50_000) + `">]>`
	for name, body := range map[string]string{
		"S17 quadratic blow-up": long + item("<description>"+strings.Repeat("&a;", 50_000)+"</description>"),
		"S17 recursion":         `<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>` + item("<description>&a;</description>"),
		"S18 XML 100,000 deep":  item(strings.Repeat("<x>", 100_000) + strings.Repeat("</x>", 100_000)),
		"S18 HTML 50,000 deep":  item("<description>" + strings.Repeat("&lt;div&gt;", 50_000) + "deep</description>"),
		"S18 HTML never closed": item("<description><![CDATA[" + strings.Repeat("<table><tr><td>", 20_000) + "]]></description>"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			big, err := fetch.New(fetch.Options{Allow: loopback, Resolver: fetchtest.NewNames().On("a.test", "127.0.0.1").Resolver(), MaxBody: 15 << 20})
			if err != nil {
				t.Fatal(err)
			}
			defer big.Close()
			w.get = big
			w.source("s", fetchtest.Answer{Body: body})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begin := time.Now()
			w.run(aggregator.Selection{})
			took := time.Since(begin)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 200<<20 || took > 20*time.Second {
				t.Errorf("%d bytes took %v and %d MB", len(body), took, used>>20)
			}
			if got := w.titles(); len(got) < 1 || got[0] != "Kept" {
				t.Errorf("items = %.200q, error %q", got, w.last("s").Error)
			}
			for _, it := range w.items() {
				if n := len(it.Content) + len(it.Summary); n > 4*len(body) || strings.Contains(it.Content, "AAA") || strings.Count(it.Content, "<div") > 600 {
					t.Errorf("an item of %d bytes is stored", n)
				}
			}
		})
	}
}

func TestS19_S20_ABombOrASilentServerCostsOneFailedPoll(t *testing.T) {
	for name, a := range map[string]fetchtest.Answer{
		"S19 a bomb in gzip": {Body: fetchtest.Gzip(fetchtest.Gzip(strings.Repeat(" ", 32<<20))), Header: map[string]string{"Content-Encoding": "gzip, gzip"}},
		"S20 silence":        {Fault: fetchtest.Silent}, "S20 a drip": {Body: bodyTwo, Fault: fetchtest.Drip}, "S20 endless": {Body: " ", Fault: fetchtest.Endless},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			short, err := fetch.New(fetch.Options{Allow: loopback, Resolver: fetchtest.NewNames().On("a.test", "127.0.0.1").Resolver(), MaxBody: 1 << 20, Timeout: 400 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer short.Close()
			w.source("s", fineAnswer, a)
			w.run(aggregator.Selection{})
			w.get = short
			w.again()
			p := w.last("s")
			if p.Outcome != news.OutcomeFailed || !strings.Contains(p.Error, "too large") && !strings.Contains(p.Error, "timed out") {
				t.Errorf("ledger = %s, %q", p.Outcome, p.Error)
			}
			if st := w.state("s"); st.ETag != etagA || len(w.titles()) != 1 {
				t.Errorf("state = %+v, items %q", st, w.titles())
			}
		})
	}
}

// The old items of a source stay whatever it turns into, and it is not
// deleted.
func TestS28_WhateverComesInsteadOfAFeedTheItemsStay(t *testing.T) {
	for name, a := range map[string]fetchtest.Answer{
		"a login page": {Status: 200, Body: "<html><body>Log in</body></html>"}, "an empty feed": {Status: 200, Body: rss()}, "nothing": {Status: 200, Body: ""},
		"410": {Status: 410}, "a PDF": {Status: 200, Body: "%PDF-1.7\n"}, "a 304 after that": {Status: 304},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", fetchtest.Answer{Body: bodyTwo, ETag: etagA}, a)
			w.run(aggregator.Selection{})
			w.again()
			if got := w.titles(); len(got) != 2 {
				t.Errorf("items = %q, want both", got)
			}
			if st := w.state("s"); (st.Error == "") != (name == "an empty feed" || a.Status == 304) {
				t.Errorf("the source shows %q", st.Error)
			}
		})
	}
}
