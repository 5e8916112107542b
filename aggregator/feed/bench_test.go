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
	doc := cleanFeed(1000)
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

func BenchmarkClean(b *testing.B) {
	d, err := Parse(cleanFeed(1), Hints{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		d.Entries[0].Clean(Limits{})
	}
}
