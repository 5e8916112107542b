package news

import "time"

// Revision is what an item said before it was changed.
type Revision struct {
	At      time.Time // when it stopped saying so
	URL     string
	Title   string
	Summary string
	Content string
}

// Gone is an entry that its feed has withdrawn (RFC 6721).
type Gone struct {
	Key string    // as in [Item]
	At  time.Time // when it was withdrawn, as the feed says; never after the poll
	Why string    // the feed's own comment, plain text; may be ""
}

// Withdrawal says that an item must not be shown, since when and why. While
// it stands the item stays away, also when its feed lists it again.
type Withdrawal struct {
	At  time.Time
	By  By     // ByDesk or BySource; "" if the item is not withdrawn
	Why string // for readers; may be ""
}

// Correction is something that changed after it had been stored: an item that
// says something else, or one that was withdrawn.
type Correction struct {
	At        time.Time
	Item      Item       // as it is now
	Before    Revision   // what it said until At; zero if it was withdrawn
	After     Revision   // what it said from then on; zero if it was withdrawn
	Withdrawn Withdrawal // By is "" if it was not
	Story     string     // UID of its story
	Visible   bool       // something of the story is still shown
}

// Tombstone stands where a story was: none of its items is visible any more,
// or it was merged into another one.
type Tombstone struct {
	UID   string
	At    time.Time // when it went
	Into  string    // UID of the story that it became part of; "" if it was withdrawn
	Items []Item    // of it, or of the story that it became part of: what it was filed under
}

// Decision is what the desk did to an item or a story, for the record.
type Decision struct {
	At    time.Time `json:"at"`
	Who   string    `json:"who"`   // as the operating system names them
	What  string    `json:"what"`  // split, merge, pin, unpin, hide or unhide
	Item  int64     `json:"item"`  // 0: none
	Story int64     `json:"story"` // 0: none
	Note  string    `json:"note"`  // what it changed, or the reason given
}

// Ruling is what the desk said about one category of an item, for the record.
// The last about a category holds.
type Ruling struct {
	Category string    `json:"category"`
	Said     Said      `json:"said"`
	At       time.Time `json:"at"`  // zero: before this was recorded
	Who      string    `json:"who"` // as the operating system names them; "" with a zero At
}

// Said is what a ruling decides.
type Said string

// What a desk says about an item and a category.
const (
	SaidIn        Said = "in"        // the item belongs there
	SaidOut       Said = "out"       // it does not
	SaidUndecided Said = "undecided" // the taxonomy decides again
)
