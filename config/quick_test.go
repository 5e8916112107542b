package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// viaLibrary is what the YAML library makes of a text.
func viaLibrary(text string) (*node, error) {
	body, err := parse(text)
	if err != nil || body == nil {
		return nil, err
	}
	return nodeOf(body), nil
}

// same compares nodes, and lists of words with what is read when a place in one is
// asked for; where nothing stands, nobody asks where.
func same(a, b *node) string {
	if d := allNodes(b); d != "" {
		return d
	}
	return cmp.Diff(a, b, cmp.AllowUnexported(node{}, pairOf{}, place{}), cmp.FilterPath(func(p cmp.Path) bool {
		f, ok := p.Last().(cmp.StructField)
		if !ok || f.Name() != "at" {
			return false
		}
		n, _ := p.Index(-2).Values()
		return n.Type().Name() == "node" && n.FieldByName("kind").Uint() == uint64(kindNone)
	}, cmp.Ignore()))
}

// allNodes reads lists of words again, as whoever asks for a place in one does, and
// returns how the words of one differ from what is read then.
func allNodes(n *node) string {
	if n == nil {
		return ""
	}
	words := n.words
	list := n.elements()
	if words != nil {
		return words.differ(list)
	}
	for _, value := range list {
		if d := allNodes(value); d != "" {
			return d
		}
	}
	for _, k := range n.keys {
		if d := allNodes(k.value); d != "" {
			return d
		}
	}
	return ""
}

// differ returns how words differ from the nodes that are read in their place.
func (w *wordList) differ(list []*node) string {
	if len(list) != len(w.texts) {
		return fmt.Sprintf("the words %q are read again as %d nodes", w.texts, len(list))
	}
	for i, text := range w.texts {
		if n := list[i]; n.kind != kindText || n.text != text || n.flag {
			return fmt.Sprintf("the word %q is read again as %+v", text, *n)
		}
	}
	return ""
}

// What the shipped newsroom is written in is read without the library: that is
// what the quick reader is for.
func TestShippedFilesAreReadQuickly(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: reads every shipped source twice")
	}
	for _, name := range []string{"config.yaml", "sources.yaml", "taxonomy.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		got := quickNode(string(text))
		if got == nil {
			t.Errorf("%s is left to the library", name)
			continue
		}
		want, err := viaLibrary(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if d := same(want, got); d != "" {
			t.Errorf("%s: -library +quick\n%.2000s", name, d)
		}
	}
}

// pieces are what drawn files are made of: what newsrooms are written in, and
// what stands next to a mistake.
var pieces = []string{
	"a", "b: ", "key:", "- ", "-", " ", "  ", "    ", "\n", "\n  ", "\n    ", "\n- ", "\n  - ", "\n      ", "[", "]", "{", "}", ", ", ",", ": ", ":",
	"# note", " # note", "\n# note\n", "\n      # note\n", `"two words"`, `'it''s'`, `"a \"b\" \\ c"`, "''", `""`, "null", "~", "true", "False", "1.5", "0x1F", "1_000", "-1", "2026-01-01", "12:30",
	"https://a.example/x?y=1#z", "re:\\b(a|b){0,2}\\s", "émigré", "العمل", "日本", "u.s. strike*", "it's", "*", "&x ", "!t ", "|", ">", "---", "...", "?", "<<: ", "%", "@", "`", "yes", ".inf", "=", "$NAME", "+1", "(x)", "/p", "a: b", "a: [b, c]", "{d: e, f: [g]}", "a: 1\nb: 2", "a:\n  b: c\n", "- a: b\n  c: d\n",
	"{x: [a:b]}", "{x: [[a:b]]}", "[{x: [a:b]}]", "a:b", "a:", ":b", "a:/b", "x::y", "a://b:80", "{a: ", "{", "[", "]}", "}]", "[[", "- - a", "? a", "key : v", " \n", "\r\n", "\t", "\n\n", `"\n"`, `"\u00e9"`, `'"'`, `"'"`, "a#b", "#b", "|\n  c\n", ">-\n  c\n", "\n---\n", "\n...\n", "\ufeff", "\u00a0", "\u3000", "\u200b", "\u0085", "\u009f", "\u2028",
	"1: ", "1.5: ", "true: ", "null: ", "~: ", "2026-01-01: ", "12:30: ", "'q': ", `"q": `, "{a: , b: c}", "{a: }", "{a}", "{a, b: c}", "[,]", "[]", "{}", "a: 1\na: 2\n", "{a: 1, a: 2}", "0o17", "017", "1e3", "-.inf", ".nan", "on", "No", "a  b", "é: ", "-a", "--", "-: ",
}

func FuzzQuickReadsAsTheLibraryDoes(f *testing.F) {
	for _, p := range pieces {
		f.Add("a: " + p)
		f.Add("- " + p + "\n- b")
		f.Add("a: [" + p + "]\nb: " + p)
		f.Add("x:\n  - {a: " + p + ", b: c}\n  # note\ny: " + p)
		f.Add("a: {x: [" + p + "], y: [{z: " + p + "}]}")
	}
	f.Fuzz(func(t *testing.T, text string) { compareReaders(t, text) })
}

// compareReaders fails when the quick reader reads a text that the library reads
// otherwise.
func compareReaders(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) (quick bool) {
	t.Helper()
	if checkText(text) != nil {
		return false
	}
	got := quickNode(text)
	if got == nil {
		return false
	}
	want, err := viaLibrary(text)
	if err != nil {
		t.Fatalf("%q is read, but for the library: %v", text, err)
	}
	if d := same(want, got); d != "" {
		t.Fatalf("%q: -library +quick\n%s", text, d)
	}
	return true
}

func TestQuickReadsAsTheLibraryDoes(t *testing.T) {
	tried, quick := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for range 30 {
			tried++
			text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 14).Draw(t, "text"), "")
			if compareReaders(t, text) {
				quick++
			}
		}
	})
	if quick < tried/100 {
		t.Errorf("%d of %d drawn files were read quickly, want more: nothing was compared", quick, tried)
	}
}
