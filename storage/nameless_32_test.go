//go:build unix && (386 || arm)

package storage

import (
	"io"
	"strings"
	"testing"
)

// A machine of 32 bits must not take a part of a file for all of it.
func TestAFileThatIsLongerThanMemoryIsNotRead(t *testing.T) {
	if _, _, err := inMemory(io.NewSectionReader(strings.NewReader("the first bytes"), 0, 1<<32+4)); err == nil {
		t.Error("a file of more than 4 GiB is in memory")
	}
}
