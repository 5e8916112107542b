// Package news is the vocabulary of the wire: sources, items, stories,
// categories, polls, and the errors that the rooms share.
//
// It decides what each word means and which values identify a thing. It does
// nothing: no network, no database, no clock, no parsing. It imports the
// standard library only, so that every room can speak about an [Item] without
// learning where items come from or where they are kept.
package news

import "errors"

var (
	// ErrNotFound is returned when the thing asked for does not exist.
	ErrNotFound = errors.New("not found")
	// ErrConflict is returned when a write would break a uniqueness rule,
	// such as two sources with one id.
	ErrConflict = errors.New("already exists")
)
