// Package feed turns the bytes of a fetched document into a [Document]: what
// the feed says, in one vocabulary, whatever dialect and damage it came in.
//
// It decides how bytes become text, which damage is mended and under which
// name that is recorded, what identifies an entry, what a date means, which
// address a link has, and which HTML is fit to be published. It does not
// fetch, store, compare with earlier polls or look at a clock: the caller
// passes the time where a rule needs one.
//
// It is a room of its own because everything that reaches it is foreign. One
// pass over the text (tidy.go) bounds depth, names, counts and sizes and
// writes a clean document, so that no later step meets hostile input: gofeed
// reads its feed and what is unusual in its entries, the usual elements of an
// entry are taken from it directly (past.go). Parsing and cleaning are separate: sanitising HTML costs more
// than reading the feed and is only needed for entries that are new or changed
// ([Entry.RawHash]).
package feed

import (
	"net/http"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Hints is what the fetch knew about the bytes. The zero value is fine.
type Hints struct {
	URL    string      // retrieval URL after redirects; "" if unknown
	Header http.Header // response headers; nil if unknown
	Limits Limits      // zero fields take their defaults

	// Language is what the desk says the source is in, BCP 47; "" if it does
	// not say. It settles the encoding of bytes that are neither UTF-8 nor what
	// they are labelled as, and nothing else.
	Language string

	// KeepAll keeps the entries that are otherwise dropped, those without
	// title, address and text and the exact doubles: for people who look into
	// a feed.
	KeepAll bool

	// Marks are those of the last version of the document that was read.
	// Entries that are the same are not in [Document.Entries], but counted by
	// [Document.Same]; all else is what it would be without marks.
	Marks Marks
}

// Document is what a fetched feed said. It has no ids and knows no database.
type Document struct {
	Format      string // such as "rss 2.0", "rss 1.0", "atom 1.0", "json 1.1", [FormatNews]
	Title       string // plain text
	Link        string // absolute URL of the site; "" if the feed gave none
	ID          string // the feed's own identifier; "" if it had none
	Language    string // BCP 47 as given; "" if none
	Description string // plain text
	Author      string // plain text
	Updated     time.Time
	Categories  []string

	Encoding string   // WHATWG name of the encoding that was used to read it
	Repairs  []string // what was mended, by name, in order of first use

	Self string // absolute URL under which the feed knows itself
	Hub  string // absolute URL of its WebSub hub
	Next string // absolute URL of the next older page (RFC 5005)

	TTL          time.Duration // RSS ttl; 0 if absent
	UpdatePeriod time.Duration // syndication module: period divided by frequency; 0 if absent
	SkipHours    []int         // hours of the day, GMT, in which not to ask
	SkipDays     []time.Weekday

	Sitemaps []Sitemap // that an index names, instead of entries

	Entries []Entry
	Deleted []Deleted // entries that the feed says it has withdrawn
	Dropped int       // entries that were empty or incomplete
	Doubles int       // entries that a newer version stands beside, or the same again
	Excess  int       // the oldest entries, beyond [Limits.Items]

	// Unfinished is how many entries the document ended in the middle of, beside
	// those: the next fetch brings them whole.
	Unfinished int

	same    []mark // of entries that are not in Entries: see [Hints.Marks]
	context uint64
}

// Truncated reports whether the document stops in the middle, or lacks no more than
// its last end tags: what else it was to hold cannot be known.
func (d *Document) Truncated() bool { return slices.Contains(d.Repairs, repairTruncated) }

// Deleted says that an entry has been withdrawn (RFC 6721).
type Deleted struct {
	Key     string    // as that of the [Entry] is, or was
	When    time.Time // UTC; zero if absent or unreadable
	Comment string    // plain text
}

// Entry is one entry of a document as parsed, before cleaning. URL, Enclosures
// and Image hold absolute http(s) URLs or nothing; the HTML in Title, Content
// and Summary is foreign and must pass [Entry.Clean] before anyone sees it.
type Entry struct {
	Key        string // identifies the entry within its source; see keys.go
	GUID       string // as given
	URL        string
	Original   string    // the article's own address where the feed has it beside URL; "" if not
	Title      string    // HTML
	Published  time.Time // UTC; zero if absent or unreadable
	Updated    time.Time // UTC; zero if absent or unreadable
	DateText   string    // the publication date as written; "" if none
	Author     string    // plain text; several are joined by ", "
	Content    string    // HTML, URLs not yet absolute
	Summary    string    // HTML, URLs not yet absolute
	Base       string    // absolute URL that relative URLs in the HTML start from; "" if unknown
	Language   string    // BCP 47 as given; the document's if the entry has none
	Categories []string  // plain text
	Enclosures []news.Enclosure
	Image      string
	RawHash    string // hex hash over all raw fields: equal hash, nothing to do

	SourceTitle string // plain text: the feed that this entry was copied from
	SourceURL   string

	limits Limits
	mark   [12]byte // see [Marks]
	apart  bool     // its key depends on another entry
}

// Parse reads a feed. It returns [ErrEmpty] if there is nothing, an error that
// wraps [ErrNotAFeed] and says what it looks like instead, or a [*ParseError]
// if it is a feed that cannot be read. A damaged feed with readable entries is
// no error: see [Document.Repairs].
func Parse(body []byte, h Hints) (*Document, error) {
	h.Limits = h.Limits.withDefaults()
	var rep repairs
	text, encoding := toUTF8(body, h.Header.Get("Content-Type"), h.Language, &rep)
	text = scrub(text, &rep)

	p := parser{hints: h, repairs: &rep, settled: h.Marks.read()}
	doc, err := p.parse(text)
	if err != nil {
		return nil, err
	}
	doc.Encoding = encoding
	doc.Repairs = rep.names
	return doc, nil
}

// parser carries what the steps of one [Parse] share.
type parser struct {
	hints   Hints
	repairs *repairs
	base    string // where HTTP says that relative addresses start; "" if unknown
	site    string // absolute URL of the feed's site; "" if unknown
	settled *settled
}

// parse reads text that is valid UTF-8 without control characters.
func (p *parser) parse(text []byte) (*Document, error) {
	switch first := firstByte(text); {
	case first == 0:
		return nil, ErrEmpty
	case first == '{' || first == '[':
		return p.parseJSON(text)
	default:
		return p.parseXML(text)
	}
}
