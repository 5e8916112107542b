package publisher

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// xmlTokens and jsonTokens are what documents and fragments are put together
// from: what is whole, and what breaks it or hides what follows.
var (
	xmlTokens = []string{
		"<a>", "</a>", "<b c=\"", "\">", "</b>", "<b/>", "<![CDATA[", "]]>", "]]", ">", "<", "</", "&", "amp;", "&amp;", "x", " ", "\n", "\n<a>x</a>", "<a><![CDATA[y]]></a>", "\xc3", "\xa9", "é", "\ufffe", "\x08",
		"<held-place>", "</held-place>", "<!--", "-->", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
	}
	jsonTokens = []string{"{", "}", "[", "]", ",", ":", `"`, `"a"`, `\`, "1", "e", "-", "null", `{"a":1}`, "[]", " ", "\n", "\xc3", "\xa9", "é", "\x08", `[""]`}
)

// tree is a document, or a part of one, that is mostly whole. ~ stands for a
// fragment.
func tree(xml bool, depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
			if xml {
				return rapid.SampledFrom([]string{"x", "&lt;", "<b/>", `<b c="d"/>`, "<![CDATA[y]]>", "~", "~~", "\n"}).Draw(t, "leaf")
			}
			return rapid.SampledFrom([]string{"1", `"a"`, "null", "~", "{}", "[]"}).Draw(t, "leaf")
		}
		in := rapid.SliceOfN(tree(xml, depth-1), 0, 3).Draw(t, "in")
		if xml {
			return "<a>" + strings.Join(in, "") + "</a>"
		}
		if rapid.Bool().Draw(t, "array") {
			return "[" + strings.Join(in, ",") + "]"
		}
		for i := range in {
			in[i] = `"k":` + in[i]
		}
		return "{" + strings.Join(in, ", ") + "}"
	})
}

// spoiled is a text into which something odd was put now and then.
func spoiled(t *rapid.T, s string, tokens []string) string {
	for range rapid.IntRange(0, 2).Draw(t, "spoiled") {
		at := rapid.IntRange(0, len(s)).Draw(t, "at")
		to := min(len(s), at+rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "cut"))
		s = s[:at] + rapid.SampledFrom(tokens).Draw(t, "token") + s[to:]
	}
	return s
}

// sameAsWhole says that a document is found whole, or not, whether its entries
// are read apart or not.
func sameAsWhole(t *rapid.T) {
	ext := rapid.SampledFrom([]string{"rss", "atom", "json"}).Draw(t, "format")
	tokens, lead, trail := xmlTokens, "\n<e>", "</e>"
	if ext == "json" {
		tokens, lead, trail = jsonTokens, `{"e":`, "}"
	}
	xml := ext != "json"
	body := spoiled(t, "<a>"+tree(xml, 3).Draw(t, "frame")+"</a>", tokens)
	if !xml {
		body = spoiled(t, tree(xml, 3).Draw(t, "frame"), tokens)
	}
	var entries []Entry
	for strings.Contains(body, "~") {
		text := spoiled(t, lead+strings.ReplaceAll(tree(xml, 2).Draw(t, "fragment"), "~", "1")+trail, tokens)
		text = strings.ReplaceAll(text, "~", "")
		body = strings.Replace(body, "~", text, 1)
		e := Entry{Memo: &Memo{}}
		switch rapid.IntRange(0, 4).Draw(t, "memo") {
		case 0:
			e.Memo = nil
		case 1:
			Fragment(e.Memo, Format{Ext: ext}, 1, func() string { return text + "other" })
			fallthrough
		default:
			Fragment(e.Memo, Format{Ext: ext}, 0, func() string { return text })
		}
		entries = append(entries, e)
	}
	want := verify(ext, []byte(body))
	for range 2 { // the second time, the fragments have been read
		if got := verifyEdition(ext, []byte(body), entries); (got == nil) != (want == nil) {
			t.Fatalf("verifyEdition(%s, %q) = %v, of the whole %v; its frame is %q", ext, body, got, want, frameOf(ext, []byte(body), entries))
		}
	}
}

func TestF39_AnEditionIsWholeIfItsPartsAre(t *testing.T) { rapid.Check(t, sameAsWhole) }

func FuzzFrame(f *testing.F) { f.Fuzz(rapid.MakeFuzz(sameAsWhole)) }

// What a hole must not be put into, one by one.
func TestF39_AFragmentCountsOnlyWhereAnEntryCanStand(t *testing.T) {
	for _, tt := range []struct{ name, ext, before, text, after string }{
		{"inside CDATA that it ends", "rss", "<a><![CDATA[", "\n<e><![CDATA[x]]></e>", "]]></a>"},
		{"inside an attribute", "rss", `<a b="`, "\n<e>x</e>", `"></a>`},
		{"behind another root", "atom", "<a></a>", "\n<e>x</e>", ""},
		{"inside a string", "json", `["a`, `{"b":1}`, `c"]`},
		{"as a key", "json", `{`, `{"b":1}`, `:1}`},
		{"behind a value", "json", `[1`, `{"b":1}`, `]`},
		{"not an object", "json", `[1`, `2`, `]`},
		{"an element and more", "rss", "<a>", "\n<e>x</e></a><a>", "</a>"},
		{"a declaration", "rss", "<a>", declaration + "<e>x</e>", "</a>"},
		{"broken", "rss", "<a>", "\n<e>x & y</e>", "</a>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := Entry{Memo: &Memo{}}
			Fragment(e.Memo, Format{Ext: tt.ext}, 0, func() string { return tt.text })
			body := []byte(tt.before + tt.text + tt.after)
			if want, got := verify(tt.ext, body), verifyEdition(tt.ext, body, []Entry{e}); (got == nil) != (want == nil) {
				t.Errorf("verifyEdition(%q) = %v, of the whole %v", body, got, want)
			}
		})
	}
}

// Of an edition whose stories have been read, only what is around them is read.
func TestStoriesAreReadOnce(t *testing.T) {
	e := Entry{Memo: &Memo{}}
	text := Fragment(e.Memo, Formats[0], 0, func() string { return "\n    <item>" + strings.Repeat("word ", 100) + "</item>" })
	body := []byte(declaration + "<rss><channel>" + text + "\n</channel></rss>")
	if err := verifyEdition("rss", body, []Entry{e}); err != nil {
		t.Fatal(err)
	}
	if got, want := string(frameOf("rss", body, []Entry{e})), declaration+"<rss><channel>"+holes["rss"]+"\n</channel></rss>"; got != want {
		t.Errorf("what is read is %q, want %q", got, want)
	}
}
