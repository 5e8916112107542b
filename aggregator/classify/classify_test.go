package classify

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
)

// filed writes filings as "id score" for comparison.
func filed(res Result) map[string]float64 {
	out := map[string]float64{}
	for _, f := range res.Filings {
		out[f.Category] = f.Score
	}
	return out
}

func TestClassifySaysWhy(t *testing.T) {
	c := compiled(t, small)
	res := c.Classify(Article{
		Title:  "Trade union calls strike after air strike",
		Text:   "Staff down tools over pay.",
		Source: news.Source{Categories: []string{"strikes"}, Scope: news.ScopeFilter},
	})
	want := []string{
		`strong term "trade union*" in the title (+3)`,
		`pair "staff" and "down tools" in the text (+2)`,
		`weak term "strike" beside "pay" (+1)`,
		`the source leans to it (+1.5)`,
	}
	if len(res.Filings) == 0 {
		t.Fatal("Classify filed nothing")
	}
	if diff := cmp.Diff(want, res.Filings[0].Why); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"air strike"}, res.Masked); diff != "" {
		t.Errorf("masked (-want +got):\n%s", diff)
	}
}

func TestNewNamesEveryBadTerm(t *testing.T) {
	_, err := New(news.Taxonomy{Categories: []news.Category{
		{ID: "a", Strong: []string{"re:(", "good"}, Weak: []string{"  "}, Implies: []string{"b"}},
	}, ShortTerms: map[string]map[string][]string{"hi": {"c": {"x"}}}})
	if err == nil {
		t.Fatal("New: no error")
	}
	for _, want := range []string{`category "a": strong: regular expression "("`, `category "a": weak: empty term`, `implies "b"`, `category "c"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("New: error %q does not say %q", err, want)
		}
	}
}

// A headline that is nothing but a masked phrase is never a labor dispute.
func TestMasksOfTheBundledTaxonomyHideStrikes(t *testing.T) {
	tax := bundled(t)
	c := compiled(t, tax)
	for _, word := range []string{"strike", "striker"} {
		for _, mask := range tax.GlobalMasks[word] {
			if strings.HasPrefix(mask, "re:") {
				continue
			}
			title := "Workers and families flee: " + strings.TrimSuffix(mask, "*")
			if got := filed(c.Classify(Article{Title: title, Language: "en"})); got["unions-strikes"] > 0 {
				t.Errorf("Classify(%q) files it under unions-strikes", title)
			}
		}
	}
}

func TestClassifyIsSafeForConcurrentUse(t *testing.T) {
	c := compiled(t, small)
	articles := []Article{
		{Title: "Trade unionists meet in Lagos"}, {Title: "Airstrikes at dawn", Text: "Kyiv"},
		{Title: "La CGT appelle à manifester pour les salaires en France"}, {Title: "Weather"},
	}
	var want []Result
	for _, a := range articles {
		want = append(want, c.Classify(a))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				n := i % len(articles)
				if diff := cmp.Diff(want[n], c.Classify(articles[n])); diff != "" {
					t.Errorf("Classify(%+v) differs between calls:\n%s", articles[n], diff)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzClassify(f *testing.F) {
	c := compiled(f, bundled(f))
	f.Add("Workers on strike in Dhaka", "U.S. 'strike' <b>x</b> &amp; العمال", "en", "labor")
	f.Add("strike strike on gaza strikes on", strings.Repeat("strikes on ", 300), "xx-YY", "#")
	f.Add("\xff\xfe<<<>", "Paris, Texas; Jordan, Ga.", "", "/:")
	f.Fuzz(func(t *testing.T, title, text, lang, tag string) {
		res := c.Classify(Article{Title: title, Text: text, Language: lang, Tags: []string{tag}})
		if len(res.Places) > maxPlaces {
			t.Errorf("%d places", len(res.Places))
		}
		points := 0
		for _, f := range res.Filings {
			if f.By == news.ByRules && f.Score < threshold {
				t.Errorf("filed under %s with %g points", f.Category, f.Score)
			}
			if f.By == news.ByRules {
				points++
			}
		}
		if points > maxFilings+2 {
			t.Errorf("%d filings by rules", points)
		}
	})
}
