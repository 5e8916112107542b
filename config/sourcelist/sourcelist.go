// Package sourcelist reads and writes lists of sources: OPML, as feed readers
// export it, and CSV, as people keep it in spreadsheets.
//
// It decides what a list says, and what of it becomes sources of a newsroom:
// which folders are which categories, which addresses are subscribed already,
// what the new sources are called. Lists are foreign bytes: everything in them
// is bounded, nothing outside them is read, and what is broken is reported
// with its line while the rest is kept. It does not touch the network and does
// not write files. It is a room of its own because it faces hostile XML.
//
// An import takes five steps, so that every front (a command, a page) can show
// what would happen before it does:
//
//	list, err := sourcelist.Read(data)                    // bytes to entries, with what was odd
//	plan := sourcelist.Plan(cfg, list, Options{…})        // entries to sources; plan.Lines and plan.Folders are the report
//	edit, err := config.Plan(path, plan.Change(), opts…)  // sources to the new text of one file, proven to be valid
//	edit.Diff()                                           // to show
//	edit.Apply()                                          // in one step, or not at all
//
// [WriteOPML] and [WriteCSV] are lossless: what they write of a newsroom's
// sources, read again, makes the same sources in the same order. Other readers
// see plain OPML with categories as folders.
package sourcelist

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/rightswire/rightswire/news"
)

// Bounds of a list.
const (
	MaxBytes   = 16 << 20 // of a file; who reads one from a stranger reads no more than one byte further
	maxEntries = 20_000
	maxFolders = 16   // folders in folders that are told apart
	maxTitle   = 300  // characters of a title or a folder's name
	maxURL     = 2000 // bytes of an address
	maxNotes   = 200  // problems that are listed
)

// The formats of a list.
const (
	OPML = "opml"
	CSV  = "csv"
)

// List is what a file of sources says.
type List struct {
	Format   string // OPML or CSV
	Title    string // of the list; "" if it has none
	Encoding string // character encoding that it was read in
	Entries  []Entry
	Problems []Problem // what was left out or mended
}

// Entry is one source of a list.
type Entry struct {
	Source  news.Source // what the list says of it; its categories are in Folders
	Folders []string    // names or ids of folders and categories that it is in; folders in folders as "Outer/Inner"
	Line    int         // where it stands, from 1
	Ours    bool        // a list of ours says every field; nothing is guessed or tidied

	position int // among the sources of a list of ours; 0: not said
}

// Problem is something odd about a list.
type Problem struct {
	Line    int // from 1; 0: the list as a whole
	Message string
}

// String returns "line N: message".
func (p Problem) String() string {
	if p.Line == 0 {
		return p.Message
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Message)
}

// ErrNotAList is returned for a file that is no list of feeds.
var ErrNotAList = errors.New("not a list of feeds")

// Read reads a list, told apart by its content, whatever its encoding. The
// error wraps [ErrNotAList] if there is no list in it; a list that is broken
// half way is returned up to there, and its problems say so.
func Read(data []byte) (*List, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%w: larger than %d MiB; split it", ErrNotAList, MaxBytes>>20)
	}
	text, encoding, err := decode(data)
	if err != nil {
		return nil, err
	}
	l := &List{Encoding: encoding}
	switch start := bytes.TrimSpace(text); {
	case len(start) == 0:
		return nil, fmt.Errorf("%w: the file is empty", ErrNotAList)
	case start[0] == '<':
		l.Format = OPML
		err = l.readOPML(text)
	case start[0] == '{' || start[0] == '[':
		err = fmt.Errorf("%w: this looks like JSON; export OPML or CSV", ErrNotAList)
	default:
		l.Format = CSV
		err = l.readCSV(text)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// problem notes something odd.
func (l *List) problem(line int, format string, args ...any) {
	switch {
	case len(l.Problems) < maxNotes:
		l.Problems = append(l.Problems, Problem{line, fmt.Sprintf(format, args...)})
	case len(l.Problems) == maxNotes:
		l.Problems = append(l.Problems, Problem{0, "and more of that kind"})
	}
}

// add takes an entry in; false: there are too many.
func (l *List) add(e Entry) bool {
	if len(l.Entries) == maxEntries {
		l.problem(e.Line, "has more than %d feeds; the rest was left out", maxEntries)
		return false
	}
	l.Entries = append(l.Entries, e)
	return true
}
