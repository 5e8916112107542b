package sourcelist

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
)

type opmlDocument struct {
	XMLName xml.Name      `xml:"opml"`
	Version string        `xml:"version,attr"`
	NS      string        `xml:"xmlns:rw,attr"`
	Title   string        `xml:"head>title"`
	Body    []opmlOutline `xml:"body>outline"`
}

// opmlOutline is a folder, or a feed. What has a prefix is for us alone.
type opmlOutline struct {
	Type     string `xml:"type,attr,omitempty"`
	Text     string `xml:"text,attr"`
	Title    string `xml:"title,attr,omitempty"`
	XMLURL   string `xml:"xmlUrl,attr,omitempty"`
	URL      string `xml:"url,attr,omitempty"`
	HTMLURL  string `xml:"htmlUrl,attr,omitempty"`
	Language string `xml:"language,attr,omitempty"`
	Category string `xml:"category,attr,omitempty"`

	ID         string       `xml:"rw:id,attr,omitempty"`
	Position   int          `xml:"rw:position,attr,omitempty"`
	Kind       string       `xml:"rw:kind,attr,omitempty"`
	SourceType string       `xml:"rw:type,attr,omitempty"`
	Country    string       `xml:"rw:country,attr,omitempty"`
	Categories string       `xml:"rw:categories,attr,omitempty"`
	Scope      string       `xml:"rw:scope,attr,omitempty"`
	Rank       int          `xml:"rw:rank,attr,omitempty"`
	Schedule   string       `xml:"rw:schedule,attr,omitempty"`
	Content    string       `xml:"rw:content,attr,omitempty"`
	Status     string       `xml:"rw:status,attr,omitempty"`
	Proxy      string       `xml:"rw:proxy,attr,omitempty"`
	Headers    []opmlHeader `xml:"rw:header"`

	Outlines []opmlOutline `xml:"outline"`
}

type opmlHeader struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// WriteOPML writes sources as OPML 2.0, each in a folder of its first
// category, those without one at the end. Feed readers see plain OPML; what
// only we know is in attributes of [Namespace]. Sources are to be as written
// ([github.com/rightswire/rightswire/config.Config.Written]): their headers
// and proxies are in the list. It holds no date: the same sources are the
// same bytes.
func WriteOPML(title string, sources []news.Source, categories []news.Category) ([]byte, error) {
	d := opmlDocument{Version: "2.0", NS: Namespace, Title: title}
	folders, titles := map[string]*opmlOutline{}, map[string]string{}
	for _, c := range categories {
		titles[c.ID] = c.Title
		folders[c.ID] = &opmlOutline{Text: c.Title, Title: c.Title}
	}
	var loose []opmlOutline
	for i, s := range sources {
		o := outlineOf(s, i+1)
		if len(s.Categories) > 0 && folders[s.Categories[0]] != nil {
			f := folders[s.Categories[0]]
			f.Outlines = append(f.Outlines, o)
			continue
		}
		loose = append(loose, o)
	}
	for _, c := range categories {
		if f := folders[c.ID]; len(f.Outlines) > 0 {
			d.Body = append(d.Body, *f)
		}
	}
	d.Body = append(d.Body, loose...)
	if len(d.Body) == 0 {
		d.Body = []opmlOutline{{Text: "No sources yet"}} // OPML wants an outline
	}
	var buf bytes.Buffer
	buf.WriteString(xml.Header)
	enc := xml.NewEncoder(&buf)
	enc.Indent("", "  ")
	if err := enc.Encode(d); err != nil {
		return nil, fmt.Errorf("write the list as OPML: %w", err)
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// outlineOf writes one source. No feed reader can read a sitemap: it becomes a
// link.
func outlineOf(s news.Source, position int) opmlOutline {
	o := opmlOutline{
		Type: "rss", Text: s.Title, Title: s.Title, XMLURL: s.URL, HTMLURL: s.Homepage, Language: s.Language,
		ID: s.ID, Position: position, Kind: s.Kind, SourceType: string(s.Type), Country: s.Country, Categories: strings.Join(s.Categories, " "),
		Scope: string(s.Scope), Rank: s.Rank, Schedule: s.Schedule, Content: string(s.Content), Status: string(s.Status), Proxy: s.Proxy,
	}
	if s.Type == news.TypeSitemap {
		o.Type, o.XMLURL, o.URL = "link", "", s.URL
	}
	if len(s.Categories) > 0 {
		o.Category = "/" + strings.Join(s.Categories, ",/")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		o.Headers = append(o.Headers, opmlHeader{name, s.Headers[name]})
	}
	return o
}
