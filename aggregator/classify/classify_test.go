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

func TestClassifyObeysTheMatchingContract(t *testing.T) {
	c := compiled(t, small)
	both := func(strikes float64) map[string]float64 {
		return map[string]float64{"strikes": strikes, "work": 0, "labor": 0}
	}
	tests := []struct {
		name string
		in   Article
		want map[string]float64
	}{
		{"a strong term in the title gives three points", Article{Title: "Trade unionists meet"}, both(3)},
		{"a strong term in the text alone is too little", Article{Text: "Trade unionists meet"}, nil},
		{"a strong term counts once, in the better place", Article{Title: "Trade unions meet", Text: "A trade union and a trade union"}, both(3)},
		{"two strong terms in the text suffice", Article{Text: "They are on strike, said the trade union"}, both(4)},
		{"a weak term needs its context", Article{Title: "Strike and picket and stoppage"}, nil},
		{"weak terms are capped at two without a strong one", Article{Title: "Strike, union, stoppage: pay"}, nil},
		{"three context words lift weak terms to the threshold", Article{Title: "Union strike: nurses, workers, employer"}, both(3)},
		{"two context words do not", Article{Title: "Union strike: nurses and workers"}, nil},
		{"a word is no context for itself", Article{Title: "A picket"}, nil},
		{"weak terms are not capped beside a strong one", Article{Title: "Trade union: strike, stoppage, picket over pay"}, both(6)},
		{"a weak term in a strong one adds nothing", Article{Text: "They met the trade union, and the pay"}, nil},
		{"the longest of strong terms that overlap counts", Article{Text: "Decent work and on strike for decent work"}, map[string]float64{"work": 4, "labor": 0}},
		{"strong terms on the same words count once", Article{Text: "They are on strike for decent work"}, nil},
		{"a pair within a strong term adds nothing", Article{Text: "They met at the staff walk-out"}, nil},
		{"a pair in the text stands near", Article{Text: "Trade unionists say that staff are ready to down tools"}, both(4)},
		{"two words three sentences apart are no pair", Article{Text: "Trade unionists met the staff. " + strings.Repeat("It rained on the town all day. ", 6) + "They down tools."}, nil},
		{"a pair in the title", Article{Title: "Staff down tools"}, both(3)},
		{"a pair in the text is too little", Article{Text: "Staff down tools"}, nil},
		{"a pair split over title and text is none", Article{Title: "Staff at the port", Text: "They down tools"}, nil},
		{"one word is not both sides of a pair", Article{Title: "Staff"}, nil},
		{"a pair of another language does not count", Article{Title: "The arbeiter and the streik of all things that happened", Language: "en"}, nil},
		{"a mask hides the word in it", Article{Title: "Air strike kills workers", Text: "Workers say the air strike hit nurses; pay"}, nil},
		{"what is beside the mask still counts", Article{Title: "Air strike kills trade unionists"}, both(3)},
		{"a masking regular expression", Article{Title: "Nurses and workers and pay: strike on Gaza, strikes on Kyiv"}, nil},
		{"a category's mask holds for that category only", Article{Title: "Prisoner on hunger strike"}, map[string]float64{"torture": 3}},
		{"a term that covers a mask counts", Article{Title: "Airstrikes at dawn"}, map[string]float64{"war": 3}},
		{"a veto drops weak terms and pairs", Article{Title: "Staff down tools as missiles fall"}, nil},
		{"a veto does not drop strong terms", Article{Title: "On strike as missiles fall"}, both(3)},
		{"a space matches a hyphen", Article{Title: "An on-strike crew"}, both(3)},
		{"a hyphen matches a space", Article{Title: "A walk out"}, both(3)},
		{"a hyphen matches nothing", Article{Title: "A walkout"}, both(3)},
		{"whole words only", Article{Title: "Salon strikeouts and walkouts"}, nil},
		{"a regular expression over folded text", Article{Title: "STRIKES OVER PAY"}, both(3)},
		{"an accent makes no difference", Article{Title: "Appel à la GREVE dans toute la France pour les salaires", Language: "fr"}, both(3)},
		{"a short token counts in its language", Article{Title: "La CGT appelle à manifester dans les rues pour les salaires", Language: "fr"}, both(3)},
		{"and in no other", Article{Title: "The CGT of the compiler is what you get for this", Language: "en"}, nil},
		{"an inner star", Article{Title: "Los crímenes laborales de la empresa que nadie investiga en el país", Language: "es"}, both(3)},
		{"Arabic clitics before and articles inside a term", Article{Title: "دعوة للإضراب العام في البلاد بعد بيان", Language: "ar"}, both(3)},
		{"Chinese by substring", Article{Title: "香港巴士司机罢工抗议", Language: "zh"}, both(3)},
		{"short terms are strong", Article{Title: "दिल्ली में सफाई कर्मचारियों की हड़ताल", Language: "hi"}, both(3)},
		{"an umbrella's own terms", Article{Title: "A history of the labour movement"}, map[string]float64{"labor": 3}},
		{"HTML is no text", Article{Title: "<b title='on strike'>Nothing</b> &amp; nobody"}, nil},
		{"nothing at all", Article{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := c.Classify(tt.in)
			if tt.want == nil {
				tt.want = map[string]float64{}
			}
			if diff := cmp.Diff(tt.want, filed(res)); diff != "" {
				t.Errorf("Classify(%+v) filings (-want +got):\n%s%+v", tt.in, diff, res.Filings)
			}
		})
	}
}

func TestClassifyUsesTheSourceAndItsTags(t *testing.T) {
	c := compiled(t, small)
	lean := news.Source{ID: "s", Categories: []string{"strikes"}, Scope: news.ScopeFilter}
	keep := news.Source{ID: "s", Categories: []string{"strikes"}}
	tests := []struct {
		name string
		in   Article
		want []string // "category by"
	}{
		{"a leaning source lifts a weak pair of terms", Article{Title: "Union talks and pay strike", Source: lean}, []string{"strikes rules", "work imply", "labor imply"}},
		{"but adds nothing without a hit", Article{Title: "Weather", Source: lean}, nil},
		{"a topical source keeps its default", Article{Title: "Weather", Source: keep}, []string{"strikes source", "work imply", "labor imply"}},
		{"a tag by title", Article{Title: "Weather", Tags: []string{"Unions and Strikes"}}, []string{"strikes tag", "work imply", "labor imply"}},
		{"a tag by the title in another language", Article{Title: "Weather", Tags: []string{"syndicats et greves"}}, []string{"strikes tag", "work imply", "labor imply"}},
		{"a tag by the desk's list", Article{Title: "Weather", Tags: []string{"world/Industrial-Disputes"}}, []string{"strikes tag", "work imply", "labor imply"}},
		{"a tag comes before more points", Article{Title: "Torture", Tags: []string{"work"}}, []string{"work tag", "torture rules", "labor imply"}},
		{"a tag is not vetoed", Article{Title: "Staff down tools, missiles", Tags: []string{"strikes"}}, []string{"strikes tag", "work imply", "labor imply"}},
		{"at most four, best first, umbrellas and implied apart",
			Article{Title: "Torture, shelling, femicide, child soldiers", Text: "A walk-out for decent work: on strike for decent work, a trade union said. Torture."},
			[]string{"strikes rules", "work rules", "torture rules", "war rules", "labor imply"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range c.Classify(tt.in).Filings {
				got = append(got, f.Category+" "+string(f.By))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Classify(%+v) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
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
