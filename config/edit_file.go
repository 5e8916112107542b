package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// TextFiles returns the files that a newsroom is read from and that are there,
// the main one first, whether or not they are right.
func TextFiles(path string, opts ...Option) []string {
	names := []string{path}
	c, err := Load(path, opts...)
	if bad := (*Errors)(nil); errors.As(err, &bad) {
		names = bad.Files
	} else if err == nil {
		names = c.Files()
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		info, err := os.Stat(name)
		return err != nil || info.IsDir()
	})
}

// TryText reads a newsroom as it would be with another text in one of its
// files, which [TextFiles] names, and writes nothing. A file that it includes
// then must be one of them, or stand in the folder of the main file: a text that
// somebody sends must not show what else is on the disk. The error is an
// [*Errors] if the newsroom would be wrong.
func TryText(path, file string, text []byte, opts ...Option) (*Config, error) {
	known := TextFiles(path, opts...)
	if !slices.Contains(known, file) {
		return nil, fmt.Errorf("%s is no file of this newsroom", quote(file))
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("more than %s", Size(maxFileBytes))
	}
	f := diskFiles()
	open := f.open
	f.open = func(name string) (fs.File, error) {
		switch {
		case name == file:
			return &textFile{Reader: bytes.NewReader(text)}, nil
		case !slices.Contains(known, name) && !under(filepath.Dir(path), name):
			return nil, errors.New("is outside the newsroom's folder; whoever runs the machine can include it")
		}
		return open(name)
	}
	glob := f.glob
	f.glob = func(pattern string) ([]string, error) {
		if _, err := filepath.Match(pattern, ""); err != nil {
			return nil, err
		}
		// A folder that is outside is not even looked into.
		fixed := filepath.Dir(pattern[:strings.IndexAny(pattern, "*?[")] + "x")
		if !under(filepath.Dir(path), fixed) {
			return slices.DeleteFunc(slices.Clone(known), func(name string) bool {
				match, _ := filepath.Match(pattern, name)
				return !match
			}), nil
		}
		names, err := glob(pattern)
		if len(names) > maxFiles {
			names = names[:maxFiles+1] // one too many is said once
		}
		return slices.DeleteFunc(names, func(name string) bool {
			return !slices.Contains(known, name) && !under(filepath.Dir(path), name)
		}), err
	}
	c, err := load(f, path, opts)
	return c, discreet(err, known)
}

// discreet takes out of an error what it quotes from files that are not in
// effect: by an include, any file of the folder would be shown.
func discreet(err error, known []string) error {
	bad := (*Errors)(nil)
	if !errors.As(err, &bad) {
		return err
	}
	var list []Problem
	told := map[string]bool{}
	for _, p := range bad.Problems {
		if p.File != "" && !slices.Contains(known, p.File) {
			if told[p.File] {
				continue
			}
			told[p.File] = true
			p = Problem{File: p.File, Message: "has mistakes, which are shown once it is in effect; whoever runs the machine can see them with \"rightswire check\""}
		}
		list = append(list, p)
	}
	out := *bad
	out.Problems = list
	return &out
}

// under reports whether a file stands in a folder or below it, wherever links
// lead.
func under(dir, name string) bool {
	dir, err1 := filepath.EvalSymlinks(dir)
	name, err2 := filepath.EvalSymlinks(name)
	if err1 != nil || err2 != nil {
		return false
	}
	rel, err := filepath.Rel(dir, name)
	return err == nil && filepath.IsLocal(rel)
}

// PutText writes another text into a file of a newsroom, in one step, if
// [TryText] finds nothing wrong with it and accept does not either. was is what
// the file held when the edit began: if it holds something else, the error is
// [ErrStale]. On any error all files are as they were.
func PutText(path, file string, was, text []byte, accept func(*Config) error, opts ...Option) (*Config, error) {
	unlock, err := lock(path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	c, err := TryText(path, file, text, opts...)
	if err != nil {
		return nil, err
	}
	if err := accept(c); err != nil {
		return nil, err
	}
	if err := replace(file, was, text); err != nil {
		return nil, err
	}
	return c, nil
}

// LineEnds returns a text with the line ends of another: a form of a browser has
// only one kind. ok is false if the other has both kinds, which no form keeps.
func LineEnds(text string, like []byte) (out []byte, ok bool) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	crlf, lf := bytes.Count(like, []byte("\r\n")), bytes.Count(like, []byte("\n"))
	if crlf > 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text), crlf == 0 || crlf == lf
}

// textFile is a text as a file.
type textFile struct {
	*bytes.Reader
}

// Stat implements [fs.File]: nothing is known of it.
func (*textFile) Stat() (fs.FileInfo, error) { return nil, errors.ErrUnsupported }

// Close implements [fs.File].
func (*textFile) Close() error { return nil }
