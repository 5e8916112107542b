package publisher

import (
	"html"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/clean"
)

// Bounds of one entry, so that one source's flood stays its own.
const (
	excerptRunes = 400
	titleRunes   = 300
	authorRunes  = 200
	maxReports   = 25 // reports named in a feed; the story page has them all
	maxMedia     = 10 // enclosures
	maxLabels    = 20
	creditBytes  = 200 // about what a credit takes
)

// policy returns how much of a source's text may be shown (F25).
func (b *Builder) policy(source string) news.ContentPolicy {
	if s, ok := b.sources[source]; ok && s.Content != "" {
		return s.Content
	}
	return b.opt.Content
}

// body returns the HTML of an entry as feeds show it: the text that the
// policy allows, then who wrote it and who else reports it, in which language
// and when, or that nobody else does, where readers see
// it even if theirs hides the elements that are meant for that (F22).
func (b *Builder) body(e Entry, full string, maxBytes int) string {
	var w strings.Builder
	if full = balanced(full); full != "" && len(full) <= maxBytes {
		w.Grow(len(full) + creditBytes*(1+len(e.Coverage)))
		w.WriteString(full)
	} else if e.Summary != "" {
		w.Grow(len(e.Summary) + creditBytes*(1+len(e.Coverage)))
		write(&w, "<p>", html.EscapeString(e.Summary), "</p>")
	}
	// The credit is in English whatever the entry is in; without these two
	// attributes it would be set right to left under an Arabic text.
	attrs := ""
	if l := strings.ToLower(e.Language); l != "en" && !strings.HasPrefix(l, "en-") {
		attrs = ` lang="en" dir="ltr"`
	}
	write(&w, "\n<p", attrs, ">Source: ")
	link(&w, clean.First(e.Source.Homepage, e.URL), e.Source.Title)
	if e.SingleSource() {
		w.WriteString(" (single-source)")
	}
	w.WriteString("</p>")
	if len(e.Coverage) == 0 {
		return strings.TrimSpace(w.String())
	}
	write(&w, "\n<p", attrs, ">Also at:</p>\n<ul>")
	for _, c := range e.Coverage[:min(len(e.Coverage), maxReports)] {
		w.WriteString("\n<li>")
		link(&w, c.URL, c.Outlet.Title)
		if c.Title != "" && c.Title != e.Title {
			write(&w, ": ", html.EscapeString(c.Title))
		}
		write(&w, " (", b.tongueAndTime(c), ")</li>")
	}
	if len(e.Coverage) > maxReports {
		w.WriteString("\n<li>")
		link(&w, e.StoryURL, "and more")
		w.WriteString("</li>")
	}
	w.WriteString("\n</ul>")
	return strings.TrimSpace(w.String())
}

// tongueAndTime says in which language a report is, if that is known, and when
// it was published.
func (b *Builder) tongueAndTime(c Coverage) string {
	when := c.Published.UTC().Format("2 January 2006, 15:04 UTC")
	if c.Language == "" {
		return when
	}
	return html.EscapeString(b.languageName(c.Language)) + ", " + when
}

func link(w *strings.Builder, address, text string) {
	if address == "" {
		w.WriteString(html.EscapeString(text))
		return
	}
	write(w, `<a href="`, html.EscapeString(address), `">`, html.EscapeString(text), "</a>")
}

func write(w *strings.Builder, texts ...string) {
	for _, t := range texts {
		w.WriteString(t)
	}
}

// balanced parses HTML and writes it out again, so that no tag of an item
// reaches into what follows it (S08). The archive holds cleaned HTML only;
// this is not a second cleaning. HTML that the parser refuses (nested more
// than 512 deep) is dropped, and the excerpt stands in for it.
func balanced(src string) string {
	if src = clean.Text(src); strings.TrimSpace(src) == "" {
		return ""
	}
	root := &nethtml.Node{Type: nethtml.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := nethtml.ParseFragment(strings.NewReader(src), root)
	if err != nil {
		return ""
	}
	var w strings.Builder
	for _, n := range nodes {
		if err := nethtml.Render(&w, n); err != nil {
			return ""
		}
	}
	// A character reference such as &#8; is a control character by now.
	return strings.TrimSpace(clean.Text(w.String()))
}

// textOf returns the text of HTML, for an excerpt of an item that came
// without a summary.
func textOf(src string) string { return someText(src, 8*excerptRunes) }

// allText returns the text of HTML, as far as a correction shows it.
func allText(src string) string { return someText(src, 8*maxChange) }

// someText returns the text of HTML, not much more than limit bytes of it.
func someText(src string, limit int) string {
	var w strings.Builder
	z := nethtml.NewTokenizer(strings.NewReader(src))
	for w.Len() < limit {
		switch z.Next() {
		case nethtml.ErrorToken:
			return w.String()
		case nethtml.TextToken:
			w.Write(z.Text()[:])
		default:
			w.WriteByte(' ')
		}
	}
	return w.String()
}
