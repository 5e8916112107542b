package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/rightswire/rightswire/news"
)

// Edit is a change to one file of a newsroom that was planned and proven, and
// is not made yet.
type Edit struct {
	File    string        // that changes; "" if there is nothing to change
	Sources []news.Source // of the newsroom as it will be, as written
	Was     []news.Source // of the newsroom as it is

	path          string // of the newsroom
	before, after []byte
}

// Plan makes the new text of the file that a change concerns. Everything else
// in it stays byte for byte. The newsroom is read with the new text, and must
// hold exactly what it held and what was meant; nothing is written before
// [Edit.Apply].
//
// The error is an [*Errors] if the newsroom is wrong before or would be after.
func Plan(path string, change Change, opts ...Option) (*Edit, error) {
	f := diskFiles().snapshot()
	c, err := load(f, path, opts)
	if err != nil {
		return nil, err
	}
	e := &editor{files: f, names: c.Files(), want: slices.Clone(c.written)}
	if err := change(e); err != nil {
		return nil, err
	}
	was := slices.Clone(c.written) // c is spent below
	if e.file == "" || bytes.Equal(e.before, e.text) {
		return &Edit{Sources: was, Was: was}, nil
	}
	open := f.open
	f.open = func(name string) (fs.File, error) {
		if name == e.file {
			return inMemory{bytes.NewReader(e.text)}, nil
		}
		return open(name)
	}
	now, err := load(f, path, opts)
	if err != nil {
		return nil, err
	}
	sources := now.written
	if err := e.prove(now, c); err != nil {
		return nil, err
	}
	return &Edit{File: e.file, Sources: sources, Was: was, path: path, before: e.before, after: e.text}, nil
}

// Diff shows the change as a unified diff; "" if there is none.
func (e *Edit) Diff() string {
	text := diff.Diff(e.File, e.before, e.File, e.after)
	_, text, _ = bytes.Cut(text, []byte("\n")) // the line that tells people to run diff
	return string(text)
}

// Apply puts the new text in place of the old in one step. It changes nothing if
// the file is not what it was when the change was planned; the error is
// [ErrStale] then.
func (e *Edit) Apply() error {
	if e.File == "" {
		return nil
	}
	unlock, err := lock(e.path)
	if err != nil {
		return err
	}
	defer unlock()
	return replace(e.File, e.before, e.after)
}

// Make plans a change and applies it, unless accept refuses the plan. All of it
// happens while nobody else edits the newsroom: who comes second waits, and plans
// with what the first has made of it.
func Make(path string, change Change, accept func(*Edit) error, opts ...Option) (*Edit, error) {
	unlock, err := lock(path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	e, err := Plan(path, change, opts...)
	if err != nil {
		return nil, err
	}
	if err := accept(e); err != nil || e.File == "" {
		return e, err
	}
	return e, replace(e.File, e.before, e.after)
}

// editor is one change under way.
type editor struct {
	files                  // as they were when the change was begun
	names  []string        // the newsroom's files, the main one first
	want   []news.Source   // what is meant, as written
	added  []news.Source   // come in where their file has its turn
	groups []news.Category // come in likewise
	file   string          // that changes; "": none yet
	before []byte          // what it holds
	text   []byte          // what it will hold
}

// errTwoFiles is returned for a change that could not be made in one step.
var errTwoFiles = errors.New("the change concerns two files, which cannot be changed in one step; make two changes of it")

// list returns the list under a key of a file, with what was changed so far.
func (e *editor) list(name, key string) (*listFile, error) {
	if name == e.file {
		return parseList(name, key, e.text)
	}
	data, err := e.read(name, maxFileBytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return parseList(name, key, data)
}

// write takes the new text of a file.
func (e *editor) write(f *listFile, text []byte) error {
	if e.file != "" && e.file != f.name {
		return errTwoFiles
	}
	if e.file == "" {
		e.file, e.before = f.name, f.data
	}
	e.text = text
	return nil
}

// choose returns the file that new sources go into.
func (e *editor) choose(file string) (*listFile, error) {
	for _, name := range append(slices.Clone(e.names[1:]), e.names[0]) {
		if file != "" && !sameFile(name, file, filepath.Dir(e.names[0])) {
			continue
		}
		in, err := e.list(name, "sources")
		if err != nil {
			return nil, err
		}
		if file != "" || in.key > 0 {
			return in, nil
		}
	}
	if file != "" {
		return nil, fmt.Errorf("%s is no file of this newsroom, which is read from %s; list it under include first", quote(file), strings.Join(e.names, ", "))
	}
	return e.list(e.names[0], "sources")
}

// sameFile reports whether a name that was given means a file: as it stands,
// or beside the main file.
func sameFile(name, given, home string) bool {
	return filepath.Clean(name) == filepath.Clean(given) || filepath.Clean(name) == filepath.Join(home, given)
}

// find returns the file that holds a source, and which of its entries it is.
func (e *editor) find(id string) (*listFile, int, error) {
	for _, name := range e.names {
		in, err := e.list(name, "sources")
		if err != nil {
			return nil, 0, err
		}
		if i := slices.Index(in.ids(), id); i >= 0 {
			return in, i, nil
		}
	}
	return nil, 0, fmt.Errorf("source %s: %w", quote(id), news.ErrNotFound)
}

// prove compares the newsroom as it would be with what was meant. Both are
// spent by it.
func (e *editor) prove(c, old *Config) error {
	if len(e.added) > 0 {
		at := slices.IndexFunc(c.written, func(s news.Source) bool { return s.ID == e.added[0].ID })
		e.want = slices.Insert(e.want, min(max(at, 0), len(e.want)), e.added...)
	}
	if len(e.groups) > 0 {
		at := slices.IndexFunc(c.Categories, func(g news.Category) bool { return g.ID == e.groups[0].ID })
		old.Categories = slices.Insert(slices.Clone(old.Categories), min(max(at, 0), len(old.Categories)), e.groups...)
	}
	same := len(c.written)+len(e.want) == 0 || reflect.DeepEqual(c.written, e.want)
	for _, each := range []*Config{c, old} {
		each.Sources, each.written, each.notes = nil, nil, nil
	}
	if !same || !reflect.DeepEqual(c, old) {
		return fmt.Errorf("%s is written in a way that cannot be changed by program without changing more; change it by hand", e.file)
	}
	return nil
}
