package pages

import (
	"strconv"

	"github.com/rightswire/rightswire/publisher"
)

// quickList reports whether a page is a list that [Renderer.list] writes: one
// with an address, that has not moved.
func (r *Renderer) quickList(p publisher.Page) bool {
	return !r.slow && p.Kind == publisher.PageList && p.Site.URL+p.Path != "" && p.Target == ""
}

// list is layout.html with list.html.
func (r *Renderer) list(m markup, p publisher.Page) (markup, error) {
	v, err := r.view(p)
	if err != nil {
		return nil, err
	}
	masthead, err := v.Masthead()
	if err != nil {
		return nil, err
	}
	foot, err := v.Foot()
	if err != nil {
		return nil, err
	}
	m.head(v)
	m.raw("\n<link rel=\"stylesheet\" href=\"")
	m.address(v.Base)
	m.raw("/style.css\">\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"")
	m.address(v.Base)
	m.raw("/favicon.svg\">")
	for _, l := range v.Alternate {
		m.alternate(l)
	}
	m.neighbour("\n<link rel=\"prev\" href=\"", v.Base, v.Prev, `">`)
	m.neighbour("\n<link rel=\"next\" href=\"", v.Base, v.Next, `">`)
	m.raw("\n</head>\n<body>\n")
	m.raw(string(masthead))
	m.raw("\n<div class=\"wide columns\">\n<main id=\"main\" tabindex=\"-1\">\n")
	m.days(v)
	m.raw("\n</main>\n")
	m.sections(v)
	m.raw("\n</div>\n<footer class=\"footer\">\n<div class=\"wide\">")
	m.updated(v)
	m.raw("\n")
	m.raw(string(foot))
	m.raw("\n</div>\n</footer>\n</body>\n</html>\n")
	return m, nil
}

// neighbour is a link to the page before or behind this one, if there is one.
func (m *markup) neighbour(before, base, path, after string) {
	if path != "" {
		m.raw(before)
		m.address(base)
		m.address(path)
		m.raw(after)
	}
}

// days is "main" of list.html.
func (m *markup) days(v *view) {
	m.heading(v)
	m.raw("\n")
	m.raw(string(v.Bars()))
	m.raw("\n")
	for i := range v.Days {
		d := &v.Days[i]
		m.raw(`<section class="day"`)
		if d.ID != "" {
			m.raw(` aria-labelledby="d` + d.ID + `"`)
		}
		m.raw(">\n<h2 class=\"date\"")
		if d.ID != "" {
			m.raw(` id="d` + d.ID + `"`)
		}
		m.raw(">")
		m.text(d.Title)
		m.raw("</h2>\n")
		for _, h := range d.Entries {
			m.raw(string(h))
			m.raw("\n")
		}
		m.raw("</section>\n")
	}
	if len(v.Days) == 0 {
		m.raw(`<p class="empty">Nothing here yet. Stories appear as soon as one of our <a href="`)
		m.address(v.Base)
		m.raw("/sources/\">sources</a> publishes one; until then the feeds above are valid and empty, and can be subscribed to already.</p>\n")
	}
	if v.Prev != "" || v.Next != "" {
		m.raw("<nav class=\"pages\" aria-label=\"Pages\">\n<ul>")
		m.neighbour("\n<li><a rel=\"prev\" href=\"", v.Base, v.Prev, `">Newer stories</a></li>`)
		m.neighbour("\n<li class=\"older\"><a rel=\"next\" href=\"", v.Base, v.Next, `">Older stories</a></li>`)
		m.raw("\n</ul>\n</nav>")
	}
}

// heading is the template of that name in parts.html, with "subscribe" as a
// list has it.
func (m *markup) heading(v *view) {
	m.raw("<header class=\"opening\">\n<h1 dir=\"auto\">")
	m.text(v.Title)
	m.raw("</h1>")
	if v.Standfirst != "" {
		m.raw("\n<p class=\"standfirst\" dir=\"auto\">")
		m.text(v.Standfirst)
		m.raw("</p>")
	}
	m.raw("\n")
	if len(v.Feeds) > 0 {
		m.raw(`<p class="subscribe"><span class="icon" aria-hidden="true"></span>Subscribe to this page:`)
		for _, l := range v.Feeds {
			m.raw(` <a href="`)
			m.address(l.URL)
			m.raw(`" type="`)
			m.text(l.Type)
			m.raw(`" aria-label="`)
			m.text(l.Title)
			m.raw(`">`)
			m.text(l.Name)
			m.raw("</a>")
		}
		m.raw("</p>")
	}
	if in := v.Subscribe(); len(in) > 0 {
		m.raw("\n<details class=\"readers\"><summary>Subscribe in …</summary>\n<ul>")
		for _, l := range in {
			m.raw("\n<li><a href=\"")
			m.rest(string(l.URL))
			m.raw(`" rel="noopener noreferrer nofollow">`)
			m.text(l.Name)
			m.raw("</a></li>")
		}
		m.raw("\n</ul></details>")
	}
	m.raw("\n</header>")
}

// sections is the template of that name in site.html. It is not kept like the
// other parts of a site: it marks the section that the list is of.
func (m *markup) sections(v *view) {
	m.raw("<nav class=\"sections\" id=\"sections\" aria-labelledby=\"sections-title\">\n<h2 id=\"sections-title\">Sections</h2>")
	if len(v.Sections) == 0 {
		m.raw("\n<p class=\"none\">No sections yet.</p>\n</nav>")
		return
	}
	m.raw("\n<ul>")
	for _, n := range v.Sections {
		m.raw("\n<li><a href=\"")
		m.address(v.Base)
		m.address(n.Path)
		m.raw(`"`)
		if n.Current {
			m.raw(` aria-current="page"`)
		}
		m.raw(`><span class="name" dir="auto">`)
		m.text(n.Title)
		m.raw("</span>")
		if n.Count != 0 {
			m.raw(` <span class="count"><span class="unseen">, stories: </span>`)
			*m = strconv.AppendInt(*m, int64(n.Count), 10)
			m.raw("</span>")
		}
		m.raw("</a></li>")
	}
	m.raw("\n</ul>\n</nav>")
}
