package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
)

// writer writes a newsroom's file as many hands do. It numbers its comments,
// and knows which of them belong to which source.
type writer struct {
	*rapid.T
	b        strings.Builder
	eol      string
	comments map[string]string // the source it belongs to, "" for none, by comment
}

// one is true once in n times.
func (w *writer) one(n int, what string) bool { return rapid.IntRange(1, n).Draw(w.T, what) == 1 }

// comment makes a comment of a source; its words look like what they are not.
func (w *writer) comment(owner string) string {
	c := fmt.Sprintf("# c%d. sources: [x] - id: \"y", len(w.comments))
	w.comments[c] = owner
	return c
}

func (w *writer) line(s string) { w.b.WriteString(s + w.eol) }

// between writes what may stand between two elements: nobody's comments, which
// are not indented further than a dash, and blank lines.
func (w *writer) between(indent string) {
	for w.one(4, "between") {
		if w.one(2, "blank") {
			w.line(rapid.SampledFrom([]string{"", "  "}).Draw(w.T, "space"))
			continue
		}
		w.line(indent[:rapid.IntRange(0, len(indent)).Draw(w.T, "in")] + w.comment(""))
	}
}

// value writes a text in one of the ways of YAML.
func (w *writer) value(s string, flow bool) string {
	switch rapid.IntRange(0, 3).Draw(w.T, "quotes") {
	case 0:
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case 1:
		return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
	}
	if plainScalar().MatchString(s) && !wordyScalar().MatchString(s) && !(flow && strings.Contains(s, "://")) {
		return s
	}
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}

var titles = []string{"The Union", "null", "it's: a #1 \"paper\"", "Zeitung für Löhne", "النقابة", `C:\news, [daily] {x}`, "a - b", "漢字 and more"}

// source writes one source.
func (w *writer) source(id, indent string) {
	fields := [][2]string{{"id", id}, {"title", rapid.SampledFrom(titles).Draw(w.T, "title")}, {"url", "https://" + id + ".example/rss?a=1&b=2"}}
	for _, more := range [][2]string{{"language", "en"}, {"status", "paused"}, {"rank", "3"}, {"kind", "ngo"}, {"schedule", "0 */2 * * *"}, {"country", "KE"}, {"categories", "c1"}, {"homepage", "https://h.example/#x"}} {
		if w.one(3, more[0]) {
			fields = append(fields, more)
		}
	}
	fields = rapid.Permutation(fields).Draw(w.T, "order")
	if w.one(4, "flow") {
		w.flow(id, indent, fields)
		return
	}
	lead := indent + "- "
	if w.one(8, "alone") { // the dash has a line of its own
		w.line(indent + "-" + w.tail(id))
		lead = indent + "  "
	}
	literal := false
	for _, f := range fields {
		literal = w.field(id, lead, f)
		lead = indent + "  "
		if !literal && w.one(6, "comment inside") {
			w.line(indent + "    " + w.comment(id))
		}
	}
	if w.one(5, "headers") {
		literal = false
		w.line(lead + "headers:" + w.tail(id))
		w.line(lead + "  X-Note: status" + w.tail(id))
		if w.one(3, "dollar") {
			w.line(lead + "  X-Key: $KEY")
		}
	}
	for !literal && w.one(4, "comment below") {
		w.line(indent + "  " + w.comment(id))
	}
}

func (w *writer) flow(id, indent string, fields [][2]string) {
	var parts []string
	for _, f := range fields {
		v := w.value(f[1], true)
		if f[0] == "rank" {
			v = f[1]
		}
		if f[0] == "categories" {
			v = "[" + f[1] + "]"
		}
		parts = append(parts, f[0]+": "+v)
	}
	if w.one(3, "several lines") {
		w.line(indent + "- {" + parts[0] + "," + w.tail(id))
		w.line(indent + "   " + strings.Join(parts[1:], ",  ") + "}" + w.tail(id))
		return
	}
	w.line(indent + "- { " + strings.Join(parts, ", ") + " }" + w.tail(id))
}

// tail is what may stand at the end of a line of a source.
func (w *writer) tail(id string) string {
	if w.one(4, "tail") {
		return strings.Repeat(" ", rapid.IntRange(1, 4).Draw(w.T, "gap")) + w.comment(id)
	}
	return ""
}

