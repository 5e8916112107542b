package config

import (
	"strings"

	"github.com/rightswire/rightswire/news"
)

// formerIDs checks what a file says of ids that there were: an address that
// leads elsewhere, or is gone, can be nobody's own.
func (k *checker) formerIDs(p located) {
	for i, c := range p.Categories {
		k.former(k.categories, "", p.doc, index("categories", i), c.Formerly)
		for j, id := range c.Formerly {
			if news.Reserved(id) {
				p.doc.problem(index(index("categories", i)+".formerly", j), "%s is a path of the site, which no category can have had", quote(id))
			}
		}
	}
	for i, f := range p.Feeds {
		k.former(k.feeds, "cut/", p.doc, index("feeds", i), f.Formerly)
	}
	for i, name := range p.Retired {
		at := index("retired", i)
		id, cut := strings.CutPrefix(name, "cut/")
		seen := k.categories
		if cut {
			seen = k.feeds
		}
		if !isID(id) || !cut && news.Reserved(id) {
			p.doc.problem(at, "%s is not an id; write that of a category, or cut/ and that of a feed", quote(name))
			continue
		}
		k.once(seen, name, p.doc, at, id, "an id is retired only when nothing has it any more")
	}
}

// former checks the ids that one category or feed had.
func (k *checker) former(seen map[string]origin, prefix string, doc *document, path string, ids []string) {
	for i, id := range ids {
		at := index(path+".formerly", i)
		if !isID(id) {
			doc.problem(at, "%s is not an id; write up to %d lowercase letters, digits and single hyphens", quote(id), maxID)
			continue
		}
		k.once(seen, prefix+id, doc, at, id, "an address can lead to one place only")
	}
}

// once reports an id that something has, or had: name is what it is known by
// among the latter.
func (k *checker) once(seen map[string]origin, name string, doc *document, at, id, why string) {
	first, twice := seen[id]
	if !twice {
		first, twice = k.gone[name]
	}
	if twice {
		doc.problem(at, "%s is used already, at %s; %s", quote(id), first, why)
		return
	}
	k.gone[name] = origin{doc, at}
}
