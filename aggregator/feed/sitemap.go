package feed

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sitemap is one of the sitemaps that an index names.
type Sitemap struct {
	URL      string    // absolute
	Modified time.Time // the last moment that its lastmod can mean; zero if it says none
}

// The formats of a sitemap's [Document].
const (
	FormatNews  = "sitemap news"  // what a site published in the last days, with titles
	FormatIndex = "sitemap index" // where its sitemaps are, see [Document.Sitemaps]
)

const (
	maxSitemapURLs = 50_000 // in one sitemap, and sitemaps in one index (sitemaps.org)
	sitemapDepth   = 16     // of elements that are told apart
)

// ParseSitemap reads the sitemap of a site that has no feed: one with the
// Google News extension, or an index of sitemaps, as XML or gzip of it. Of an
// address that carries no news:title nothing could be published, so a sitemap
// without any is an error that wraps [ErrNoNews]. The other errors are those of
// [Parse]; an empty sitemap is none.
func ParseSitemap(body []byte, h Hints) (*Document, error) {
	h.Limits = h.Limits.withDefaults()
	var rep repairs
	text, encoding, err := sitemapText(body, h, &rep)
	if err != nil {
		return nil, err
	}
	if firstByte(text) == 0 {
		return nil, ErrEmpty
	}
	p := parser{hints: h, repairs: &rep}
	p.base = p.documentBase()
	m := sitemapReader{p: &p, lex: lexer{src: text, repairs: &rep}, doc: &Document{Encoding: encoding}}
	if !m.findRoot() {
		return nil, fmt.Errorf("%w: %s", ErrNotAFeed, p.insteadOfSitemap(text))
	}
	m.read()
	if len(m.doc.Entries) == 0 && m.bare > 0 {
		return nil, fmt.Errorf("%w: a sitemap of %s without titles; only one with news:news and news:title can be read", ErrNoNews, addresses(m.bare))
	}
	m.doc.Dropped += m.bare
	m.keepNewest()
	p.finish(m.doc)
	m.doc.Repairs = rep.names
	return m.doc, nil
}

// MayBeSitemap reports whether a document is worth reading as a sitemap or as
// an index of them: most are not, and it costs little to see that.
func MayBeSitemap(body []byte) bool {
	head := bytes.ToLower(body[:min(len(body), 4096)])
	return bytes.HasPrefix(head, gzipMagic) || bytes.Contains(head, []byte("<urlset")) || bytes.Contains(head, []byte("<sitemapindex"))
}

// SitemapText returns a sitemap as plain XML in UTF-8, so that several can
// stand one behind the other in a document for [ParseSitemap].
func SitemapText(body []byte, h Hints) ([]byte, error) {
	h.Limits = h.Limits.withDefaults()
	text, _, err := sitemapText(body, h, &repairs{})
	return text, err
}

func sitemapText(body []byte, h Hints, rep *repairs) (text []byte, encoding string, err error) {
	if body, err = gunzip(body, h.Limits.Inflated); err != nil {
		return nil, "", &ParseError{Format: "sitemap", Err: err}
	}
	text, encoding = toUTF8(body, h.Header.Get("Content-Type"), h.Language, rep)
	return scrub(text, rep), encoding, nil
}

// sitemapReader reads a sitemap of any quality once, from front to back. Like
// the tidy pass it keeps no tree and reads no entity that a document declares.
type sitemapReader struct {
	p     *parser
	lex   lexer
	doc   *Document
	stack []string // local names of the open elements below the root
	value []byte   // text of the innermost one
	url   sitemapURL
	bare  int // addresses without news
}

// sitemapURL is an open url or sitemap element.
type sitemapURL struct {
	loc, lastmod, image          string
	title, published, name, lang string
	keywords                     string
	news                         bool
}

// findRoot skips to the root and reports whether it is that of a sitemap.
func (m *sitemapReader) findRoot() bool {
	for {
		tok, ok := m.lex.next()
		if !ok {
			return false
		}
		if tok.kind == startToken {
			return m.root(localName(tok.name))
		}
	}
}

// root notes the root element. Behind one document another may follow.
func (m *sitemapReader) root(name string) bool {
	switch name {
	case "urlset":
		m.doc.Format = FormatNews
	case "sitemapindex":
		m.doc.Format = usable(m.doc.Format, FormatIndex)
	default:
		return false
	}
	if len(m.stack) > 0 {
		m.p.repairs.add(repairTruncated)
	}
	m.stack = m.stack[:0]
	return true
}

func (m *sitemapReader) read() {
	for {
		tok, ok := m.lex.next()
		if !ok {
			break
		}
		switch tok.kind {
		case startToken:
			m.start(localName(tok.name), tok.empty)
		case endToken:
			m.end(localName(tok.name))
		case textToken:
			if len(m.value) <= m.p.hints.Limits.Title {
				m.value = appendDecoded(m.value, tok.text, m.p.repairs)
			}
		case cdataToken:
			if len(m.value) <= m.p.hints.Limits.Title {
				m.value = append(m.value, tok.text...)
			}
		}
	}
	if len(m.stack) > 0 {
		m.p.repairs.add(repairTruncated)
	}
}

