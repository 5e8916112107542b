package atom

import (
	"encoding/xml"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
)

type document struct {
	XMLName   xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	Media     string     `xml:"xmlns:media,attr,omitempty"`
	Stones    string     `xml:"xmlns:at,attr,omitempty"`
	History   string     `xml:"xmlns:fh,attr,omitempty"`
	Lang      string     `xml:"xml:lang,attr,omitempty"`
	ID        string     `xml:"id"`
	Title     construct  `xml:"title"`
	Subtitle  *construct `xml:"subtitle"`
	Updated   string     `xml:"updated"`
	Author    *person    `xml:"author"`
	Generator generator  `xml:"generator"`
	Links     []link     `xml:"link"`
	Archive   *struct{}  `xml:"fh:archive"`
	Deleted   []deleted  `xml:"at:deleted-entry"`
}

// deleted stands for an entry that is gone (RFC 6721).
type deleted struct {
	Ref     string `xml:"ref,attr"`
	When    string `xml:"when,attr"`
	Comment string `xml:"at:comment,omitempty"`
}

// FeedXml makes a document acceptable to feeds.WriteXML.
func (d *document) FeedXml() any { return d }

type entry struct {
	Lang       string     `xml:"xml:lang,attr,omitempty"`
	ID         string     `xml:"id"`
	Title      construct  `xml:"title"`
	Links      []link     `xml:"link"`
	Published  string     `xml:"published,omitempty"`
	Updated    string     `xml:"updated"`
	Author     *person    `xml:"author"`
	Categories []category `xml:"category"`
	Source     *source    `xml:"source"`
	Summary    *construct `xml:"summary"`
	Content    *content   `xml:"content"`
	Picture    *picture   `xml:"media:content"`
	Thumbnail  *picture   `xml:"media:thumbnail"`
}

// media adds the picture of an entry, which Atom has no word for (F29).
func (e *entry) media(from publisher.Entry) {
	if from.Image != "" {
		u := clean.Text(from.Image)
		e.Picture, e.Thumbnail = &picture{URL: u, Medium: "image"}, &picture{URL: u}
	}
}

type construct struct {
	Type string `xml:"type,attr,omitempty"` // "": text
	Text string `xml:",chardata"`
}

// content is written as CDATA, so that people can read the HTML in it; what
// CDATA cannot hold was filtered before.
type content struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",cdata"`
}

type person struct {
	Name  string `xml:"name"`
	URI   string `xml:"uri,omitempty"`
	Email string `xml:"email,omitempty"`
}

type generator struct {
	URI     string `xml:"uri,attr"`
	Version string `xml:"version,attr,omitempty"`
	Name    string `xml:",chardata"`
}

type link struct {
	Rel    string `xml:"rel,attr"`
	Type   string `xml:"type,attr,omitempty"`
	Href   string `xml:"href,attr"`
	Lang   string `xml:"hreflang,attr,omitempty"`
	Length string `xml:"length,attr,omitempty"`
}

type category struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr,omitempty"`
}

type source struct {
	Lang    string    `xml:"xml:lang,attr,omitempty"`
	ID      string    `xml:"id"`
	Title   construct `xml:"title"`
	Updated string    `xml:"updated"`
	Author  *person   `xml:"author"`
	Links   []link    `xml:"link"`
}

type picture struct {
	URL    string `xml:"url,attr"`
	Medium string `xml:"medium,attr,omitempty"`
}
