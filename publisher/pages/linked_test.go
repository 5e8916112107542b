package pages

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/rightswire/rightswire/publisher"
)

// linked reads the block of data of a page.
func linked(t *testing.T, d doc) map[string]any {
	t.Helper()
	found := d.all(`head script[type="application/ld+json"]`)
	if len(found) != 1 || found[0].FirstChild == nil {
		t.Fatalf("%s: %d blocks of linked data, want one", d.name, len(found))
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(found[0].FirstChild.Data), &got); err != nil {
		t.Fatalf("%s: linked data: %v", d.name, err)
	}
	return got
}

func TestAStoryIsANewsArticleBasedOnTheReportsOfOutlets(t *testing.T) {
	p := fixturePages()[3]
	got := linked(t, parse(t, "story", render(t, newRenderer(t), p)))
	for key, want := range map[string]any{
		"@type": "NewsArticle", "url": siteURL + p.Path, "headline": p.Entries[0].Title, "inLanguage": "en", "creditText": "Harbour Dispatch",
		"datePublished": "2026-11-24T06:30:00Z", "dateModified": "2026-11-24T08:05:00Z",
	} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	if author := got["author"].(map[string]any); author["name"] != "Mara Lindqvist" || author["@type"] != "Person" {
		t.Errorf("author is %v", author)
	}
	based := got["isBasedOn"].([]any)
	if len(based) != 4 {
		t.Fatalf("based on %d reports, want the lead and three more", len(based))
	}
	lead := based[0].(map[string]any)
	if lead["url"] != "https://harbour.example/2026/dock-walkout" || lead["publisher"].(map[string]any)["name"] != "Harbour Dispatch" {
		t.Errorf("the first report is %v", lead)
	}
}

func TestOnlyStoriesCarryLinkedData(t *testing.T) {
	for _, p := range fixturePages() {
		want := 0
		if p.Kind == publisher.PageStory {
			want = 1
		}
		parse(t, string(p.Kind), render(t, newRenderer(t), p)).count("script", want)
	}
}

func TestS01LinkedDataCannotBeLeft(t *testing.T) {
	p := fixturePages()[3]
	p.Entries[0].Title, p.Entries[0].Author = hostile, hostile
	body := render(t, newRenderer(t), p)
	d := parse(t, "hostile story", body)
	if got := linked(t, d)["headline"]; got != hostile {
		t.Errorf("headline = %q", got)
	}
	_, block, _ := bytes.Cut(body, []byte(`<script type="application/ld+json">`))
	block, _, _ = bytes.Cut(block, []byte("</script>"))
	if bytes.ContainsAny(block, "<>&\u2028\u2029") {
		t.Errorf("the block holds characters that could end it: %s", block)
	}
}