// field writes one field in block style, and reports whether what is indented
// further below is part of it.
func (w *writer) field(id, lead string, f [2]string) (literal bool) {
	gap := strings.Repeat(" ", rapid.IntRange(1, 3).Draw(w.T, "gap"))
	deeper := strings.Repeat(" ", len(lead)) + "  "
	switch {
	case f[0] == "rank":
		w.line(lead + "rank:" + gap + f[1] + w.tail(id))
	case f[0] == "categories" && w.one(2, "below"):
		w.line(lead + "categories:" + w.tail(id))
		w.line(deeper + "- " + f[1] + w.tail(id))
	case f[0] == "categories":
		w.line(lead + "categories:" + gap + "[" + f[1] + "]" + w.tail(id))
	case f[0] == "title" && w.one(5, "literal"):
		w.line(lead + "title: |")
		w.line(deeper + f[1])
		w.line(deeper + "# no comment")
		return true
	case f[0] == "title" && w.one(8, "folded"):
		w.line(lead + "title: one")
		w.line(deeper + "and more")
	case f[0] == "language" && w.one(4, "nothing"):
		w.line(lead + "language:" + w.tail(id))
	default:
		w.line(lead + f[0] + ":" + gap + w.value(f[1], false) + w.tail(id))
	}
	return false
}

// file writes a file with some sources.
func (w *writer) file(ids []string, head ...string) string {
	w.b.Reset()
	if w.one(6, "mark") {
		w.b.WriteString("\ufeff")
	}
	w.between("")
	for _, h := range head {
		w.line(h)
	}
	if len(ids) == 0 {
		w.line(rapid.SampledFrom([]string{"sources: []", "sources: [ ] ", "sources:"}).Draw(w.T, "empty") + w.tail(""))
	} else {
		indent := strings.Repeat(" ", rapid.SampledFrom([]int{0, 2, 4}).Draw(w.T, "indent"))
		w.line("sources:" + w.tail(""))
		for _, id := range ids {
			w.between(indent)
			w.source(id, indent)
		}
		w.between(indent)
	}
	if w.one(2, "more") {
		w.line(fmt.Sprintf("feeds: [{id: f%d", len(head)) + ", title: F, where: {countries: [KE]}}]" + w.tail(""))
		w.between("")
	}
	text := w.b.String()
	if w.one(4, "no line end") {
		text = strings.TrimRight(text, "\r\n")
	}
	return text
}

// randomEdit is one edit, with what it may touch.
type randomEdit struct {
	change Change
	id     string // of the source that it changes; "": it adds
	adds   []news.Source
	gone   bool // the source is removed
}

// draw makes an edit of a newsroom with these sources.
func (w *writer) edit(n int, have []news.Source) randomEdit {
	kind := rapid.SampledFrom([]string{"add", "import", "remove", "pause", "resume", "set", "set", "set"}).Draw(w.T, "edit")
	if len(have) == 0 {
		kind = "add"
	}
	switch kind {
	case "add", "import":
		var adds []news.Source
		for i := range map[string]int{"add": 1, "import": 3}[kind] {
			id := fmt.Sprintf("n%d-%d", n, i)
			s := news.Source{ID: id, Title: rapid.SampledFrom(titles).Draw(w.T, "title"), URL: "https://" + id + ".example/", Status: news.Active, Rank: i}
			if w.one(3, "headers") {
				s.Headers = map[string]string{"X-Key": "$KEY", "X-Note": "a: 'b' # c"}
			}
			adds = append(adds, s)
		}
		change := Adding("", adds...)
		if kind == "import" && w.one(2, "topic") {
			topic := fmt.Sprintf("t%d", n)
			adds[0].Categories = []string{topic, "c1"}
			change = Together(Opening("", news.Category{ID: topic, Title: "A: topic"}), Adding("", adds...))
		}
		return randomEdit{change: change, adds: adds}
	}
	id := rapid.SampledFrom(have).Draw(w.T, "source").ID
	switch kind {
	case "remove":
		return randomEdit{change: Removing(id), id: id, gone: true}
	case "pause":
		return randomEdit{change: WithStatus(id, news.Paused), id: id}
	case "resume":
		return randomEdit{change: WithStatus(id, news.Active), id: id}
	}
	field := rapid.SampledFrom([][2]string{
		{"title", rapid.SampledFrom(titles).Draw(w.T, "to")}, {"rank", "7"}, {"rank", ""}, {"language", "pt-BR"}, {"language", ""}, {"kind", "union"}, {"kind", ""},
		{"categories", "c2,c1"}, {"categories", ""}, {"url", "https://other.example/?x=1#y"}, {"schedule", "@every 3h"}, {"schedule", ""}, {"status", "proposed"}, {"homepage", ""},
	}).Draw(w.T, "field")
	return randomEdit{change: Setting(id, field[0], field[1]), id: id}
}

