package news

import "time"

// Probe asks whether an item of a source is stored already.
type Probe struct {
	Key       string // as in [Item]
	Canonical string // as in [Item]; "" if it has no URL
	Title     string // as in [Item]
}

// Counts says how many stories the archive holds, by what they are filed
// under. A story counts once for each value that any visible item of it has. A
// country or a language that stories had once, and none has now, stands at 0.
type Counts struct {
	Stories    int // with at least one visible item
	Items      int // stored, hidden ones included
	Categories map[string]int
	Countries  map[string]int
	Languages  map[string]int // "pt" also counts what is in "pt-BR"
	Sources    map[string]int
}

// DayCount says how many stories were published on one day.
type DayCount struct {
	Day     time.Time // midnight UTC
	Stories int       // never 0
}

// EditionState is what was last published at a path, so that an edition whose
// bytes did not change keeps the time of its last change (F10, F11).
type EditionState struct {
	Path    string    // site path, as in the publisher's cuts
	Hash    string    // of the published content
	Updated time.Time // when that content was first published; UTC
	Key     string    // hash of all that it was made from; "": unknown, it has to be made to be known
}
