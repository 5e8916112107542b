package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
)

// newcomer is what the tests add.
var newcomer = news.Source{ID: "new", Title: "New: a union", URL: "https://new.example/feed?x=1", Status: news.Active}

const (
	block  = "  - id: new\n    title: \"New: a union\"\n    url: https://new.example/feed?x=1\n    status: active\n"
	aBlock = "  - id: a\n    title: A\n    url: https://a.example/\n"
	bBlock = "  - id: b\n    title: B\n    url: https://b.example/\n"
)

// makeEdit plans a change and makes it.
func makeEdit(path string, change Change) (*Edit, error) {
	e, err := Plan(path, change)
	if err != nil {
		return nil, err
	}
	return e, e.Apply()
}

// folderOf writes a newsroom to a folder and returns its main file.
func folderOf(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0])
}

// text reads a file next to another.
func text(t *testing.T, beside, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(filepath.Dir(beside), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAddSourceKeepsEverythingElse(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{"at the end of the file", "# head\nsources:\n" + aBlock, "# head\nsources:\n" + aBlock + block},
		{"without a last line end", "sources:\n" + strings.TrimSuffix(aBlock, "\n"), "sources:\n" + aBlock + block},
		{"after the comments of the last one", "sources:\n" + aBlock + "    # checked\n\n  # planned\n", "sources:\n" + aBlock + "    # checked\n" + block + "\n  # planned\n"},
		{"before the next key and its comment", "sources:\n" + aBlock + "\n# cuts\nfeeds: []   # none\n", "sources:\n" + aBlock + block + "\n# cuts\nfeeds: []   # none\n"},
		{"in the style of the list", "sources:\n- id: a\n  title: Ä ö\n  url: https://a.example/\n# end\n",
			"sources:\n- id: a\n  title: Ä ö\n  url: https://a.example/\n" + strings.ReplaceAll(strings.TrimPrefix(block, "  "), "\n    ", "\n  ") + "# end\n"},
		{"after one in brackets", "sources:\n  - {id: a, title: A, url: 'https://a.example/'} # x\n", "sources:\n  - {id: a, title: A, url: 'https://a.example/'} # x\n" + block},
		{"in place of empty brackets", "sources: [ ]  # none yet\nlisten: :1\n", "sources:  # none yet\n" + block + "listen: :1\n"},
		{"under a key without a value", "sources: # none yet\nlisten: :1\n", "sources: # none yet\n" + block + "listen: :1\n"},
		{"with the line ends of the file", strings.ReplaceAll("sources:\n"+aBlock, "\n", "\r\n"), strings.ReplaceAll("sources:\n"+aBlock+block, "\n", "\r\n")},
		{"after a byte order mark", "\ufeffsources:\n" + aBlock, "\ufeffsources:\n" + aBlock + block},
		{"after a long text", "sources:\n  - id: a\n    url: https://a.example/\n    title: |\n      A\n\n      # no comment\n", "sources:\n  - id: a\n    url: https://a.example/\n    title: |\n      A\n\n      # no comment\n" + block},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := folderOf(t, "c.yaml", tt.before)
			got, err := makeEdit(path, Adding("", newcomer))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.after, text(t, path, "c.yaml")); d != "" || got.File != path {
				t.Errorf("AddSource wrote %s, -want +got\n%s", got.File, d)
			}
		})
	}
}

func TestAddSourceGoesWhereSourcesAre(t *testing.T) {
	path := folderOf(t, "c.yaml", "include: [tax.yaml, s.yaml, t.yaml]\nsources:\n"+strings.ReplaceAll(bBlock, "b", "main"), "tax.yaml", "categories: []\n", "s.yaml", "sources:\n"+aBlock, "t.yaml", "sources:\n"+bBlock)
	if err := os.Symlink(filepath.Join(filepath.Dir(path), "s.yaml"), filepath.Join(filepath.Dir(path), "link.yaml")); err != nil {
		t.Fatal(err)
	}
	got, err := makeEdit(path, Adding("", newcomer))
	if err != nil || filepath.Base(got.File) != "s.yaml" || len(got.Sources) != 4 || got.Sources[2].ID != "new" {
		t.Fatalf("AddSource = %+v, %v; want it in s.yaml", got, err)
	}
	other := newcomer
	other.ID, other.URL = "other", "https://other.example/"
	if _, err = makeEdit(path, Adding("tax.yaml", other)); err != nil || text(t, path, "tax.yaml") != "categories: []\n\nsources:\n"+strings.NewReplacer("id: new", "id: other", "new.example/feed?x=1", "other.example/").Replace(block) {
		t.Errorf("AddSource to a file without sources: %v\n%s", err, text(t, path, "tax.yaml"))
	}
	if _, err = makeEdit(path, Adding("link.yaml", other)); err == nil || !strings.Contains(err.Error(), "is no file of this newsroom") {
		t.Errorf("AddSource to a file that is not included: %v", err)
	}
	info, err := os.Stat(filepath.Join(filepath.Dir(path), "s.yaml"))
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode of the changed file: %v, %v", info.Mode(), err)
	}
}

