package publisher_test

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// Whoever lends memory for one file after another gets of each the bytes that
// Bytes returns, behind what is there, and none of the file before.
func TestFilesAreAppendedToWhatIsLent(t *testing.T) {
	n := busy()
	for name, opt := range map[string]publisher.Options{"in memory": options(), "aside": asideOptions(t)} {
		site := build(t, n, opt)
		body := []byte("kept ")
		for _, path := range slices.Sorted(maps.Keys(filesOf(site))) {
			f := filesOf(site)[path]
			want := "kept " + string(bytesOf(f))
			var err error
			if body, err = f.AppendTo(body[:5]); err != nil || string(body) != want {
				t.Fatalf("%s: %s is %q, %v; want %q", name, path, body, err, want)
			}
		}
		// What was lent for one is not what others hold.
		clear(body[:cap(body)])
		if d := differ(build(t, n, options()), site); d != "" {
			t.Errorf("%s: the site changed with what was lent:\n%s", name, d)
		}
	}
}

func TestAFileThatFailsLeavesWhatIsLent(t *testing.T) {
	broken := errors.New("no ink")
	f := publisher.NewLazyFile("/a.html", "text/html", strings.Repeat("a", 32), func() ([]byte, error) { return []byte("half a pa"), broken }, time.Time{})
	body, err := f.AppendTo([]byte("kept"))
	if !errors.Is(err, broken) || !bytes.Equal(body, []byte("kept")) {
		t.Errorf("AppendTo of a file that fails = %q, %v; want what was there, and why", body, err)
	}
}

// The bytes of a site in memory are its own: no other build writes over them.
func TestASiteInMemoryHoldsBytesOfItsOwn(t *testing.T) {
	n := busy()
	first := build(t, n, options())
	was := map[string]string{}
	for path, f := range first.Files {
		was[path] = string(f.Body)
	}
	opt := options()
	opt.Site.Title = "Another wire"
	for range 3 {
		build(t, n, opt)
	}
	for path, f := range first.Files {
		if string(f.Body) != was[path] {
			t.Errorf("%s has other bytes after another build", path)
		}
	}
}
