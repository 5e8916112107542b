//go:build unix

package storage

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A process that sweeps up what others left may take a new file's name first,
// which is what was wanted.
func TestAScratchFileWhoseNameIsSweptUpIsOne(t *testing.T) {
	dir := t.TempDir()
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ended:
				return
			default:
			}
			left, _ := filepath.Glob(filepath.Join(dir, "*"))
			for _, path := range left {
				os.Remove(path)
			}
		}
	}()
	for range 5000 {
		f, err := nameless(dir, "wire.db.window.part*")
		if err != nil {
			t.Error(err)
			break
		}
		f.Close()
	}
	close(ended)
	<-done
}

// A machine of 32 bits must not take a part of a file for all of it.
func TestAFileThatIsLongerThanMemoryIsNotRead(t *testing.T) {
	if strconv.IntSize > 32 {
		t.Skip("no file is")
	}
	if _, _, err := inMemory(io.NewSectionReader(strings.NewReader("the first bytes"), 0, 1<<32+4)); err == nil {
		t.Error("a file of more than 4 GiB is in memory")
	}
}
