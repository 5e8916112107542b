package news

import "time"

// Status says whether a source is asked at all.
type Status string

// The statuses a source can have in config.yaml.
const (
	Active   Status = "active"   // polled and published; the zero value means this too
	Paused   Status = "paused"   // kept, neither polled nor dropped from the archive
	Proposed Status = "proposed" // polled into a preview for the desk, and not published until it accepts the source
)

// Type says what is at a source's address.
type Type string

// The types a source can have in config.yaml.
const (
	TypeFeed    Type = "feed"    // RSS, Atom or JSON Feed; the zero value means this too
	TypeSitemap Type = "sitemap" // a news sitemap, or an index of sitemaps: for sites without a feed
)

// Scope says what is kept of a source's items.
type Scope string

// The scopes a source can have in config.yaml.
const (
	ScopeAll    Scope = "all"    // a topical feed: every item is kept; the zero value means this too
	ScopeFilter Scope = "filter" // a general desk: only items that the classifier files are kept
)

// ContentPolicy says how much of an item may be republished (F25).
type ContentPolicy string

// The content policies, for the whole site or for one source.
const (
	ContentTitle   ContentPolicy = "title"   // headline and link
	ContentExcerpt ContentPolicy = "excerpt" // a few sentences; the site's default
	ContentFull    ContentPolicy = "full"    // everything the source sent
)

// Source is one subscription of ours, as the desk wrote it in config.yaml.
//
// ID identifies a Source for ever: items, published addresses and the ledger
// refer to it. The URL may change; what a server's redirects taught us about
// it is state ([SourceState]) and never written back here.
type Source struct {
	ID         string            `yaml:"id" json:"id"`
	Title      string            `yaml:"title" json:"title"`
	URL        string            `yaml:"url" json:"url"`                                   // absolute http or https URL of the feed
	Type       Type              `yaml:"type,omitempty" json:"type,omitempty"`             // what is there
	Homepage   string            `yaml:"homepage,omitempty" json:"homepage,omitempty"`     // absolute URL of the page for people; "" if none
	Language   string            `yaml:"language,omitempty" json:"language,omitempty"`     // BCP 47; "": detected per item
	Country    string            `yaml:"country,omitempty" json:"country,omitempty"`       // ISO 3166-1 alpha-2 the source is about; "" if none
	Kind       string            `yaml:"kind,omitempty" json:"kind,omitempty"`             // news, ngo, igo, union, gov or law
	Categories []string          `yaml:"categories,omitempty" json:"categories,omitempty"` // ids of the categories its items lean to
	Scope      Scope             `yaml:"scope,omitempty" json:"scope,omitempty"`
	Rank       int               `yaml:"rank,omitempty" json:"rank,omitempty"`         // who leads a story: 1 primary … 9 aggregator; 0 counts as 5
	Schedule   string            `yaml:"schedule,omitempty" json:"schedule,omitempty"` // cron expression instead of the adaptive interval
	Content    ContentPolicy     `yaml:"content,omitempty" json:"content,omitempty"`   // "": the site's policy
	Status     Status            `yaml:"status,omitempty" json:"status,omitempty"`
	Headers    map[string]string `yaml:"headers,omitempty" json:"headers,omitempty"` // extra request headers
	Proxy      string            `yaml:"proxy,omitempty" json:"-"`                   // asked through this one instead of fetch.proxy; may hold a password
}

// Polled reports whether the source takes part in the wire: whether what it
// brings is published, and it is listed as one that we read. It is asked when
// it is due, as is one that is only [Proposed].
func (s Source) Polled() bool { return s.Status == Active || s.Status == "" }

