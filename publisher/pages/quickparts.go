package pages

import (
	"html/template"
	"sync"
)

// drafts are what markup is written to before its size is known.
var drafts = sync.Pool{New: func() any { return new(markup) }}

// quickPart writes a part that is of one entry, if there is a function for it.
func (r *Renderer) quickPart(name string, data any) (h template.HTML, ok bool, err error) {
	s, ok := data.(single)
	if r.slow || !ok || s.Entry == nil {
		return "", false, nil
	}
	var write func(*markup, single) error
	switch name {
	case "entry":
		write = (*markup).entry
	case "meta":
		write = (*markup).meta
	case "brief":
		write = (*markup).brief
	default:
		return "", false, nil
	}
	kept := drafts.Get().(*markup)
	defer drafts.Put(kept)
	*kept = (*kept)[:0]
	if err := write(kept, s); err != nil {
		return "", true, err
	}
	return template.HTML(*kept), true, nil
}

// entry is the template of that name in parts.html, like all that follow.
func (m *markup) entry(s single) error {
	var shown [3]template.HTML
	var err error
	for i, f := range []func() (template.HTML, error){s.Kicker, s.Meta, s.Places} {
		if shown[i], err = f(); err != nil {
			return err
		}
	}
	e := s.Entry
	m.raw(`<article class="entry" dir="` + e.Dir + `">`)
	m.raw(string(shown[0]))
	m.raw("\n<h3")
	m.lang(e.Lang)
	m.raw(">")
	m.linked(e.Path, "", e.Title)
	m.raw("</h3>\n<div class=\"item-content\" dir=\"" + e.Dir + `"`)
	m.lang(e.Lang)
	m.raw(">")
	if e.Summary != "" {
		m.raw("<p>")
		m.text(e.Summary)
		m.raw("</p>")
	}
	m.raw("</div>\n")
	m.raw(string(shown[1]))
	m.raw("\n")
	m.raw(string(shown[2]))
	m.raw("\n</article>")
	return nil
}

func (m *markup) meta(s single) error {
	e := s.Entry
	m.raw("<ul class=\"meta\" aria-label=\"Source and date\">\n<li class=\"outlet\"><bdi")
	m.lang(tag(e.Source.Language))
	m.raw(">")
	m.linked(e.Out, ` rel="noopener noreferrer"`, e.Source.Title)
	m.raw("</bdi></li>")
	if !e.Correction {
		m.raw("\n<li class=\"reach")
		if e.Outlets < 2 {
			m.raw(" single single-source")
		}
		m.raw("\"><bdi>" + e.Reach() + "</bdi></li>")
	}
	if e.Author != "" {
		m.raw("\n<li><bdi>By <bdi>")
		m.text(e.Author)
		m.raw("</bdi></bdi></li>")
	}
	m.raw("\n<li>")
	m.time(e.Published, ` dir="ltr"`)
	m.raw("</li>")
	if e.Changed {
		m.raw("\n<li><bdi>Last updated ")
		m.time(e.Updated, "")
		m.raw("</bdi></li>")
	}
	m.raw("\n</ul>")
	return nil
}

func (m *markup) brief(s single) error {
	e := s.Entry
	m.raw("\n<li dir=\"" + e.Dir + "\">\n<a class=\"headline\" href=\"")
	m.address(e.Path)
	m.raw(`"`)
	m.lang(e.Lang)
	m.raw(">")
	m.text(e.Title)
	m.raw("</a>\n<ul class=\"meta\" aria-label=\"Source and date\">\n<li class=\"outlet\"><bdi")
	m.lang(tag(e.Source.Language))
	m.raw(">")
	m.text(e.Source.Title)
	m.raw("</bdi></li>\n<li>")
	m.time(e.Published, ` dir="ltr"`)
	m.raw("</li>\n</ul>\n</li>")
	return nil
}

// linked is a text that leads to an address, or only the text if there is none.
func (m *markup) linked(address, attributes, text string) {
	if address == "" {
		m.text(text)
		return
	}
	m.raw(`<a href="`)
	m.address(address)
	m.raw(`"` + attributes + ">")
	m.text(text)
	m.raw("</a>")
}
