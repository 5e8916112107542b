package jsonfeed_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher/internal/sample"
	"github.com/rightswire/rightswire/publisher/jsonfeed"
)

func parse(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func items(t *testing.T, b []byte) []map[string]any {
	t.Helper()
	var d struct{ Items []map[string]any }
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d.Items
}

func TestF34_NoItemsAreAnEmptyList(t *testing.T) {
	if got, ok := parse(t, encode(t, sample.Empty()))["items"].([]any); !ok || len(got) != 0 {
		t.Errorf("items of an empty edition: %v, want []", got)
	}
}

func TestF35_FeedAndItemsAreComplete(t *testing.T) {
	d := parse(t, encode(t, sample.Hub()))
	for k, want := range map[string]string{
		"version": "https://jsonfeed.org/version/1.1", "title": "Unions & strikes - Test wire", "home_page_url": "https://wire.example/category/unions-strikes/",
		"feed_url": "https://wire.example/feeds/unions-strikes.json", "language": "en",
	} {
		if d[k] != want {
			t.Errorf("%s = %v, want %q", k, d[k], want)
		}
	}
	if d["authors"] == nil || d["hubs"] == nil {
		t.Errorf("authors %v, hubs %v; want both", d["authors"], d["hubs"])
	}
	for i, it := range items(t, encode(t, sample.Odd())) {
		for _, k := range []string{"id", "url", "external_url", "title", "content_html", "date_published", "date_modified", "authors", "_rightswire"} {
			if it[k] == nil || it[k] == "" {
				t.Errorf("item %d has no %s", i, k)
			}
		}
	}
}

func TestF06_IDsAreTheEntries(t *testing.T) {
	ed := sample.Odd()
	for i, it := range items(t, encode(t, ed)) {
		if it["id"] != ed.Entries[i].ID {
			t.Errorf("id %v, want %s", it["id"], ed.Entries[i].ID)
		}
	}
}

func TestF20_SourceAndCoverageAreCredited(t *testing.T) {
	wire := items(t, encode(t, sample.Odd()))[3]["_rightswire"].(map[string]any)
	if src := wire["source"].(map[string]any); src["title"] != "Alpha & Co" || src["feed_url"] != "https://alpha.example/feed.xml?x=1&y=2" {
		t.Errorf("source %v", src)
	}
	if cov := wire["coverage"].([]any); len(cov) != 2 || cov[0].(map[string]any)["language"] != "es" || cov[1].(map[string]any)["copy"] != true {
		t.Errorf("coverage %v", wire["coverage"])
	}
}

func TestF29_AttachmentsHaveTypeAndSize(t *testing.T) {
	got := items(t, encode(t, sample.Odd()))[2]["attachments"].([]any)
	want := []map[string]any{
		{"url": "https://alpha.example/p.pdf", "mime_type": "application/pdf", "size_in_bytes": 10.0},
		{"url": "https://alpha.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": float64(1 << 33)},
		{"url": "https://alpha.example/v", "mime_type": "application/octet-stream"},
	}
	for i, w := range want {
		for k, v := range w {
			if g := got[i].(map[string]any)[k]; g != v {
				t.Errorf("attachment %d: %s = %v, want %v", i, k, g, v)
			}
		}
		if _, ok := got[i].(map[string]any)["size_in_bytes"]; ok != (w["size_in_bytes"] != nil) {
			t.Errorf("attachment %d: a size that nobody knows", i)
		}
	}
}

func TestF30_LanguageOfItems(t *testing.T) {
	its := items(t, encode(t, sample.Odd()))
	if its[0]["language"] != "ar" || its[6]["language"] != nil {
		t.Errorf("languages %v and %v, want ar and none", its[0]["language"], its[6]["language"])
	}
}

// F03, S22: any text gives JSON without a control or non-character, spelled
// out or escaped.
func TestAnyEditionIsJSON(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ed := sample.Any(rt)
		got, err := jsonfeed.Append(nil, ed)
		if err != nil {
			rt.Fatal(err)
		}
		var d struct{ Items []any }
		if err := json.Unmarshal(got, &d); err != nil || len(d.Items) != len(ed.Entries) {
			rt.Fatalf("%v, %d items in %q", err, len(d.Items), got)
		}
		if r, bad := sample.Forbidden(got); bad {
			rt.Fatalf("U+%04X in %q", r, got)
		}
		if bytes.Contains(got, []byte(`\u00`)) || bytes.Contains(got, []byte(`\ufffd`)) {
			rt.Fatalf("an escaped control character in %q", got)
		}
	})
}
