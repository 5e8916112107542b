package jsonfeed

import (
	"strconv"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/jsonpart"
)

// writeItem says an entry in JSON Feed, as it stands in a document: its first
// line behind what separates it from the one before.
func writeItem(p *jsonpart.Part, e *publisher.Entry) {
	p.Field("{\n   \"id\": ", clean.Text(clean.First(e.ID, e.URL, "unknown"))) // F06
	p.Optional(",\n   \"url\": ", clean.Text(e.URL))
	p.Optional(",\n   \"external_url\": ", clean.Text(e.URL))
	p.Optional(",\n   \"title\": ", clean.Line(e.Title))
	p.Field(",\n   \"content_html\": ", clean.Text(e.Content)) // required: one of content_html and content_text
	p.Optional(",\n   \"summary\": ", clean.Line(e.Summary))
	p.Optional(",\n   \"image\": ", clean.Text(e.Image))
	p.Optional(",\n   \"date_published\": ", date(e.Published))
	p.Optional(",\n   \"date_modified\": ", date(e.Updated))
	p.Field(",\n   \"authors\": [\n    {\n     \"name\": ", clean.Line(clean.First(e.Author, e.Source.Title, e.Source.ID, "unknown")))
	p.Raw("\n    }\n   ]")
	tags := writeTags(p, e)
	p.Optional(",\n   \"language\": ", clean.Language(e.Language))
	writeAttachments(p, e)
	writeWire(p, e, tags)
	p.Raw("\n  }")
}

// labels calls f for each label that is shown, with its text (F24).
func labels(e *publisher.Entry, f func(publisher.Label, string)) {
	for _, of := range [][]publisher.Label{e.Categories, e.Countries} {
		for _, l := range of {
			if t := clean.Line(clean.First(l.Label, l.Term)); t != "" {
				f(l, t)
			}
		}
	}
}

// writeTags returns whether there are any.
func writeTags(p *jsonpart.Part, e *publisher.Entry) bool {
	before := ",\n   \"tags\": [\n    "
	labels(e, func(_ publisher.Label, text string) {
		p.Field(before, text)
		before = ",\n    "
	})
	if before != ",\n    " {
		return false
	}
	p.Raw("\n   ]")
	return true
}

func writeAttachments(p *jsonpart.Part, e *publisher.Entry) {
	if len(e.Enclosures) == 0 {
		return
	}
	before := ",\n   \"attachments\": [\n    {"
	for _, enc := range e.Enclosures { // F29: all of them
		p.Raw(before)
		p.Field("\n     \"url\": ", clean.Text(enc.URL))
		p.Field(",\n     \"mime_type\": ", clean.MediaType(enc.Type, enc.URL))
		if enc.Length > 0 {
			p.Raw(",\n     \"size_in_bytes\": " + strconv.FormatInt(enc.Length, 10))
		}
		p.Raw("\n    }")
		before = ",\n    {"
	}
	p.Raw("\n   ]")
}

// writeWire writes our extension: what a reader needs to credit and to dig
// deeper.
func writeWire(p *jsonpart.Part, e *publisher.Entry, tagged bool) {
	p.Raw(",\n   \"_rightswire\": {\n    \"about\": \"https://github.com/rightswire/rightswire\"")
	p.Optional(",\n    \"story_url\": ", clean.Text(e.StoryURL))
	p.Raw(",\n    \"source\": ")
	writeOutlet(p, e.Source, "\n     ")
	p.Raw("\n    }")
	if tagged { // a label for each tag, in the same order
		before := ",\n    \"labels\": [\n     {"
		labels(e, func(l publisher.Label, _ string) {
			p.Raw(before)
			p.Field("\n      \"term\": ", clean.Line(l.Term))
			p.Optional(",\n      \"scheme\": ", clean.Text(l.Scheme))
			p.Raw("\n     }")
			before = ",\n     {"
		})
		p.Raw("\n    ]")
	}
	if len(e.Coverage) > 0 {
		before := ",\n    \"coverage\": [\n     {"
		for i := range e.Coverage {
			p.Raw(before)
			writeReport(p, &e.Coverage[i])
			before = ",\n     {"
		}
		p.Raw("\n    ]")
	}
	p.Raw("\n   }")
}

func writeReport(p *jsonpart.Part, c *publisher.Coverage) {
	p.Raw("\n      \"source\": ")
	writeOutlet(p, c.Outlet, "\n       ")
	p.Field("\n      },\n      \"title\": ", clean.Line(c.Title))
	p.Optional(",\n      \"url\": ", clean.Text(c.URL))
	p.Optional(",\n      \"language\": ", clean.Language(c.Language))
	p.Optional(",\n      \"date_published\": ", date(c.Published))
	if c.Copy {
		p.Raw(",\n      \"copy\": true")
	}
	p.Raw("\n     }")
}

// writeOutlet writes an outlet up to the line that ends it; line begins one of
// its fields.
func writeOutlet(p *jsonpart.Part, o publisher.Outlet, line string) {
	p.Raw("{" + line)
	p.Field(`"title": `, clean.Line(clean.First(o.Title, o.ID)))
	optional := func(name, value string) {
		if value != "" {
			p.Raw("," + line)
			p.Field(name, value)
		}
	}
	optional(`"feed_url": `, clean.Text(o.FeedURL))
	optional(`"home_page_url": `, clean.Text(o.Homepage))
}
