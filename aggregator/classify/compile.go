package classify

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// kind is the list that a term stands in.
type kind uint8

const (
	kindStrong kind = iota
	kindWeak
	kindContext
	kindPairA
	kindPairB
	kindVeto
	kindMask
)

// global is the category of a mask that holds for all of them.
const global = -1

// term is one entry of one list of the taxonomy. There are tens of thousands.
type term struct {
	text   string          // as the desk wrote it, for reasons
	re     *compiledRegexp // nil: none
	cat    int32           // index into rules.cats, or global
	pair   int32           // index over all pairs; for kindPairA and kindPairB
	lang   int32           // index into rules.langs; 0: every item
	kind   kind
	prefix bool
	inside bool
	arabic bool
}

// rules is a taxonomy compiled for matching. It is never written to once made,
// but for what each of tongues guards itself.
type rules struct {
	cats    []news.Category
	byID    map[string]int
	byTag   map[string]int // folded tag to category
	terms   []term
	langs   map[string]int32
	pairs   int32
	tongues []*tongue // by number of the language; the first is of terms that apply to every item
}

// builder collects terms while a taxonomy is compiled.
type builder struct {
	*rules
	errs []error
}

// compile turns a taxonomy into rules. The error lists every term that cannot
// be compiled with its category.
func compile(t news.Taxonomy) (*rules, error) {
	b := builder{
		rules: &rules{cats: t.Categories, byID: map[string]int{}, byTag: map[string]int{}, langs: map[string]int32{}},
	}
	n := 0
	for i, c := range t.Categories {
		b.byID[c.ID] = i
		n += termsOf(c)
	}
	b.terms, b.tongues = make([]term, 0, n), []*tongue{{patterns: make([]pattern, 0, n)}}
	for _, word := range slices.Sorted(maps.Keys(t.GlobalMasks)) {
		b.list(fmt.Sprintf("global masks of %q", word), t.GlobalMasks[word], term{cat: global, kind: kindMask})
	}
	for i, c := range t.Categories {
		b.category(i, c)
	}
	b.short(t.ShortTerms)
	b.tongue(0)
	return b.rules, errors.Join(b.errs...)
}

// termsOf counts the terms of a category, about.
func termsOf(c news.Category) int {
	n := len(c.Strong) + len(c.Weak) + len(c.Context) + len(c.Veto) + len(c.Masks)
	for _, list := range c.I18n {
		n += len(list)
	}
	for _, p := range c.Pairs {
		n += (len(p.A) + len(p.B)) * max(1, len(p.Langs))
	}
	return n
}

// category compiles the lists of one category.
func (b *builder) category(n int, c news.Category) {
	i := int32(n)
	where := func(list string) string { return fmt.Sprintf("category %q: %s", c.ID, list) }
	b.list(where("strong"), c.Strong, term{cat: i, kind: kindStrong})
	b.list(where("weak"), c.Weak, term{cat: i, kind: kindWeak})
	b.list(where("context"), c.Context, term{cat: i, kind: kindContext})
	b.list(where("veto"), c.Veto, term{cat: i, kind: kindVeto})
	b.list(where("masks"), c.Masks, term{cat: i, kind: kindMask})
	for _, lang := range slices.Sorted(maps.Keys(c.I18n)) {
		b.list(where("i18n "+lang), c.I18n[lang], term{cat: i, kind: kindStrong, lang: b.lang(lang)})
	}
	for n, p := range c.Pairs {
		langs := p.Langs
		if len(langs) == 0 {
			langs = []string{"en"}
		}
		for _, lang := range langs {
			t := term{cat: i, pair: b.pairs, lang: b.lang(lang)}
			b.pairs++
			t.kind = kindPairA
			b.list(where(fmt.Sprintf("pair %d, a", n+1)), p.A, t)
			t.kind = kindPairB
			b.list(where(fmt.Sprintf("pair %d, b", n+1)), p.B, t)
		}
	}
	for _, implied := range c.Implies {
		if _, ok := b.byID[implied]; !ok {
			b.errs = append(b.errs, fmt.Errorf("category %q implies %q, which is not a category", c.ID, implied))
		}
	}
	b.tags(n, c)
}

// tags notes which of a publisher's own tags file under a category (rule 8).
// A desk's list wins over another category's title.
func (b *builder) tags(i int, c news.Category) {
	names := append([]string{c.ID, c.Title}, slices.Sorted(maps.Values(c.Titles))...)
	for _, n := range names {
		if n = tagKey(n); n != "" {
			if _, taken := b.byTag[n]; !taken {
				b.byTag[n] = i
			}
		}
	}
	for _, n := range c.Tags {
		if n = tagKey(n); n != "" {
			b.byTag[n] = i
		}
	}
}

// short compiles the lists of languages that have no full ones. They count as
// strong terms (rule 7).
func (b *builder) short(langs map[string]map[string][]string) {
	for _, lang := range slices.Sorted(maps.Keys(langs)) {
		for _, id := range slices.Sorted(maps.Keys(langs[lang])) {
			where := fmt.Sprintf("short terms %s, category %q", lang, id)
			i, ok := b.byID[id]
			if !ok {
				b.errs = append(b.errs, fmt.Errorf("%s: not a category", where))
				continue
			}
			b.list(where, langs[lang][id], term{cat: int32(i), kind: kindStrong, lang: b.lang(lang)})
		}
	}
}

// lang returns the number of a language. English lists apply to every item:
// English names and terms turn up in headlines of all languages (rule 7).
func (b *builder) lang(l string) int32 {
	l = primary(l)
	if l == "en" {
		return 0
	}
	if _, ok := b.langs[l]; !ok {
		b.langs[l] = int32(len(b.langs) + 1)
		b.tongues = append(b.tongues, new(tongue))
	}
	return b.langs[l]
}

// list compiles one list of terms that share what proto says.
func (b *builder) list(where string, list []string, proto term) {
	of := b.tongues[proto.lang]
	for _, text := range list {
		id := int32(len(b.terms))
		t := proto
		t.text = text
		b.terms = append(b.terms, t)
		if proto.lang != 0 && surelySpelled(text) {
			of.unspelled = append(of.unspelled, id)
			continue
		}
		if err := of.spell(b.rules, id); err != nil {
			b.terms = b.terms[:id]
			b.errs = append(b.errs, fmt.Errorf("%s: %w", where, err))
		}
	}
}
