package feed

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// uris is what feeds declare the prefixes as that the tidy pass writes.
var uris = map[string]string{
	"atom":       "http://www.w3.org/2005/Atom",
	"dc":         "http://purl.org/dc/elements/1.1/",
	"dcterms":    "http://purl.org/dc/terms/",
	"content":    "http://purl.org/rss/1.0/modules/content/",
	"media":      "http://search.yahoo.com/mrss/",
	"itunes":     "http://www.itunes.com/dtds/podcast-1.0.dtd",
	"sy":         "http://purl.org/rss/1.0/modules/syndication/",
	"feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
	"at":         "http://purl.org/atompub/tombstones/1.0",
}

// declared is a document with the declarations that XML asks for.
func declared(doc []byte) []byte {
	var all strings.Builder
	for prefix, uri := range uris {
		fmt.Fprintf(&all, " xmlns:%s=%q", prefix, uri)
	}
	doc = bytes.Replace(doc, []byte("<rss>"), []byte("<rss"+all.String()+">"), 1)
	return bytes.Replace(doc, []byte("<feed>"), []byte(`<feed xmlns="`+uris["atom"]+`"`+all.String()+">"), 1)
}

// bothWays reads a document as Parse does, with its long texts past gofeed and
// prefixes undeclared, and as it would be without such savings; nil where it is
// no XML feed.
func bothWays(t *testing.T, body []byte) (past, through *Document) {
	t.Helper()
	h := Hints{URL: "https://a.example/feed"}
	h.Limits = h.Limits.withDefaults()
	read := func(spare bool) *Document {
		var rep repairs
		text, _ := toUTF8(body, "", "", &rep)
		p := parser{hints: h, repairs: &rep}
		p.base = p.documentBase()
		td := tidy(scrub(text, &rep), p.base, h.Limits, &rep)
		if td == nil {
			return nil
		}
		if spare {
			d, err := p.readTidied(td)
			if err != nil {
				return nil
			}
			return d
		}
		for i := range td.notes {
			td.notes[i].past = extent{}
		}
		d, err := p.fromTidied(td, declared(td.document()))
		if err != nil {
			return nil
		}
		return d
	}
	return read(true), read(false)
}

func equalDocuments(t *testing.T, name string, body []byte) {
	t.Helper()
	past, through := bothWays(t, body)
	if diff := cmp.Diff(through, past, cmp.AllowUnexported(Document{}, Entry{}, mark{}), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%s: -through gofeed +past it\n%s\n%.2000s", name, diff, body)
	}
}

// What gofeed does not get to read comes out as if it had.
func TestWhatGoesPastGofeedIsAsGofeedReadsIt(t *testing.T) {
	for _, pattern := range []string{"testdata/documents/*", filepath.Join(evaluation, "*/*"), filepath.Join(evaluation, "*/*/*")} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			body, err := os.ReadFile(file)
			if err != nil || len(body) > 1<<20 {
				continue
			}
			equalDocuments(t, file, body)
		}
	}
	long := strings.Repeat("word ", 20)
	pieces := []string{long, "<p>", "</p>", "&lt;b&gt;", "&amp;amp;", "&amp;lt;", "&", "&copy;", "&quot;", "\"", ">", "]]>", "]]&gt;", "<![CDATA[", "<![CDATA[<i>" + long + "]]>",
		"\n", "  ", "\r\n", "\u00a0", "é", "http://d.example/1", "&#xFDD0;1", "<!-- c -->", "<br/>", "\x01"}
	families := []struct {
		head, item, tail string
		names            []string
	}{
		{`<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>t</title><description>` + long + `</description>`,
			"item", "</channel></rss>", []string{"description", "content:encoded", "title", "dc:description", "itunes:summary", "media:description", "link", `link href="/x"`, "author", "dc:creator", "dc:author", "category", `category domain="d"`, "comments", "guid", `guid isPermaLink=" FALSE"`, `guid isPermaLink="true"`, "enclosure", `source url="/s"`, "atom:id", "media:category"}},
		{`<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://b.example/x/"><title>t</title><subtitle>` + long + `</subtitle>`,
			"entry", "</feed>", []string{"summary", `summary type="html"`, "content", `content type="html"`, `content type="xhtml"`, `content type="text" src="/y"`, "title", `title type="html"`, "id", "rights", `content src="http://c.example/` + strings.Repeat("x", 100) + `"`}},
	}
	taken := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		f := families[seed%2]
		var b strings.Builder
		b.WriteString(f.head)
		for item := range 1 + r.IntN(4) {
			fmt.Fprintf(&b, "<%s><id>%d</id><guid>%d</guid>", f.item, item, item)
			for range r.IntN(4) {
				name := f.names[r.IntN(len(f.names))]
				b.WriteString("<" + name + ">")
				for range r.IntN(6) {
					b.WriteString(pieces[r.IntN(len(pieces))])
				}
				name, _, _ = strings.Cut(name, " ")
				b.WriteString("</" + name + ">")
			}
			b.WriteString("</" + f.item + ">")
		}
		b.WriteString(f.tail)
		equalDocuments(t, fmt.Sprint("seed ", seed), []byte(b.String()))
		if past, _ := bothWays(t, []byte(b.String())); past != nil && len(past.Entries) > 0 {
			taken++
		}
	}
	if taken < 2000 {
		t.Errorf("%d of 3000 documents were read", taken)
	}
}

