package deliver

import (
	"os"
	"path/filepath"
	"testing"
)

// putThree puts three files in a folder that was opened and then treated by before.
func putThree(t *testing.T, dir string, before func(*folder)) *folder {
	t.Helper()
	f, err := openFolder(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.close() })
	names := []string{"a.html", "story/1/index.html", "story/2/index.html"}
	produce := func(name string, use func([]byte, headers) error) error { return use([]byte(name), headers{}) }
	before(f)
	if err := f.stage(t.Context(), names, produce); err != nil {
		t.Fatal(err)
	}
	if err := f.put(t.Context(), names, produce); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if body, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(body) != name {
			t.Errorf("%s holds %q, %v", name, body, err)
		}
	}
	return f
}

func TestAFolderThatTheSystemDoesNotOpenIsLeftToTheRoot(t *testing.T) {
	putThree(t, t.TempDir(), func(f *folder) {
		if err := f.at.dir.Close(); err != nil { // whatever is asked below it fails now
			t.Fatal(err)
		}
	})
}

// The manifest says how we left a file: a page that others change before it is
// written must not be taken for ours by the next delivery.
func TestWhatOthersDoToAFileThatIsInPlaceIsNotTakenForOurs(t *testing.T) {
	dir := t.TempDir()
	f := putThree(t, dir, func(*folder) {})
	left, _ := f.look("a.html")
	if err := os.WriteFile(filepath.Join(dir, "a.html"), []byte("of another program"), 0o644); err != nil {
		t.Fatal(err)
	}
	if after, there := f.look("a.html"); !there || after != left || left.Size != int64(len("a.html")) {
		t.Errorf("it is noted as %+v, want %+v", after, left)
	}
}