// SourceState is what the polls of one source have taught us so far. The zero
// value, with only Source set, is a source that was never asked.
type SourceState struct {
	Source       string        // the [Source] it belongs to
	URL          string        // the configured URL that the validators below belong to
	Moved        string        // where permanent redirects led the last poll; "" if nowhere. A sighting, not a decision
	MovedSince   time.Time     // when Moved was first seen in an unbroken row
	MovedSeen    int           // how many polls in a row saw Moved
	ETag         string        // byte for byte as received, quotes and W/ included (P01); "" if none
	LastModified string        // byte for byte as received (P02); "" if none
	BodyHash     string        // hex SHA-256 of the last body that was read to the end and parsed (P07); "" if none
	NextDue      time.Time     // not asked before this; zero: due now
	NextWhy      string        // which rule set NextDue
	LastPoll     time.Time     // start of the last request, whatever came of it (P22 counts from here)
	LastOK       time.Time     // last poll that got a readable document or a 304
	LastNew      time.Time     // last poll that brought a new item
	Failures     int           // consecutive failures; 0 after a success
	Error        string        // why the last poll failed; "" when it did not
	Gone         int           // how many 410 answers in a row, on different days (P32)
	Rhythm       []byte        // the schedule's memory of how often this source has news; nil at first
	NotBefore    time.Time     // the server asked us not to come before this, whoever asks (P15); zero: it did not
	Answer       time.Duration // how long the last answer took, or was waited for in vain, in whole milliseconds; 0: unknown
	Busy         time.Time     // last time that it answered 429 or 503 (P19)
	Confirmed    time.Time     // first 304 of an unbroken row of them (P06); zero: the last answer was a document
	Learned      string        // where the source has moved for good, asked instead of URL (P27); "": nowhere
	Sought       bool          // it was not found, and its site was searched for another feed; once, until it is found again (P33)
	Hub          string        // the WebSub hub that its last document names (P46); "": none
	Topic        string        // what the hub knows the feed by; "" if Hub is
	Proposal     string        // the feed that the search found, for the desk to judge; "": none
}

// Outcome is what came of a poll, as the ledger says it.
type Outcome string

// The outcomes of a poll.
const (
	OutcomeNew       Outcome = "new"       // a document with new or changed items
	OutcomeUnchanged Outcome = "unchanged" // a 304, an identical body, or nothing new in it
	OutcomeFailed    Outcome = "failed"    // no document: see Error
)

// Poll is one row of the ledger: one look at one source, from request to
// commit. It says what was asked, what came back, and when we ask again.
type Poll struct {
	Source   string        `json:"source"`
	At       time.Time     `json:"at"`                 // start of the request
	Took     time.Duration `json:"took"`               // until the result was ready to be stored
	Outcome  Outcome       `json:"outcome"`            //
	Status   int           `json:"status"`             // HTTP status of the last response; 0: none came
	URL      string        `json:"url"`                // where the last response came from
	Asked    string        `json:"asked"`              // conditional headers that were sent, for people
	Bytes    int64         `json:"bytes"`              // size of the body after decompression
	Seen     int           `json:"seen"`               // items in the document
	New      int           `json:"new"`                // items stored for the first time
	Changed  int           `json:"changed"`            // items stored before whose text changed
	LeftOut  int           `json:"left_out"`           // items not kept, see Note
	Repairs  []string      `json:"repairs,omitempty"`  // what the reader had to mend
	Note     string        `json:"note,omitempty"`     // what was left out and why, moved to where, …
	Error    string        `json:"error,omitempty"`    // "" unless Outcome is failed
	NextDue  time.Time     `json:"next_due"`           //
	NextWhy  string        `json:"next_why,omitempty"` // which rule set NextDue
	Encoding string        `json:"encoding,omitempty"` // character encoding that was used to read the document
}

// PollResult is everything that one poll wants stored, in one transaction.
type PollResult struct {
	Poll  Poll
	State SourceState
	Items []Item // new and changed ones only
	Gone  []Gone // entries that the feed says it has withdrawn
	// Marks is what the reader wants to be given with the next document, to
	// know what in it is stored already; nil: as before, empty: none any more.
	Marks []byte

	Preview bool // of a proposed source: the items are kept apart, and nobody publishes them
}
