package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// Bounds of what includes can pull in.
const (
	maxFiles  = 1000
	maxLevels = 16
)

// Option changes how a newsroom is loaded.
type Option func(*loader)

// WithEnv lets $NAME and ${NAME} in the database's URL, the proxy, the hub and
// request headers stand for what lookup returns. Without it every such name is
// reported as missing.
func WithEnv(lookup func(name string) (string, bool)) Option {
	return func(l *loader) { l.env = lookup }
}

// WithoutSecrets is for commands that read and change what is stored, and ask
// nobody outside: someone at a terminal has the daemon's environment rarely, and
// its files of secrets not always. A name that is not set and a secret's file
// that cannot be read are no mistake then, except for the database's own; what
// they stand for stays as it is written, or empty where it must not be printed.
func WithoutSecrets() Option {
	return func(l *loader) { l.stored = true }
}

// WithLimits lets the program refuse what the contract has and it cannot do
// yet. refuse reports a key of the main file and what to write instead; it is
// asked after everything else, and a key that is wrong already is not reported
// again.
func WithLimits(limits func(c *Config, refuse func(path, value, hint string))) Option {
	return func(l *loader) { l.limits = limits }
}

// Load reads a newsroom from a file and what it includes. Its error is an
// [*Errors] that lists every mistake, whatever the files hold; the Config is
// nil then.
func Load(path string, opts ...Option) (*Config, error) {
	return load(diskFiles(), path, opts)
}

// LoadFS is [Load] on a file system, such as the embedded newsroom.
func LoadFS(fsys fs.FS, name string, opts ...Option) (*Config, error) {
	return load(fsFiles(fsys), name, opts)
}

// LoadTaxonomy reads a file of categories and term lists that stands alone,
// such as an edited copy of taxonomy.yaml, and what it includes. Its error is an
// [*Errors] that lists every mistake.
func LoadTaxonomy(path string) (news.Taxonomy, error) {
	l := &loader{files: diskFiles(), done: map[string]origin{}}
	l.rep.files, l.rep.looked = []string{path}, []string{path}
	text, err := l.text(path, maxFileBytes)
	if err != nil {
		l.rep.add(Problem{File: path, Message: err.Error()})
		return news.Taxonomy{}, l.rep.err()
	}
	var c Config
	if doc := l.file(path, origin{}, text, &c.Part, &c.Part); doc != nil {
		k := newChecker(l, &c, doc)
		for _, p := range l.parts {
			k.ids(p)
		}
		for _, p := range l.parts {
			k.taxonomy(p)
		}
		if len(k.categories) == 0 {
			doc.problem("", "no categories: this is no taxonomy")
		}
	}
	var all Part
	for _, p := range l.parts {
		all.join(p.Part)
	}
	c.Part = all
	return c.Taxonomy(), l.rep.err()
}

// loader reads the files of one newsroom.
type loader struct {
	files
	env    func(string) (string, bool)
	stored bool                                          // WithoutSecrets
	limits func(*Config, func(path, value, hint string)) // nil: none
	rep    report
	stack  []string          // the files being read now, outermost first
	done   map[string]origin // files read before, and where they were included
	parts  []located         // what each file holds, in the order of reading
	lost   bool              // an include could not be read: what is not there may be in it
}

// located is what one file holds, apart from what it includes.
type located struct {
	*Part
	doc *document
}

func load(f files, name string, opts []Option) (*Config, error) {
	l := &loader{
		files: f,
		env:   func(string) (string, bool) { return "", false },
		done:  map[string]origin{},
	}
	for _, opt := range opts {
		opt(l)
	}
	c := Default()
	l.rep.files, l.rep.looked = []string{name}, []string{name}
	text, err := l.text(name, maxFileBytes)
	if err != nil {
		l.rep.add(Problem{File: name, Message: err.Error()})
		return nil, l.rep.err()
	}
	main := l.file(name, origin{}, text, &c, &c.Part)
	written := l.written()
	if main != nil {
		// A file that is no YAML has one mistake; to go on about the sources
		// that it lacks would bury it.
		l.check(&c, main)
		l.refuse(&c, main)
	}
	if err := l.rep.err(); err != nil {
		return nil, err
	}
	all := Part{Include: c.Include, Sources: make([]news.Source, 0, len(written))}
	for _, p := range l.parts {
		all.join(p.Part)
	}
	c.Part, c.files, c.written = all, l.rep.looked, written
	return &c, nil
}

// written returns the sources as they are before the check puts secrets in.
func (l *loader) written() []news.Source {
	n := 0
	for _, p := range l.parts {
		n += len(p.Sources)
	}
	all := make([]news.Source, 0, n)
	for _, p := range l.parts {
		all = append(all, p.Sources...)
	}
	for i := range all {
		all[i].Headers = maps.Clone(all[i].Headers)
	}
	return all
}

