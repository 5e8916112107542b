package classify

import (
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/rightswire/rightswire"
	"github.com/rightswire/rightswire/news"
)

// bundled reads the taxonomy that the program ships with. It does so without
// the config package, which this room may not import.
func bundled(t testing.TB) news.Taxonomy {
	t.Helper()
	data, err := rightswire.Newsroom.ReadFile("taxonomy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		GlobalMasks map[string][]string            `yaml:"global_masks"`
		ShortTerms  map[string]map[string][]string `yaml:"short_terms"`
		Categories  []news.Category                `yaml:"categories"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return news.Taxonomy{Categories: file.Categories, GlobalMasks: file.GlobalMasks, ShortTerms: file.ShortTerms}
}

// compiled returns a classifier for a taxonomy.
func compiled(t testing.TB, tax news.Taxonomy) *Classifier {
	t.Helper()
	c, err := New(tax)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// small is a taxonomy in which each rule of the contract can be seen alone.
var small = news.Taxonomy{
	Categories: []news.Category{
		{ID: "labor", Title: "Labor", Umbrella: true, Strong: []string{"labour movement"}},
		{
			ID: "strikes", Title: "Unions & strikes", Titles: map[string]string{"fr": "Syndicats et grèves"}, Group: "labor", Tags: []string{"industrial disputes"},
			Strong: []string{"on strike", "trade union*", "walk-out", "re:\\bstrikes? over (pay|hours)\\b"},
			Weak:   []string{"strike", "union", "picket", "stoppage"}, Context: []string{"worker*", "pay", "nurses", "employer", "picket"},
			Pairs: []news.TermPair{{A: []string{"staff"}, B: []string{"down tools", "staff"}}, {Langs: []string{"de"}, A: []string{"arbeiter"}, B: []string{"streik"}}},
			I18n:  map[string][]string{"fr": {"cgt", "grève"}, "ar": {"إضراب عام"}, "zh": {"罢工"}, "ja": {"ストライキ"}, "th": {"หยุดงาน"}, "km": {"កូដកម្ម"}, "my": {"သပိတ်"}, "lo": {"ຢຸດງານ"}, "es": {"crimen* laboral*"}},
			Masks: []string{"hunger strike*"}, Veto: []string{"missile*"}, Implies: []string{"work"},
		},
		{ID: "work", Title: "Work", Group: "labor", Strong: []string{"decent work", "on strike for decent work", "workers' council"}},
		{ID: "torture", Title: "Torture", Strong: []string{"hunger strike*", "torture"}},
		{ID: "war", Title: "War", Strong: []string{"airstrike*", "shelling"}},
		{ID: "women", Title: "Women's rights", Strong: []string{"femicide"}},
		{ID: "children", Title: "Children", Strong: []string{"child soldiers"}},
	},
	GlobalMasks: map[string][]string{"strike": {"airstrike*", "air strike*", "re:\\bstrikes? on (gaza|kyiv)\\b"}},
	ShortTerms:  map[string]map[string][]string{"hi": {"strikes": {"हड़ताल"}}},
}
