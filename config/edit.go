package config

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// Edited is what a change to a newsroom's files came to.
type Edited struct {
	File    string        // that was written; "" if there was nothing to change
	Sources []news.Source // of the newsroom as it is now
}

// AddSource writes a source into a newsroom: at the end of the sources of
// file, or, where file is "", of the first included file that has any, else of
// the main file. Everything else in the file stays byte for byte. The file is
// replaced only after the newsroom was read with the new text and holds exactly
// the old sources and this one; on any error all files are as they were.
//
// The error is an [*Errors] if the newsroom is wrong before or after.
func AddSource(path, file string, s news.Source, opts ...Option) (Edited, error) {
	return edit(path, opts, func(e *editor) error {
		in, err := e.choose(file)
		if err != nil {
			return err
		}
		e.added = &s
		e.text, err = in.add(s)
		return err
	})
}

// SetStatus changes the status of a source, with the care of [AddSource]. The
// error wraps [news.ErrNotFound] if no source has the id.
func SetStatus(path, id string, status news.Status, opts ...Option) (Edited, error) {
	return edit(path, opts, func(e *editor) error {
		in, entry, err := e.find(id)
		if err != nil {
			return err
		}
		e.want = slices.Clone(e.have)
		for i := range e.want {
			if e.want[i].ID != id {
				continue
			}
			if e.want[i].Status == status || e.want[i].Polled() && status == news.Active {
				return nil
			}
			e.want[i].Status = status
		}
		e.text, err = in.setStatus(entry, status)
		return err
	})
}

// RemoveSource takes a source and the comments below it out of a newsroom,
// with the care of [AddSource]. The error wraps [news.ErrNotFound] if no source
// has the id.
func RemoveSource(path, id string, opts ...Option) (Edited, error) {
	return edit(path, opts, func(e *editor) error {
		in, entry, err := e.find(id)
		if err != nil {
			return err
		}
		e.want = slices.DeleteFunc(slices.Clone(e.have), func(s news.Source) bool { return s.ID == id })
		e.text, err = in.remove(entry)
		return err
	})
}

// editor is one change under way.
type editor struct {
	names []string // the newsroom's files, the main one first
	have  []news.Source
	want  []news.Source
	added *news.Source // is to come in where its file has its turn; nil: want says all
	in    *sourceFile  // the file that changes
	text  []byte       // its new text; nil: nothing changes
}

// edit loads a newsroom, lets change make the new text of one file, proves it
// and puts it in place.
func edit(path string, opts []Option, change func(*editor) error) (Edited, error) {
	c, err := Load(path, opts...)
	if err != nil {
		return Edited{}, err
	}
	e := &editor{names: c.Files(), have: c.Sources}
	if err := change(e); err != nil || e.text == nil {
		return Edited{Sources: c.Sources}, err
	}
	if err := e.replace(path, c, opts); err != nil {
		return Edited{}, err
	}
	return Edited{File: e.in.name, Sources: e.want}, nil
}

// choose returns the file that a new source goes into.
func (e *editor) choose(file string) (*sourceFile, error) {
	for _, name := range append(slices.Clone(e.names[1:]), e.names[0]) {
		if file != "" && !sameFile(name, file, filepath.Dir(e.names[0])) {
			continue
		}
		in, err := openSources(name)
		if err != nil {
			return nil, err
		}
		if file != "" || in.list != nil {
			e.in = in
			return in, nil
		}
	}
	if file != "" {
		return nil, fmt.Errorf("%s is no file of this newsroom, which is read from %s; list it under include first", quote(file), strings.Join(e.names, ", "))
	}
	in, err := openSources(e.names[0])
	e.in = in
	return in, err
}

// sameFile reports whether a name that was given means a file: as it stands,
// or beside the main file.
func sameFile(name, given, home string) bool {
	return filepath.Clean(name) == filepath.Clean(given) || filepath.Clean(name) == filepath.Join(home, given)
}

// find returns the file that holds a source, and which of its entries it is.
func (e *editor) find(id string) (*sourceFile, int, error) {
	for _, name := range e.names {
		in, err := openSources(name)
		if err != nil {
			return nil, 0, err
		}
		if i := slices.Index(in.ids(), id); i >= 0 {
			e.in = in
			return in, i, nil
		}
	}
	return nil, 0, fmt.Errorf("source %s: %w", quote(id), news.ErrNotFound)
}

// replace puts the new text in place of the old in one step, so that nobody
// ever reads half a file, after it was read and found to say what was meant.
func (e *editor) replace(path string, old *Config, opts []Option) error {
	target, err := filepath.EvalSymlinks(e.in.name) // a link stays one
	if err != nil {
		return fmt.Errorf("change %s: %w", e.in.name, reason(err))
	}
	temp, err := writeBeside(target, e.text)
	if err != nil {
		return fmt.Errorf("change %s: %w", e.in.name, err)
	}
	defer os.Remove(temp) // nothing is left there after the renaming
	f := diskFiles()
	open := f.open
	f.open = func(name string) (fs.File, error) {
		if name == e.in.name {
			name = temp
		}
		return open(name)
	}
	c, err := load(f, path, opts)
	if err != nil {
		return err
	}
	if err := e.prove(c, old); err != nil {
		return err
	}
	if now, err := os.ReadFile(target); err != nil || !bytes.Equal(now, e.in.data) {
		return fmt.Errorf("%s was changed by somebody else just now; try again", e.in.name)
	}
	if err := os.Rename(temp, target); err != nil {
		return fmt.Errorf("change %s: %w", e.in.name, err)
	}
	return nil
}

// prove compares the newsroom as it would be with what was meant.
func (e *editor) prove(c, old *Config) error {
	sources := c.Sources
	if e.added != nil {
		at := slices.IndexFunc(sources, func(s news.Source) bool { return s.ID == e.added.ID })
		e.want = slices.Insert(slices.Clone(e.have), min(max(at, 0), len(e.have)), *e.added)
	}
	same := len(sources)+len(e.want) == 0 || reflect.DeepEqual(sources, e.want)
	c.Sources, c.notes, old.Sources, old.notes = nil, nil, nil, nil
	if !same || !reflect.DeepEqual(c, old) {
		return fmt.Errorf("%s is written in a way that cannot be changed by program without changing more; change it by hand", e.in.name)
	}
	return nil
}

// writeBeside writes a file next to another, with its permissions. The name
// does not end like a configuration's: no glob and no daemon takes it for one.
func writeBeside(target string, text []byte) (string, error) {
	info, err := os.Stat(target)
	if err != nil {
		return "", reason(err)
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.new")
	if err != nil {
		return "", reason(err)
	}
	_, err = f.Write(text)
	for _, step := range []func() error{func() error { return f.Chmod(info.Mode().Perm()) }, f.Sync, f.Close} {
		if stepErr := step(); err == nil {
			err = stepErr
		}
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
