// Package opml writes lists of feeds as OPML 2.0: the sources that the wire
// reads, and the feeds that it publishes.
//
// It decides how a list is said in OPML and nothing else. It is a room of its
// own because readers import such files unseen: one bad outline loses the
// whole list (F38).
package opml

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/clean"
)

// Head is what a list says about itself. It holds no date: a list that did
// not change must not change its bytes (F02).
type Head struct {
	Title string
	Owner string // name of the site
	Email string // "" if none
	URL   string // the site, absolute
}

// Group is a headed part of a list.
type Group struct {
	Title string
	Feeds []Feed
}

// Feed is one line of a list.
type Feed struct {
	Title       string
	Description string
	URL         string // of the feed, absolute
	Page        string // absolute; "" if none
	Language    string // BCP 47; "" if unknown
	Category    string // slash-delimited, comma-separated, as OPML 2.0 says; "" if none
}

// Sources lists the active sources that have a feed, by kind. A source without
// a publishable address is left out, and user names and passwords in addresses
// are too.
func Sources(h Head, sources []news.Source) ([]byte, error) {
	var groups []Group
	at := map[string]int{}
	for _, s := range sources {
		if !s.Polled() || s.Type == news.TypeSitemap { // which no feed reader reads
			continue
		}
		kind := s.Kind
		if kind == "" {
			kind = "other"
		}
		i, ok := at[kind]
		if !ok {
			i = len(groups)
			at[kind] = i
			groups = append(groups, Group{Title: kinds(kind)})
		}
		var cats []string
		for _, c := range s.Categories {
			cats = append(cats, "/"+c)
		}
		groups[i].Feeds = append(groups[i].Feeds, Feed{Title: s.Title, URL: s.URL, Page: s.Homepage, Language: s.Language, Category: strings.Join(cats, ",")})
	}
	return Feeds(h, groups)
}

func kinds(kind string) string {
	names := map[string]string{"news": "News", "ngo": "NGOs", "igo": "International organisations", "union": "Unions", "gov": "Governments", "law": "Law", "other": "Others"}
	if n, ok := names[kind]; ok {
		return n
	}
	return kind
}

// Feeds writes headed groups of feeds. Groups without feeds are left out; a
// list without any holds one line that says so, since OPML wants an outline.
func Feeds(h Head, groups []Group) ([]byte, error) {
	d := document{Version: "2.0", Head: head{Title: clean.NoTags(h.Title), Owner: clean.NoTags(h.Owner), Email: clean.Mail(h.Email), OwnerID: clean.URL(h.URL)}}
	for _, g := range groups {
		o := outline{Text: clean.NoTags(clean.First(g.Title, "Feeds")), seen: map[string]bool{}}
		for _, f := range g.Feeds {
			o.add(f)
		}
		if len(o.Outlines) > 0 {
			d.Body.Outlines = append(d.Body.Outlines, o)
		}
	}
	if len(d.Body.Outlines) == 0 {
		d.Body.Outlines = []outline{{Text: "No feeds yet"}}
	}
	var buf bytes.Buffer
	buf.WriteString(xml.Header)
	enc := xml.NewEncoder(&buf)
	enc.Indent("", "  ")
	if err := enc.Encode(d); err != nil {
		return nil, fmt.Errorf("encode list %q: %w", h.Title, err)
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

func (o *outline) add(f Feed) {
	u := clean.URL(f.URL)
	if u == "" || o.seen[u] {
		return
	}
	o.seen[u] = true
	title := clean.NoTags(f.Title)
	if title == "" {
		title = u
	}
	o.Outlines = append(o.Outlines, outline{
		Type: "rss", Text: title, Title: title, XMLURL: u, HTMLURL: clean.URL(f.Page),
		Description: clean.NoTags(f.Description), Language: clean.Language(f.Language), Category: clean.Line(f.Category),
	})
}

type document struct {
	XMLName xml.Name `xml:"opml"`
	Version string   `xml:"version,attr"`
	Head    head     `xml:"head"`
	Body    body     `xml:"body"`
}

type head struct {
	Title   string `xml:"title"`
	Owner   string `xml:"ownerName,omitempty"`
	Email   string `xml:"ownerEmail,omitempty"`
	OwnerID string `xml:"ownerId,omitempty"`
}

type body struct {
	Outlines []outline `xml:"outline"`
}

type outline struct {
	Type        string    `xml:"type,attr,omitempty"`
	Text        string    `xml:"text,attr"`
	Title       string    `xml:"title,attr,omitempty"`
	XMLURL      string    `xml:"xmlUrl,attr,omitempty"`
	HTMLURL     string    `xml:"htmlUrl,attr,omitempty"`
	Description string    `xml:"description,attr,omitempty"`
	Language    string    `xml:"language,attr,omitempty"`
	Category    string    `xml:"category,attr,omitempty"`
	Outlines    []outline `xml:"outline"`

	seen map[string]bool // addresses in this group
}
