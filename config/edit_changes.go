package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// Change is one change to a newsroom, for [Plan].
type Change func(*editor) error

// Adding writes sources to the end of the sources of file or, where file is
// "", of the first included file that has any, else of the main file. $NAME in
// headers and proxies stays as it is.
func Adding(file string, sources ...news.Source) Change {
	return func(e *editor) error {
		if len(sources) == 0 {
			return nil
		}
		in, err := e.choose(file)
		if err != nil {
			return err
		}
		text, err := in.add(func(indent string) []string {
			var lines []string
			for _, s := range sources {
				lines = append(lines, in.sourceText(s, indent)...)
			}
			return lines
		})
		if err != nil {
			return err
		}
		e.added = append(e.added, sources...)
		return e.write(in, text)
	}
}

// Opening writes categories that have an id and a title, and may have a group,
// to the file that [Adding] takes: a change concerns one file.
func Opening(file string, categories ...news.Category) Change {
	return func(e *editor) error {
		if len(categories) == 0 {
			return nil
		}
		in, err := e.choose(file)
		if err != nil {
			return err
		}
		if in, err = e.list(in.name, "categories"); err != nil {
			return err
		}
		text, err := in.add(func(indent string) []string {
			var lines []string
			for _, c := range categories {
				lines = append(lines, in.categoryText(c, indent)...)
			}
			return lines
		})
		if err != nil {
			return err
		}
		e.groups = append(e.groups, categories...)
		return e.write(in, text)
	}
}

// Removing takes a source out of the newsroom, with the comments below it
// that are indented further than its dash. [Plan]'s error wraps
// [news.ErrNotFound] if no source has the id.
func Removing(id string) Change {
	return func(e *editor) error {
		in, entry, err := e.find(id)
		if err != nil {
			return err
		}
		text, err := in.remove(entry)
		if err != nil {
			return err
		}
		e.want = slices.DeleteFunc(e.want, func(s news.Source) bool { return s.ID == id })
		return e.write(in, text)
	}
}

// settable are the fields that [Setting] knows. The id is for ever, and
// headers are changed by hand.
var settable = map[string]func(*news.Source, string) error{
	"title":    func(s *news.Source, v string) error { s.Title = v; return nil },
	"url":      func(s *news.Source, v string) error { s.URL = v; return nil },
	"type":     func(s *news.Source, v string) error { s.Type = news.Type(v); return nil },
	"homepage": func(s *news.Source, v string) error { s.Homepage = v; return nil },
	"language": func(s *news.Source, v string) error { s.Language = v; return nil },
	"country":  func(s *news.Source, v string) error { s.Country = v; return nil },
	"kind":     func(s *news.Source, v string) error { s.Kind = v; return nil },
	"scope":    func(s *news.Source, v string) error { s.Scope = news.Scope(v); return nil },
	"schedule": func(s *news.Source, v string) error { s.Schedule = v; return nil },
	"content":  func(s *news.Source, v string) error { s.Content = news.ContentPolicy(v); return nil },
	"status":   func(s *news.Source, v string) error { s.Status = news.Status(v); return nil },
	"proxy":    func(s *news.Source, v string) error { s.Proxy = v; return nil },
	"rank": func(s *news.Source, v string) (err error) {
		if s.Rank = 0; v != "" {
			s.Rank, err = strconv.Atoi(v)
		}
		if err != nil {
			return fmt.Errorf("rank: %s is no number; write 1 for a primary source to 9 for an aggregator", quote(v))
		}
		return nil
	},
	"categories": func(s *news.Source, v string) error {
		s.Categories = nil
		for id := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ' ' }) {
			s.Categories = append(s.Categories, id)
		}
		return nil
	},
}

// Settable lists the fields of a source that [Setting] can set.
func Settable() []string { return slices.Sorted(maps.Keys(settable)) }

// Setting sets one field of a source, in place of what is written or after
// its id; "" takes it out. Categories are separated by commas. [Plan]'s error
// wraps [news.ErrNotFound] if no source has the id.
func Setting(id, key, value string) Change {
	return func(e *editor) error {
		set, known := settable[key]
		if !known {
			return fmt.Errorf("%s is no field that can be set; these are: %s%s", quote(key), strings.Join(Settable(), ", "), DidYouMean(key, Settable()))
		}
		in, entry, err := e.find(id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(e.want, func(s news.Source) bool { return s.ID == id })
		if at < 0 {
			return fmt.Errorf("source %s: %w", quote(id), news.ErrNotFound)
		}
		s := e.want[at]
		if err := set(&s, value); err != nil {
			return err
		}
		if reflect.DeepEqual(s, e.want[at]) {
			return nil
		}
		switch {
		case key == "categories" && value != "":
			value = flowList(s.Categories)
		case key != "rank":
			value = scalar(value)
		}
		text, err := in.set(entry, key, value)
		if err != nil {
			return err
		}
		e.want[at] = s
		return e.write(in, text)
	}
}

// WithStatus changes the status of a source. A source that says nothing is
// active already.
func WithStatus(id string, status news.Status) Change {
	return func(e *editor) error {
		at := slices.IndexFunc(e.want, func(s news.Source) bool { return s.ID == id })
		if at >= 0 && e.want[at].Polled() && status == news.Active {
			return nil
		}
		return Setting(id, "status", string(status))(e)
	}
}

// Together makes one change of several, made one after another in one file.
func Together(changes ...Change) Change {
	return func(e *editor) error {
		for _, c := range changes {
			if err := c(e); err != nil {
				return err
			}
		}
		return nil
	}
}