func TestEditsKeepWhatTheyDoNotConcern(t *testing.T) {
	env := WithEnv(func(string) (string, bool) { return "secret", true })
	done, refused := map[string]int{}, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		w := &writer{T: rt, eol: rapid.SampledFrom([]string{"\n", "\n", "\r\n"}).Draw(rt, "line end"), comments: map[string]string{}}
		const cats = "categories: [{id: c1, title: C}, {id: c2, title: D}]"
		own, included := rapid.IntRange(0, 3).Draw(rt, "own"), rapid.IntRange(0, 4).Draw(rt, "included")
		var files []string
		ids := func(prefix string, n int) (out []string) {
			for i := range n {
				out = append(out, fmt.Sprintf("%s%d", prefix, i))
			}
			return out
		}
		files = append(files, "c.yaml", w.file(ids("a", own), cats, "include: [s.yaml]  # here"), "s.yaml", w.file(ids("b", included)))
		path := folderOf(t, files...)
		cfg, err := Load(path, env)
		if err != nil {
			rt.Fatalf("the test writes a newsroom that is not valid: %v\n%s\n---\n%s", err, files[1], files[3])
		}
		have := cfg.Written()
		for n := range rapid.IntRange(1, 8).Draw(rt, "edits") {
			before := readAll(rt, path)
			e := w.edit(n, have)
			edit, err := Plan(path, e.change, env)
			if err == nil {
				err = edit.Apply()
			}
			after := readAll(rt, path)
			if err != nil {
				if bad := (*Errors)(nil); errors.As(err, &bad) || !strings.Contains(err.Error(), "by hand") {
					rt.Fatalf("an edit that should do or say \"by hand\": %v\n%s", err, before)
				}
				if d := cmp.Diff(before, after); d != "" {
					rt.Fatalf("an edit that was refused changed something: %s", d)
				}
				refused[kindOf(e)]++
				continue
			}
			done[kindOf(e)]++
			now, err := Load(path, env)
			if err != nil {
				rt.Fatalf("the newsroom is not valid any more: %v\n%s", err, after)
			}
			have = now.Written()
			untouched(rt, before, after, e)
			if e.gone {
				maps.DeleteFunc(w.comments, func(_, owner string) bool { return owner == e.id })
			}
			for c := range w.comments {
				if strings.Count(after["c.yaml"]+after["s.yaml"], c+`"`) == 0 && strings.Count(after["c.yaml"]+after["s.yaml"], c) != 1 {
					rt.Fatalf("the comment %q is gone, or there twice, after %+v:\n%s", c, e, cmp.Diff(before, after))
				}
			}
		}
	})
	t.Logf("made %v, refused %v", done, refused)
	for _, kind := range []string{"add", "remove", "set"} {
		if done[kind] < 4*refused[kind] {
			t.Errorf("%s: made %d times, refused %d times", kind, done[kind], refused[kind])
		}
	}
}

func kindOf(e randomEdit) string {
	switch {
	case e.gone:
		return "remove"
	case e.id == "":
		return "add"
	}
	return "set"
}

func readAll(rt *rapid.T, path string) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"c.yaml", "s.yaml"} {
		data, err := os.ReadFile(filepath.Join(filepath.Dir(path), name))
		if err != nil {
			rt.Fatal(err)
		}
		out[name] = string(data)
	}
	return out
}

// untouched wants one run of lines of one file to have changed, and no more of
// them than the edit is about.
func untouched(rt *rapid.T, before, after map[string]string, e randomEdit) {
	changed := 0
	for name := range before {
		if before[name] == after[name] {
			continue
		}
		changed++
		if crlf := strings.Count(before[name], "\r\n") > 0; crlf && strings.Count(after[name], "\n") != strings.Count(after[name], "\r\n") {
			rt.Fatalf("line ends are mixed now: %q", after[name])
		}
		// The last line may end or not.
		lines := func(s string) []string {
			return strings.Split(strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\r", ""), "\n")
		}
		a, b := lines(before[name]), lines(after[name])
		for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
			a, b = a[1:], b[1:]
		}
		for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
			a, b = a[:len(a)-1], b[:len(b)-1]
		}
		empty := len(a) > 0 && strings.HasPrefix(strings.TrimPrefix(a[0], "\ufeff"), "sources: [") // gives way to the first
		ok := false
		switch {
		case e.gone:
			ok = len(b) == 0
		case e.id == "":
			for _, line := range b { // categories can come in elsewhere
				if len(a) > 0 && (line == a[0] || empty) {
					a, empty = a[1:], false
				}
			}
			ok = len(a) == 0
		default:
			ok = len(a) <= 1 && len(b) <= 1
		}
		if !ok {
			rt.Fatalf("%+v changed more than it is about:\n-%q\n+%q", e, a, b)
		}
	}
	if changed > 1 {
		rt.Fatalf("two files changed")
	}
}
