package publisher

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// This file makes what programs look for at addresses that are not ours to
// choose: robots.txt (RFC 9309), sitemap.xml (sitemaps.org), llms.txt
// (llmstxt.org) and security.txt (RFC 9116).

// sitemapURLs is how many addresses one sitemap holds; the protocol allows
// 50,000. More than that, and the sitemap is an index of several.
const sitemapURLs = 10_000

// mapBytes is about what an address of a sitemap takes beside that of the site.
const mapBytes = 160

const xmlType = "application/xml; charset=utf-8"

func (r *run) robots() job {
	return r.file("/robots.txt", "text/plain; charset=utf-8", nil, func() ([]byte, error) {
		text := "User-agent: *\nDisallow: /search\nDisallow: /feeds/search\n"
		if r.b.opt.Pages != nil {
			text += "\nSitemap: " + r.b.opt.Site.URL + "/sitemap.xml\n"
		}
		return []byte(text), nil
	})
}

// mapped is one address of a sitemap that is not of a story. changed is the
// newest change of what the page says; zero: not told, since a date of our own
// making would send crawlers to pages that are as they were.
type mapped struct {
	path    string
	changed time.Time
}

// sitemaps returns the jobs that make the sitemap: the pages of the lists and
// of every story that a list shows, which bounds it.
func (r *run) sitemaps(lists []*list) []job {
	pages := []mapped{{path: "/feeds/"}, {path: "/sources/"}, {path: "/category/"}, {path: "/country/"}, {path: "/language/"}, {path: "/about/"}, {path: "/about/bot/"}}
	for _, l := range live(lists) {
		if l.pages == 0 {
			continue
		}
		first := l.all[:min(len(l.all), r.b.opt.Items)] // what the first page shows; the others hold older stories only
		pages = append(pages, mapped{path: l.Page, changed: changedAt(first)})
	}
	stories := r.shown(lists)
	if len(pages)+len(stories) <= sitemapURLs {
		return []job{r.sitemap("/sitemap.xml", "urlset", "url", pages, stories)}
	}
	var jobs []job
	var index []mapped
	for len(pages)+len(stories) > 0 {
		some := pages[:min(len(pages), sitemapURLs)]
		more := stories[:min(len(stories), sitemapURLs-len(some))]
		pages, stories = pages[len(some):], stories[len(more):]
		path := fmt.Sprintf("/sitemap/%d.xml", len(index)+1)
		jobs = append(jobs, r.sitemap(path, "urlset", "url", some, more))
		newest := changedAt(more)
		for _, m := range some {
			newest = later(m.changed, newest)
		}
		index = append(index, mapped{path: path, changed: newest})
	}
	return append(jobs, r.sitemap("/sitemap.xml", "sitemapindex", "sitemap", index, nil))
}

// sitemap is one file: element is what each address stands in. It holds pages and
// then the pages of stories.
func (r *run) sitemap(path, root, element string, pages []mapped, stories []*listed) job {
	h := r.keyer(path + " " + root)
	for _, m := range pages {
		h.text(m.path)
		h.number(m.changed.Unix())
	}
	for _, x := range stories {
		h.text(x.uid())
		h.number(int64(x.updated))
	}
	return r.fileOf(path, xmlType, h.key(), func(dst []byte) ([]byte, error) {
		dst = slices.Grow(dst, (len(pages)+len(stories))*(len(r.b.opt.Site.URL)+mapBytes))
		body := xmlpart.Append(dst, func(p *xmlpart.Part) {
			p.Raw(xml.Header + "<" + root + " xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
			for _, m := range pages {
				r.mapPage(p, element, m.path, m.changed)
			}
			for _, x := range stories {
				r.mapPage(p, element, x.page(), x.updated.time())
			}
			p.Raw("</" + root + ">\n")
		})
		return body, verify("xml", body[len(dst):])
	})
}

// mapPage writes an address of a sitemap.
func (r *run) mapPage(p *xmlpart.Part, element, path string, changed time.Time) {
	p.Raw("<")
	p.Raw(element)
	p.Raw("><loc>")
	p.Text(r.b.opt.Site.URL)
	p.Text(path)
	p.Raw("</loc>")
	if !changed.IsZero() {
		p.Moment("lastmod", changed)
	}
	p.Raw("</")
	p.Raw(element)
	p.Raw(">\n")
}

// llms tells a language model, and whoever writes a program with one, where
// the machine-readable forms are, so that nobody has to scrape pages.
func (r *run) llms() job {
	return r.file("/llms.txt", "text/markdown; charset=utf-8", nil, func() ([]byte, error) {
		s := r.b.opt.Site
		var b strings.Builder
		fmt.Fprintf(&b, "# %s\n\n", clean.Line(s.Title))
		if d := clean.Line(s.Description); d != "" {
			fmt.Fprintf(&b, "> %s\n\n", d)
		}
		b.WriteString("Every entry is a story: the report that leads it, and the other outlets that carry it. The text belongs to the\n" +
			"outlets; name them and link to the originals. Ids never change, and what was corrected or withdrawn is told.\n" +
			"Ask conditionally (If-None-Match): what did not change is answered with 304.\n\n## Feeds\n\n")
		for _, x := range []struct{ title, path, note string }{
			{"All stories", "/feeds/all.json", "JSON Feed 1.1; also .atom and .rss"},
			{"Corrections and withdrawals", "/feeds/corrections.json", "keep up with these if you keep copies"},
			{"Every feed there is", "/feeds.opml", "OPML: categories, countries, languages, sources"},
			{"Sources", "/sources.opml", "OPML: the outlets that this wire reads"},
		} {
			fmt.Fprintf(&b, "- [%s](%s): %s\n", x.title, s.URL+x.path, x.note)
		}
		fmt.Fprintf(&b, "\n## Pages\n\n- [Categories](%s): what is filed where\n- [Sitemap](%s): every page, with the time of its last change\n",
			s.URL+"/category/", s.URL+"/sitemap.xml")
		return []byte(b.String()), nil
	})
}

// security names whom to tell of a weakness, until a year after the month in
// which the newest report came in (RFC 9116 section 2.5.5 wants less than a
// year ahead). A date that is counted from the present would change the file
// with every build (F02), and a wire that nobody runs any more vouches for no
// address. There is none before the first report, and none without a contact.
func (r *run) security(lists []*list) []job {
	contact := clean.Line(r.b.opt.Site.Contact)
	stories := r.shown(lists)
	if contact == "" || len(stories) == 0 {
		return nil
	}
	newest := slices.MaxFunc(stories, func(a, b *listed) int { return cmp.Compare(a.seen, b.seen) }).seen.time()
	if newest.IsZero() {
		return nil
	}
	if !strings.Contains(contact, "://") && !strings.HasPrefix(contact, "mailto:") {
		contact = "mailto:" + contact
	}
	expires := time.Date(newest.Year()+1, newest.Month(), 1, 0, 0, 0, 0, time.UTC)
	const path = "/.well-known/security.txt"
	return []job{r.file(path, "text/plain; charset=utf-8", []any{expires}, func() ([]byte, error) {
		s := r.b.opt.Site
		return fmt.Appendf(nil, "Contact: %s\nExpires: %s\nPreferred-Languages: %s\nCanonical: %s\n",
			contact, expires.Format(time.RFC3339), s.Language, s.URL+path), nil
	})}
}

// wellKnown returns the jobs for all of these files.
func (r *run) wellKnown(lists []*list) []job {
	jobs := append(r.security(lists), r.robots())
	if r.b.opt.Pages == nil {
		return jobs
	}
	return append(append(jobs, r.llms()), r.sitemaps(lists)...)
}
