package rss

import (
	"encoding/xml"
	"html"
	"strings"

	"github.com/rightswire/rightswire/publisher/clean"
)

// document is the root. gorilla's RssFeedXml declares one namespace only.
type document struct {
	XMLName xml.Name `xml:"rss"`
	Version string   `xml:"version,attr"`
	Atom    string   `xml:"xmlns:atom,attr"`
	Content string   `xml:"xmlns:content,attr"`
	DC      string   `xml:"xmlns:dc,attr"`
	Media   string   `xml:"xmlns:media,attr"`
	Channel channel  `xml:"channel"`
}

// FeedXml makes a document acceptable to WriteXML of gorilla/feeds.
func (d *document) FeedXml() any { return d }

type channel struct {
	Title         plain      `xml:"title"`
	Link          string     `xml:"link"`
	Description   plain      `xml:"description"`
	Language      string     `xml:"language,omitempty"`
	LastBuildDate string     `xml:"lastBuildDate,omitempty"`
	Generator     string     `xml:"generator"`
	Docs          string     `xml:"docs"`
	TTL           int        `xml:"ttl"`
	Links         []atomLink `xml:"atom:link"`
}

type atomLink struct {
	Href string `xml:"href,attr"`
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
}

// plain is character data that is written by [text], not by encoding/xml.
type plain struct {
	XML string `xml:",innerxml"`
}

// text writes plain text as the RSS Profile of the RSS Advisory Board asks
// (section Character Data): & and < as hexadecimal references. Readers differ
// on whether a title is text or HTML; these forms are the ones that most of
// them show as meant, and the W3C validator knows them.
func text(s string) plain { return plain{XML: profile.Replace(clean.NoTags(s))} }

var profile = strings.NewReplacer("&", "&#x26;", "<", "&#x3C;", ">", "&#x3E;")

// htmlText turns plain text into HTML, which is what a description is.
func htmlText(s string) string { return html.EscapeString(s) }
