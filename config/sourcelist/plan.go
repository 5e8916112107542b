package sourcelist

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// Options say how a list is taken over. The zero value will do.
type Options struct {
	File   string            // of the newsroom that sources are written to; "": as [config.Adding] chooses
	Status news.Status       // of all of them; "": as the list says, else active
	Map    map[string]string // ids of categories by the name of a folder, its case does not matter; "" for none
	Create bool              // make categories of folders that are none
	// Trust takes over headers and proxies. $NAME in them is a secret of this
	// machine: a stranger's list could have it sent to the stranger.
	Trust bool
	// Taken reports whether an id was another source's once, whose items are
	// still there; nil: none was.
	Taken func(id, url string) bool
	// Known are further addresses of sources, in the form of [Same], such as
	// where they have moved to; the values are ids.
	Known map[string]string
	// Load are the options that the newsroom is loaded with.
	Load []config.Option
}

// Outcome is what becomes of an entry.
type Outcome string

// The outcomes of an entry.
const (
	Added     Outcome = "added"
	Duplicate Outcome = "duplicate" // of the source, or of the earlier entry, that Of names
	Wrong     Outcome = "wrong"     // Why says what is
)

// Line is what becomes of one entry.
type Line struct {
	Line    int     `json:"line"`
	Outcome Outcome `json:"outcome"`
	ID      string  `json:"id"` // of the new source; "" if there is none
	Title   string  `json:"title"`
	URL     string  `json:"url"`
	Of      string  `json:"duplicate_of,omitempty"`
	Why     string  `json:"why,omitempty"`
}

// Folder is a folder or category of the list, and what it is here.
type Folder struct {
	Name     string `json:"name"`
	Category string `json:"category"` // "": it is none
	New      bool   `json:"new"`      // the category is made
	Mapped   bool   `json:"mapped"`   // the desk named the category, or said that it is none
	Sources  int    `json:"sources"`  // new ones that are in it
	Hint     string `json:"hint,omitempty"`
}

// Import is what a list would change in a newsroom.
type Import struct {
	Sources    []news.Source   // that come in
	Categories []news.Category // that are made
	Lines      []Line          // one for each entry of the list
	Folders    []Folder        // in the order of the list
	Untrusted  bool            // something was left out for want of Options.Trust
	Unused     []string        // names of Options.Map that no folder has

	file string
}

// Change makes the import a change of the newsroom, for [config.Plan].
func (p *Import) Change() config.Change {
	return config.Together(config.Opening(p.file, p.Categories...), config.Adding(p.file, p.Sources...))
}

// Count returns how many entries had an outcome.
func (p *Import) Count(o Outcome) int {
	n := 0
	for _, l := range p.Lines {
		if l.Outcome == o {
			n++
		}
	}
	return n
}

// Plan decides what of a list comes into a newsroom: what it does not
// subscribe to yet, each address once. Folders that are a category of it, by
// id or by title in any language, become the categories of what is in them.
func Plan(cfg *config.Config, list *List, o Options) *Import {
	p := &planner{
		Import: &Import{file: o.File}, o: o, cfg: cfg, ids: map[string]bool{}, named: map[string]bool{}, known: map[string]string{},
		mine: map[string]int{}, at: map[string]int{}, titles: map[string]string{}, names: map[string]string{},
	}
	p.o.Map = map[string]string{}
	for folder, id := range o.Map {
		p.o.Map[named(folder)] = id
		if folder != "" && !slices.ContainsFunc(list.Entries, func(e Entry) bool { return e.in(named(folder)) }) {
			p.Unused = append(p.Unused, folder)
		}
	}
	slices.Sort(p.Unused)
	for _, c := range cfg.Categories {
		p.enter(c)
	}
	maps.Copy(p.known, o.Known)
	for _, s := range cfg.Written() {
		p.ids[s.ID], p.known[Same(s.URL)] = true, s.ID
	}
	for _, e := range list.Entries {
		p.named[e.Source.ID] = true
	}
	for _, e := range list.Entries {
		p.entry(e)
	}
	return p.Import
}

// in reports whether an entry is in a folder, whose name is in the form of
// named.
func (e Entry) in(folder string) bool {
	return slices.ContainsFunc(e.Folders, func(name string) bool {
		return named(name) == folder || named(name[strings.LastIndexByte(name, '/')+1:]) == folder
	})
}

// planner is one plan under way.
type planner struct {
	*Import
	o     Options
	cfg   *config.Config
	ids   map[string]bool   // that are used
	named map[string]bool   // ids that entries of the list have: no other entry is given them
	known map[string]string // ids by address, in the form of Same
	mine  map[string]int    // new sources by address, likewise
	at    map[string]int    // folders by name, in the form of named

	titles map[string]string // of categories, by id
	names  map[string]string // ids of categories by every name that they have, in the form of named
}

// entry takes one entry in.
func (p *planner) entry(e Entry) {
	s := e.Source
	l := Line{Line: e.Line, Outcome: Added, Title: s.Title, URL: s.URL}
	defer func() { p.Lines = append(p.Lines, l) }()
	same := Same(s.URL)
	if id, there := p.known[same]; there {
		l.Outcome, l.Of = Duplicate, id
		return
	}
	if i, there := p.mine[same]; there {
		// The same feed in another folder: it is in both.
		l.Outcome, l.Of = Duplicate, p.Sources[i].ID
		p.Sources[i].Categories = p.join(p.Sources[i].Categories, e.Folders)
		return
	}
	s = p.complete(e)
	if !p.o.Trust && (len(s.Headers) > 0 || s.Proxy != "") {
		l.Outcome, l.Why, p.Untrusted = Wrong, untrusted, true
		return
	}
	if wrong := config.CheckSource(s, p.o.Load...); len(wrong) > 0 {
		l.Outcome, l.Why = Wrong, strings.Join(wrong, "; ")
		return
	}
	s.Categories = p.join(nil, e.Folders)
	p.ids[s.ID], p.mine[same], l.ID, l.Title = true, len(p.Sources), s.ID, s.Title
	p.Sources = append(p.Sources, s)
}

// untrusted is why an entry does not come in that sends what a list says.
const untrusted = "it has request headers or a proxy of its own, by which a stranger's list could get at secrets of this machine"

// complete gives an entry what every source has.
func (p *planner) complete(e Entry) news.Source {
	s := e.Source
	host := ""
	if u, err := url.Parse(s.URL); err == nil {
		host = strings.TrimPrefix(u.Hostname(), "www.")
	}
	if !e.Ours {
		s.Title = clip(s.Title, 120)
	}
	if strings.TrimSpace(s.Title) == "" {
		s.Title = host
	}
	switch {
	case p.o.Status != "":
		s.Status = p.o.Status
	case s.Status == "" && !e.Ours:
		s.Status = news.Active
	}
	taken := func(id string) bool { return p.ids[id] || p.o.Taken != nil && p.o.Taken(id, s.URL) }
	if s.ID == "" || taken(s.ID) {
		s.ID = NewID(func(id string) bool { return taken(id) || p.named[id] }, "source", s.ID, s.Title, host)
	}
	return s
}

// join adds the categories that folders are to a list of them.
func (p *planner) join(ids, folders []string) []string {
	for _, name := range folders {
		f := p.folder(name)
		if f == nil {
			continue
		}
		f.Sources++
		if f.Category != "" && !slices.Contains(ids, f.Category) {
			ids = append(ids, f.Category)
		}
	}
	return ids
}
