package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameAsAll checks that a parse with the marks of an earlier version comes to
// what a parse of everything comes to: the entries that were left alone are
// those of the earlier version, and nothing else differs. It returns how many
// were left alone.
func sameAsAll(t *testing.T, before, after []byte, h Hints) int {
	t.Helper()
	first, err := Parse(before, h)
	if err != nil {
		return 0
	}
	whole, wholeErr := Parse(after, h)
	h.Marks = first.Marks(func(int) bool { return true })
	part, partErr := Parse(after, h)
	if (wholeErr == nil) != (partErr == nil) || wholeErr != nil && wholeErr.Error() != partErr.Error() {
		t.Fatalf("with marks: error %v, without: %v", partErr, wholeErr)
	}
	if wholeErr != nil {
		return 0
	}
	known := map[string]string{}
	for _, e := range first.Entries {
		known[e.Key] = e.RawHash
	}
	var left []Entry
	rest := part.Entries
	for _, e := range whole.Entries {
		switch {
		case len(rest) > 0 && rest[0].Key == e.Key:
			left, rest = append(left, e), rest[1:]
		case known[e.Key] != e.RawHash:
			t.Fatalf("entry %q was left alone, and is not what it was", e.Key)
		}
	}
	if n := len(whole.Entries) - len(left); len(rest) > 0 || n != part.Same() {
		t.Fatalf("%d entries are missing, %d are said to be the same, %d are in no full parse", n, part.Same(), len(rest))
	}
	all := *whole
	all.Entries = left
	if diff := cmp.Diff(&all, part, cmpopts.IgnoreUnexported(Document{}, Entry{}), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("a parse with marks differs, -whole +marks:\n%s", diff)
	}
	again, err := Parse(after, Hints{URL: h.URL, Header: h.Header, Limits: h.Limits, Marks: part.Marks(func(int) bool { return true })})
	if err != nil {
		t.Fatal(err)
	}
	if n := again.Same() + len(again.Entries); n != len(whole.Entries) {
		t.Fatalf("with the marks of a parse with marks: %d entries, want %d", n, len(whole.Entries))
	}
	return part.Same()
}

func TestMarksLeaveOnlyWhatIsNewToBeRead(t *testing.T) {
	item := func(id, title string) string {
		return fmt.Sprintf(`<item><guid>%s</guid><link>https://a.example/%s</link><title>%s</title><description>Text of %s</description></item>`, id, id, title, id)
	}
	rss := func(head string, items ...string) string {
		return `<rss version="2.0"><channel><title>A</title><link>https://a.example/</link>` + head + strings.Join(items, "") + `</channel></rss>`
	}
	atom := func(head string, entries ...string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><id>urn:a</id>` + head + strings.Join(entries, "") + `</feed>`
	}
	entry := func(id string) string {
		return `<entry><id>urn:` + id + `</id><title>T ` + id + `</title><link href="/` + id + `"/><updated>2026-03-02T08:00:00Z</updated></entry>`
	}
	a, b, c := item("a", "First"), item("b", "Second"), item("c", "Third")
	for _, tt := range []struct {
		name, before, after string
		same                int
	}{
		{"an entry is new", rss("", a, b), rss("", c, a, b), 2},
		{"an entry has left", rss("", a, b), rss("", b), 1},
		{"an entry has changed", rss("", a, b), rss("", a, item("b", "Second, corrected")), 1},
		{"the order has changed", rss("", a, b, c), rss("", c, a, b), 3},
		{"the document says when it was built", rss("<lastBuildDate>Mon, 02 Mar 2026 08:00:00 GMT</lastBuildDate>", a, b), rss("<lastBuildDate>Mon, 02 Mar 2026 09:00:00 GMT</lastBuildDate>", a, b), 2},
		{"the document has another language now", rss("<language>en</language>", a, b), rss("<language>fr</language>", a, b), 0},
		{"an entry has the identifier of another", rss("", a, b), rss("", strings.Replace(c, "<guid>c<", "<guid>a<", 1), a, b), 0},
		{"two entries have the identifier of a third", rss("", a, b), rss("", strings.Replace(c, "<guid>c<", "<guid>a<", 1), strings.Replace(item("d", "Fourth"), "<guid>d<", "<guid>a<", 1), a, b), 0},
		{"an entry stands there twice", rss("", a, b), rss("", a, b, a), 0},
		{"an identifier that was shared is so no more", rss("", a, strings.Replace(a, "/a<", "/x<", 1), b), rss("", a, b), 1},
		{"Atom", atom("", entry("a"), entry("b")), atom("", entry("c"), entry("a"), entry("b")), 2},
		{"the authors of the document are others", atom("<author><name>X</name></author>", entry("a")), atom("<author><name>Y</name></author>", entry("a")), 0},
		{"the document withdraws an entry", atom("", entry("a"), entry("b")), atom(`<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="urn:b" when="2026-03-02T09:00:00Z"/>`, entry("a")), 0},
		{"the base of the document is another", `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://x.example/">` + entry("a") + `</feed>`, `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://y.example/">` + entry("a") + `</feed>`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := sameAsAll(t, []byte(tt.before), []byte(tt.after), Hints{URL: "https://a.example/feed"}); got != tt.same {
				t.Errorf("%d entries were left alone, want %d", got, tt.same)
			}
		})
	}
}

