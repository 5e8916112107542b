package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A changed configuration has another memory of the news: the old one's scratch
// file, whose name is gone, takes no more room on the disk.
func TestAChangedConfigurationLeavesNoScratchFile(t *testing.T) {
	const files = "/proc/self/fd"
	if _, err := os.Stat(files); err != nil {
		t.Skip("the open files cannot be listed here")
	}
	p := newPress(t, "a")
	open := func() (n int) {
		all, err := os.ReadDir(files)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			path, _ := os.Readlink(filepath.Join(files, f.Name()))
			if strings.HasPrefix(path, filepath.Dir(p.w.app.config)) && strings.Contains(path, ".window.part") {
				n++
			}
		}
		return n
	}
	for i, key := range []string{"1", "2", "3"} {
		p.poll(report("a", key, "Bakers strike", "They do so today.", i))
		p.group()
		if n := open(); n != 1 {
			t.Errorf("after %d changes %d scratch files are open, want 1", i, n)
		}
		if err := p.w.configure(t.Context(), p.w.cfg); err != nil {
			t.Fatal(err)
		}
		if n := open(); n != 0 {
			t.Errorf("at change %d %d scratch files are open, want none", i+1, n)
		}
	}
}