func TestAnEditThatFailsChangesNothing(t *testing.T) {
	twice := newcomer
	twice.ID = "a"
	lost := newcomer
	lost.Categories = []string{"nowhere"}
	tests := []struct {
		name, before string
		s            news.Source
		want         string
	}{
		{"an id that is used", "sources:\n" + aBlock, twice, "is used already"},
		{"a category that is none", "sources:\n" + aBlock, lost, "there is no category"},
		{"sources in brackets", "sources: [{id: a, title: A, url: 'https://a.example/'}]\n", newcomer, "in brackets"},
		{"a newsroom with a mistake", "sources:\n  - id: a\n", newcomer, "has no title"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := folderOf(t, "c.yaml", tt.before)
			if _, err := makeEdit(path, Adding("", tt.s)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("AddSource: %v, want %q", err, tt.want)
			}
			left, err := os.ReadDir(filepath.Dir(path))
			if err != nil || len(left) != 1 || text(t, path, "c.yaml") != tt.before {
				t.Errorf("the folder holds %v, %v, and the file\n%s", left, err, text(t, path, "c.yaml"))
			}
		})
	}
}

func TestALinkedFileStaysALink(t *testing.T) {
	path := folderOf(t, "c.yaml", "include: [link.yaml]\n", "real.yml", "sources:\n"+aBlock)
	link := filepath.Join(filepath.Dir(path), "link.yaml")
	if err := os.Symlink("real.yml", link); err != nil {
		t.Fatal(err)
	}
	if _, err := makeEdit(path, Adding("", newcomer)); err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || to != "real.yml" || text(t, path, "real.yml") != "sources:\n"+aBlock+block {
		t.Errorf("the link leads to %q, %v", to, err)
	}
}

func TestSetStatus(t *testing.T) {
	tests := []struct {
		name, before string
		status       news.Status
		after        string
	}{
		{"a status that is written", "sources:\n" + aBlock + "    status: active   # since May\n" + bBlock, news.Paused, "sources:\n" + aBlock + "    status: paused   # since May\n" + bBlock},
		{"a status in quotes", "sources:\n" + aBlock + "    status: 'paused'\n", news.Active, "sources:\n" + aBlock + "    status: active\n"},
		{"no status", "sources:\n" + bBlock + aBlock, news.Paused, "sources:\n" + bBlock + strings.Replace(aBlock, "id: a\n", "id: a\n    status: paused\n", 1)},
		{"in brackets", "sources: [{id: a, title: A, url: 'https://a.example/'}]\n", news.Paused, "sources: [{id: a, status: paused, title: A, url: 'https://a.example/'}]\n"},
		{"in brackets, written", "sources: [{title: Ä, id: a, url: 'https://a.example/', status: paused}]\n", news.Active, "sources: [{title: Ä, id: a, url: 'https://a.example/', status: active}]\n"},
		{"nothing to do", "sources:\n" + aBlock, news.Active, "sources:\n" + aBlock},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := folderOf(t, "c.yaml", tt.before)
			got, err := makeEdit(path, WithStatus("a", tt.status))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.after, text(t, path, "c.yaml")); d != "" || (got.File == "") != (tt.before == tt.after) {
				t.Errorf("SetStatus wrote %q, -want +got\n%s", got.File, d)
			}
		})
	}
}

func TestRemoveSourceTakesItsCommentsAlong(t *testing.T) {
	before := "sources:\n  # the first\n" + aBlock + "    # checked\n\n  # the second\n" + bBlock + "# end\n"
	for id, want := range map[string]string{
		"a": "sources:\n  # the first\n\n  # the second\n" + bBlock + "# end\n",
		"b": "sources:\n  # the first\n" + aBlock + "    # checked\n\n  # the second\n# end\n",
	} {
		path := folderOf(t, "c.yaml", before)
		if _, err := makeEdit(path, Removing(id)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, text(t, path, "c.yaml")); d != "" {
			t.Errorf("RemoveSource(%q) -want +got\n%s", id, d)
		}
	}
	path := folderOf(t, "c.yaml", "sources:\n"+aBlock)
	if _, err := makeEdit(path, Removing("a")); err != nil || text(t, path, "c.yaml") != "sources:\n" {
		t.Errorf("RemoveSource of the only one: %v\n%s", err, text(t, path, "c.yaml"))
	}
	if _, err := makeEdit(path, Removing("a")); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("RemoveSource of none: %v", err)
	}
}

// Whatever a feed calls itself, its title comes out of the file as it went in.
func TestTitlesSurviveTheFile(t *testing.T) {
	for _, title := range []string{"null", "Yes", "- a", "a: b", "a #b", `"q" \ 'r'`, "العربية", "42", "@x", "{a}", "[b", "x\ty", "&a *b", "a  b", "%", "née 🙂", "| x", "trailing:"} {
		path := folderOf(t, "c.yaml", "sources:\n"+aBlock)
		s := newcomer
		s.Title = title
		if _, err := makeEdit(path, Adding("", s)); err != nil {
			t.Errorf("AddSource with the title %q: %v", title, err)
		}
	}
}

func TestAddingAndRemovingLeavesNoTrace(t *testing.T) {
	var files []string
	for _, name := range []string{"config.yaml", "sources.yaml", "taxonomy.yaml"} {
		data, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, name, string(data))
	}
	path := folderOf(t, files...)
	if got, err := makeEdit(path, Adding("", newcomer)); err != nil || filepath.Base(got.File) != "sources.yaml" {
		t.Fatalf("AddSource to the shipped newsroom: %q, %v", got.File, err)
	}
	if _, err := makeEdit(path, Removing("new")); err != nil {
		t.Fatal(err)
	}
	if text(t, path, "sources.yaml") != files[3] {
		t.Error("adding and removing a source changed the shipped sources.yaml")
	}
}
