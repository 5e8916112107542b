package deliver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher"
)

var unexported = cmp.AllowUnexported(record{}, looks{}, headers{})

// anyText is of every kind, most of it as names and values are.
var anyText = rapid.OneOf(rapid.StringMatching(`[a-z0-9/.]{1,20}`), rapid.StringMatching(`"[0-9a-f]{4}"`), rapid.StringOf(rapid.RuneFrom([]rune("a\"\\<é\n/\u2028\x00{},: "))), rapid.Just(""))

var anyRecord = rapid.Custom(func(rt *rapid.T) record {
	return record{
		Hash: anyText.Draw(rt, "hash"), looks: looks{rapid.Int64().Draw(rt, "size"), rapid.Int64().Draw(rt, "modified"), anyText.Draw(rt, "tag")},
		Sum: anyText.Draw(rt, "sum"), Revision: rapid.Int64Range(0, 5).Draw(rt, "revision"),
		headers: headers{anyText.Draw(rt, "type"), anyText.Draw(rt, "cache"), anyText.Draw(rt, "encoding")},
	}
})

// said returns all that a manifest says.
func said(m *manifest) map[string]record {
	all := map[string]record{}
	for n := range m.at {
		all[m.name(n)] = m.record(n)
	}
	return all
}

func decodeText(text string) (*manifest, error) {
	return decodeManifest(strings.NewReader(text), int64(len(text)))
}

// indented is a manifest as encoding/json writes it.
func indented(rt *rapid.T, records map[string]record) string {
	text, err := json.MarshalIndent(records, "", " ")
	if err != nil {
		rt.Fatal(err)
	}
	return string(text)
}

// The manifest is JSON as encoding/json writes it, which mirrors read, and what
// it says is what was said, however it came to be.
func TestManifestIsWrittenAndReadAsJSONIs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.MapOf(anyText, anyRecord).Draw(rt, "manifest")
		m, err := decodeText(indented(rt, want))
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, said(m), unexported); diff != "" {
			rt.Fatalf("decodeManifest (-want +got)\n%s", diff)
		}
		names := rapid.SampledFrom(append(slices.Sorted(maps.Keys(want)), "a", "b", "feeds/all.rss", `"`))
		edits := rapid.MapOf(names, rapid.Custom(func(rt *rapid.T) edit {
			return edit{record: anyRecord.Draw(rt, "record"), gone: rapid.Bool().Draw(rt, "gone")}
		})).Draw(rt, "edits")
		var text strings.Builder
		_, err = m.write(&text, func(yield func(edit) bool) {
			for _, name := range slices.Sorted(maps.Keys(edits)) {
				e := edits[name]
				if e.name = name; !yield(e) {
					return
				}
			}
		})
		if err != nil {
			rt.Fatal(err)
		}
		for name, e := range edits {
			if want[name] = e.record; e.gone {
				delete(want, name)
			}
		}
		if diff := cmp.Diff(indented(rt, want), text.String()); diff != "" {
			rt.Fatalf("write (-want +got)\n%s", diff)
		}
		if again, err := decodeText(text.String()); err != nil {
			rt.Fatal(err)
		} else if diff := cmp.Diff(want, said(again), unexported); diff != "" {
			rt.Fatalf("what was written, read (-want +got)\n%s", diff)
		}
	})
}

// A delivery that has nothing unusual to read must not take the slow path.
func TestAManifestAsItIsWrittenIsReadWithoutEncodingJSON(t *testing.T) {
	m, err := newManifest(map[string]record{
		"feeds/all.rss":         {Hash: `"ab12"`, looks: looks{Size: 1, Modified: -2}, Sum: "ff"},
		"story/1/index.html.gz": {Hash: `"ab\\"`, looks: looks{Tag: "t"}, Sum: "ff", Revision: 7, headers: headers{"a", "b", "c"}}, "z": {},
	})
	if err != nil {
		t.Fatal(err)
	}
	again, ok := parse(m.from, m.size, false)
	if !ok || cmp.Diff(said(m), said(again), unexported) != "" {
		t.Errorf("parse = %v, %v", again, ok)
	}
	var blank []string
	for n := range m.at {
		if m.blank(n) {
			blank = append(blank, m.name(n))
		}
	}
	if diff := cmp.Diff([]string{"z"}, blank); diff != "" {
		t.Errorf("with nothing said of them (-want +got)\n%s", diff)
	}
}

