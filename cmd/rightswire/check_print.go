package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// checked is what "check --json" prints.
type checked struct {
	File       string           `json:"file"`
	OK         bool             `json:"ok"`
	Sources    int              `json:"sources"`
	Active     int              `json:"active"`
	Categories int              `json:"categories"`
	Mistakes   []config.Problem `json:"mistakes"`
	Notes      []config.Problem `json:"notes"`
}

// printChecked prints a configuration, or what is wrong with it, for machines.
func (a *app) printChecked(c *config.Config, err error) error {
	out := checked{File: a.config, OK: err == nil, Mistakes: []config.Problem{}, Notes: []config.Problem{}}
	if bad := (*config.Errors)(nil); errors.As(err, &bad) {
		out.Mistakes = bad.Problems
	} else if err != nil {
		out.Mistakes = append(out.Mistakes, config.Problem{File: a.config, Path: "classify.model_file", Message: err.Error()})
	}
	if c != nil {
		out.Sources, out.Active, out.Categories = len(c.Sources), active(c), len(c.Categories)
		out.Notes = append(out.Notes, a.notes(c)...)
	}
	return writeJSONLines(a.out, []checked{out})
}

// fewNotes is how many notes of one kind are printed one by one.
const fewNotes = 3

// printNotes prints notes, those that say the same of many sources as one,
// unless all are wanted. What is said of other keys is always printed whole.
func (a *app) printNotes(notes []config.Problem, all bool) {
	alike := map[string][]config.Problem{}
	for _, n := range notes {
		alike[n.Message] = append(alike[n.Message], n)
	}
	for _, n := range notes {
		switch same := alike[n.Message]; {
		case all || len(same) <= fewNotes || !strings.HasPrefix(n.Path, "sources["):
			fmt.Fprintf(a.err, "note: %s\n", n)
		case n == same[0]:
			fmt.Fprintf(a.err, "note: %s\n", folded(same))
		}
	}
}

// folded says once what holds at many places, and names the first of them.
func folded(same []config.Problem) string {
	var at []string
	for _, n := range same[:fewNotes] {
		at = append(at, fmt.Sprintf("%s:%d:%d %s", n.File, n.Line, n.Column, n.Path))
	}
	return fmt.Sprintf("%s: %s: %s and %d more; \"rightswire check -v\" lists them all",
		news.Count(len(same), "time"), same[0].Message, strings.Join(at, ", "), len(same)-fewNotes)
}
