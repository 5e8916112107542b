package deliver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"
)

// The manifest of a folder is large, and most of it stays as it is: to write it
// before the first change, only to say which files are going to be changed, would
// take as long as to write it after the last. So their names are written beside
// it, until it says what became of them. Whoever finds such names comes after a
// delivery that did not end.

// changingName is the file that holds them, each with a zero byte behind it, which
// is in no name.
const changingName = manifestName + ".changing"

// intend has the names on the disk before anything is changed.
func (f *folder) intend(ctx context.Context, m *manifest, names iter.Seq[string]) error {
	if f.broken { // the manifest on the disk lacks what the last one intended
		_, err := f.saveManifest(ctx, m, blanks(names))
		return err
	}
	err := createFile(f.root, changingName, true, func(to *os.File) error {
		out := bufio.NewWriter(to)
		for name := range names {
			_, _ = out.WriteString(name + "\x00") // Flush returns its errors
		}
		return out.Flush()
	})
	if err != nil {
		return fmt.Errorf("write what is going to change: %w", err)
	}
	return syncDir(f.root, ".")
}

// intended returns the names that a delivery has left which did not end, sorted.
func intended(root *os.Root) (names []string, broken bool, err error) {
	text, err := root.ReadFile(changingName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("%w: %w", errManifest, err)
	}
	names = strings.Split(string(text), "\x00")
	names = names[:len(names)-1] // of a name without an end nothing has been changed yet
	slices.Sort(names)
	return slices.Compact(names), true, nil
}
