package feed

import (
	"strings"

	"github.com/mmcdole/gofeed/atom"
)

// fromAtom fills d from what gofeed read of Atom 0.3 or 1.0.
func (p *parser) fromAtom(d *Document, td *tidied, f *atom.Feed) {
	bases := []string{td.feed.base, p.base}
	p.site = webURL(atomLink(f.Links, "alternate"), bases...)
	d.Title = titleText(usable(f.Title, value(f.Extensions, "dc", "title")))
	d.Link = p.site
	d.ID = usable(td.feed.id, f.ID)
	d.Language = usable(td.feed.lang, value(f.Extensions, "dc", "language"))
	d.Description = PlainText(usable(f.Subtitle, value(f.Extensions, "dc", "description")))
	d.Author = usable(persons(f.Authors), plainLine(value(f.Extensions, "dc", "creator")))
	d.Updated = usableTime(td.feed.updated(), td.feed.published())
	for _, c := range f.Categories {
		d.Categories = addCategory(d.Categories, usable(c.Label, c.Term))
	}
	d.Categories = extCategories(d.Categories, f.Extensions)
	d.Self = webURL(atomLink(f.Links, "self"), bases...)
	d.Hub = webURL(atomLink(f.Links, "hub"), bases...)
	d.Next = webURL(usable(atomLink(f.Links, "next"), atomLink(f.Links, "prev-archive")), bases...)
	d.UpdatePeriod = updatePeriod(value(f.Extensions, "sy", "updatePeriod"), value(f.Extensions, "sy", "updateFrequency"))
	d.Deleted = p.deleted(f)
	d.context = p.contextOf(d, td.feed.base, persons(f.Authors))
	d.Entries = make([]Entry, 0, len(f.Entries))
	for i, en := range f.Entries {
		var n note
		if i < len(td.notes) {
			n = td.notes[i]
		}
		if i < len(td.items) {
			td.putBackAtom(en, i)
		}
		e := p.atomEntry(en, &n)
		// RFC 4287 section 4.2.1: the feed's authors are those of an entry
		// that names none, unless it was copied from another feed.
		if e.Author == "" && en.Source == nil {
			e.Author = persons(f.Authors)
		}
		d.Entries = append(d.Entries, e)
	}
}

// deleted reads what the feed has withdrawn, the first ones of very many.
func (p *parser) deleted(f *atom.Feed) []Deleted {
	var out []Deleted
	for _, x := range f.Extensions["at"]["deleted-entry"] {
		key := boundKey(plainKey(x.Attrs["ref"]))
		if key == "" || len(out) >= p.hints.Limits.Items {
			continue
		}
		d := Deleted{Key: key}
		if t, ok := parseDate(x.Attrs["when"]); ok {
			d.When = t
		}
		if c := x.Children["comment"]; len(c) > 0 {
			d.Comment = PlainText(c[0].Value)
		}
		out = append(out, d)
	}
	return out
}

// atomEntry makes an entry of an entry.
func (p *parser) atomEntry(en *atom.Entry, n *note) Entry {
	x := en.Extensions
	bases := []string{n.base, p.base, p.site}
	e := Entry{
		GUID:     usable(n.id, en.ID, value(x, "dc", "identifier")),
		Title:    usable(en.Title, value(x, "dc", "title"), value(x, "media", "title"), child(x["media"], "group", "title")),
		Summary:  usable(en.Summary, value(x, "dc", "description"), mediaText(x)),
		Language: usable(n.lang, value(x, "dc", "language")),
		Base:     usable(n.base, p.base, p.site),
	}
	e.URL = atomEntryLink(en, bases)
	e.Original = original(x, atomLink(en.Links, "canonical"), bases)
	if en.Content != nil {
		e.Content = en.Content.Value
		if e.Content == "" && e.URL == "" {
			e.URL = webURL(en.Content.Src, bases...)
		}
	}
	if e.URL == "" {
		e.URL = webURL(e.GUID)
	}
	fillDates(&e, n)
	e.Author = persons(en.Authors)
	if e.Author == "" {
		var names []string
		for _, c := range x["dc"]["creator"] {
			names = addName(names, c.Value)
		}
		e.Author = strings.Join(names, ", ")
	}
	if e.Author == "" && en.Source != nil {
		e.Author = persons(en.Source.Authors)
	}
	for _, c := range en.Categories {
		e.Categories = addCategory(e.Categories, usable(c.Label, c.Term))
	}
	e.Categories = extCategories(e.Categories, x)
	for _, l := range en.Links {
		if strings.EqualFold(l.Rel, "enclosure") {
			e.Enclosures = p.addEnclosure(e.Enclosures, l.Href, l.Type, l.Length, bases)
		}
	}
	p.media(&e, x, bases)
	if s := en.Source; s != nil {
		e.SourceTitle = titleText(s.Title)
		e.SourceURL = webURL(usable(atomLink(s.Links, "alternate"), atomLink(s.Links, "self"), s.ID), bases...)
	}
	return e
}

// atomEntryLink picks the address of an entry: the alternate link that is a
// page, else any alternate, else what points at the entry in another way.
func atomEntryLink(en *atom.Entry, bases []string) string {
	best := ""
	for _, l := range en.Links {
		if !strings.EqualFold(l.Rel, "alternate") {
			continue
		}
		u := webURL(l.Href, bases...)
		if u == "" {
			continue
		}
		if l.Type == "" || strings.Contains(l.Type, "html") {
			return u
		}
		best = usable(best, u)
	}
	for _, rel := range []string{"self", "via", "related"} {
		best = usable(best, webURL(atomLink(en.Links, rel), bases...))
	}
	return best
}

// atomLink returns the address of the first link with that relation, in its
// short form or as the IRI that the short form stands for.
func atomLink(links []*atom.Link, rel string) string {
	for _, l := range links {
		if strings.EqualFold(strings.TrimPrefix(l.Rel, "http://www.iana.org/assignments/relation/"), rel) && l.Href != "" {
			return l.Href
		}
	}
	return ""
}

// persons joins names, or addresses where there is no name.
func persons(ps []*atom.Person) string {
	var names []string
	for _, p := range ps {
		names = addName(names, usable(p.Name, p.Email))
	}
	return strings.Join(names, ", ")
}
