package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxProblems bounds the report on a file that is wrong all over.
const maxProblems = 500

// Problem is one mistake: where it stands, and what to write instead.
type Problem struct {
	File    string `json:"file"`   // as given, or relative to the including file
	Line    int    `json:"line"`   // from 1; 0: the file as a whole
	Column  int    `json:"column"` // from 1, in characters
	Path    string `json:"path"`   // such as "sources[0].url"; "" for the file as a whole
	Message string `json:"message"`
}

// String returns the problem as one line, "file:line:column: path: message".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	b.WriteString(": ")
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Errors is every mistake of a newsroom's files at once, the main file's
// first, then by position.
type Errors struct {
	Problems []Problem
	Files    []string // what was read or looked for; see [Config.Files]
	More     bool     // there were more than five hundred; the rest was not looked for
}

// Error returns one line per mistake.
func (e *Errors) Error() string {
	lines := make([]string, 0, len(e.Problems)+1)
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	if e.More {
		lines = append(lines, "and more: mend these first")
	}
	return strings.Join(lines, "\n")
}

// report collects problems while a newsroom is read.
type report struct {
	problems []Problem
	files    []string // in the order of reading
	looked   []string // files and patterns that were looked for, found or not
	more     bool
}

// full reports whether looking further is pointless.
func (r *report) full() bool { return len(r.problems) >= maxProblems }

func (r *report) add(p Problem) {
	if r.full() {
		r.more = true
		return
	}
	r.problems = append(r.problems, p)
}

// err returns the sorted mistakes, or nil if there were none.
func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	slices.SortFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(slices.Index(r.files, a.File), slices.Index(r.files, b.File)),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	return &Errors{Problems: r.problems, Files: r.looked, More: r.more}
}