func (m *sitemapReader) start(name string, empty bool) {
	m.value = m.value[:0]
	if m.root(name) || empty || len(m.stack) >= sitemapDepth {
		return
	}
	if name == "url" || name == "sitemap" {
		if len(m.stack) > 0 { // an end tag is missing
			m.p.repairs.add(repairTags)
			m.end(m.stack[0])
		}
		m.url = sitemapURL{}
	}
	m.stack = append(m.stack, name)
	if name == "news" {
		m.url.news = true
	}
}

func (m *sitemapReader) end(name string) {
	at := len(m.stack) - 1
	for at >= 0 && m.stack[at] != name {
		at--
	}
	if at < 0 {
		return
	}
	if at == len(m.stack)-1 && at > 0 {
		m.leaf(m.stack[at-1] + "/" + name)
	}
	m.stack, m.value = m.stack[:at], m.value[:0]
	switch {
	case at == 0 && name == "url":
		m.addURL()
	case at == 0 && name == "sitemap":
		m.addSitemap()
	}
}

// leaf keeps the text of an element; the first of a kind counts.
func (m *sitemapReader) leaf(path string) {
	u, limit := &m.url, m.p.hints.Limits.Text
	var field *string
	switch path {
	case "url/loc", "sitemap/loc":
		field = &u.loc
	case "url/lastmod", "sitemap/lastmod":
		field = &u.lastmod
	case "image/loc":
		field = &u.image
	case "news/title":
		field, limit = &u.title, m.p.hints.Limits.Title
	case "news/publication_date":
		field = &u.published
	case "news/keywords":
		field = &u.keywords
	case "publication/name":
		field = &u.name
	case "publication/language":
		field = &u.lang
	default:
		return
	}
	if *field == "" {
		*field = string(cut(bytes.TrimSpace(m.value), limit))
	}
}

// addURL makes an entry of an address with news.
func (m *sitemapReader) addURL() {
	u, d := m.url, m.doc
	m.url = sitemapURL{}
	address := webURL(u.loc, m.p.base)
	switch {
	case address == "" || u.news && u.title == "" || len(d.Entries) >= maxSitemapURLs:
		d.Dropped++
		return
	case !u.news:
		m.bare++
		return
	}
	e := Entry{URL: address, Title: u.title, Language: u.lang, Image: webURL(u.image, m.p.base), Base: address, DateText: usable(u.published, u.lastmod)}
	if t, ok := parseDate(u.published); ok {
		e.Published = t
	}
	if t, ok := parseDate(u.lastmod); ok {
		e.Updated = t
		e.Published = usableTime(e.Published, t)
	}
	for word := range strings.SplitSeq(u.keywords, ",") {
		e.Categories = addCategory(e.Categories, word)
	}
	d.Title = usable(d.Title, plainLine(u.name))
	d.Language = usable(d.Language, u.lang)
	if d.Link == "" {
		d.Link = siteOf(address)
	}
	d.Entries = append(d.Entries, e)
}

// addSitemap notes a sitemap that an index names.
func (m *sitemapReader) addSitemap() {
	u, d := m.url, m.doc
	m.url = sitemapURL{}
	address := webURL(u.loc, m.p.base)
	if address == "" || len(d.Sitemaps) >= maxSitemapURLs {
		d.Dropped++
		return
	}
	s := Sitemap{URL: address}
	if t, ok := parseDate(u.lastmod); ok {
		s.Modified = t
		if !strings.Contains(u.lastmod, ":") { // a day without a time
			s.Modified = t.Add(24 * time.Hour)
		}
	}
	d.Sitemaps = append(d.Sitemaps, s)
}

// keepNewest cuts what is beyond the limit: addresses come in any order.
func (m *sitemapReader) keepNewest() {
	d, limit := m.doc, m.p.hints.Limits.Items
	if len(d.Entries) > limit {
		slices.SortStableFunc(d.Entries, func(a, b Entry) int { return b.Published.Compare(a.Published) })
	}
}

// insteadOfSitemap says for people what a document is that is no sitemap.
func (p *parser) insteadOfSitemap(text []byte) string {
	other := parser{hints: p.hints, repairs: &repairs{}}
	if _, err := other.parse(text); err == nil {
		return "no sitemap; it is a feed, so leave type: sitemap out"
	}
	return "no sitemap but " + p.looksLike(text)
}

func addresses(n int) string {
	if n == 1 {
		return "1 address"
	}
	return strconv.Itoa(n) + " addresses"
}

// siteOf is the front page of an address's site.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
}

// localName is the name of an element without its prefix, in lower case.
func localName(name []byte) string {
	_, local := splitName(name)
	return strings.ToLower(string(local))
}
