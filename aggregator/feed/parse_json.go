package feed

import (
	"bytes"
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/mmcdole/gofeed/json"
)

// parseJSON reads JSON Feed 1.0 and 1.1.
func (p *parser) parseJSON(text []byte) (*Document, error) {
	p.base = p.documentBase()
	parts, ok := scanJSON(text, p.repairs)
	if !ok || len(parts.items) == 0 && !bytes.Contains(text, []byte("jsonfeed.org")) {
		return nil, fmt.Errorf("%w: JSON that is no JSON Feed", ErrNotAFeed)
	}
	parts.limit(p.hints.Limits.Items)
	original, err := readWithGofeed(parts.document(false))
	if err != nil {
		p.repairs.add(repairJSON)
		original, err = readWithGofeed(parts.document(true))
	}
	if err != nil {
		return nil, &ParseError{Format: "json", Err: err}
	}
	f, ok := original.(*json.Feed)
	if !ok {
		return nil, &ParseError{Format: "json", Err: fmt.Errorf("gofeed returned a %T", original)}
	}
	d := &Document{Format: "json " + jsonVersion(f.Version), Excess: parts.cut}
	p.fromJSON(d, f)
	p.finish(d)
	return d, nil
}

// jsonVersion takes the number out of the version's URL.
func jsonVersion(v string) string {
	v = v[strings.LastIndexByte(strings.TrimRight(v, "/"), '/')+1:]
	return versionOr(strings.TrimRight(v, "/"), "1")
}

// fromJSON fills d. Every text of JSON Feed except content_html is plain: it is
// escaped, so that a "<" in it survives as one (S30).
func (p *parser) fromJSON(d *Document, f *json.Feed) {
	p.site = webURL(f.HomePageURL, p.base)
	d.Title = plainLine(html.EscapeString(f.Title))
	d.Link = p.site
	d.Language = strings.TrimSpace(f.Language)
	d.Description = PlainText(html.EscapeString(f.Description))
	d.Author = jsonAuthors(f.Author, f.Authors)
	d.Self = webURL(f.FeedURL, p.base)
	d.Next = webURL(f.NextURL, p.base)
	for _, it := range f.Items {
		if it != nil {
			d.Entries = append(d.Entries, p.jsonEntry(it, d.Author))
		}
	}
}

func (p *parser) jsonEntry(it *json.Item, author string) Entry {
	limits := p.hints.Limits
	bases := []string{p.site, p.base}
	e := Entry{
		GUID:    p.jsonText(it.ID, limits.Text),
		URL:     usable(webURL(it.URL, bases...), webURL(it.ExternalURL, bases...)),
		Title:   html.EscapeString(p.jsonText(it.Title, limits.Title)),
		Summary: html.EscapeString(p.jsonText(it.Summary, limits.Content)),
		Content: p.jsonText(it.ContentHTML, limits.Content),
		Base:    usable(p.site, p.base),
		Author:  usable(jsonAuthors(it.Author, it.Authors), author),
		Image:   usable(webURL(it.Image, bases...), webURL(it.BannerImage, bases...)),

		Language: strings.TrimSpace(it.Language),
	}
	if e.Content == "" {
		e.Content = textAsHTML(p.jsonText(it.ContentText, limits.Content))
	}
	if e.URL == "" {
		e.URL = webURL(e.GUID)
	}
	e.DateText = strings.TrimSpace(it.DatePublished)
	if t, ok := parseDate(it.DatePublished); ok {
		e.Published = t
	}
	if t, ok := parseDate(it.DateModified); ok {
		e.Updated = t
		if e.Published.IsZero() {
			e.Published, e.DateText = t, usable(e.DateText, it.DateModified)
		}
	}
	for _, t := range it.Tags {
		e.Categories = addCategory(e.Categories, html.EscapeString(t))
	}
	if it.Attachments != nil {
		for _, a := range *it.Attachments {
			e.Enclosures = p.addEnclosure(e.Enclosures, a.URL, a.MimeType, strconv.FormatInt(a.SizeInBytes, 10), bases)
		}
	}
	return e
}

// jsonText returns a string of JSON, which can hold any character, without
// those that XML forbids.
func (p *parser) jsonText(s string, limit int) string {
	return string(scrub(cut([]byte(strings.TrimSpace(s)), limit), p.repairs))
}

// textAsHTML writes plain text as HTML: paragraphs and line breaks are kept.
func textAsHTML(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if s == "" {
		return ""
	}
	s = html.EscapeString(s)
	if !strings.Contains(s, "\n") {
		return s
	}
	s = "<p>" + strings.ReplaceAll(s, "\n\n", "</p><p>") + "</p>"
	return strings.ReplaceAll(s, "\n", "<br>")
}

func jsonAuthors(one *json.Author, many []*json.Author) string {
	var names []string
	for _, a := range append([]*json.Author{one}, many...) {
		if a != nil {
			names = addName(names, html.EscapeString(a.Name))
		}
	}
	return strings.Join(names, ", ")
}
