package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// checkGolden files every golden headline and prints those that land
// elsewhere, with file and line. They are an error of the taxonomy's, not of
// the file's: exit status 1.
func (a *app) checkGolden(c *config.Config, name string) error {
	headlines, err := c.LoadGolden(name)
	if err != nil {
		return usageError{err}
	}
	filer, err := a.classifier(c, c.Taxonomy())
	if err != nil {
		return err
	}
	misses := goldenMisses(filer, c.Taxonomy(), headlines)
	for _, m := range misses {
		fmt.Fprintf(a.out, "%s:%s\n", name, m)
	}
	if len(misses) > 0 {
		return fmt.Errorf("%s: %s of %d landed elsewhere; \"rightswire inspect classify\" says why", name, news.Count(len(misses), "golden headline"), len(headlines))
	}
	_, err = fmt.Fprintf(a.out, "%s: ok, %s\n", name, news.Count(len(headlines), "golden headline"))
	return err
}

// goldenMisses returns a line for each headline that lands elsewhere, such as
// "12: "Rain" is filed under floods".
func goldenMisses(c *classify.Classifier, t news.Taxonomy, headlines []config.Golden) []string {
	umbrellas := map[string]bool{}
	for _, cat := range t.Categories {
		umbrellas[cat.ID] = cat.Umbrella
	}
	var out []string
	for _, g := range headlines {
		res := c.Classify(classify.Article{Title: g.Title, Text: g.Text, Language: cmp.Or(g.Language, "en")})
		if wrong := goldenWrong(g, filedUnder(res), countriesOf(res), umbrellas); len(wrong) > 0 {
			out = append(out, fmt.Sprintf("%d: %q %s", g.Line, g.Title, strings.Join(wrong, "; ")))
		}
	}
	return out
}

func filedUnder(res classify.Result) []string {
	var ids []string
	for _, f := range res.Filings {
		ids = append(ids, f.Category)
	}
	return ids
}

func countriesOf(res classify.Result) []string {
	var codes []string
	for _, p := range res.Places {
		codes = append(codes, p.Country)
	}
	return codes
}

// goldenWrong says what is wrong with where a golden headline was filed.
func goldenWrong(g config.Golden, filed, countries []string, umbrellas map[string]bool) []string {
	var out []string
	for _, id := range g.Expect {
		if !slices.Contains(filed, id) {
			out = append(out, fmt.Sprintf("is not filed under %s", id))
		}
	}
	for _, id := range filed {
		follows := umbrellas[id] && len(g.Expect) > 0
		if slices.Contains(g.Forbid, id) || g.Only && !slices.Contains(g.Expect, id) && !follows {
			out = append(out, fmt.Sprintf("is filed under %s", id))
		}
	}
	if len(g.Countries) > 0 && !slices.Equal(g.Countries, countries) {
		out = append(out, fmt.Sprintf("is about %s, not %s", cmp.Or(strings.Join(countries, ", "), "no country"), strings.Join(g.Countries, ", ")))
	}
	return out
}
