package news

import "time"

// Cursor is the place in a list after which the next page starts. The zero
// value is the start of the list. It always ends in the id: times are not
// unique.
type Cursor struct {
	Published time.Time
	ID        int64
}

// Query selects stories or items. Empty fields do not restrict; the fields
// that are set must all hold.
type Query struct {
	Categories []string  // any of these
	Countries  []string  // any of these, ISO 3166-1 alpha-2
	Languages  []string  // any of these; "pt" also matches "pt-BR"
	Sources    []string  // any of these
	Text       string    // what one item has to say, as package search reads it
	Since      time.Time // first seen at or after
	After      Cursor    // page
	Limit      int       // 0: 50
	PerSource  int       // at most this many stories led by one source; 0: no cap (F34)
}

// Changes says what an archive change touched, so that only what changed is
// published again.
type Changes struct {
	Seq        int64 // the change counter now; pass it next time
	Stories    []int64
	Categories []string
	Countries  []string
	Languages  []string
	Sources    []string
}

// Empty reports whether nothing changed. Stories alone do not tell: values may
// be named of which the story is told only the next time, or has no id any
// more to be named by.
func (c Changes) Empty() bool {
	return len(c.Stories)+len(c.Categories)+len(c.Countries)+len(c.Languages)+len(c.Sources) == 0
}
