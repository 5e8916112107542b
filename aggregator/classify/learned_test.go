package classify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator/classify/learn"
	"github.com/rightswire/rightswire/aggregator/classify/training"
	"github.com/rightswire/rightswire/news"
)

// smallTaxonomy has what the learned layer has to respect.
var smallTaxonomy = news.Taxonomy{
	GlobalMasks: map[string][]string{"strike": {"air strike", "quay stevedores"}},
	Categories: []news.Category{
		{ID: "labor", Title: "Labor", Umbrella: true},
		{ID: "unions", Title: "Unions", Group: "labor", Strong: []string{"trade union"}, Weak: []string{"strike"}, Context: []string{"workers"}, Veto: []string{"bowling"}},
		{ID: "press", Title: "Press", Strong: []string{"press freedom"}},
	},
}

// smallLines are lines about unions, about the press and about neither, none
// of which has a strong term.
func smallLines(language string) []training.Example {
	var out []training.Example
	topics := []struct {
		ids   []string
		words []string
	}{
		{[]string{"unions"}, strings.Fields("strike dockers pickets stevedores quay foremen berths lockout overtime crane")},
		{[]string{"press"}, strings.Fields("reporter editor newsroom censors columnist printing sources libel bulletin masthead")},
		{nil, strings.Fields("goal league shares market recipe festival weather forecast tour ticket")},
	}
	for n := range 400 {
		t := topics[min(n%5, 2)]
		w := func(i int) string { return t.words[(n/5*7+n%5+i*i*3+i)%len(t.words)] }
		out = append(out, training.Example{
			Categories: t.ids, Language: language,
			Title:   fmt.Sprintf("%s and %s at %s", w(0), w(1), w(2)),
			Summary: fmt.Sprintf("the %s said that %s and %s were there on monday", w(3), w(4), w(5)),
		})
	}
	return out
}

// withSmallModel compiles the small taxonomy with a model of its own.
func withSmallModel(t *testing.T) *Classifier {
	t.Helper()
	m, err := learn.Train(compiled(t, smallTaxonomy).Examples(smallLines("en")), learn.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(smallTaxonomy, WithModel(m))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestModelAddsWhatTheRulesMiss(t *testing.T) {
	c := withSmallModel(t)
	tests := []struct {
		name     string
		in       Article
		want     []string // categories
		byModel  bool     // the first of them
		whyStart string
	}{
		{"no term at all", Article{Title: "Stevedores and foremen leave the quay", Language: "en"},
			[]string{"unions", "labor"}, true, "model "},
		{"a strong term: the rules file, and are asked first", Article{Title: "Trade union of stevedores at the quay", Language: "en"},
			[]string{"unions", "labor"}, false, "strong term"},
		{"a veto holds", Article{Title: "Stevedores and foremen of the quay go bowling", Language: "en"}, nil, false, ""},
		{"what is masked is no sign", Article{Title: "Quay stevedores on monday", Language: "en"}, nil, false, ""},
		{"news of neither kind", Article{Title: "Late goal decides league match", Language: "en"}, nil, false, ""},
		{"a language that it was not trained for", Article{Title: "Stevedores, foremen, quay", Language: "fr"}, nil, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := c.Classify(tt.in).Filings
			var ids []string
			for _, f := range got {
				ids = append(ids, f.Category)
			}
			if !slices.Equal(ids, tt.want) {
				t.Fatalf("Classify(%+v) files under %q, want %q", tt.in, ids, tt.want)
			}
			if len(got) == 0 {
				return
			}
			if by := got[0].By == news.ByModel; by != tt.byModel || !strings.HasPrefix(got[0].Why[0], tt.whyStart) {
				t.Errorf("filed by %s, because %q", got[0].By, got[0].Why)
			}
			if last := got[0].Why[len(got[0].Why)-1]; !strings.HasPrefix(last, "model ") {
				t.Errorf("the last reason is %q, want what the model thinks", last)
			}
		})
	}
}

func TestModelFillsUpToFour(t *testing.T) {
	c := withSmallModel(t)
	sc := new(scratch)
	c.rules.look(sc, "Stevedores and foremen leave the quay", "", "en")
	c.learned.think(sc, c.rules, "en")
	for n := range maxFilings + 1 {
		filed := make([]news.Filing, n)
		got, _ := c.rules.learned(sc, c.learned, filed, nil)
		if want := min(n+1, maxFilings); len(got) != want {
			t.Errorf("beside %d categories of the rules there are %d, want %d", n, len(got), want)
		}
	}
}

// The model only adds: what the rules file is filed with a model as well, in
// the same order, and no item gets more than four categories by evidence.
func TestModelTakesNothingAway(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: goes through all of what is bundled")
	}
	m, err := learn.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	tax := bundled(t)
	alone := compiled(t, tax)
	both, err := New(tax, WithModel(m))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := training.Read(training.Bundled, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(lines); i += 7 {
		a := Article{Title: lines[i].Title, Text: lines[i].Summary, Language: lines[i].Language}
		with, evidence := both.Classify(a).Filings, 0
		for _, f := range alone.Classify(a).Filings {
			if !has(with, f.Category) {
				t.Errorf("%q: the model took %s away", a.Title, f.Category)
			}
		}
		for _, f := range with {
			if k := slices.IndexFunc(tax.Categories, func(c news.Category) bool { return c.ID == f.Category }); f.By != news.ByImply && !tax.Categories[k].Umbrella {
				evidence++
			}
		}
		if evidence > maxFilings {
			t.Errorf("%q: filed under %d categories by evidence, want %d at most", a.Title, evidence, maxFilings)
		}
	}
}

// The model that the program carries was trained on the lines that it carries:
// whoever changes a line trains it anew ("make model").
func TestBundledModelIsUpToDate(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: goes through all of what is bundled")
	}
	m, err := learn.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	tax := bundled(t)
	known := func(id string) bool {
		return slices.ContainsFunc(tax.Categories, func(c news.Category) bool { return c.ID == id })
	}
	lines, err := training.Read(training.Bundled, known)
	if err != nil {
		t.Fatal(err)
	}
	if got := learn.Hash(compiled(t, tax).Examples(lines)); got != m.TrainedOn() {
		t.Errorf("the lines have hash %s, the model was trained on %s: run \"make model\"", got, m.TrainedOn())
	}
}

// What feeds send must not make the model fail, whatever it is.
func FuzzClassifyWithModel(f *testing.F) {
	m, err := learn.Bundled()
	if err != nil {
		f.Fatal(err)
	}
	c, err := New(bundled(f), WithModel(m))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Nobody clocked in at the depot", "Drivers stayed away.", "en")
	f.Add("ط", "\x00\xff", "ar")
	f.Fuzz(func(t *testing.T, title, text, language string) {
		for _, filing := range c.Classify(Article{Title: title, Text: text, Language: language}).Filings {
			if filing.By == news.ByModel && len(filing.Why) == 0 {
				t.Errorf("%s was filed without a reason", filing.Category)
			}
		}
	})
}
