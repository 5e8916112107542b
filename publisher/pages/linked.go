package pages

import (
	"encoding/json"
	"html/template"

	"github.com/rightswire/rightswire/publisher"
)

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

// LinkedData is the story as schema.org's NewsArticle: who wrote it, and the
// reports that our page is based on, so that a search engine credits the
// outlets and not us. A block of data is not run, so the policy that allows
// no script lets it be; json.Marshal writes <, > and & as escapes, so that
// nothing in it can end the element.
func (v *view) LinkedData() (template.HTML, error) {
	if v.Story == nil || v.Canonical == "" {
		return "", nil
	}
	e := v.Story
	a := thing{
		Context: "https://schema.org", Type: "NewsArticle", ID: v.Canonical, URL: v.Canonical, Headline: e.Title, Abstract: v.Description,
		Language: e.Lang, Published: machine(e.Published), Modified: machine(e.Updated), Free: true,
		Publisher: &thing{Type: "Organization", Name: v.Site.Title, URL: v.Site.URL + "/"}, Credit: e.Source.Title,
	}
	outlet := organisation(e.Source)
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
		from := organisation(r.Outlet)
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

func organisation(o publisher.Outlet) thing {
	return thing{Type: "NewsMediaOrganization", Name: o.Title, URL: web(o.Homepage)}
}
