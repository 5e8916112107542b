package pages

import "github.com/rightswire/rightswire/publisher"

// quickEmbed is embed.html, or fragment.html, with embedded.html: every cut has
// one of each.
func (r *Renderer) quickEmbed(m markup, p publisher.Page) (markup, error) {
	v := &view{Page: p, r: r, Base: base(p.Site.URL), Canonical: p.Site.URL + p.Cut.Page}
	if p.Kind == publisher.PageFragment {
		m.embedded(v)
		m.raw("\n")
	} else {
		m.raw("<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n" +
			"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
		m.text(p.Title + " - " + p.Site.Title)
		m.raw("</title>\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'\">\n" +
			"<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n<link rel=\"canonical\" href=\"")
		m.address(v.Canonical)
		m.raw("\">\n<link rel=\"stylesheet\" href=\"")
		m.address(v.Base)
		m.raw("/embed.css\">\n</head>\n<body>\n")
		m.embedded(v)
		m.raw("\n</body>\n</html>\n")
	}
	return m, nil
}

// embedded is the template of that name.
func (m *markup) embedded(v *view) {
	m.raw("<div class=\"rightswire\" lang=\"en\" dir=\"ltr\">\n<p class=\"rightswire-title\"><a href=\"")
	m.address(v.Canonical)
	m.raw(`" target="_blank" rel="noopener noreferrer" dir="auto"`)
	m.lang(tag(v.Language))
	m.raw(">")
	m.text(v.Title)
	m.raw("</a></p>")
	if len(v.Entries) > 0 {
		m.raw("\n<ul class=\"rightswire-stories\">")
		for _, e := range v.Entries {
			x := v.entry(e)
			m.embeddedStory(&x)
		}
		m.raw("\n</ul>")
	} else {
		m.raw("\n<p class=\"rightswire-none\">Nothing here yet.</p>")
	}
	m.raw("\n<p class=\"rightswire-by\">From <a href=\"")
	m.address(v.Site.URL)
	m.raw(`/" target="_blank" rel="noopener noreferrer" dir="auto">`)
	m.text(v.Site.Title)
	m.raw("</a>")
	for _, l := range v.Feeds {
		if web(l.URL) == "" {
			continue
		}
		m.raw(` · <a href="`)
		m.address(l.URL)
		m.raw(`" type="`)
		m.text(l.Type)
		m.raw(`" target="_blank" rel="noopener noreferrer">`)
		m.text(l.Name)
		m.raw("</a>")
	}
	m.raw("</p>\n</div>")
}

func (m *markup) embeddedStory(e *entry) {
	ours := web(e.StoryURL)
	m.raw("\n<li class=\"item-content\" dir=\"" + e.Dir + `">`)
	to := e.Out
	if to == "" {
		to = ours
	}
	if to != "" {
		m.raw(`<a class="rightswire-headline" href="`)
		m.address(to)
		m.raw(`" target="_blank" rel="noopener noreferrer nofollow"`)
		m.lang(e.Lang)
		m.raw(">")
		m.text(e.Title)
		m.raw("</a>")
	} else {
		m.text(e.Title)
	}
	m.raw("\n<p class=\"rightswire-credit\" dir=\"ltr\"><bdi")
	m.lang(tag(e.Source.Language))
	m.raw(">")
	m.text(e.Source.Title)
	m.raw("</bdi>")
	if e.Outlets > 1 && ours != "" {
		m.raw(`, <a href="`)
		m.address(ours)
		m.raw(`" target="_blank" rel="noopener noreferrer">` + e.Reach() + "</a>")
	}
	m.raw(", ")
	m.time(e.Published, "")
	m.raw("</p>\n</li>")
}
