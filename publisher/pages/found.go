package pages

import (
	"html/template"

	"github.com/rightswire/rightswire/publisher"
)

// hit is a story that a search found, with what was looked for marked.
type hit struct {
	single
	Headline, Excerpt []piece
	Also              []also // other reports whose titles have it
	Elsewhere         bool   // none of what the page shows has it
}

// also is another report of the story.
type also struct {
	report
	Headline []piece
}

// maxAlso is how many other reports a hit names.
const maxAlso = 3

// found makes what the page of a search lists.
func (v *view) found() ([]template.HTML, error) {
	out := make([]template.HTML, 0, len(v.Entries))
	for _, e := range v.Entries {
		h, err := v.r.part("found", v.hit(e))
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

func (v *view) hit(e publisher.Entry) hit {
	x := v.entry(e)
	looked := v.Search.Looked
	h := hit{single: single{v, &x}, Headline: pieces(x.Title, looked), Excerpt: pieces(x.Summary, looked)}
	for _, r := range reports(e) {
		if ps := pieces(r.Title, looked); !r.Lead && r.Title != e.Title && marked(ps) && len(h.Also) < maxAlso {
			h.Also = append(h.Also, also{r, ps})
		}
	}
	h.Elsewhere = len(looked) > 0 && len(h.Also) == 0 && !marked(h.Headline) && !marked(h.Excerpt)
	return h
}

// SearchSpot stands in every page where a server that can search puts
// [Renderer.SearchBox]. A site that is delivered as files has none: there a
// form would lead nowhere.
const SearchSpot = "<!-- search -->"

// SearchSpot is the constant of that name; the page of a search has a form of
// its own.
func (v *view) SearchSpot() template.HTML {
	if v.Kind == publisher.PageSearch {
		return ""
	}
	return SearchSpot
}

// SearchBox is the form that goes where [SearchSpot] is.
func (r *Renderer) SearchBox(site publisher.SiteInfo) ([]byte, error) {
	h, err := r.part("searchbox", base(site.URL))
	return []byte(h), err
}