// What is written escaped is read again as it was, whatever stands around it.
// What is left out of entries must not be remembered, however many there are.
func TestOfEntriesThatAreDroppedNothingIsKept(t *testing.T) {
	const most, links = 3, 7
	item := "<item><title>t</title>" + strings.Repeat("<link>a</link>", links) + "</item>"
	doc := "<rss><channel>" + strings.Repeat(item, 1000) + "</channel></rss>"
	td := tidy([]byte(doc), "", Limits{Items: most}.withDefaults(), &repairs{})
	if n := len(td.past); n == 0 || n > most*(links+1) {
		t.Errorf("%d elements go past gofeed, want at most %d of each of %d entries", n, links+1, most)
	}
	for i, e := range td.items {
		if left := td.past[td.notes[i].past.start:td.notes[i].past.end]; len(left) == 0 || left[len(left)-1].end > e.end-e.start {
			t.Errorf("entry %d of %d bytes: %v go past gofeed", i, e.end-e.start, left)
		}
	}
}

func TestUnescapeTakesEscapingBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("&<>\";#34amplgtx é"))).Draw(t, "text")
		if got := unescape(appendEscaped(nil, []byte(text))); got != text {
			t.Errorf("unescape(appendEscaped(%q)) = %q", text, got)
		}
	})
}

// A document is read the same after others as it is alone: what is written into
// is used again.
func TestParseIsNotToldByTheDocumentBefore(t *testing.T) {
	docs := [][]byte{
		[]byte(`<rss version="2.0"><channel><title>A</title><item><guid>1</guid><title>One</title><description>` + strings.Repeat("long ", 60) + `</description><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item><item><guid>2</guid><title>Two</title></item></channel></rss>`),
		[]byte(`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>B</title><entry><id>x</id><title>X</title></entry></feed>`),
		[]byte(`<rss version="2.0"><channel><item><title>C</title></item></channel></rss>`),
		[]byte(`<html><body>no feed</body></html>`),
	}
	read := func(doc []byte) string {
		d, err := Parse(doc, Hints{})
		return fmt.Sprintf("%+v %v", d, err)
	}
	empty := func() {
		for cap(workspaces.Get().(*workspace).notes) > 0 { // used before, and not put back
		}
	}
	var alone []string
	for _, doc := range docs {
		empty()
		alone = append(alone, read(doc))
	}
	for first, doc := range docs {
		empty()
		read(doc)
		for i, doc := range docs {
			if got := read(doc); got != alone[i] {
				t.Errorf("document %d after %d and others:\n got %s\nwant %s", i, first, got, alone[i])
			}
		}
	}
}