// Whatever stands in the place of a manifest, it is read as JSON or not at all.
func FuzzManifest(f *testing.F) {
	for _, s := range []string{"", "{}", "{\n}", `{"a": {"hash": "x"}}`, "{\n \"a\": {\n  \"hash\": \"\\\"x\\\"\",\n  \"size\": 1,\n  \"modified\": -2,\n  \"sha256\": \"\"\n }\n}", "{\n \"a\": {\n  \"hash\": \"x\",\n  \"size\": 01,\n  \"modified\": 2,\n  \"sha256\": \"\"\n }\n}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, ok := parse(bytes.NewReader(body), int64(len(body)), false)
		if !ok {
			return
		}
		want := map[string]record{}
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("parse took %q, which encoding/json does not: %v", body, err)
		}
		if diff := cmp.Diff(want, said(m), unexported); diff != "" {
			t.Errorf("parse (-want +got)\n%s", diff)
		}
	})
}

// Names are found in any order, if best in theirs.
func TestNamesAreFoundInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		records := map[string]record{}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, 400), 0, 200).Draw(rt, "there") {
			records[fmt.Sprintf("story/%d/index.html", i)] = record{Hash: "h", Sum: "s", Revision: int64(i)}
		}
		m, err := newManifest(records)
		if err != nil {
			rt.Fatal(err)
		}
		said := seeker{manifest: m}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, 401), 1, 50).Draw(rt, "asked") {
			name := fmt.Sprintf("story/%d/index.html", i)
			want, is := records[name]
			if got, there := said.of(name); got != want || there != is {
				rt.Fatalf("of %s: %+v, %v; want %+v, %v", name, got, there, want, is)
			}
		}
	})
}

// cutOff is a manifest's file that somebody cuts off after it was read.
type cutOff struct {
	io.ReaderAt
	cut bool
}

func (c *cutOff) ReadAt(p []byte, at int64) (int, error) {
	if c.cut {
		return 0, io.EOF
	}
	return c.ReaderAt.ReadAt(p, at)
}

// thousand is a manifest of so many files.
func thousand(t *testing.T) *manifest {
	t.Helper()
	records := map[string]record{}
	for i := range 1000 {
		records[fmt.Sprintf("story/%d/index.html", i)] = record{Hash: "h", Sum: strings.Repeat("s", 64)}
	}
	whole, err := newManifest(records)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

func TestNamesOfAnyLengthAreRead(t *testing.T) {
	records := map[string]record{}
	for n := range 80 {
		records[strings.Repeat("n", 1+n)] = record{Sum: "1"}
		records[strings.Repeat("q", n)+`"\`] = record{Sum: "2"}
		records[strings.Repeat("l", 9*n)+"\t"] = record{Sum: "3"}
	}
	m, err := newManifest(records)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range slices.Sorted(maps.Keys(records)) {
		if got := m.name(i); got != want {
			t.Errorf("name %d is %q, want %q", i, got, want)
		}
	}
}

func TestAManifestThatCannotBeReadAgainIsNotTakenForAnEmptyOne(t *testing.T) {
	whole := thousand(t)
	file := &cutOff{ReaderAt: whole.from}
	m, err := decodeManifest(file, whole.size)
	if err != nil || len(m.at) != 1000 || m.failed() != nil {
		t.Fatalf("decodeManifest: %d files, %v, %v", len(m.at), err, m.failed())
	}
	file.cut = true
	if _, err := m.write(io.Discard, blanks(slices.Values([]string{"a"}))); err == nil {
		t.Error("write wrote what it could not read")
	}
	d := &delivery{old: m, site: &publisher.Site{}}
	d.match()
	if m.failed() == nil {
		t.Errorf("match found %d files to remove, and nothing wrong", len(d.strays))
	}
}

func TestAManifestThatOthersCutShortIsNotWrittenAgain(t *testing.T) {
	whole := thousand(t)
	text, err := io.ReadAll(io.NewSectionReader(whole.from, 0, whole.size))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "manifest")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := decodeManifest(f, whole.size)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, whole.size/2); err != nil {
		t.Fatal(err)
	}
	if _, err := m.write(io.Discard, blanks(slices.Values([]string{"a"}))); err == nil {
		t.Error("write wrote half of what was there, and no error")
	}
}

func TestPagesAreMergedIntoThePlanByName(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := func(label string) (out []*payload, names []string) {
			names = rapid.SliceOfDistinct(rapid.StringMatching(`[a-e]{1,3}`), rapid.ID).Draw(rt, label)
			slices.Sort(names)
			for _, n := range names {
				out = append(out, named(n))
			}
			return out, names
		}
		a, inA := list("plan")
		b, inB := list("pages")
		want := append(inA, inB...)
		slices.Sort(want)
		merged := merge(a, b)
		if diff := cmp.Diff(slices.Compact(want), slices.Collect(Names{merged}.All()), cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("merge (-want +got)\n%s", diff)
		}
		for _, p := range a {
			if !slices.Contains(merged, p) { // of a name that both have, the first counts
				rt.Fatalf("%s is not that of the plan", p.called)
			}
		}
	})
}
