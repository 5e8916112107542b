package pages

import (
	"bytes"
	"encoding/json"
	"html/template"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

// thing is what the page of a story says to programs, in the words of
// schema.org. Fields without a value are left out.
type thing struct {
	Context   string   `json:"@context,omitempty"`
	Type      string   `json:"@type"`
	ID        string   `json:"@id,omitempty"`
	Name      string   `json:"name,omitempty"`
	URL       string   `json:"url,omitempty"`
	Headline  string   `json:"headline,omitempty"`
	Abstract  string   `json:"abstract,omitempty"`
	Language  string   `json:"inLanguage,omitempty"`
	Published string   `json:"datePublished,omitempty"`
	Modified  string   `json:"dateModified,omitempty"`
	Free      bool     `json:"isAccessibleForFree,omitempty"`
	Section   []string `json:"articleSection,omitempty"`
	Places    []thing  `json:"contentLocation,omitempty"`
	Author    *thing   `json:"author,omitempty"`
	Publisher *thing   `json:"publisher,omitempty"`
	Credit    string   `json:"creditText,omitempty"`
	BasedOn   []thing  `json:"isBasedOn,omitempty"`
}

// linkedByLibrary is the linked data of a page as encoding/json writes it.
func linkedByLibrary(v *view) (template.HTML, error) {
	if v.Story == nil || v.Canonical == "" {
		return "", nil
	}
	e := v.Story
	a := thing{
		Context: "https://schema.org", Type: "NewsArticle", ID: v.Canonical, URL: v.Canonical, Headline: e.Title, Abstract: v.Description,
		Language: e.Lang, Published: machine(e.Published), Modified: machine(e.Updated), Free: true,
		Publisher: &thing{Type: "Organization", Name: v.Site.Title, URL: v.Site.URL + "/"}, Credit: e.Source.Title,
	}
	outlet := organisationThing(e.Source)
	a.Author = &outlet
	if e.Author != "" {
		a.Author = &thing{Type: "Person", Name: e.Author}
	}
	for _, c := range e.Categories {
		a.Section = append(a.Section, c.Label)
	}
	for _, c := range e.Countries {
		a.Places = append(a.Places, thing{Type: "Country", Name: c.Label})
	}
	for _, r := range e.Reports {
		if r.Out == "" {
			continue
		}
		from := organisationThing(r.Outlet)
		based := thing{Type: "NewsArticle", URL: r.Out, Headline: r.Title, Language: r.Lang, Publisher: &from}
		if !r.Undated {
			based.Published = machine(r.Published)
		}
		a.BasedOn = append(a.BasedOn, based)
	}
	body, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	return template.HTML("\n<script type=\"application/ld+json\">" + string(body) + "</script>"), nil
}

func organisationThing(o publisher.Outlet) thing {
	return thing{Type: "NewsMediaOrganization", Name: o.Title, URL: web(o.Homepage)}
}

func linkedAsByLibrary(r *Renderer) func(*rapid.T) {
	return func(t *rapid.T) {
		v, err := r.view(anyPage().Draw(t, "page"))
		if err != nil {
			t.Fatal(err)
		}
		want, err := linkedByLibrary(v)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(v.LinkedData())); diff != "" {
			t.Fatalf("(-encoding/json +LinkedData)\n%s", diff)
		}
	}
}

func TestLinkedDataIsWrittenAsTheLibraryHasIt(t *testing.T) {
	rapid.Check(t, linkedAsByLibrary(newRenderer(t)))
}

func FuzzLinkedData(f *testing.F) {
	r, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(rapid.MakeFuzz(linkedAsByLibrary(r)))
}
