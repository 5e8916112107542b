package sourcelist

import (
	"maps"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// none are names under which readers export what is in no folder.
var none = []string{"all", "all feeds", "feeds", "my feeds", "subscriptions", "uncategorized", "uncategorised", "unfiled", "none", "default", "blogs and news feeds", "news feeds", "rss", "imported"}

// maxDistinct is how many folders are told apart.
const maxDistinct = 1000

// folder returns what a folder is; nil if it is none.
func (p *planner) folder(name string) *Folder {
	key := named(name)
	if i, there := p.at[key]; there {
		return &p.Folders[i]
	}
	id, mapped := p.mapped(name)
	if !mapped {
		id = p.category(name)
	}
	if id == "" && !mapped && slices.Contains(none, key) || len(p.Folders) == maxDistinct {
		return nil
	}
	// Of folders in folders the innermost that is a category counts.
	path := strings.Split(name, "/")
	inner := path[len(path)-1]
	for i := len(path) - 1; i >= 0 && id == "" && !mapped; i-- {
		id = p.category(path[i])
	}
	f := Folder{Name: name, Category: id, Mapped: mapped}
	switch {
	case id != "" || mapped:
		f.New = p.made(id)
	case p.o.Create:
		f.Category, f.New = p.create(inner), true
	default:
		f.Hint = p.hint(inner)
	}
	p.at[key] = len(p.Folders)
	p.Folders = append(p.Folders, f)
	return &p.Folders[len(p.Folders)-1]
}

// mapped returns the category that the desk named for a folder, or for the
// innermost of a path.
func (p *planner) mapped(name string) (id string, ok bool) {
	if id, ok = p.o.Map[named(name)]; !ok {
		id, ok = p.o.Map[named(name[strings.LastIndexByte(name, '/')+1:])]
	}
	return id, ok
}

// category returns the category that a word is: its id, else its title in any
// language; "" if it is none. One that is made now counts.
func (p *planner) category(word string) string {
	if _, there := p.titles[word]; there {
		return word
	}
	return p.names[named(word)]
}

// enter makes a category known by its id and its names. Of a name that several
// have, the first has it.
func (p *planner) enter(c news.Category) {
	p.titles[c.ID] = c.Title
	for _, name := range append([]string{c.ID, c.Title}, slices.Concat(c.Formerly, slices.Sorted(maps.Values(c.Titles)))...) {
		if key := named(name); key != "" && p.names[key] == "" {
			p.names[key] = c.ID
		}
	}
}

// made reports whether a category is one that the import makes.
func (p *planner) made(id string) bool {
	return slices.ContainsFunc(p.Categories, func(c news.Category) bool { return c.ID == id })
}

// create makes a category of a folder.
func (p *planner) create(title string) string {
	id := NewID(func(id string) bool {
		return news.Reserved(id) || p.made(id) || slices.Contains(p.cfg.Retired, id) || slices.ContainsFunc(p.cfg.Categories, func(c news.Category) bool {
			return c.ID == id || slices.Contains(c.Formerly, id)
		})
	}, "topic", title)
	c := news.Category{ID: id, Title: title}
	p.Categories = append(p.Categories, c)
	p.enter(c)
	return id
}

// hint says what may be meant by a folder that is no category: one that is
// spelt nearly so, or the only one that has a word in common with it.
func (p *planner) hint(word string) string {
	ids := slices.Sorted(maps.Keys(p.titles))
	if meant := config.DidYouMean(slug(word), ids); meant != "" {
		return strings.TrimPrefix(meant, "; ")
	}
	found := ""
	for w := range strings.FieldsSeq(named(word)) {
		for _, id := range ids {
			if !slices.ContainsFunc(strings.Fields(named(id+" "+p.titles[id])), func(of string) bool { return akin(w, of) }) {
				continue
			}
			if found != "" && found != id {
				return ""
			}
			found = id
		}
	}
	if found == "" {
		return ""
	}
	return "did you mean \"" + found + "\"?"
}

// akin reports whether two words are one, or its beginning: migrants, migrant.
func akin(a, b string) bool {
	return min(len(a), len(b)) > 3 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}
