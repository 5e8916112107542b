package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// files is where a newsroom's files come from: the disk, or an [fs.FS].
type files struct {
	open func(name string) (fs.File, error)
	glob func(pattern string) ([]string, error)
	// beside returns the name of a file that is written relative to another.
	beside func(from, name string) string
}

func diskFiles() files {
	return files{
		open: func(name string) (fs.File, error) { return os.Open(name) },
		glob: filepath.Glob,
		beside: func(from, name string) string {
			if filepath.IsAbs(name) {
				return filepath.Clean(name)
			}
			return filepath.Join(filepath.Dir(from), filepath.FromSlash(name))
		},
	}
}

func fsFiles(fsys fs.FS) files {
	return files{
		open:   fsys.Open,
		glob:   func(pattern string) ([]string, error) { return fs.Glob(fsys, pattern) },
		beside: func(from, name string) string { return path.Join(path.Dir(from), name) },
	}
}

// read returns a file's bytes, one more than limit if there are more.
func (f files) read(name string, limit int64) ([]byte, error) {
	text, err := f.text(name, limit)
	return []byte(text), err
}

// text returns them as a text.
func (f files) text(name string, limit int64) (string, error) {
	file, err := f.open(name)
	if err != nil {
		return "", reason(err)
	}
	defer file.Close()
	var text strings.Builder
	if info, err := file.Stat(); err == nil {
		if info.IsDir() {
			return "", errors.New("is a directory; name a file, or dir/*.yaml")
		}
		text.Grow(int(min(max(info.Size(), 0), limit))) // if it is true: some files do not say
	}
	_, err = io.Copy(&text, io.LimitReader(file, limit+1))
	return text.String(), reason(err)
}

// expand returns the files that an include names, sorted.
func (f files) expand(from, include string) ([]string, error) {
	name := f.beside(from, include)
	if !strings.ContainsAny(include, "*?[") {
		return []string{name}, nil
	}
	names, err := f.glob(name)
	if err != nil {
		return nil, fmt.Errorf("%s is not a pattern: %w", quote(include), err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no file matches %s", quote(include))
	}
	slices.Sort(names)
	return names, nil
}

// reason strips a file error of the path, which every message names already.
func reason(err error) error {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("no such file")
	case errors.As(err, &at):
		return at.Err
	}
	return err
}

// inMemory is a file with a text that is on no disk yet.
type inMemory struct{ *bytes.Reader }

// Stat knows nothing of it.
func (inMemory) Stat() (fs.FileInfo, error) { return nil, errors.ErrUnsupported }

// Close does nothing.
func (inMemory) Close() error { return nil }
