// Package publisher turns what the archive holds into a [Site]: combined
// feeds and pages as finished files.
//
// It decides what an [Edition] contains, in which order, and when it has
// changed. It does not fetch, group or file anything (aggregator did, and the
// two never import each other: they meet in the archive), and it does not
// know where the site goes: publisher/web serves it and publisher/deliver
// writes it to a folder. The encoders below it (rss, atom, jsonfeed, opml,
// pages) turn an Edition into bytes and decide nothing else.
package publisher

import (
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/clean"
)

// Format is one of the three forms that every edition is published in.
type Format struct {
	Ext  string // file extension without the dot
	Type string // media type as served (F16)
	Name string // for people
}

// Formats are the forms of every edition, in the order in which pages list
// them.
var Formats = []Format{
	{Ext: "rss", Type: "application/rss+xml; charset=utf-8", Name: "RSS"},
	{Ext: "atom", Type: "application/atom+xml; charset=utf-8", Name: "Atom"},
	{Ext: "json", Type: "application/feed+json", Name: "JSON Feed"},
}

// Cut is what an edition is made of: a name, an address and the query that
// selects its stories.
type Cut struct {
	First       string // the path that it had first; "": it always was Path. Its id comes from it (F05)
	Path        string // site path of its feeds without extension: "/feeds/unions-strikes"
	Page        string // site path of its page: "/category/unions-strikes/"; "/" for all
	Title       string // of the cut alone, such as "Unions and strikes"
	Description string
	Language    string // BCP 47 language of the cut; "": the site's
	Query       news.Query
	Search      string // what follows the "?" in its addresses; "" for all but searches
}

// feed returns the site path of its feed in a format.
func (c Cut) feed(f Format) string { return c.Path + "." + f.Ext + c.asked() }

func (c Cut) asked() string {
	if c.Search == "" {
		return ""
	}
	return "?" + c.Search
}

// SiteInfo is what every edition says about the whole site.
type SiteInfo struct {
	Title       string
	Description string
	URL         string // public address without a trailing slash
	Language    string
	Contact     string // mail address; "" if none
	Hub         string // URL of a WebSub hub; "" if none
	Version     string // of this program, for <generator>
	TTL         time.Duration
}

// Edition is a published feed at one moment. Its entries are stories, newest
// first (F41).
type Edition struct {
	Site    SiteInfo
	Cut     Cut
	ID      string    // urn:uuid fixed for ever, whatever the domain (F05)
	Title   string    // cut and site: "Unions and strikes - Rightswire"
	Updated time.Time // newest change of an entry, or when one went, not the render time (F10); the epoch when empty
	Entries []Entry
	Deleted []Deleted // stories that are no entries any more, the latest first (F36)

	Expired bool // nothing will be published here any more (F42)

	Volume     string // site path of an archive document (F32); "": this is the current edition
	PrevVolume string // site path of the archive document with what came before; "": none
	NextVolume string // and of that with what comes after; "" in the current edition
}

// SelfURL returns the absolute address of the edition in a format (F04).
func (e Edition) SelfURL(f Format) string { return clean.Text(e.Site.URL + e.Cut.feed(f)) }

// PageURL returns the absolute address of the edition's page for people.
func (e Edition) PageURL() string { return clean.Text(e.Site.URL + e.Cut.Page + e.Cut.asked()) }

// Entry is one story as an edition shows it. Every text has been cleaned and
// every URL is absolute http(s) before it gets here.
type Entry struct {
	ID         string // urn:uuid, the same in every format and edition (F06)
	Title      string // plain text (F28)
	URL        string // the article at the outlet that leads; the story page when the item has no URL
	StoryURL   string // our page about the story, absolute
	Author     string // plain text; "" if unknown
	Summary    string // plain text excerpt; "" under the content policy "title"
	Content    string // HTML with the visible credit and the coverage list (F22); never empty
	Published  time.Time
	Updated    time.Time
	Language   string // BCP 47; "" when unknown
	Source     Outlet // who leads
	Coverage   []Coverage
	Categories []Label
	Countries  []Label // ISO code and name
	Image      string
	Enclosures []news.Enclosure
	Correction bool // it tells of a change of a report, and is no story

	Memo *Memo `json:"-"` // what was made of it during this build; may be nil
}

// SingleSource reports whether only one outlet carries the story.
func (e Entry) SingleSource() bool {
	for _, c := range e.Coverage {
		if c.Outlet.ID != e.Source.ID {
			return false
		}
	}
	return true
}

// Outlet is a source as readers see it.
type Outlet struct {
	ID       string // source id
	Title    string
	FeedURL  string
	Homepage string // "" if none
	Language string
}

// Coverage is one more report of the same story, by another outlet.
type Coverage struct {
	Outlet    Outlet
	Title     string
	URL       string
	Language  string
	Published time.Time
	Copy      bool // its text is a copy of the lead's
}

// Label is a term with the scheme it comes from (F24).
type Label struct {
	Term   string // category id or ISO 3166-1 alpha-2 code
	Scheme string // absolute URL of the scheme
	Label  string // for people
}

// File is one finished file of a [Site]. A file that few ask for, of which
// there are many, is finished but for its bytes: see [File.Bytes].
type File struct {
	Path     string    // site path: "/feeds/all.rss", "/category/labor/" is stored as "/category/labor/index.html"
	Type     string    // media type as served
	Body     []byte    // nil: made when asked for
	ETag     string    // strong, quotes included: from the bytes, or from all that they are made of (F11)
	Modified time.Time // newest change of the content (F11)

	Revision int64 // of the page of a story: the archive's change counter when the story changed last; 0: of no story

	MovedTo string // path of the file that took its place, which a server leads to; a folder has the same again (F42); "": none
	Retired bool   // it says that what was here is gone for good, which a server says too (F42)

	// Near is the same for files that are made of the same stories: whoever asks
	// for the bytes of many does best to tell all of them with [File.Expect], and
	// then to ask in this order. 0: it does not matter.
	Near int

	from  maker // makes Body; nil: it is there
	key   fileKey
	known bool // its key is remembered from one process to the next
}

// Site is the tree of finished files: the same whether it is served or
// written to a folder.
type Site struct {
	Files map[string]*File // by path; never changed once a builder returned it

	// Pages are the pages of stories of a site for a folder ([Options].Aside): Files
	// lacks them then. nil: there are none, or Files has them.
	Pages *StoryPages

	// Missing are the paths of files that belong here but could not be made,
	// and of which this process has no good one: a folder that has keeps it
	// (F39).
	Missing []string

	// Kept are the paths of files that belong to the site and are as they were
	// when a folder took them last: nobody looked at them, and Files lacks them;
	// see [Builder.Follow]. nil: Files holds all.
	Kept map[string]bool

	// Withdrawn are the paths, sorted, of the pages of stories that must not
	// be shown any more. Pages of other stories stay where they are although
	// no list shows their story and Files lacks them: see [Site.StoryPage],
	// and [Site.Outdated] for those that have to be made again.
	Withdrawn []string

	URL string // public address, without a slash at its end; "": unknown
	Hub string // WebSub hub of the feeds; "": none

	state *state           // how it was made; nil: not by a builder
	whole map[string]*File // of a part of a site: the Files of all of it; see [Site.Since]
}
