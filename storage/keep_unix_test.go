//go:build unix

package storage_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/rightswire/rightswire/storage"
)

// Whoever cuts off the file of what is kept, as a tool that copies in place
// does, must not kill the process that holds it.
func TestWhatWasReadStaysWhenItsFileIsCutOff(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true)) // a failure, not the end of all tests
	path := filepath.Join(t.TempDir(), "wire.db")
	s := open(t, path, storage.Options{})
	want := bytes.Repeat([]byte("kept "), 20000)
	if err := s.KeepSite(t.Context(), func(w io.Writer) error { _, err := w.Write(want); return err }); err != nil {
		t.Fatal(err)
	}
	data, release, err := s.KeptSite(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if err := os.Truncate(path+".site", 0); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, want) {
		t.Error("what was read is another thing now")
	}
}

// What was opened is read to its end when another file takes its name.
func TestWhatWasOpenedStaysWhenItIsKeptAnew(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "wire.db"), storage.Options{})
	keep := func(what string) {
		if err := s.Keep(t.Context(), func(w io.Writer) error { _, err := io.WriteString(w, what); return err }); err != nil {
			t.Fatal(err)
		}
	}
	keep("one")
	data, release, err := s.Kept(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	keep("two")
	if got := content(t, data); got != "one" {
		t.Errorf("what was opened = %q, want %q", got, "one")
	}
}
