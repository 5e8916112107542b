// Package digest writes what the desk should know of a week: what is wrong, what
// has begun and ended, how much came, what was corrected, and what waits for a
// decision.
//
// It is pure: a [Digest] is gathered by others, and becomes plain text, HTML
// for mail, or JSON. It sends nothing and knows no database. It is part of the
// vocabulary, beside health, because mail, webhook, command line and the desk's
// pages must all say the same.
package digest

import (
	"cmp"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
)

// Row says how much came of one thing in a period, and in the one before, which
// was as long.
type Row struct {
	ID            string `json:"id"` // of the category; "": everything
	Title         string `json:"title"`
	Items         int    `json:"items"`
	ItemsBefore   int    `json:"items_before"`
	Stories       int    `json:"stories"`
	StoriesBefore int    `json:"stories_before"`
}

// Proposal is something that waits for the desk to decide.
type Proposal struct {
	Source string `json:"source"`
	Says   string `json:"says"`
}

// Digest is what the desk should know of a period.
type Digest struct {
	Site     string           `json:"site"` // its title
	URL      string           `json:"url"`
	From     time.Time        `json:"from"`
	Until    time.Time        `json:"until"`
	Sources  int              `json:"sources"`  // that take part in the wire
	Findings []health.Finding `json:"findings"` // warnings and worse, of sources and of the wire; the worst first
	Notices  int              `json:"notices"`  // how many findings matter less than those
	Ended    []health.Finding `json:"ended"`    // what was told of and is over
	Added    []string         `json:"added"`    // sources that are new in the list
	Removed  []string         `json:"removed"`  // sources that have left it
	Total    Row              `json:"total"`
	Rows     []Row            `json:"categories"` // by category, the most items first

	Corrected int `json:"corrected"` // items whose text their sources changed
	Withdrawn int `json:"withdrawn"` // items that were hidden or withdrawn
	Decisions int `json:"decisions"` // what the desk did to items and stories

	Proposals []Proposal `json:"proposals"`
}

// Own returns what is wrong with the wire itself.
func (d Digest) Own() []health.Finding {
	return slices.DeleteFunc(slices.Clone(d.Findings), func(f health.Finding) bool { return f.Source != "" })
}

// OfSources returns what is wrong with sources.
func (d Digest) OfSources() []health.Finding {
	return slices.DeleteFunc(slices.Clone(d.Findings), func(f health.Finding) bool { return f.Source == "" })
}

// Problems counts the findings that somebody has to act on.
func (d Digest) Problems() int {
	n := 0
	for _, f := range d.Findings {
		if f.Severity == health.Problem {
			n++
		}
	}
	return n
}

// Subject is the digest in one line.
func (d Digest) Subject() string {
	what := "all is well"
	if n := d.Problems(); n > 0 {
		what = news.Count(n, "problem")
	} else if n := len(d.Findings); n > 0 {
		what = news.Count(n, "warning")
	}
	return fmt.Sprintf("%s: %s, %s", d.Site, what, news.Count(d.Total.Items, "item"))
}

// Period names the days that the digest covers.
func (d Digest) Period() string {
	const day = "2 January 2006"
	return d.From.Format(day) + " to " + d.Until.Format(day)
}

// SortRows puts rows in order: the most items first, then by title.
func SortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(-cmp.Compare(a.Items, b.Items), -cmp.Compare(a.Stories, b.Stories), cmp.Compare(a.Title, b.Title))
	})
}

// Change says how a number compares with the one of the period before.
func Change(now, before int) string {
	switch {
	case now == before:
		return "as before"
	case before == 0:
		return "none before"
	}
	return fmt.Sprintf("%+d%%", (200*(now-before)/before+sign(now-before))/2)
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

var functions = map[string]any{
	"change": Change, "count": news.Count, "join": strings.Join,
	"severity": func(f health.Finding) string { return strings.ToUpper(f.Severity.String()) },
	"name":     func(f health.Finding) string { return cmp.Or(f.Source, "the wire") },
	"since": func(f health.Finding) string {
		if f.Since.IsZero() {
			return ""
		}
		return ", since " + f.Since.UTC().Format("2 January")
	},
}

// The templates are read when a digest is written: few runs write one.
var (
	asText = sync.OnceValue(func() *texttemplate.Template {
		return texttemplate.Must(texttemplate.New("text").Funcs(functions).Parse(text))
	})
	asHTML = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("html").Funcs(functions).Parse(html))
	})
)

// Text writes the digest as plain text.
func (d Digest) Text(w io.Writer) error { return asText().Execute(w, d) }

// HTML writes it as a page for mail: no scripts, no pictures, nothing that is
// asked of anybody when it is opened.
func (d Digest) HTML(w io.Writer) error { return asHTML().Execute(w, d) }
