package feed

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
)

// clean is a feed without faults, of about a megabyte.
func cleanFeed(items int) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Bench</title><link>https://a.example/</link><atom:link rel="self" href="https://a.example/rss"/>`)
	para := strings.Repeat("Workers at the plant voted to strike over pay &amp; hours, the union said. ", 4)
	for i := range items {
		fmt.Fprintf(&b, `<item><title>Headline number %d about a strike</title><link>https://a.example/%d</link><guid isPermaLink="false">id-%d</guid><pubDate>Sat, 06 Sep 2025 14:03:%02d +0000</pubDate><dc:creator>A. Writer</dc:creator><category>Labour</category><description>&lt;p&gt;%s&lt;/p&gt;</description><content:encoded><![CDATA[<p>%s</p><p><a href="/more/%d">More</a> <img src="/i/%d.jpg" width="600" height="400"></p>]]></content:encoded></item>`, i, i, i, i%60, para, para, i, i)
	}
	b.WriteString("</channel></rss>")
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	doc := cleanFeed(60) // 60 KB
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Parse(doc, Hints{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("gofeed alone", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := gofeed.NewParser().Parse(bytes.NewReader(doc)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkTidy(b *testing.B) {
	doc := cleanFeed(1000)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	limits := Limits{}.withDefaults()
	for b.Loop() {
		tidy(doc, "", limits, &repairs{})
	}
}

// article is HTML of about 2 KB as content management systems write it.
var article = `<p><img src="https://img.a.example/2025/09/harbour-strike-1024x683.jpg" alt="Dockers at the gate, Rotterdam" width="1024" height="683" class="attachment-large size-large wp-post-image" srcset="https://img.a.example/2025/09/harbour-strike-1024x683.jpg 1024w, https://img.a.example/2025/09/harbour-strike-300x200.jpg 300w" sizes="(max-width: 1024px) 100vw, 1024px" loading="lazy" /></p>
<p>Dockers in three ports walked out on Monday after <a href="https://a.example/2025/09/talks-collapse/?ref=body" target="_blank" rel="noopener">talks collapsed</a> over pay &amp; hours, the union said. &#8220;We were offered half of what prices rose by,&#8221; said its secretary.</p>
<h2 class="wp-block-heading">What is at stake</h2>
<p>The employers’ association put the cost at €40&nbsp;million a day. It called the strike <em>unlawful</em>, which a court in <strong>Rotterdam</strong> is to decide on Thursday.</p>
<ul class="wp-block-list"><li>4,200 workers on strike, of 5,100 who are organised</li>
<li>Three terminals closed, two at half their capacity</li><li>A fund that lasts for <a href="/2025/08/strike-fund/">six weeks</a></li></ul>
<blockquote><p>Nobody strikes for fun. People cannot pay the rent, and they have waited since January for an offer that deserves the name.</p></blockquote>
<div class="share"><span style="color:#333">Share:</span> <a href="https://social.example/share?u=https%3A%2F%2Fa.example%2F1" onclick="return popup(this)">Post</a></div>
<p>The ministry of labour said that it would not step in. Two other unions announced that they would join on Wednesday, among them that of the crane drivers; the railways expect delays on freight lines until the end of the week. Hospitals and emergency services are not affected, and the union let a ship with medical supplies pass on Monday evening.</p>
<p>The post <a href="https://a.example/1">Dockers walk out</a> appeared first on <a href="https://a.example">A Paper</a>.</p>
`

func BenchmarkClean(b *testing.B) {
	words := strings.Repeat("Workers at the plant voted to strike over pay and hours, the union said. ", 4)
	limits := Limits{}.withDefaults()
	for _, bench := range []struct {
		name string
		e    Entry
	}{
		{"article", Entry{Title: "Dockers walk out &amp; close three ports: &#8216;enough&#8217;", Content: article, Summary: "<p>" + words + "</p>", Base: "https://a.example/"}},
		{"article alone", Entry{Title: "Dockers walk out", Content: article, Base: "https://a.example/"}},
		{"table and frame", Entry{Title: "Dockers walk out", Content: article + "<table><tr><td>1<td>2</table><iframe src=//v.example/1></iframe>", Base: "https://a.example/"}},
		{"plain summary", Entry{Title: "Dockers walk out", Summary: words, Base: "https://a.example/"}},
		{"title", Entry{Title: "AT&amp;T &#8216;fires&#8217; hundreds"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bench.e.Clean(limits)
			}
		})
	}
}
