package storage_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// What is kept is found again as long as it is whole and belongs to the archive
// as it is, and is nothing else.
func TestKeptIsWhatWasKeptOrNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wire.db")
	file := path + ".window"
	s, err := storage.Open(t.Context(), path, storage.Options{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	defer s.Close()
	keep := func(what string) {
		t.Helper()
		must(s.Keep(t.Context(), func(w io.Writer) error { _, err := io.WriteString(w, what); return err }))
	}
	kept := func() string {
		t.Helper()
		data, release, err := s.Kept(t.Context())
		must(err)
		defer release()
		return content(t, data)
	}
	want := func(name, what string) {
		t.Helper()
		if got := kept(); got != what {
			t.Errorf("%s: kept = %q, want %q", name, got, what)
		}
	}
	want("at first", "")
	keep("one")
	want("after one", "one")
	old, err := os.ReadFile(file)
	must(err)
	broken := errors.New("broken")
	if err := s.Keep(t.Context(), func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("Keep = %v, want the error of what writes", err)
	}
	want("after one that failed", "one")
	keep("another one")
	want("after another one", "another one")
	good, err := os.ReadFile(file)
	must(err)
	must(os.WriteFile(file, old, 0o600))
	want("with the file of an older state", "")
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		must(os.WriteFile(file, bad, 0o600))
		want("with a wrong byte", "")
	}
	for n := range good {
		must(os.WriteFile(file, good[:n], 0o600))
		want("cut off", "")
	}
	must(os.WriteFile(file, good, 0o600))
	want("as it was", "another one")
	if left, err := filepath.Glob(path + ".window?*"); err != nil || len(left) > 0 {
		t.Errorf("%v, %v are left, want nothing", left, err)
	}
	must(os.Remove(file))
	must(os.Mkdir(file, 0o700))
	if err := s.Keep(t.Context(), func(io.Writer) error { return nil }); err == nil {
		t.Error("Keep where it cannot = nil")
	}
}

// content is what is read; "" of nothing.
func content(t *testing.T, data *io.SectionReader) string {
	t.Helper()
	if data == nil {
		return ""
	}
	b, err := io.ReadAll(data)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A scratch file has no name, wherever the archive is, and nothing is left of it.
func TestScratchLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "wire.db"), storage.Options{})
	before, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	f, err := s.Scratch()
	if err != nil {
		t.Fatal(err)
	}
	if f == nil {
		t.Skip("no files without a name here")
	}
	defer f.Close()
	b := make([]byte, 4)
	if _, err := f.WriteAt([]byte("aside"), 3); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAt(b, 4); err != nil || string(b) != "side" {
		t.Errorf("read %q, %v, want what was written", b, err)
	}
	after, err := os.ReadDir(dir)
	if err != nil || len(after) != len(before) {
		t.Errorf("%d files beside the archive, %v, want %d", len(after), err, len(before))
	}
}

// An item that was removed must not live on in what is remembered of it.
func TestKeptIsNothingOnceAnItemIsRemoved(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "wire.db"), storage.Options{})
	if err := errors.Join(
		s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}),
		s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", "k", 1))),
		s.Keep(t.Context(), func(w io.Writer) error { _, err := io.WriteString(w, "item k"); return err }),
		s.KeepSite(t.Context(), func(w io.Writer) error { _, err := io.WriteString(w, "item k"); return err }),
	); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		id   int64
		err  error
		kept string
	}{{99, news.ErrNotFound, "item k"}, {1, nil, ""}} {
		if err := s.Remove(t.Context(), tt.id, "asked to"); !errors.Is(err, tt.err) {
			t.Fatalf("Remove(%d) = %v, want %v", tt.id, err, tt.err)
		}
		window, release, err := s.Kept(t.Context())
		if got := content(t, window); got != tt.kept || err != nil {
			t.Errorf("after Remove(%d) kept = %q, %v, want %q", tt.id, got, err, tt.kept)
		}
		release()
		data, release, err := s.KeptSite(t.Context())
		if string(data) != tt.kept || err != nil {
			t.Errorf("after Remove(%d) what is kept of the site = %q, %v, want %q", tt.id, data, err, tt.kept)
		}
		release()
	}
}

// The file is written under a name of its own, and what a killed process left
// goes.
func TestKeepWritesThroughNoLink(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wire[1].db")
	s := open(t, path, storage.Options{})
	victim := filepath.Join(t.TempDir(), "victim")
	if err := errors.Join(os.WriteFile(victim, []byte("precious"), 0o600), os.WriteFile(path+".window.part123", []byte("torn"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, path+".window.part"); err != nil {
		t.Skip(err)
	}
	if err := s.Keep(t.Context(), func(w io.Writer) error { _, err := io.WriteString(w, "one"); return err }); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(victim); string(b) != "precious" {
		t.Errorf("what the link led to is %q, %v now, want it as it was", b, err)
	}
	names, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range names {
		if strings.Contains(e.Name(), ".part") {
			t.Errorf("%s is left", e.Name())
		}
	}
	if data, release, err := s.Kept(t.Context()); content(t, data) != "one" || err != nil {
		t.Errorf("kept = %q, %v, want what was kept", content(t, data), err)
	} else {
		release()
	}
}
