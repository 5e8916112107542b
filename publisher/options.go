package publisher

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
)

// Archive is what the builder reads. It never writes to it.
type Archive interface {
	// StoryMarks returns which stories a query selects, newest first, by
	// Published and then ID.
	StoryMarks(context.Context, news.Query) ([]news.StoryMark, error)
	// StoryHeads returns what lists show of the visible ones of these stories,
	// in this order.
	StoryHeads(ctx context.Context, ids []int64) ([]news.StoryHead, error)
	// Arrivals returns the stories of the reports that came last, at most limit
	// of them, and since when they are all that came.
	Arrivals(ctx context.Context, limit int) ([]news.Arrival, time.Time, error)
	// FindStories returns what is shown of the visible ones of these stories,
	// in this order. content says whose content is wanted, of which source and
	// with which summary; nil: all.
	FindStories(ctx context.Context, ids []int64, content func(source, summary string) bool) ([]news.Story, error)
	// Counts says how many stories there are under each heading.
	Counts(context.Context) (news.Counts, error)
	// PerDay counts the stories of a category on each day that has any, from
	// a day on, the oldest first.
	PerDay(ctx context.Context, category string, from time.Time) ([]news.DayCount, error)
	// Story returns a story by its UID, or [news.ErrNotFound] if there is none
	// or nothing of it is visible.
	Story(ctx context.Context, uid string) (news.Story, error)
	// Withdrawn returns the UIDs of the stories of which nothing is visible
	// any more.
	Withdrawn(context.Context) ([]string, error)
	// StoryRevisions names every story of which something is visible: its UID, and
	// where the change counter stood when it changed last.
	StoryRevisions(ctx context.Context, yield func(uid string, changed int64)) error
	// StoryRevisionsOf is the same of some stories, by id, in any order.
	StoryRevisionsOf(ctx context.Context, ids []int64, yield func(uid string, changed int64)) error
	// Merged returns the stories that became part of others: the UID of each,
	// and that of the story that it is in now.
	Merged(context.Context) (map[string]string, error)
	// Tombstones returns what stands for the stories that were published and
	// are gone since, the latest first; at most limit.
	Tombstones(ctx context.Context, limit int) ([]news.Tombstone, error)
	// Corrections returns what was changed or withdrawn after it had been
	// stored, the latest first; at most limit.
	Corrections(ctx context.Context, limit int) ([]news.Correction, error)
	// Changes says what changed after a change counter. A counter that lies
	// ahead of the archive's own yields no changes, only the counter.
	Changes(ctx context.Context, after int64) (news.Changes, error)
}

// Searcher is an archive that can be searched.
type Searcher interface {
	// Search returns the stories that match, newest first, after the first
	// offset of them; at most limit.
	Search(ctx context.Context, q search.Query, offset, limit int) (search.Found, error)
}

// Options say what is published and how. The zero values that have a default
// name it.
type Options struct {
	Site       SiteInfo
	Sources    []news.Source   // in the order in which lists show them
	Categories []news.Category // in the order in which pages show them
	Feeds      []DeskFeed      // cuts beyond the automatic ones
	Retired    []string        // ids of categories, and "cut/" with those of desk feeds, that are gone for good (F42)

	Items      int                // entries of an edition and of a page (F33); 0: 50
	MaxBytes   int                // size of one encoded edition (F33); 0: 512 KiB
	PerSource  int                // entries that one source leads in an edition while others wait (F34); 0: no cap
	Content    news.ContentPolicy // of sources without their own (F25); "": excerpt
	HomePages  int                // pages of the front page's list; 0: 20
	ListPages  int                // pages of the lists of categories, languages and the desk's cuts; 0: 3
	LateWindow time.Duration      // how long a late item with an old date has a place (F41); 0: 48 h

	// Published is what was published before the process started, by path,
	// from [Site.States]: so that the dates of files go on where they were. Of the
	// pages of stories there are none with Aside, as nobody asks for their dates.
	Published map[string]news.EditionState `json:"-"`
	// Recall returns as much of what Published would hold as is asked for, and
	// does instead of it for a build that follows a record; nil: Published does.
	Recall func(ctx context.Context, paths []string) (map[string]news.EditionState, error) `json:"-"`
	// Trust has a build that follows none take over what Published says: a
	// feed or list that would be made from the same again is not made, but
	// when its bytes are asked for. For a folder that holds them.
	Trust bool `json:"-"`
	// Aside, if not nil, is where the bytes of feeds and lists, and of what else
	// is large, are put until they are asked for, such as a temporary file: they
	// are by far the most that a build holds. nil: in memory, for a server.
	Aside Aside `json:"-"`

	Agent    string             // the fetcher's User-Agent, for the page about it
	Manners  Manners            // what that page may promise
	Pages    PageRenderer       `json:"-"` // nil: no pages
	Searcher Searcher           `json:"-"` // nil: nobody can search
	Encoders map[string]Encoder `json:"-"` // by [Format].Ext

	Volumes Volumes `json:"-"` // keeps archive documents (F32); nil: there are none
	Redact  Redact  `json:"-"` // needed where there are
}

// Aside is a place for bytes outside of memory. It is used by one build at a
// time, and read as long as the site is.
type Aside interface {
	io.Writer
	io.ReaderAt
}

// Redact puts tombstones in the places of entries of an Atom document, and
// leaves every other byte as it is.
type Redact func(doc []byte, gone []Deleted) ([]byte, error)

// Manners are the limits that the fetcher keeps to, as it is configured. The
// page for webmasters promises nothing that is zero here.
type Manners struct {
	Floor       time.Duration // least between two requests for one feed
	Gap         time.Duration // least between two requests to one domain
	Connections int           // most to one domain at a time
}

// DeskFeed is a cut that the desk defined itself.
type DeskFeed struct {
	ID          string
	Title       string
	Description string
	Formerly    []string // ids that it had before, the first one first
	Query       news.Query
}

// Report says what a build did.
type Report struct {
	Rendered  int // files made anew
	Unchanged int // files taken over from the last site
	Removed   int // files of the last site that are no longer there, and pages withdrawn since
	Failed    []FileError
}

// FileError is a file that could not be rendered; the last good one, if there
// was one, stays (F39).
type FileError struct {
	Path string
	Err  error
}

// Error names the file.
func (e FileError) Error() string { return fmt.Sprintf("render %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e FileError) Unwrap() error { return e.Err }

// Err joins the failures of single files; nil if there are none.
func (r Report) Err() error {
	errs := make([]error, len(r.Failed))
	for i, f := range r.Failed {
		errs[i] = f
	}
	return errors.Join(errs...)
}

// withDefaults fills in what the zero value stands for.
func (o Options) withDefaults() Options {
	o.Site.URL = strings.TrimRight(o.Site.URL, "/")
	if o.Items <= 0 {
		o.Items = 50
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 512 << 10
	}
	if o.Content == "" {
		o.Content = news.ContentExcerpt
	}
	if o.HomePages <= 0 {
		o.HomePages = 20
	}
	if o.ListPages <= 0 {
		o.ListPages = 3
	}
	if o.LateWindow <= 0 {
		o.LateWindow = 48 * time.Hour
	}
	return o
}
