package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// tree makes a file system of names and texts.
func tree(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

const oneSource = "sources: [{id: %, title: T, url: \"https://%.example/\"}]\n"

func source(id string) string { return strings.ReplaceAll(oneSource, "%", id) }

func TestIncludedFilesAreJoinedInOrder(t *testing.T) {
	c, err := LoadFS(tree(
		"etc/c.yaml", "include: [lists/*.yaml, tax.yaml]\n"+source("main"),
		"etc/lists/b.yaml", source("b"),
		"etc/lists/a.yaml", source("a")+"include: [deep/x.yaml]\n",
		"etc/lists/deep/x.yaml", source("x"),
		"etc/tax.yaml", "version: 1\ncategories: [{id: l, title: L}]\nglobal_masks: {w: [a]}\nshort_terms: {hi: {l: [b]}}\ninclude: [more.yaml]\n",
		"etc/more.yaml", "global_masks: {w: [c], v: [d]}\nshort_terms: {hi: {l: [e]}, id: {l: [f]}}\nfeeds: [{id: f, title: F, where: {query: q}}]\n",
	), "etc/c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range c.Sources {
		ids = append(ids, s.ID)
	}
	if diff := cmp.Diff([]string{"main", "a", "x", "b"}, ids); diff != "" {
		t.Errorf("order of sources (-want +got):\n%s", diff)
	}
	tax := c.Taxonomy()
	if diff := cmp.Diff(map[string][]string{"w": {"a", "c"}, "v": {"d"}}, tax.GlobalMasks); diff != "" {
		t.Errorf("global masks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]map[string][]string{"hi": {"l": {"b", "e"}}, "id": {"l": {"f"}}}, tax.ShortTerms); diff != "" {
		t.Errorf("short terms (-want +got):\n%s", diff)
	}
	if len(tax.Categories) != 1 || len(c.Feeds) != 1 {
		t.Errorf("got %d categories and %d feeds, want 1 and 1", len(tax.Categories), len(c.Feeds))
	}
}

// A program that follows the files has to know them, those of a broken
// newsroom above all.
func TestFilesAreNamed(t *testing.T) {
	c, err := LoadFS(tree("etc/c.yaml", "include: [lists/*.yaml]\n", "etc/lists/a.yaml", source("a")), "etc/c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"etc/c.yaml", "etc/lists/a.yaml"}, c.Files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	_, err = LoadFS(tree("etc/c.yaml", "include: [gone/x.yaml, none/*.yaml, bad/b.yaml]\n", "etc/bad/b.yaml", "listen: x\n"), "etc/c.yaml")
	var all *Errors
	if !errors.As(err, &all) {
		t.Fatalf("LoadFS = %v, want *Errors", err)
	}
	want := []string{"etc/c.yaml", "etc/gone/x.yaml", "etc/none/*.yaml", "etc/bad/b.yaml"}
	if diff := cmp.Diff(want, all.Files); diff != "" {
		t.Errorf("files of a broken newsroom (-want +got):\n%s", diff)
	}
}

func TestMistakesOfAllFilesAreReportedMainFileFirst(t *testing.T) {
	_, err := LoadFS(tree(
		"c.yaml", "include: [a.yaml, b.yaml, a.yaml]\nlisten: x\n",
		"a.yaml", "include: [c.yaml]\nsite: {title: A}\n"+source("s"),
		"b.yaml", "sources: [{id: s, title: T, url: \"https://s.example/\", categories: [none]}]\n",
	), "c.yaml")
	want := `c.yaml:1:27: include[2]: "a.yaml" is included already, at c.yaml:1:11
c.yaml:2:9: listen: "x" is not an address; write localhost:8080 or :8080
a.yaml:1:11: include[0]: include loop: c.yaml includes a.yaml includes c.yaml; delete one of the includes
a.yaml:2:1: unknown field "site"
b.yaml:1:16: sources[0].id: "s" is used already, at a.yaml:3:16; ids are unique
b.yaml:1:69: sources[0].categories[0]: there is no category "none"`
	if diff := cmp.Diff(want, errors.Join(err).Error()); diff != "" {
		t.Errorf("Load reports (-want +got):\n%s", diff)
	}
}

func TestLoadReadsFromDisk(t *testing.T) {
	dir := t.TempDir()
	main := filepath.Join(dir, "config.yaml")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("config.yaml", "include: [s.yaml]\ndatabase: {url: postgres://wire@db/wire, password_file: pw}\n")
	write("s.yaml", source("a"))
	write("pw", "p@ss/w:rd\n")
	c, err := Load(main)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Database.URL, "postgres://wire:p%40ss%2Fw%3Ard@db/wire"; got != want {
		t.Errorf("Database.URL = %q, want %q", got, want)
	}
	if got, want := c.Database.String(), "postgres://wire:xxxxx@db/wire"; got != want {
		t.Errorf("Database.String() = %q, want %q", got, want)
	}
	for name, path := range map[string]string{"a missing file": filepath.Join(dir, "gone.yaml"), "a directory": dir} {
		if _, err := Load(path); err == nil || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: Load = %v, want an error that starts with the path", name, err)
		}
	}
}

func TestSecretsComeFromTheEnvironment(t *testing.T) {
	env := WithEnv(func(name string) (string, bool) {
		v, ok := map[string]string{"DSN": "postgres://u:p%23@db/x", "PW": "a/b", "TOKEN": "sesame", "BAD": "a\r\nb"}[name]
		return v, ok
	})
	tests := []struct {
		name, text string
		get        func(*Config) string
		want       string // "": an error
	}{
		{"a whole address", "database: $DSN\n", func(c *Config) string { return c.Database.URL }, "postgres://u:p%23@db/x"},
		{"a part of an address is escaped", "database: postgres://u:${PW}@db/x\n", func(c *Config) string { return c.Database.URL }, "postgres://u:a%2Fb@db/x"},
		{"the proxy", "fetch: {proxy: \"http://u:$PW@p:1\"}\n", func(c *Config) string { return c.Fetch.Proxy }, "http://u:a%2Fb@p:1"},
		{"a header", "sources: [{id: a, title: T, url: \"https://a.example/\", headers: {Authorization: Bearer $TOKEN}}]\n",
			func(c *Config) string { return c.Sources[len(c.Sources)-1].Headers["Authorization"] }, "Bearer sesame"},
		{"a source's proxy", "sources: [{id: a, title: T, url: \"https://a.example/\", proxy: \"socks5://u:$PW@p:1\"}]\n",
			func(c *Config) string { return c.Sources[len(c.Sources)-1].Proxy }, "socks5://u:a%2Fb@p:1"},
		{"a dollar sign", "database: a$$b.db\n", func(c *Config) string { return c.Database.URL }, "a$b.db"},
		{"a line break in a variable", "database: $BAD\n", nil, ""},
		{"a bad address in a variable", "database: postgres://u:${TOKEN}@[/x\n", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.text
			if !strings.Contains(text, "sources:") {
				text += source("a")
			}
			c, err := loadText(text, env)
			switch {
			case tt.want == "" && err == nil:
				t.Error("Load accepts it")
			case tt.want == "" && strings.Contains(err.Error(), "sesame"):
				t.Errorf("the error tells the secret: %v", err)
			case tt.want != "" && err != nil:
				t.Errorf("Load = %v", err)
			case tt.want != "" && tt.get(c) != tt.want:
				t.Errorf("got %q, want %q", tt.get(c), tt.want)
			}
		})
	}
}

func TestFingerprintChangesWithWhatIsPublished(t *testing.T) {
	text := base + "  - {id: b, title: B, url: \"https://b.example/\", headers: {X: y}}\nlisten: :1\n"
	load := func(old, new string) string {
		t.Helper()
		if !strings.Contains(text, old) {
			t.Fatalf("the file has no %q", old)
		}
		c, err := loadText(strings.Replace(text, old, new, 1))
		if err != nil {
			t.Fatal(err)
		}
		return c.Fingerprint()
	}
	same := load("", "")
	for old, new := range map[string]string{
		"listen: :1":                  "listen: :2",
		"headers: {X: y}":             "headers: {X: z}",
		"  - id: a\n":                 "  - schedule: \"@daily\"\n    id: a\n",
		"strong: [minimum wage*]":     "strong: [minimum wage*], crosswalk: {udhr: [23]}",
		"contact: desk@example.org\n": "contact: desk@example.org # a comment\n",
	} {
		if load(old, new) != same {
			t.Errorf("%q instead of %q changes the fingerprint, but nothing that is published", new, old)
		}
	}
	for old, new := range map[string]string{
		"title: Test wire":        "title: Another",
		"strong: [minimum wage*]": "strong: [minimum wage]",
		"url: https://a.example":  "url: https://aa.example",
		"    title: A\n":          "    title: A\n    rank: 1\n",
		"listen: :1":              "publish: {items: 3}",
	} {
		if load(old, new) == same {
			t.Errorf("%q instead of %q does not change the fingerprint", new, old)
		}
	}
}

func TestFingerprintIgnoresTheOrderOfSources(t *testing.T) {
	a, errA := LoadFS(tree("c.yaml", "include: [a.yaml, b.yaml]", "a.yaml", source("a"), "b.yaml", source("b")), "c.yaml")
	b, errB := LoadFS(tree("c.yaml", "include: [b.yaml, a.yaml]", "a.yaml", source("a"), "b.yaml", source("b")), "c.yaml")
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	if a.Fingerprint() != b.Fingerprint() {
		t.Error("the fingerprint depends on the order of the includes")
	}
}

// FuzzLoad says that whatever the file holds, Load returns either a newsroom
// with sources or mistakes that name the file, and never panics.
func FuzzLoad(f *testing.F) {
	for _, text := range hostile {
		if len(text) < 4096 {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte(base))
	f.Add([]byte(base + "feeds:\n  - {id: x, title: X, where: {countries: [AE], languages: [en]}}\ninclude: [c.yaml]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := LoadFS(fstest.MapFS{"c.yaml": {Data: data}}, "c.yaml")
		if err == nil {
			if len(c.Sources) == 0 && !strings.Contains(string(data), "sources") {
				t.Fatal("Load accepts a file without sources")
			}
			c.Fingerprint()
			return
		}
		var all *Errors
		if !errors.As(err, &all) || len(all.Problems) == 0 {
			t.Fatalf("Load = %v, want *Errors with problems", err)
		}
		for _, p := range all.Problems {
			if p.File != "c.yaml" || p.Message == "" || p.Line < 0 || p.Line > 0 && p.Column < 1 {
				t.Fatalf("problem %+v has no proper place", p)
			}
		}
	})
}

// The lexer that we use counts a comment with such an end as two lines.
func TestMistakesInAFileOfWindowsAreInTheirLines(t *testing.T) {
	path := folderOf(t, "c.yaml", "# one\r\n# two\r\nsources:\r\n  # three\r\n  - id: a\r\n    title: A\r\n    url: ftp://a.example/\r\n")
	_, err := Load(path)
	if all := (*Errors)(nil); !errors.As(err, &all) || len(all.Problems) != 1 || all.Problems[0].Line != 7 || all.Problems[0].Column != 10 {
		t.Errorf("Load: %v, want a mistake at 7:10", err)
	}
}