// refuse reports what the program cannot do yet.
func (l *loader) refuse(c *Config, main *document) {
	if l.limits == nil {
		return
	}
	wrong := map[string]bool{}
	for _, p := range l.rep.problems {
		wrong[p.Path] = wrong[p.Path] || p.File == main.name
	}
	l.limits(c, func(path, value, hint string) {
		if path == "database" && main.has("database.url") {
			path = "database.url"
		}
		if !wrong[path] {
			main.problem(path, "%s is not built yet: %s", quote(value), hint)
		}
	})
}

// file reads one file and what it includes into target, of which part is the
// part that any file may hold. It returns nil if the file is no YAML.
func (l *loader) file(name string, from origin, text string, target any, part *Part) *document {
	doc := &document{name: name, said: map[string]bool{}, rep: &l.rep}
	l.stack = append(l.stack, name)
	defer func() { l.stack = l.stack[:len(l.stack)-1] }()
	l.done[name] = from

	root, err := readNode(text)
	if err != nil {
		p := Problem{File: name, Message: err.Error()}
		if f := (*flaw)(nil); errors.As(err, &f) {
			p.Line, p.Column = f.line, f.column
		}
		l.rep.add(p)
		return nil
	}
	doc.root = root
	doc.decode(root, "", reflect.ValueOf(target).Elem())
	l.parts = append(l.parts, located{part, doc})
	for i, include := range part.Include {
		l.include(doc, fmt.Sprintf("include[%d]", i), include)
	}
	return doc
}

// include reads the files that one include names.
func (l *loader) include(doc *document, path, include string) {
	names, err := l.expand(doc.name, include)
	l.rep.looked = append(l.rep.looked, names...)
	if err != nil {
		l.rep.looked = append(l.rep.looked, l.beside(doc.name, include))
		doc.problem(path, "%s", err)
		l.lost = true
		return
	}
	for _, name := range names {
		first, seen := l.done[name]
		switch {
		case slices.Contains(l.stack, name):
			doc.problem(path, "include loop: %s; delete one of the includes", strings.Join(append(l.stack, name), " includes "))
			continue
		case seen:
			doc.problem(path, "%s is included already, at %s", quote(name), first)
			continue
		case len(l.done) >= maxFiles || len(l.stack) >= maxLevels:
			doc.problem(path, "includes more than %d files or %d levels", maxFiles, maxLevels)
			return
		}
		text, err := l.text(name, maxFileBytes)
		if err != nil {
			doc.problem(path, "%s: %s", quote(name), err)
			l.lost = true
			continue
		}
		l.rep.files = append(l.rep.files, name)
		var below Part
		l.file(name, origin{doc, path}, text, &below, &below)
	}
}

// join adds what a file holds.
func (p *Part) join(q *Part) {
	p.Categories = append(p.Categories, q.Categories...)
	p.Sources = append(p.Sources, q.Sources...)
	p.Feeds = append(p.Feeds, q.Feeds...)
	p.Retired = append(p.Retired, q.Retired...)
	p.Version = max(p.Version, q.Version)
	p.LanguagesFull = append(p.LanguagesFull, q.LanguagesFull...)
	p.LanguagesShort = append(p.LanguagesShort, q.LanguagesShort...)
	p.GazetteerPitfalls = append(p.GazetteerPitfalls, q.GazetteerPitfalls...)
	for word, phrases := range q.GlobalMasks {
		set(&p.GlobalMasks, word, append(p.GlobalMasks[word], phrases...))
	}
	for lang, byCategory := range q.ShortTerms {
		mine := p.ShortTerms[lang]
		for category, terms := range byCategory {
			set(&mine, category, append(mine[category], terms...))
		}
		set(&p.ShortTerms, lang, mine)
	}
	for key, note := range q.CrosswalkNotes {
		set(&p.CrosswalkNotes, key, note)
	}
}

// set writes to a map that may not be there yet.
func set[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}

// Notes lists what is allowed but worth a second look, such as a source
// without https, as [Problem]s with their places.
func (c *Config) Notes() []Problem { return c.notes }

// Written lists the sources as they stand in the files: $NAME where a secret
// belongs, not the secret. It is what may be shown, exported and edited.
func (c *Config) Written() []news.Source { return c.written }

// Files lists the files that the newsroom was read from, the main file first.
// Those of a newsroom with mistakes are in [Errors], with the includes that
// were not found as they are written: whoever waits for a mistake to be mended
// has to look there.
func (c *Config) Files() []string { return c.files }

// Taxonomy returns everything that the classifier is compiled from.
func (c *Config) Taxonomy() news.Taxonomy {
	return news.Taxonomy{Categories: c.Categories, GlobalMasks: c.GlobalMasks, ShortTerms: c.ShortTerms}
}