func TestMarksOfAnotherKindAreNothing(t *testing.T) {
	doc := cleanFeed(3)
	d, err := Parse(doc, Hints{})
	if err != nil {
		t.Fatal(err)
	}
	whole := d.Marks(func(int) bool { return true })
	if d, err := Parse(doc, Hints{Marks: whole}); err != nil || d.Same() != 3 {
		t.Fatalf("with its own marks: %d the same, %v; want 3", d.Same(), err)
	}
	other := append(Marks{marksVersion + 1}, whole[1:]...)
	for _, m := range []Marks{nil, {}, whole[:1], whole[:len(whole)-1], other, d.Marks(func(int) bool { return false })} {
		d, err := Parse(doc, Hints{Marks: m})
		if err != nil || d.Same() != 0 || len(d.Entries) != 3 {
			t.Errorf("marks %x: %d entries, %d the same, %v; want 3 and 0", m, len(d.Entries), d.Same(), err)
		}
	}
}

// Whatever a document becomes, also by damage, marks change nothing but the
// work: on our own documents and, where they are, on the captured ones.
func TestMarksChangeNothing(t *testing.T) {
	docs := map[string][]byte{}
	own, err := filepath.Glob("testdata/documents/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range own {
		if body, err := os.ReadFile(f); err == nil && !strings.HasSuffix(f, ".want.json") {
			docs[f] = body
		}
	}
	captured := 0
	for _, f := range capturedFiles(t) {
		if body, err := os.ReadFile(f); err == nil && len(body) < 200<<10 {
			docs[f] = body
			captured++
		}
	}
	if captured == 0 {
		t.Log("the evaluation's captured feeds are not beside this checkout: own documents only")
	}
	same := 0
	for name, doc := range docs {
		after := altered(rand.New(rand.NewPCG(uint64(len(doc)), 7)), doc)
		t.Run(filepath.Base(name), func(t *testing.T) { same += sameAsAll(t, doc, after, Hints{URL: "https://a.example/feed"}) })
	}
	if same == 0 {
		t.Error("no entry was ever left alone")
	}
}

// capturedFiles returns the paths of the evaluation's documents, if it is there.
func capturedFiles(t *testing.T) []string {
	raw, err := os.ReadFile(filepath.Join(evaluation, "manifest.json"))
	if err != nil {
		return nil
	}
	var manifest struct {
		Entries []struct{ File string }
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	var files []string
	seen := map[string]bool{}
	for _, e := range manifest.Entries {
		if !seen[e.File] {
			seen[e.File] = true
			files = append(files, filepath.Join(evaluation, e.File))
		}
	}
	return files
}

var entryTag = regexp.MustCompile(`(?i)<(item|entry)[ >]`)

// altered is a later version of a document: entries are gone, doubled, moved
// or changed, or bytes are.
func altered(rng *rand.Rand, doc []byte) []byte {
	at := entryTag.FindAllIndex(doc, -1)
	if len(at) < 2 || rng.IntN(4) == 0 {
		i := rng.IntN(len(doc) + 1)
		j := i + rng.IntN(len(doc)-i+1)
		switch rng.IntN(3) {
		case 0:
			return append(bytes.Clone(doc[:i]), doc[j:]...)
		case 1:
			return append(bytes.Clone(doc[:j]), doc[i:]...)
		default:
			return append(append(bytes.Clone(doc[:i]), "x1 "...), doc[i:]...)
		}
	}
	k := rng.IntN(len(at) - 1)
	from, to := at[k][0], at[k+1][0]
	entry := string(doc[from:to])
	rest := append(bytes.Clone(doc[:from]), doc[to:]...)
	switch rng.IntN(5) {
	case 0:
		return rest
	case 1: // to the front
		return append(append(bytes.Clone(rest[:at[0][0]]), entry...), rest[at[0][0]:]...)
	case 2: // twice
		return append(append(bytes.Clone(doc[:from]), entry...), doc[from:]...)
	case 3: // a new one with the same identifier and another text
		return append(append(bytes.Clone(doc[:from]), strings.ReplaceAll(entry, "e", "o")...), doc[from:]...)
	default:
		return append(append(bytes.Clone(doc[:from]), strings.Replace(entry, ">", ">changed ", 3)...), doc[to:]...)
	}
}

// FuzzMarks: for any two documents, marks of the first change nothing in what
// comes of the second.
func FuzzMarks(f *testing.F) {
	files, err := filepath.Glob("testdata/documents/*")
	if err != nil {
		f.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".want.json") && len(body) > 0 {
			f.Add(body, altered(rng, body))
		}
	}
	f.Fuzz(func(t *testing.T, before, after []byte) {
		sameAsAll(t, before, after, Hints{URL: "https://base.example/feed", Limits: Limits{Items: 20}})
	})
}

// BenchmarkParseOneOfForty is the next version of a document of forty entries
// of which one is new, with marks and without.
func BenchmarkParseOneOfForty(b *testing.B) {
	doc := cleanFeed(41)
	first := bytes.Index(doc, []byte("<item>"))
	second := first + 1 + bytes.Index(doc[first+1:], []byte("<item>"))
	d, err := Parse(append(bytes.Clone(doc[:first]), doc[second:]...), Hints{})
	if err != nil {
		b.Fatal(err)
	}
	marks := d.Marks(func(int) bool { return true })
	for name, h := range map[string]Hints{"with marks": {Marks: marks}, "without": {}} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			for b.Loop() {
				if d, err := Parse(doc, h); err != nil || len(d.Entries)+d.Same() != 41 {
					b.Fatal(err)
				}
			}
		})
	}
}
