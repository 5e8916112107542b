// Package training carries the lines that the learned layer of filing is
// trained on, and reads lines of the same form that a desk adds.
//
// It decides what such a file looks like and nothing about what is learned. It
// is a room of its own because Go embeds only what lies in a package, and the
// lines are data that people edit: a folder of plain files.
//
// A file is named NAME.LANGUAGE.tsv or LANGUAGE.tsv, UTF-8, one example a line:
// the ids of its categories with commas between them, or "-" for none, a tab,
// the title, a tab, the summary. The summary may be left out. Lines that start
// with "#" are comments.
package training

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Bundled holds the lines that the program ships with.
//
//go:embed *.tsv
var Bundled embed.FS

// Example is one text whose categories are known.
type Example struct {
	Categories []string // ids; none: it belongs in no category
	Title      string
	Summary    string // may be ""
	Language   string // BCP 47
}

// maxLine bounds one line.
const maxLine = 1 << 20

// Read reads every *.tsv of a folder, in the order of their names. The error
// names every line that is wrong, with file and number; a category is wrong
// when known says so.
func Read(fsys fs.FS, known func(category string) bool) ([]Example, error) {
	names, err := fs.Glob(fsys, "*.tsv")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []Example
	var errs []error
	for _, name := range names {
		list, err := readFile(fsys, name, known)
		out = append(out, list...)
		errs = append(errs, err)
	}
	return out, errors.Join(errs...)
}

func readFile(fsys fs.FS, name string, known func(string) bool) ([]Example, error) {
	stem := strings.TrimSuffix(name, path.Ext(name))
	tag := stem[strings.LastIndexByte(stem, '.')+1:]
	if _, err := language.Parse(tag); err != nil {
		return nil, fmt.Errorf("%s: %q is no language; name the file NAME.en.tsv, with the language of its lines", name, tag)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return lines(f, name, tag, known)
}

// lines reads the lines of one file.
func lines(r io.Reader, name, tag string, known func(string) bool) ([]Example, error) {
	var out []Example
	var errs []error
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxLine)
	n := 0
	for sc.Scan() {
		n++
		text := strings.TrimRight(sc.Text(), "\r")
		if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "#") {
			continue
		}
		e, err := parse(text, known)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, n, err))
			continue
		}
		e.Language = tag
		out = append(out, e)
	}
	if err := sc.Err(); err != nil {
		errs = append(errs, fmt.Errorf("%s:%d: %w", name, n+1, err))
	}
	return out, errors.Join(errs...)
}

// parse reads one line.
func parse(text string, known func(string) bool) (Example, error) {
	parts := strings.Split(text, "\t")
	if len(parts) < 2 || len(parts) > 3 || strings.TrimSpace(parts[1]) == "" {
		return Example{}, errors.New("not an example: write categories (or -), a tab, the title, a tab, the summary")
	}
	e := Example{Title: strings.TrimSpace(parts[1])}
	if len(parts) == 3 {
		e.Summary = strings.TrimSpace(parts[2])
	}
	if parts[0] == "-" {
		return e, nil
	}
	for id := range strings.SplitSeq(parts[0], ",") {
		if id = strings.TrimSpace(id); !known(id) {
			return Example{}, fmt.Errorf("%q is not a category of the taxonomy", id)
		}
		e.Categories = append(e.Categories, id)
	}
	return e, nil
}
