package deliver

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// putThree puts three files in a folder that was opened and then treated by before.
func putThree(t *testing.T, dir string, before func(*folder)) []*payload {
	t.Helper()
	f, err := openFolder(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.close() })
	files := []*payload{named("a.html"), named("story/1/index.html"), named("story/2/index.html")}
	produce := func(p *payload, use func([]byte, headers) error) error { return use([]byte(p.name()), headers{}) }
	before(f)
	if err := f.stage(t.Context(), files, files, produce); err != nil {
		t.Fatal(err)
	}
	if err := f.put(t.Context(), files, produce); err != nil {
		t.Fatal(err)
	}
	for _, p := range files {
		if body, err := os.ReadFile(filepath.Join(dir, p.name())); err != nil || string(body) != p.name() {
			t.Errorf("%s holds %q, %v", p.name(), body, err)
		}
	}
	return files
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
	p := putThree(t, dir, func(*folder) {})[0]
	left := p.now
	if err := os.WriteFile(filepath.Join(dir, p.name()), []byte("of another program"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := openFolder(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	d := &delivery{place: f}
	if d.look(p); !p.there || p.now != left || left.Size != int64(len(p.name())) {
		t.Errorf("it is noted as %+v, want %+v", p.now, left)
	}
}

// A delivery looks at tens of thousands of folders, and asks the system once
// for each: what it remembers must not be taken for more than it is.
func TestALookDoesNotTakeOneFolderForAnother(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "a/b", "ab"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"a/b/f", "a/f", "ab/f"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("a", filepath.Join(dir, "link")), os.Symlink("/etc", filepath.Join(dir, "out"))); err != nil {
		t.Fatal(err)
	}
	f, err := openFolder(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	there := map[string]bool{"a/b/f": true, "a/f": true, "ab/f": true, "link/f": true, "link/b/f": true, "a/none/f": false, "a/nonesuch/f": false, "none/f": false, "out/passwd": false, "ab": false, "a/f/x": false}
	for first := range there { // the second name after each first
		for name, want := range there {
			f.look(first)
			if _, is := f.look(name); is != want {
				t.Errorf("%s after %s: %v, want %v", name, first, is, want)
			}
		}
	}
	f.look("a/none/f")
	p := named("a/none/f")
	if err := f.makeFolders([]*payload{p}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, p.name()), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, is := f.look(p.name()); !is {
		t.Errorf("%s is not found in a folder that was made since", p.name())
	}
}
