package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPutText(t *testing.T) {
	const main, list = "include: [s.yaml]\n# end\n", "sources:\n" + aBlock
	outside := folderOf(t, "secret.yaml", "root: x\n")
	for _, tt := range []struct {
		name, file, was, text, want string
	}{
		{"a good text", "s.yaml", list, list + bBlock + "# mine\n", ""},
		{"the main file", "c.yaml", main, "# new\n" + main, ""},
		{"a mistake", "s.yaml", list, "sources:\n  - id: A B\n", `"A B" is not an id`},
		{"no YAML", "s.yaml", list, "sources: [", "s.yaml:1:"},
		{"what somebody else has changed", "s.yaml", "sources: []\n", list + bBlock, "it was changed by somebody else meanwhile"},
		{"a file that is none of them", "other.yaml", "", "x", `other.yaml" is no file of this newsroom`},
		{"a file somewhere else", outside, "root: x\n", "x", "is no file of this newsroom"},
		{"an include from somewhere else", "c.yaml", main, "include: [s.yaml, " + outside + "]\n", "is outside the newsroom's folder"},
		{"an include through a link", "c.yaml", main, "include: [s.yaml, link.yaml]\n", "is outside the newsroom's folder"},
		{"a pattern for another folder", "c.yaml", main, "include: [s.yaml, " + filepath.Dir(outside) + "/*]\n", "no file matches"},
		{"a pattern through a linked folder", "c.yaml", main, "include: [s.yaml, folder/sec*]\n", "no file matches"},
		{"a pattern that fits a linked folder", "c.yaml", main, "include: [s.yaml, fold*/sec*]\n", "no file matches"},
		{"a file beside it that is no newsroom", "c.yaml", main, "include: [s.yaml, other.yaml]\n", "other.yaml: has mistakes, which are shown once it is in effect"},
		{"what is not accepted", "s.yaml", list, list + "# no\n", "not accepted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := folderOf(t, "c.yaml", main, "s.yaml", list, "other.yaml", "root: x\n")
			if err := os.Symlink(outside, filepath.Join(filepath.Dir(path), "link.yaml")); err != nil {
				t.Skip("no links here")
			}
			if err := os.Symlink(filepath.Dir(outside), filepath.Join(filepath.Dir(path), "folder")); err != nil {
				t.Fatal(err)
			}
			file := tt.file
			if !filepath.IsAbs(file) {
				file = filepath.Join(filepath.Dir(path), file)
			}
			before, _ := os.ReadFile(file)
			_, err := PutText(path, file, []byte(tt.was), []byte(tt.text), func(*Config) error {
				if strings.Contains(tt.text, "# no") {
					return errors.New("not accepted")
				}
				return nil
			})
			after, readErr := os.ReadFile(file)
			if tt.want == "" {
				if err != nil || string(after) != tt.text {
					t.Errorf("PutText = %v, the file is %q, want %q", err, after, tt.text)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "root") {
				t.Errorf("PutText = %v, want %q and nothing of what is elsewhere", err, tt.want)
			}
			if readErr == nil && string(after) != string(before) {
				t.Errorf("the file is %q, want it as it was", after)
			}
			left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*.new"))
			if len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

// A broken newsroom can be mended: its files are named though it cannot be
// read.
func TestTextFilesOfABrokenNewsroom(t *testing.T) {
	path := folderOf(t, "c.yaml", "include: [s.yaml, none.yaml, x/*.yaml]\n", "s.yaml", "sources: [\n")
	got := TextFiles(path)
	if len(got) != 2 || got[0] != path || filepath.Base(got[1]) != "s.yaml" {
		t.Errorf("TextFiles = %q, want the two that are there", got)
	}
	if _, err := PutText(path, path, []byte("include: [s.yaml, none.yaml, x/*.yaml]\n"), []byte("sources: []\n"), func(*Config) error { return nil }); err != nil {
		t.Errorf("mending it: %v", err)
	}
}

func TestLineEnds(t *testing.T) {
	for _, tt := range []struct {
		name, text, like, want string
		ok                     bool
	}{
		{"as forms send it, for Unix", "a\r\nb\r\n", "x\n", "a\nb\n", true},
		{"as forms send it, for Windows", "a\r\nb\r\n", "x\r\ny\r\n", "a\r\nb\r\n", true},
		{"both kinds", "a\r\n", "x\r\ny\n", "a\r\n", false},
		{"one line", "a", "", "a", true},
	} {
		if got, ok := LineEnds(tt.text, []byte(tt.like)); string(got) != tt.want || ok != tt.ok {
			t.Errorf("%s: LineEnds = %q, %t, want %q, %t", tt.name, got, ok, tt.want, tt.ok)
		}
	}
}
