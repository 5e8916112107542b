package publisher

import (
	"time"

	"github.com/rightswire/rightswire/news/search"
)

// PageKind says which template a [Page] is shown with.
type PageKind string

// The kinds of pages.
const (
	PageList    PageKind = "list"    // home, category, country, language, source, cut: an edition as a page
	PageStory   PageKind = "story"   // one story with its coverage
	PageFeeds   PageKind = "feeds"   // every feed there is and how to subscribe
	PageSources PageKind = "sources" // who we read
	PageIndex   PageKind = "index"   // all categories, countries or languages with counts
	PageAbout   PageKind = "about"   // what this site is, for readers
	PageBot     PageKind = "bot"     // for webmasters who find us in their logs
	PageMissing PageKind = "missing" // the body of a 404
	PageMoved   PageKind = "moved"   // of a story that became part of another one, a cut that has another address or is gone
	PageSearch  PageKind = "search"  // what a search found, with its form

	PageEmbed    PageKind = "embed"    // the newest of a cut, as a document for a frame on another site
	PageFragment PageKind = "fragment" // the same to be put into a page of another site
)

// Page is everything that one page for people shows. The builder fills it,
// publisher/pages turns it into HTML and decides nothing but looks.
type Page struct {
	Site        SiteInfo
	Kind        PageKind
	Path        string    // site path, ends in "/"
	Title       string    // of the page alone
	Description string    // one sentence for the head and the top of the page
	Language    string    // BCP 47 language of the page's own content; "": the site's
	Updated     time.Time // newest change of what is shown; zero: do not show

	Entries     []Entry // PageList, PageSearch, PageEmbed, PageFragment: what it lists; PageStory: exactly one
	More        []Entry // PageStory: more in the first category, newest first
	Cut         Cut     // PageList: the cut; its feeds are Feeds
	Feeds       []FeedLink
	Chart       *Chart // PageList: how much there was lately; nil: none
	Target      string // PageMoved: site path of the page that took its place
	TargetTitle string // PageMoved: what that page is
	Prev        string // site path of the newer page; "" if none
	Next        string // site path of the older page; "" if none

	Nav    []NavItem  // main navigation, the same on every page
	Groups []NavGroup // PageFeeds, PageIndex: headed lists
	Outlet []OutletInfo

	Agent   string  // PageBot: the User-Agent the fetcher sends
	Manners Manners // PageBot: what it promises

	Search SearchPage // PageSearch
}

// SearchPage is what the page of a search shows beyond its stories.
type SearchPage struct {
	Text          string // as typed
	After, Before string // as typed
	Choices       []Choice
	Asked         bool          // there is a question
	Looked        []search.Term // what to mark
	Total         int           // stories found
	More          bool          // and there are older ones
	Notes         []string      // what of the question was not understood
}

// Choice is a list to choose one value from, or none.
type Choice struct {
	Name, Title string
	Options     []Option
}

// Option is one value of a [Choice].
type Option struct {
	Value, Title string
	Chosen       bool
}

// FeedLink is one feed of a page, for autodiscovery and for the eye (F37).
type FeedLink struct {
	Title string // "Unions and strikes (Atom)"
	URL   string // absolute
	Type  string // media type without parameters
	Name  string // "Atom"
}

// NavItem is a link with a count.
type NavItem struct {
	Title   string
	Path    string // site path
	Count   int    // stories behind it; 0: do not show
	Feed    string // site path of its feed without extension; "" if none
	Current bool
}

// NavGroup is a headed list of links.
type NavGroup struct {
	Title string
	Note  string // a line under the heading; may be ""
	Items []NavItem
}

// OutletInfo is a source as the page of sources shows it.
type OutletInfo struct {
	Outlet
	Kind       string
	Country    string // name for people; "" if none
	Categories []Label
	Path       string // its page
	LastNew    time.Time
}

// Encoder appends an edition in one format to dst.
type Encoder func(dst []byte, ed Edition) ([]byte, error)

// PageRenderer turns pages into bytes. Append must be deterministic (F02).
type PageRenderer interface {
	// Append appends a page to dst.
	Append(dst []byte, p Page) ([]byte, error)
	// Fingerprint changes whenever the same page may come out differently.
	Fingerprint() string
	// Assets are the style sheet, icons and other files that pages refer to.
	Assets() []File
}
