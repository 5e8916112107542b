package pages

import (
	"html/template"
	"time"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/internal/jsonpart"
)

// LinkedData is the story as schema.org's NewsArticle: who wrote it, and the
// reports that our page is based on, so that a search engine credits the
// outlets and not us. A block of data is not run, so the policy that allows
// no script lets it be; <, > and & are written as escapes, so that nothing in it
// can end the element.
func (v *view) LinkedData() template.HTML {
	if v.Story == nil || v.Canonical == "" {
		return ""
	}
	var m markup
	m.linkedData(v)
	return template.HTML(m)
}

// linkedData writes the element of a story. Fields without a value are left
// out; a test compares it with what encoding/json makes of the same.
func (m *markup) linkedData(v *view) {
	m.raw("\n<script type=\"application/ld+json\">")
	p, e := jsonpart.ForHTML(*m), v.Story
	p.Field(`{"@context":"https://schema.org","@type":"NewsArticle","@id":`, v.Canonical)
	p.Field(`,"url":`, v.Canonical)
	p.Optional(`,"headline":`, e.Title)
	p.Optional(`,"abstract":`, v.Description)
	p.Optional(`,"inLanguage":`, e.Lang)
	date(&p, `,"datePublished":"`, e.Published)
	date(&p, `,"dateModified":"`, e.Updated)
	p.Raw(`,"isAccessibleForFree":true`)
	subjects(&p, &e.Entry)
	p.Raw(`,"author":`)
	if e.Author != "" {
		p.Field(`{"@type":"Person","name":`, e.Author)
		p.Raw("}")
	} else {
		organisation(&p, e.Source)
	}
	p.Raw(`,"publisher":{"@type":"Organization"`)
	p.Optional(`,"name":`, v.Site.Title)
	p.Field(`,"url":`, v.Site.URL+"/")
	p.Raw("}")
	p.Optional(`,"creditText":`, e.Source.Title)
	basedOn(&p, e.Reports)
	p.Raw("}")
	*m = p.Bytes()
	m.raw("</script>")
}

// subjects are what the story is about, and where it happens.
func subjects(p *jsonpart.Part, e *publisher.Entry) {
	before := `,"articleSection":[`
	for _, c := range e.Categories {
		p.Field(before, c.Label)
		before = ","
	}
	if len(e.Categories) > 0 {
		p.Raw("]")
	}
	before = `,"contentLocation":[`
	for _, c := range e.Countries {
		p.Raw(before)
		p.Raw(`{"@type":"Country"`)
		p.Optional(`,"name":`, c.Label)
		p.Raw("}")
		before = ","
	}
	if len(e.Countries) > 0 {
		p.Raw("]")
	}
}

// basedOn are the reports that have an address.
func basedOn(p *jsonpart.Part, reports []report) {
	before := `,"isBasedOn":[`
	for i := range reports {
		r := &reports[i]
		if r.Out == "" {
			continue
		}
		p.Raw(before)
		p.Field(`{"@type":"NewsArticle","url":`, r.Out)
		p.Optional(`,"headline":`, r.Title)
		p.Optional(`,"inLanguage":`, r.Lang)
		if !r.Undated {
			date(p, `,"datePublished":"`, r.Published)
		}
		p.Raw(`,"publisher":`)
		organisation(p, r.Outlet)
		p.Raw("}")
		before = ","
	}
	if before == "," {
		p.Raw("]")
	}
}

func organisation(p *jsonpart.Part, o publisher.Outlet) {
	p.Raw(`{"@type":"NewsMediaOrganization"`)
	p.Optional(`,"name":`, o.Title)
	p.Optional(`,"url":`, web(o.Homepage))
	p.Raw("}")
}

// date writes a time, of which no byte has to be escaped.
func date(p *jsonpart.Part, before string, t time.Time) {
	p.Raw(before)
	p.Raw(machine(t))
	p.Raw(`"`)
}
