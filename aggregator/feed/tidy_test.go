package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/quick"
)

// Every byte of a document belongs to one token, in order: nothing is lost
// between them, whatever the document.
func TestLexerTilesTheDocument(t *testing.T) {
	pieces := []string{"<", ">", "</", "/>", "<a", " b=", "\"", "'", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!D", "[", "]", "x", " ", "&", "é"}
	prop := func(picks []uint8) bool {
		var b bytes.Buffer
		for _, p := range picks {
			b.WriteString(pieces[int(p)%len(pieces)])
		}
		lex := lexer{src: b.Bytes(), repairs: &repairs{}}
		for at := 0; ; {
			tok, ok := lex.next()
			if !ok {
				return at == b.Len()
			}
			if tok.start != at || tok.end <= at {
				t.Logf("in %q a token goes from %d to %d, want it to start at %d", b.String(), tok.start, tok.end, at)
				return false
			}
			at = tok.end
		}
	}
	if err := quick.Check(prop, &quick.Config{MaxCount: 20_000}); err != nil {
		t.Error(err)
	}
}

// What gofeed gets is well-formed and has as many entries as there are notes,
// whatever the document.
func TestTidyWritesWellFormedXML(t *testing.T) {
	pieces := []string{
		"<rss>", "</rss>", "<channel>", "</channel>", "<item>", "</item>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "</entry>",
		"<title>", "</title>", "<link>", "<link href='x'/>", "<guid>", "</guid>", "<media:group>", "<media:content url='\"<&'>", "</media:group>",
		"<content type='xhtml'>", "</content>", "<![CDATA[", "]]>", "<!--", "-->", "text & <", "&amp;", "&#8;", "<author>", "<name>", "</name>", "<dc:date>2025</dc:date>",
		"<x:y xmlns:x='urn:x'>", "</x:y>", "\"", "'", ">", "<description>", "</description>", "<item/>", "<updated>1</updated>",
	}
	prop := func(picks []uint8) bool {
		doc := "<rss>"
		if len(picks)%2 == 1 {
			doc = "<feed>"
		}
		for _, p := range picks {
			doc += pieces[int(p)%len(pieces)]
		}
		td := tidy([]byte(doc), "", Limits{Items: 3}.withDefaults(), &repairs{})
		if td == nil {
			return true
		}
		entries, err := countEntries(td.document())
		if err != nil || entries != len(td.notes) || entries > 3 {
			t.Logf("tidy(%q) = %s\nwith %d entries and %d notes, error %v", doc, td.document(), entries, len(td.notes), err)
			return false
		}
		return true
	}
	if err := quick.Check(prop, &quick.Config{MaxCount: 20_000}); err != nil {
		t.Error(err)
	}
}

func countEntries(doc []byte) (int, error) {
	dec := xml.NewDecoder(bytes.NewReader(doc))
	n := 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if s, ok := tok.(xml.StartElement); ok && (s.Name.Local == "item" || s.Name.Local == "entry") {
			n++
		}
	}
}

