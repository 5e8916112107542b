package pages

import (
	"html/template"
	"net/url"
)

// reader is a feed reader that takes a feed's address in a link. The page
// only links there: nothing is asked of it before the visitor follows.
type reader struct {
	Name    string
	address func(feed string) string
}

// readers are the readers that pages offer. "feed:" opens whatever the
// visitor's own machine has for it.
var readers = []reader{
	{"a reader on this device", func(feed string) string { return "feed:" + feed }},
	{"Feedly", func(feed string) string { return "https://feedly.com/i/subscription/feed%2F" + url.QueryEscape(feed) }},
	{"Inoreader", func(feed string) string { return "https://www.inoreader.com/?add_feed=" + url.QueryEscape(feed) }},
	{"NewsBlur", func(feed string) string { return "https://www.newsblur.com/?url=" + url.QueryEscape(feed) }},
	{"The Old Reader", func(feed string) string {
		return "https://theoldreader.com/feeds/subscribe?url=" + url.QueryEscape(feed)
	}},
}

// readerLink is one click from a page to a reader.
type readerLink struct {
	Name string
	URL  template.URL // "feed:" is no scheme that the templates know
}

// subscriptions are the links that take a feed to each reader; none if the
// feed's address is no web address.
func subscriptions(feed string) []readerLink {
	if web(feed) == "" {
		return nil
	}
	out := make([]readerLink, len(readers))
	for i, r := range readers {
		out[i] = readerLink{Name: r.Name, URL: template.URL(r.address(feed))}
	}
	return out
}

// offered is how many feeds of a group have links to readers on the page of
// feeds. With hundreds of sources the page would be nothing but such links;
// every list's own page has them.
const offered = 60

// Subscribe are the links for the page's own feed. Atom, because it says most.
func (v *view) Subscribe() []readerLink {
	for _, f := range v.Feeds {
		if f.Type == atomType {
			return subscriptions(f.URL)
		}
	}
	return nil
}

const atomType = "application/atom+xml"
