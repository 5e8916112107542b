package feed

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

var (
	// ErrEmpty is returned for a document without a single visible byte.
	ErrEmpty = errors.New("empty document")
	// ErrNotAFeed is wrapped by the error for a document that is something
	// else; the message says what it looks like.
	ErrNotAFeed = errors.New("not a feed")
	// ErrNoNews is wrapped by the error for a sitemap of addresses only. It
	// wraps [ErrNotAFeed].
	ErrNoNews = fmt.Errorf("%w", ErrNotAFeed)
)

// ParseError says that a document is a feed but cannot be read.
type ParseError struct {
	Format string // the family: "rss", "atom" or "json"
	Err    error
}

// Error names the format and the cause.
func (e *ParseError) Error() string { return fmt.Sprintf("read %s document: %v", e.Format, e.Err) }

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }

// The repairs that a document can need.
const (
	repairEncoding    = "encoding"            // the label lied or was missing, the bytes decided
	repairBytes       = "bad-bytes"           // bytes that are no text in the encoding
	repairControls    = "control-characters"  // characters that XML forbids
	repairJunk        = "junk-before-root"    // output before the root element
	repairEntities    = "undefined-entities"  // names that XML does not know, or no names at all
	repairAmpersand   = "raw-ampersand"       // & that begins no reference
	repairAngle       = "raw-angle-bracket"   // < that begins no tag
	repairAttributes  = "broken-attributes"   // unquoted or unterminated values
	repairComment     = "broken-comment"      // a comment or instruction without end
	repairCDATA       = "broken-cdata"        // a CDATA section without end
	repairTags        = "mismatched-tags"     // end tags that are missing, stray or crossed
	repairPrefixes    = "undeclared-prefixes" // prefixes without a namespace
	repairTruncated   = "truncated"           // the document stops in the middle
	repairSeveral     = "several-documents"   // more than one root
	repairDepth       = "too-deep"            // nesting beyond the limit
	repairNamespaces  = "too-many-namespaces" // declarations beyond the limit
	repairJSON        = "malformed-json"      // JSON that had to be mended
	repairDuplicateID = "duplicate-ids"       // several entries under one id
	repairSize        = "oversized-fields"    // a field beyond its limit
)

// repairs collects names, each once, in order of first use.
type repairs struct{ names []string }

func (r *repairs) add(name string) {
	if !slices.Contains(r.names, name) {
		r.names = append(r.names, name)
	}
}

// firstByte returns the first byte that is not white space, 0 if there is none.
func firstByte(text []byte) byte {
	t := bytes.TrimLeft(text, " \t\r\n\v\f\x00")
	if len(t) == 0 {
		return 0
	}
	return t[0]
}
