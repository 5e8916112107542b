// Package search is what people may ask the archive for: how a query is read,
// and what a word is.
//
// It decides that and nothing else; package storage finds, and the publisher
// shows. It is a room of its own because the index, the question and the marks
// on a page have to agree on what a word is, and because a query is foreign
// text: whatever somebody types is a query, never an error.
package search

import (
	"strings"
	"time"
)

// Bounds of a query, whatever somebody types.
const (
	MaxLength = 500 // characters
	MaxTerms  = 24
)

// Query is a question to the archive: all of its clauses must hold. The zero
// value asks for everything.
type Query struct {
	Clauses []Clause
	// Ignored says, a sentence each, what of the text was not understood.
	Ignored []string
}

// Clause holds if any of its terms does.
type Clause []Term

// Term is one thing to look for.
type Term struct {
	Field  Field
	Text   string    // of a field what stands there; of Text what is to be found in a row
	Prefix bool      // of Text: the last word may go on
	Not    bool      // the opposite
	Day    time.Time // of After and Before: midnight UTC
}

// Field says where a term looks.
type Field string

// The fields.
const (
	Text     Field = ""         // title and text
	Source   Field = "source"   // id of a source
	Category Field = "category" // id of a category
	Country  Field = "country"  // ISO 3166-1 alpha-2
	Language Field = "language" // BCP 47; "pt" also finds "pt-BR"
	After    Field = "after"    // published that day or later
	Before   Field = "before"   // published before that day
)

// Empty reports whether the query asks for everything.
func (q Query) Empty() bool { return len(q.Clauses) == 0 }

// And adds a condition, such as one that a form has a field for. An empty text
// adds nothing; a date that is none is named in Ignored.
func (q *Query) And(f Field, text string) { q.AndAny(f, []string{text}) }

// AndAny adds the condition that any of the values holds.
func (q *Query) AndAny(f Field, values []string) {
	var c Clause
	for _, text := range values {
		if text = strings.TrimSpace(clean(text)); text == "" {
			continue
		}
		if t, ok := q.term(f, text); ok {
			c = append(c, t)
		}
	}
	q.add(c)
}

// add appends a clause unless there are too many terms already.
func (q *Query) add(c Clause) {
	n := len(c)
	for _, have := range q.Clauses {
		n += len(have)
	}
	if n > MaxTerms {
		q.ignore("There are more conditions than %d; the last ones were left out.", MaxTerms)
		return
	}
	if len(c) > 0 {
		q.Clauses = append(q.Clauses, c)
	}
}

// String writes the query so that [Parse] reads the same again.
func (q Query) String() string {
	var b strings.Builder
	for i, c := range q.Clauses {
		if i > 0 {
			b.WriteByte(' ')
		}
		for j, t := range c {
			if j > 0 {
				b.WriteString(" OR ")
			}
			b.WriteString(t.String())
		}
	}
	return b.String()
}

// String writes the term as it is typed.
func (t Term) String() string {
	s := `"` + t.Text + `"`
	if t.Prefix {
		s += "*"
	}
	if t.Field != Text {
		s = string(t.Field) + ":" + s
	}
	if t.Not {
		s = "-" + s
	}
	return s
}

// Looked returns the terms of words that what is found may contain: those that
// are not negated, for a page to mark.
func (q Query) Looked() []Term {
	var out []Term
	for _, c := range q.Clauses {
		for _, t := range c {
			if t.Field == Text && !t.Not {
				out = append(out, t)
			}
		}
	}
	return out
}
