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
	return load(f, path, opts)
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
