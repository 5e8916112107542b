package classify

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rightswire/rightswire/news"
)

// file turns tallies, the source's defaults, the publisher's tags and the
// model's opinions into filings, best first (rules 4, 5 and 8).
func (r *rules) file(sc *scratch, a Article, l *learned) []news.Filing {
	tagged := r.tagged(a.Tags)
	var filed, broad []news.Filing
	for i := range r.cats {
		f, ok := r.fileOne(&sc.tally[i], i, a.Source, tagged[i])
		switch {
		case !ok:
		case r.cats[i].Umbrella:
			broad = append(broad, f)
		default:
			filed = append(filed, f)
		}
	}
	slices.SortStableFunc(filed, byRank)
	if len(filed) > maxFilings {
		filed = filed[:maxFilings]
	}
	filed, broad = r.learned(sc, l, filed, broad)
	filed = r.imply(filed)
	return r.umbrellas(filed, broad)
}

// byRank puts a publisher's own tags first (rule 8), then what has more
// points, then the taxonomy's order.
func byRank(a, b news.Filing) int {
	if ta, tb := a.By == news.ByTag, b.By == news.ByTag; ta != tb {
		if ta {
			return -1
		}
		return 1
	}
	switch {
	case a.Score > b.Score:
		return -1
	case a.Score < b.Score:
		return 1
	}
	return 0
}

// fileOne decides about one category.
func (r *rules) fileOne(t *tally, i int, src news.Source, tag string) (news.Filing, bool) {
	id := r.cats[i].ID
	lean := slices.Contains(src.Categories, id)
	keepAll := lean && (src.Scope == news.ScopeAll || src.Scope == "")
	if !t.touched && tag == "" && !keepAll {
		return news.Filing{}, false
	}
	v := r.verdict(t)
	points := v.points
	if lean && v.hit {
		points += pointsSource
	}
	byTerms := points >= threshold && !v.vetoed
	if !byTerms && tag == "" && !keepAll {
		return news.Filing{}, false
	}
	f := news.Filing{Category: id, Score: points, By: news.ByRules, Why: r.judge(t, true).why}
	switch {
	case tag != "":
		f.By = news.ByTag
		f.Why = append([]string{fmt.Sprintf("the publisher's tag %q", tag)}, f.Why...)
	case !byTerms:
		f.By = news.BySource
		f.Why = append([]string{"default category of the source"}, f.Why...)
	}
	if lean && v.hit {
		f.Why = append(f.Why, fmt.Sprintf("the source leans to it (+%g)", pointsSource))
	}
	return f, true
}

// imply adds the categories that others imply, without further evidence and
// without a place among the best four.
func (r *rules) imply(filed []news.Filing) []news.Filing {
	for i := 0; i < len(filed) && len(filed) < len(r.cats); i++ {
		for _, id := range r.cats[r.byID[filed[i].Category]].Implies {
			if !has(filed, id) {
				filed = append(filed, news.Filing{Category: id, By: news.ByImply, Why: []string{fmt.Sprintf("implied by %q", filed[i].Category)}})
			}
		}
	}
	return filed
}

// umbrellas adds the groups of what is filed, and what an umbrella got by
// terms of its own. Umbrellas come last: they say least.
func (r *rules) umbrellas(filed, broad []news.Filing) []news.Filing {
	out := filed
	for _, c := range r.cats {
		if !c.Umbrella {
			continue
		}
		if i := slices.IndexFunc(broad, func(f news.Filing) bool { return f.Category == c.ID }); i >= 0 {
			out = append(out, broad[i])
			continue
		}
		for _, f := range filed {
			if r.cats[r.byID[f.Category]].Group == c.ID && !has(out, c.ID) {
				out = append(out, news.Filing{Category: c.ID, By: news.ByImply, Why: []string{fmt.Sprintf("takes in %q", f.Category)}})
			}
		}
	}
	return out
}

func has(list []news.Filing, id string) bool {
	return slices.ContainsFunc(list, func(f news.Filing) bool { return f.Category == id })
}

// maxTags bounds how many of an item's tags are looked at.
const maxTags = 64

// tagged returns the tag that files under each category, by its index.
func (r *rules) tagged(tags []string) map[int]string {
	var out map[int]string
	for _, tag := range tags[:min(len(tags), maxTags)] {
		i, ok := r.byTag[tagKey(tag)]
		if !ok {
			// Tag addresses, "world/press-freedom" and "topics:torture", say it
			// in their last part.
			if cut := strings.LastIndexAny(tag, "/:"); cut >= 0 {
				i, ok = r.byTag[tagKey(tag[cut+1:])]
			}
		}
		if _, taken := out[i]; ok && !taken {
			if out == nil {
				out = map[int]string{}
			}
			out[i] = tag
		}
	}
	return out
}

// tagKey is the form in which tags are compared: folded, with hyphens,
// underscores and "#" out of the way.
func tagKey(tag string) string {
	t := tagSigns.Replace(fold(clip(tag, 200)))
	return strings.Join(strings.Fields(t), " ")
}

var tagSigns = strings.NewReplacer("-", " ", "_", " ", "#", " ", "&", " and ")

// maskedPhrases returns the masks that fired, each once.
func maskedPhrases(sc *scratch) []string {
	var out []string
	for _, m := range sc.masks {
		if p := string(sc.text.b[m.start:m.end]); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// clip cuts s to at most n bytes without splitting a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// primary returns the language of a BCP 47 tag without script and region.
func primary(tag string) string {
	tag = strings.ToLower(tag)
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	switch tag {
	case "fil":
		return "tl" // Filipino is what Tagalog is called as an official language
	case "in":
		return "id"
	case "iw":
		return "he"
	case "no":
		return "nb"
	}
	return tag
}
