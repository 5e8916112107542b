package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
)

// taxonomyVersion is the matching contract that this program obeys.
const taxonomyVersion = 1

// taxonomy checks the categories and term lists of one file.
func (k *checker) taxonomy(p located) {
	if p.Version != 0 && p.Version != taxonomyVersion {
		p.doc.problem("version", "is %d; this program knows version %d of the taxonomy", p.Version, taxonomyVersion)
	}
	for name, tags := range map[string][]string{"languages_full": p.LanguagesFull, "languages_short": p.LanguagesShort} {
		for i, tag := range tags {
			k.language(p.doc, index(name, i), tag)
		}
	}
	for i, cat := range p.Categories {
		k.category(p.doc, index("categories", i), cat)
	}
	for word, phrases := range p.GlobalMasks {
		k.termList(p.doc, "global_masks."+word, phrases)
	}
	for lang, byCategory := range p.ShortTerms {
		path := "short_terms." + lang
		k.language(p.doc, path, lang)
		for id, terms := range byCategory {
			if _, known := k.categories[id]; !known {
				k.noCategory(p.doc, join(path, id), id)
			}
			k.termList(p.doc, join(path, id), terms)
		}
	}
}

func (k *checker) category(doc *document, path string, cat news.Category) {
	if strings.TrimSpace(cat.Title) == "" {
		doc.problem(path, "has no title; write title: followed by the category's English name")
	}
	switch {
	case cat.Group == "":
	case cat.Umbrella:
		doc.problem(path+".group", "an umbrella is not under another one; delete group")
	case !slices.Contains(k.umbrellas, cat.Group):
		doc.problem(path+".group", "%s is not a category with umbrella: true%s", quote(cat.Group), DidYouMean(cat.Group, k.umbrellas))
	}
	k.references(doc, path+".implies", cat.Implies)
	if slices.Contains(cat.Implies, cat.ID) {
		doc.problem(path+".implies", "%s implies itself; delete it", quote(cat.ID))
	}
	for tag := range cat.Titles {
		k.language(doc, path+".titles."+tag, tag)
	}
	for name, terms := range map[string][]string{
		"strong": cat.Strong, "weak": cat.Weak, "context": cat.Context, "masks": cat.Masks, "veto": cat.Veto,
	} {
		k.termList(doc, path+"."+name, terms)
	}
	for lang, terms := range cat.I18n {
		k.language(doc, path+".i18n."+lang, lang)
		k.termList(doc, path+".i18n."+lang, terms)
	}
	for i, pair := range cat.Pairs {
		at := fmt.Sprintf("%s.pairs[%d]", path, i)
		if len(pair.A) == 0 || len(pair.B) == 0 {
			doc.problem(at, "needs terms on both sides, a and b")
		}
		for j, lang := range pair.Langs {
			k.language(doc, index(at+".langs", j), lang)
		}
		k.termList(doc, at+".a", pair.A)
		k.termList(doc, at+".b", pair.B)
	}
}

// termList checks terms against rule 6 of the matching contract.
func (k *checker) termList(doc *document, path string, terms []string) {
	for i, term := range terms {
		expr, isExpr := strings.CutPrefix(term, "re:")
		switch {
		case strings.Trim(term, " *-") == "":
			doc.problem(index(path, i), "%s is no term; it would match everything", quote(term))
		case isExpr:
			re, err := regexp.Compile(expr)
			if err != nil {
				doc.problem(index(path, i), "is not a regular expression: %s", plainMessage(err.Error()))
			} else if re.MatchString("") {
				doc.problem(index(path, i), "is a regular expression that matches everything")
			}
		}
	}
}

// feed checks a cut.
func (k *checker) feed(doc *document, path string, f Feed) {
	if strings.TrimSpace(f.Title) == "" {
		doc.problem(path, "has no title; write title: followed by the feed's name")
	}
	w := f.Where
	if len(w.Categories)+len(w.Countries)+len(w.Languages) == 0 && strings.TrimSpace(w.Query) == "" {
		doc.problem(path, "has no condition under where; a feed of everything exists already")
	}
	k.references(doc, path+".where.categories", w.Categories)
	for i, code := range w.Countries {
		at := index(path+".where.countries", i)
		if k.country(doc, at, code); code == "" {
			doc.problem(at, "is empty; delete it")
		}
	}
	for i, tag := range w.Languages {
		at := index(path+".where.languages", i)
		if k.language(doc, at, tag); tag == "" {
			doc.problem(at, "is empty; delete it")
		}
	}
	k.query(doc, path+".where.query", w.Query)
}

// query looks at what a feed of the desk searches for.
func (k *checker) query(doc *document, path, text string) {
	for _, fault := range search.Faults(text) {
		doc.problem(path, "%s", strings.TrimSuffix(fault, "."))
	}
	q := search.Parse(text)
	if text != "" && q.Empty() {
		doc.problem(path, "%s asks for nothing; write words, or delete it", quote(text))
	}
	for _, c := range q.Clauses {
		for _, t := range c {
			switch t.Field {
			case search.Category:
				if _, known := k.categories[t.Text]; !known {
					k.noCategory(doc, path, t.Text)
				}
			case search.Country:
				k.country(doc, path, t.Text)
			case search.Language:
				k.language(doc, path, t.Text)
			case search.Source:
				if _, known := k.sources[t.Text]; !known {
					// The archive may still have what a source said that is gone.
					k.note(doc, path, fmt.Sprintf("no source has the id %s%s", quote(t.Text), DidYouMean(t.Text, names(k.sources))))
				}
			}
		}
	}
}

// names returns the ids of an index, sorted.
func names(ids map[string]origin) []string { return slices.Sorted(maps.Keys(ids)) }
