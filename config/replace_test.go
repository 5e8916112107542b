package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/rightswire/rightswire/news"
)

// An edit that somebody is told was made is there, however many edit at once: a
// lock belongs to the open file, so goroutines are to it as processes are.
func TestNoEditIsLost(t *testing.T) {
	path := folderOf(t, "c.yaml", "sources:\n"+aBlock)
	var wg sync.WaitGroup
	failed := make([]error, 24)
	for i := range failed {
		wg.Go(func() {
			change := Adding("", news.Source{ID: fmt.Sprintf("n-%d", i), Title: "N", URL: fmt.Sprintf("https://n%d.example/", i)})
			_, failed[i] = Make(path, change, func(*Edit) error { return nil })
		})
		wg.Go(func() { // somebody who planned before
			e, err := Plan(path, Adding("", news.Source{ID: fmt.Sprintf("p-%d", i), Title: "P", URL: fmt.Sprintf("https://p%d.example/", i)}))
			if err != nil {
				t.Error(err)
			} else if err := e.Apply(); err == nil && !strings.Contains(text(t, path, "c.yaml"), fmt.Sprintf("p-%d\n", i)) {
				t.Errorf("p-%d was written, and is not there", i)
			} else if err != nil && !errors.Is(err, ErrStale) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := text(t, path, "c.yaml")
	for i, err := range failed {
		if err != nil || !strings.Contains(got, fmt.Sprintf("id: n-%d\n", i)) {
			t.Errorf("n-%d: %v, in the file: %t", i, err, strings.Contains(got, fmt.Sprintf("id: n-%d\n", i)))
		}
	}
}

// Whoever changes a file between two readings of a plan must not make a plan of
// two halves, nor be told to edit by hand.
func TestAPlanReadsAFileOnce(t *testing.T) {
	path := folderOf(t, "c.yaml", "sources:\n"+aBlock)
	e, err := Plan(path, func(ed *editor) error {
		if err := os.WriteFile(path, []byte("sources:\n"+aBlock+bBlock), 0o600); err != nil {
			return err
		}
		return Adding("", newcomer)(ed)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Apply(); !errors.Is(err, ErrStale) {
		t.Errorf("Apply = %v, want %v", err, ErrStale)
	}
}

func TestAnEditedFileKeepsItsOwner(t *testing.T) {
	path := folderOf(t, "c.yaml", "sources:\n"+aBlock)
	if err := os.Chown(path, 4711, 4712); err != nil || runtime.GOOS == "windows" {
		t.Skip("only root gives files away")
	}
	want := ownerOf(t, path)
	if _, err := makeEdit(path, Adding("", newcomer)); err != nil {
		t.Fatal(err)
	}
	if got := ownerOf(t, path); got != want {
		t.Errorf("the file belongs to %s, want %s", got, want)
	}
}

// ownerOf prints what a system says of a file's owner.
func ownerOf(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	sys := reflect.Indirect(reflect.ValueOf(info.Sys())) // whose type differs by system
	return fmt.Sprintf("%v:%v", sys.FieldByName("Uid"), sys.FieldByName("Gid"))
}
