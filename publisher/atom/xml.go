package atom

import "encoding/xml"

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

type construct struct {
	Type string `xml:"type,attr,omitempty"` // "": text
	Text string `xml:",chardata"`
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
