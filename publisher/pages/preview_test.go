package pages

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var preview = flag.String("preview", "", "write the test pages to this `folder`, to be looked at")

func TestPreview(t *testing.T) {
	if *preview == "" {
		t.Skip("run with -preview DIR to write the pages to a folder")
	}
	r := newRenderer(t)
	write := func(path string, body []byte) {
		path = filepath.Join(*preview, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range fixturePages() {
		write(p.Path+"index.html", render(t, r, p))
	}
	for _, p := range emptyPages() {
		write("/empty"+p.Path+"index.html", render(t, r, p))
	}
	for _, a := range r.Assets() {
		write(a.Path, a.Body)
	}
}
