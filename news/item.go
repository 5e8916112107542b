package news

import "time"

// Item is one article as one [Source] published it.
//
// (Source, Key) identifies an Item. Key comes from the feed's own identifier
// when it has a usable one and never from the title alone, so a corrected
// headline updates the Item instead of adding a second one. Items of
// different sources that report the same event stay separate Items and share
// a [Story].
type Item struct {
	ID        int64  // 0 until stored
	Source    string // id of the [Source]
	Key       string // stable within the source; see aggregator/feed
	GUID      string // the feed's own identifier as given; "" if it had none
	URL       string // absolute http(s) URL of the article; "" if the feed gave none
	Canonical string // URL in canonical form (aggregator/dedupe); "" if no URL
	Title     string // plain text; never empty once cleaned (the summary's start, or the URL, if the feed had none)
	Summary   string // plain text, at most a few sentences; may be ""
	Content   string // sanitised, balanced HTML with absolute URLs; may be ""
	Author    string // plain text; "" if unknown
	Language  string // BCP 47; "und" when unsure

	Published time.Time // as claimed by the feed, clamped to FirstSeen; FirstSeen if it claimed nothing readable; UTC
	Updated   time.Time // last meaningful change: ours, or the feed's own if later than Published; never after the poll; UTC
	FirstSeen time.Time // set on first insert and never changed; UTC
	Claimed   string    // the feed's own date text where it was clamped or unreadable; "" otherwise

	Image      string      // absolute URL of a picture; "" if none
	Enclosures []Enclosure // attached media, absolute URLs
	Tags       []string    // the publisher's own tags, plain text
	Repairs    []string    // what the reader mended in this item

	RawHash string // hash of the entry as parsed, before cleaning: equal hash, nothing to do
	Hash    string // hash of what readers see (title, text, URL): a difference is a change

	Filings []Filing // categories, best first
	Places  []Place  // countries, best first

	Story    int64  // 0 until grouped
	EntryID  string // the published id of its story, such as urn:uuid:…; "" until grouped
	StoryWhy string // why it joined its story, for people; "" for a founder
	CopyOf   int64  // the item of another source whose text it copies; 0: an original
}

// Enclosure is a media file attached to an item.
type Enclosure struct {
	URL    string `json:"url"`
	Type   string `json:"type"`   // media type; "" if unknown
	Length int64  `json:"length"` // bytes; 0 if unknown
}

// By says who filed an item.
type By string

// The hands that file items.
const (
	ByRules  By = "rules"  // the taxonomy's terms
	BySource By = "source" // the source's own default category
	ByTag    By = "tag"    // the publisher's own tag
	ByImply  By = "imply"  // another category or the group's umbrella
	ByModel  By = "model"  // the learned layer
	ByDesk   By = "desk"   // a person, for good
)

// Filing puts an item under a category and says why.
type Filing struct {
	Category string   `json:"id"`
	Score    float64  `json:"score"` // points of the matching contract; 0 for filings that need none
	Why      []string `json:"why"`   // reasons for people, such as "strong term \"minimum wage\" in the title"
	By       By       `json:"by"`
}

// Place is a country that an item is about.
type Place struct {
	Country string  `json:"country"` // ISO 3166-1 alpha-2, or XK
	Score   float64 `json:"score"`
	Why     string  `json:"why"`
}

// Known is what a poll needs to know of an item that is stored already, or
// was.
type Known struct {
	ID      int64 // 0: not stored
	Key     string
	RawHash string
	Hash    string
	Removed bool // it was taken out for good and must not come back (S27); ID is 0
	Hidden  bool // it is stored and not shown
}
