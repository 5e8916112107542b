package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// GoldenName is the file of golden headlines that lies beside config.yaml.
const GoldenName = "golden.yaml"

// Golden is a golden headline: an item that a desk made up or picked, with
// where it must be filed and where it must not.
type Golden struct {
	Title     string   `yaml:"title"`
	Text      string   `yaml:"text,omitempty"`      // the summary; may be ""
	Language  string   `yaml:"language,omitempty"`  // BCP 47; "": English
	Expect    []string `yaml:"expect,omitempty"`    // categories it is filed under
	Forbid    []string `yaml:"forbid,omitempty"`    // categories it is not filed under
	Only      bool     `yaml:"only,omitempty"`      // under nothing but Expect and its umbrellas
	Countries []string `yaml:"countries,omitempty"` // exactly these countries, best first; none: any
	Line      int      `yaml:"-"`                   // where it stands in its file
}

// goldenFile is what a file of golden headlines holds.
type goldenFile struct {
	Headlines []Golden `yaml:"headlines"`
}

// LoadGolden reads a file of golden headlines; a relative name is one beside
// the newsroom's main file. Its error is an [*Errors] that lists every
// mistake, a category that the newsroom does not have among them.
func (c *Config) LoadGolden(name string) ([]Golden, error) {
	f := diskFiles()
	if len(c.files) > 0 && !filepath.IsAbs(name) {
		name = f.beside(c.files[0], name)
	}
	return c.loadGolden(f, name)
}

// LoadGoldenFS is [Config.LoadGolden] on a file system.
func (c *Config) LoadGoldenFS(fsys fs.FS, name string) ([]Golden, error) {
	return c.loadGolden(fsFiles(fsys), name)
}

func (c *Config) loadGolden(f files, name string) ([]Golden, error) {
	rep := report{files: []string{name}, looked: []string{name}}
	doc := &document{name: name, said: map[string]bool{}, rep: &rep}
	data, err := f.read(name, maxFileBytes)
	if err != nil {
		rep.add(Problem{File: name, Message: err.Error() + "; list some headlines in it, each with title: and expect: or forbid:"})
		return nil, rep.err()
	}
	root, err := readNode(string(data))
	if err != nil {
		p := Problem{File: name, Message: err.Error()}
		if at := (*flaw)(nil); errors.As(err, &at) {
			p.Line, p.Column = at.line, at.column
		}
		rep.add(p)
		return nil, rep.err()
	}
	var out goldenFile
	doc.root = root
	doc.decode(root, "", reflect.ValueOf(&out).Elem())
	k := checker{categories: map[string]origin{}}
	for _, cat := range c.Categories {
		k.categories[cat.ID] = origin{}
	}
	for i := range out.Headlines {
		path := index("headlines", i)
		out.Headlines[i].Line = doc.locate(path, "").Line
		k.golden(doc, path, out.Headlines[i])
	}
	return out.Headlines, rep.err()
}

// golden checks one headline.
func (k *checker) golden(doc *document, path string, g Golden) {
	if strings.TrimSpace(g.Title+g.Text) == "" {
		doc.problem(path, "has no title; write title: followed by the headline")
	}
	if len(g.Expect)+len(g.Forbid)+len(g.Countries) == 0 && !g.Only {
		doc.problem(path, "expects nothing; write expect:, forbid:, countries: or only: true")
	}
	if g.Language != "" {
		k.language(doc, path+".language", g.Language)
	}
	k.references(doc, path+".expect", g.Expect)
	k.references(doc, path+".forbid", g.Forbid)
	for i, id := range g.Forbid {
		if slices.Contains(g.Expect, id) {
			doc.problem(index(path+".forbid", i), "%s is expected, too; delete one", quote(id))
		}
	}
	for i, code := range g.Countries {
		k.country(doc, index(path+".countries", i), code)
	}
}
