package feed

import (
	"strings"
)

// Cleaned is an entry's text as it is stored and shown.
type Cleaned struct {
	Title   string // plain text; never empty if the entry has any text or an address
	Summary string // plain text, cut at the end of a word; may be ""
	Content string // sanitised, balanced HTML with absolute URLs; may be ""
}

// maxTitle bounds a headline, in characters.
const maxTitle = 500

// Clean returns the entry's text fit to be stored and shown. It is the costly
// half of reading a feed and only needed for entries that are new or changed.
// The zero Limits are the ones that the entry was parsed with.
func (e Entry) Clean(limits Limits) Cleaned {
	if limits == (Limits{}) {
		limits = e.limits
	}
	limits = limits.withDefaults()
	var c Cleaned
	body := usable(e.Content, e.Summary)
	c.Content = sanitize(body, e.Base, limits)
	text := PlainText(cutString(e.Summary, limits.Content))
	if text == "" {
		text = PlainText(cutString(e.Content, limits.Content))
	}
	c.Summary = shorten(text, limits.Summary)
	c.Title = shorten(titleText(cutString(e.Title, limits.Title)), maxTitle)
	if c.Title == "" {
		c.Title = usable(shorten(text, 100), strings.TrimPrefix(strings.TrimPrefix(e.URL, "https://"), "http://"))
	}
	return c
}