// S16–S18, S21 and the danger in gofeed's XML layer: what a hostile document
// makes us allocate stays within a few times its size.
func TestHostileDocumentsAreBounded(t *testing.T) {
	const head, foot = `<rss version="2.0"><channel><title>t</title>`, `</channel></rss>`
	item := func(s string) string { return head + "<item><title>ok</title>" + s + "</item>" + foot }
	var spaces, attrs strings.Builder
	for i := range 10_000 {
		n := strings.Repeat("p", i%50+1)
		spaces.WriteString("<a xmlns:" + n + `="u">`)
		attrs.WriteString(" a" + n + `="x"`)
	}
	tests := []struct{ name, doc string }{
		{"nested namespace declarations", item(spaces.String())},
		{"nested xml:base", item(strings.Repeat(`<a xml:base="http://a/">`, 20_000))},
		{"a hundred thousand levels", item(strings.Repeat("<x>", 100_000) + strings.Repeat("</x>", 100_000))},
		{"nested media groups", item(strings.Repeat("<media:group><media:content>", 20_000))},
		{"attributes", item("<enclosure" + attrs.String() + "/>")},
		{"fifty thousand categories", item(strings.Repeat("<category>c</category>", 50_000))},
		{"twenty thousand items", head + strings.Repeat("<item><title>t</title><link>http://a/</link></item>", 20_000) + foot},
		{"unclosed items", head + strings.Repeat("<item>", 100_000)},
		{"unclosed comments", head + strings.Repeat("<!--", 200_000)},
		{"unclosed instructions", head + strings.Repeat("<?", 200_000)},
		{"unclosed CDATA", item("<description>" + strings.Repeat("<![CDATA[", 100_000))},
		{"unclosed CDATA with an end far away", head + strings.Repeat("<item><title><![CDATA[x</title></item>", 20_000) + "]]>" + foot},
		{"unclosed doctypes", strings.Repeat("<!DOCTYPE a [", 50_000) + head + foot},
		{"quotes that swallow", head + strings.Repeat(`<a b="`, 100_000)},
		{"a title of four megabytes", head + "<item><title>" + strings.Repeat("T", 4<<20) + "</title></item>" + foot},
		{"angle brackets", item("<description>" + strings.Repeat("<", 200_000) + "</description>")},
		{"ampersands", item("<description>" + strings.Repeat("&", 200_000) + "</description>")},
		{"entities of entities", `<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + item("<description>"+strings.Repeat("&b;", 100_000)+"</description>")},
		{"nested JSON", `{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.Repeat("[", 500_000)},
		{"fifty thousand JSON items", `{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.Repeat(`{"id":1},`, 50_000) + `]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			d, err := Parse([]byte(tt.doc), Hints{})
			runtime.ReadMemStats(&after)
			if err == nil && len(d.Entries) > 2000 {
				t.Errorf("Parse kept %d entries", len(d.Entries))
			}
			used, allowed := after.TotalAlloc-before.TotalAlloc, uint64(48*len(tt.doc)+32<<20)
			if used > allowed {
				t.Errorf("Parse of %d bytes allocated %d, want at most %d (error %v)", len(tt.doc), used, allowed, err)
			}
		})
	}
}

func TestNamespaceDeclarationsAreLimited(t *testing.T) {
	doc := "<rss"
	for i := range 200 {
		doc += fmt.Sprintf(` xmlns:p%d="urn:x"`, i)
	}
	rep := &repairs{}
	td := tidier{limits: Limits{Namespaces: 10, Attributes: 1000}.withDefaults(), repairs: rep}
	td.readAttrs(token{attrs: []byte(doc[4:])})
	if len(td.spaces) != 10 || !slices.Contains(rep.names, repairNamespaces) {
		t.Errorf("%d namespaces in scope, repairs %q, want 10 and a repair", len(td.spaces), rep.names)
	}
}

// FuzzParse: no input panics, hangs or gets anything past the promises that
// Document and Entry make.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/documents/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".want.json") {
			f.Add(body, "text/xml; charset=utf-8")
		}
	}
	f.Add([]byte("\xff\xfe<\x00r\x00s\x00s\x00>\x00"), "application/rss+xml")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		h := Hints{URL: "https://base.example/feed", Limits: Limits{Items: 20}}
		h.Header = map[string][]string{"Content-Type": {contentType}}
		d, err := Parse(body, h)
		var pe *ParseError
		if errors.As(err, &pe) && pe.Format != "json" {
			t.Fatalf("gofeed cannot read what tidy wrote: %v", err)
		}
		if err != nil {
			return
		}
		checkDocument(t, d)
	})
}

func checkDocument(t *testing.T, d *Document) {
	t.Helper()
	if len(d.Entries) > 20 {
		t.Errorf("%d entries, want at most 20", len(d.Entries))
	}
	keys := map[string]bool{}
	for _, e := range d.Entries {
		if e.Key == "" || len(e.Key) > maxKey || keys[e.Key] {
			t.Errorf("key %q is empty, too long or taken", e.Key)
		}
		keys[e.Key] = true
		urls := []string{e.URL, e.Image, e.SourceURL}
		for _, enc := range e.Enclosures {
			urls = append(urls, enc.URL)
		}
		for _, u := range urls {
			if u != "" && webURL(u) != u {
				t.Errorf("address %q is not an absolute web address", u)
			}
		}
		c := e.Clean(Limits{})
		for _, s := range append([]string{c.Title, c.Summary, e.Author}, e.Categories...) {
			if tame(s) != s {
				t.Errorf("text %q is not tame", s)
			}
		}
		if err := harmful(c.Content); err != nil {
			t.Errorf("content %q: %v", c.Content, err)
		}
	}
}
