package deliver

import (
	"bytes"
	"encoding/json"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyManifest has names and values of every kind, most of them as they are.
func anyManifest(rt *rapid.T) manifest {
	text := rapid.OneOf(rapid.StringMatching(`[a-z0-9/.]{1,20}`), rapid.StringMatching(`"[0-9a-f]{4}"`), rapid.StringOf(rapid.RuneFrom([]rune("a\"\\<é\n/\u2028\x00{},: "))), rapid.Just(""))
	return rapid.MapOf(text, rapid.Custom(func(rt *rapid.T) record {
		return record{
			Hash: text.Draw(rt, "hash"), Size: rapid.Int64().Draw(rt, "size"), Modified: rapid.Int64().Draw(rt, "modified"), Tag: text.Draw(rt, "tag"),
			Sum: text.Draw(rt, "sum"), Revision: rapid.Int64Range(0, 5).Draw(rt, "revision"),
			headers: headers{text.Draw(rt, "type"), text.Draw(rt, "cache"), text.Draw(rt, "encoding")},
		}
	})).Draw(rt, "manifest")
}

// The manifest is JSON as encoding/json writes it, which mirrors read, and what
// it says is what was said.
func TestManifestIsWrittenAndReadAsJSONIs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := anyManifest(rt)
		also := rapid.SliceOf(rapid.SampledFrom([]string{"a", "b", "feeds/all.rss", `"`})).Draw(rt, "also")
		want := maps.Clone(m)
		for _, name := range also {
			want[name] = record{}
		}
		body, err := m.encode(also...)
		if err != nil {
			rt.Fatal(err)
		}
		plain, err := json.MarshalIndent(map[string]record(want), "", " ")
		if err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(body, plain) {
			rt.Fatalf("encode = %s\nwant %s", body, plain)
		}
		got, err := decodeManifest(bytes.NewReader(body))
		if err != nil {
			rt.Fatal(err)
		}
		back := manifest{}
		if err := json.Unmarshal(plain, &back); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(back, got, cmp.AllowUnexported(record{}, headers{})); diff != "" {
			rt.Fatalf("decodeManifest (-want +got)\n%s", diff)
		}
	})
}

// Whatever stands in the place of a manifest, it is read as JSON or not at all.
func FuzzManifest(f *testing.F) {
	for _, s := range []string{"", "{}", "{\n}", `{"a": {"hash": "x"}}`, "{\n \"a\": {\n  \"hash\": \"\\\"x\\\"\",\n  \"size\": 1,\n  \"modified\": -2,\n  \"sha256\": \"\"\n }\n}", "{\n \"a\": {\n  \"hash\": \"x\",\n  \"size\": 01,\n  \"modified\": 2,\n  \"sha256\": \"\"\n }\n}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, ok := parse(body)
		if !ok {
			return
		}
		want := manifest{}
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("parse took %q, which encoding/json does not: %v", body, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(record{}, headers{})); diff != "" {
			t.Errorf("parse (-want +got)\n%s", diff)
		}
	})
}
