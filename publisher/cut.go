package publisher

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/clean"
)

// kind says what a cut cuts by; lists of feeds are grouped by it.
type kind int

const (
	kindAll kind = iota
	kindCategory
	kindPair // category and language
	kindLanguage
	kindCountry
	kindSource
	kindDesk
	kindCorrections
)

// spec is a cut together with how the builder treats it.
type spec struct {
	Cut
	kind     kind
	term     string // category id, country code, language, source id
	pages    int    // pages of its list; 0: it shares the page of another cut
	uncapped bool   // one source is all there is to it
	optional bool   // not published while empty
}

// titled reports whether the titles of the stories are needed: on the page of a
// story others of its category are named. They are noted for all cuts that are
// read before those of sources, in whose lists alone most stories are.
func (s spec) titled() bool { return s.kind != kindSource && s.kind != kindDesk }

// specs lists every cut in a fixed order: what the configuration names, and
// what the archive has or had stories of. Categories are published while empty,
// so that a reader can subscribe before there is news, and so are countries and
// languages whose last story was corrected to be about something else (F34).
func (b *Builder) specs(counts news.Counts) []spec {
	out := []spec{{
		Cut:  Cut{Path: "/feeds/all", Page: "/", Title: "Latest", Description: b.opt.Site.Description},
		kind: kindAll, pages: b.opt.HomePages,
	}}
	languages := baseLanguages(counts.Languages)
	for _, c := range b.opt.Categories {
		cut := b.categoryCut(c)
		out = append(out, spec{Cut: cut, kind: kindCategory, term: c.ID, pages: b.opt.ListPages})
		for _, l := range languages {
			out = append(out, b.pairSpec(c, cut, l))
		}
	}
	for _, l := range languages {
		out = append(out, b.languageSpec(l))
	}
	for _, cc := range slices.Sorted(maps.Keys(counts.Countries)) {
		if name := b.country(cc); name != "" {
			code := strings.ToLower(cc)
			out = append(out, spec{
				Cut:  Cut{Path: "/feeds/country/" + Slug(code), Page: "/country/" + Slug(code) + "/", Title: name, Description: "Human-rights and labor news about " + name + ".", Query: news.Query{Countries: []string{cc}}},
				kind: kindCountry, term: cc, pages: 1,
			})
		}
	}
	for _, id := range b.sourceIDs(counts) {
		out = append(out, b.sourceSpec(id))
	}
	for _, f := range b.opt.Feeds {
		first := ""
		if len(f.Formerly) > 0 {
			first = "/feeds/cut/" + Slug(f.Formerly[0])
		}
		out = append(out, spec{
			Cut:  Cut{First: first, Path: "/feeds/cut/" + Slug(f.ID), Page: "/cut/" + Slug(f.ID) + "/", Title: clean.Line(clean.First(f.Title, f.ID)), Description: clean.Line(f.Description), Query: f.Query},
			kind: kindDesk, term: f.ID, pages: b.opt.ListPages,
		})
	}
	return distinct(out)
}

func (b *Builder) categoryCut(c news.Category) Cut {
	slug := Slug(c.ID)
	first := ""
	if len(c.Formerly) > 0 {
		first = "/feeds/" + Slug(c.Formerly[0])
	}
	return Cut{
		First: first, Path: "/feeds/" + slug, Page: "/category/" + slug + "/", Title: clean.Line(clean.First(c.Title, c.ID)),
		Description: clean.Line(c.Description), Query: news.Query{Categories: []string{c.ID}},
	}
}

// pairSpec is a category in one language. It has a feed only, and shares the
// category's page.
func (b *Builder) pairSpec(c news.Category, cut Cut, lang string) spec {
	name := b.languageName(lang)
	if t := clean.Line(c.Titles[lang]); t != "" {
		cut.Title = t
	} else {
		cut.Title += " in " + name
	}
	cut.Path += "/" + Slug(lang)
	if cut.First != "" {
		cut.First += "/" + Slug(lang)
	}
	cut.Language = lang
	cut.Query.Languages = []string{lang}
	return spec{Cut: cut, kind: kindPair, term: c.ID, optional: true}
}

func (b *Builder) languageSpec(lang string) spec {
	name := b.languageName(lang)
	return spec{
		Cut: Cut{
			Path: "/feeds/language/" + Slug(lang), Page: "/language/" + Slug(lang) + "/", Title: name,
			Description: "Human-rights and labor news in " + name + ".", Language: lang, Query: news.Query{Languages: []string{lang}},
		},
		kind: kindLanguage, term: lang, pages: b.opt.ListPages,
	}
}

// sourceSpec is one source. Like a country it has one page only: there are
// hundreds of them, and every story that a page lists gets a page too.
func (b *Builder) sourceSpec(id string) spec {
	o, slug := b.outlet(id), Slug(id)
	return spec{
		Cut: Cut{
			Path: "/feeds/source/" + slug, Page: "/source/" + slug + "/", Title: o.Title,
			Description: "What " + o.Title + " reports, as this wire reads it.", Language: o.Language, Query: news.Query{Sources: []string{id}},
		},
		kind: kindSource, term: id, pages: 1, uncapped: true,
	}
}

// sourceIDs lists the sources of the configuration, then those that only the
// archive still knows: the desk removed them, their readers are still there.
func (b *Builder) sourceIDs(counts news.Counts) []string {
	var ids []string
	for _, s := range b.opt.Sources {
		if s.Status != news.Proposed || counts.Sources[s.ID] > 0 {
			ids = append(ids, s.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(counts.Sources)) {
		if _, ok := b.sources[id]; !ok && counts.Sources[id] > 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// baseLanguages returns the languages that stories are or were in, without
// regions: a reader of Portuguese reads both.
func baseLanguages(counts map[string]int) []string {
	set := map[string]bool{}
	for tag := range counts {
		if t := clean.Language(tag); t != "" {
			base, _, _ := strings.Cut(strings.ToLower(t), "-")
			set[base] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// languageName returns the name of a language in the site's language.
func (b *Builder) languageName(lang string) string {
	t, err := language.Parse(lang)
	if err != nil {
		return lang
	}
	return cmp.Or(display.Languages(b.locale).Name(t), lang)
}

// distinct drops a cut whose address an earlier one has.
func distinct(specs []spec) []spec {
	seen := map[string]bool{}
	return slices.DeleteFunc(specs, func(s spec) bool {
		dup := seen[s.Path]
		seen[s.Path] = true
		return dup
	})
}

// touched reports whether a change of the archive can have changed what the
// cut lists. It may say yes too often, never no too often.
func (s spec) touched(c news.Changes) bool {
	q := s.Query
	return !c.Empty() && meets(q.Categories, c.Categories) && meets(q.Countries, c.Countries) && speaks(q.Languages, c.Languages) && meets(q.Sources, c.Sources)
}

// meets reports whether one of the wanted values is there, or none is wanted.
func meets(wanted, there []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool {
		return slices.ContainsFunc(there, func(t string) bool { return strings.EqualFold(w, t) })
	})
}

// speaks is meets for languages: "pt" also selects "pt-BR".
func speaks(wanted, there []string) bool {
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool {
		return slices.ContainsFunc(there, func(t string) bool {
			return strings.EqualFold(w, t) || len(t) > len(w) && t[len(w)] == '-' && strings.EqualFold(w, t[:len(w)])
		})
	})
}
