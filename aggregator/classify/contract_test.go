package classify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
)

// The tests of this file are named after the rules of the matching contract,
// at the head of taxonomy.yaml.

// contractCase is an item and where the small taxonomy files it, with points.
type contractCase struct {
	name string
	in   Article
	want map[string]float64
}

// both is what "strikes" files: it implies work, and labor takes both in.
func both(strikes float64) map[string]float64 {
	return map[string]float64{"strikes": strikes, "work": 0, "labor": 0}
}

func checkContract(t *testing.T, tests []contractCase) {
	t.Helper()
	c := compiled(t, small)
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

// checkOrder compares who filed an item where, in order: "category by".
func checkOrder(t *testing.T, in Article, want []string) {
	t.Helper()
	var got []string
	for _, f := range compiled(t, small).Classify(in).Filings {
		got = append(got, f.Category+" "+string(f.By))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Classify(%+v) (-want +got):\n%s", in, diff)
	}
}

// Rule 1: one form for whatever a feed writes.
func TestRule1NormalisesTitleAndSummary(t *testing.T) {
	checkContract(t, []contractCase{
		{"an accent makes no difference", Article{Title: "Appel à la GREVE dans toute la France pour les salaires", Language: "fr"}, both(3)},
		{"HTML is no text", Article{Title: "<b title='on strike'>Nothing</b> &amp; nobody"}, nil},
		{"nothing at all", Article{}, nil},
		{"full-width letters, capitals and spaces", Article{Title: "ＴＲＡＤＥ\u00a0\u2003Ｕｎｉｏｎ talks"}, both(3)},
		{"a curly apostrophe is a straight one", Article{Title: "The workers’ council meets"}, map[string]float64{"work": 3, "labor": 0}},
		{"every dash is a hyphen", Article{Title: "A walk–out, a walk—out, a walk−out"}, both(3)},
		{"Arabic vowels and tatweel", Article{Title: "دعوة إلى إِضْرَابٍ عـــامّ في البلاد بعد بيان", Language: "ar"}, both(3)},
		{"alef forms and final alef maqsura", Article{Title: "دعوة إلى اضراب عام في المستشفي", Language: "ar"}, both(3)},
	})
}

// Rule 2: a masked word never counts, the rest of the headline still does.
func TestRule2MasksRemoveFalseFriends(t *testing.T) {
	checkContract(t, []contractCase{
		{"a mask hides the word in it", Article{Title: "Air strike kills workers", Text: "Workers say the air strike hit nurses; pay"}, nil},
		{"what is beside the mask still counts", Article{Title: "Air strike kills trade unionists"}, both(3)},
		{"a masking regular expression", Article{Title: "Nurses and workers and pay: strike on Gaza, strikes on Kyiv"}, nil},
		{"a category's mask holds for that category only", Article{Title: "Hunger strike, union: nurses, workers, employer"}, map[string]float64{"torture": 3}},
		{"a term that covers a mask counts", Article{Title: "Airstrikes at dawn"}, map[string]float64{"war": 3}},
		{"a mask removes, it does not veto", Article{Title: "On strike after an air strike"}, both(3)},
	})
}

// Rule 3: points for strong terms, weak terms beside their context, and pairs; each term
// and each stretch of text once.
func TestRule3CountsStrongAndWeakTermsAndPairs(t *testing.T) {
	checkContract(t, []contractCase{
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
		{"two words many sentences apart are no pair", Article{Text: "Trade unionists met the staff. " + strings.Repeat("It rained on the town all day. ", 9) + "They down tools."}, nil},
		{"a pair in the title", Article{Title: "Staff down tools"}, both(3)},
		{"a pair in the text is too little", Article{Text: "Staff down tools"}, nil},
		{"a pair split over title and text is none", Article{Title: "Staff at the port", Text: "They down tools"}, nil},
		{"one word is not both sides of a pair", Article{Title: "Staff"}, nil},
	})
}

// Rule 4: what a source stands for is evidence once a term hit.
func TestRule4CountsTheSourcesOwnCategories(t *testing.T) {
	lean := news.Source{ID: "s", Categories: []string{"strikes"}, Scope: news.ScopeFilter}
	keep := news.Source{ID: "s", Categories: []string{"strikes"}}
	tests := []struct {
		name string
		in   Article
		want []string
	}{
		{"a leaning source lifts weak terms", Article{Title: "Union talks and pay strike", Source: lean}, []string{"strikes rules", "work imply", "labor imply"}},
		{"and a strong term of the summary", Article{Text: "They met the trade union", Source: lean}, []string{"strikes rules", "work imply", "labor imply"}},
		{"but adds nothing without a hit", Article{Title: "Weather", Source: lean}, nil},
		{"and nothing to another category", Article{Text: "Femicide and a trade union", Source: lean}, []string{"strikes rules", "work imply", "labor imply"}},
		{"a topical source keeps its default", Article{Title: "Weather", Source: keep}, []string{"strikes source", "work imply", "labor imply"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkOrder(t, tt.in, tt.want) })
	}
	c := compiled(t, small)
	if got := filed(c.Classify(Article{Title: "Trade unionists meet", Source: lean}))["strikes"]; got != pointsTitle+1.5 {
		t.Errorf("a strong term and the source's lean give %g points, want 4.5", got)
	}
}

// Rule 5: three points file an item, at most four categories, best first; vetoes,
// implied categories and umbrellas.
func TestRule5FilesByThreePointsAtMostFour(t *testing.T) {
	checkContract(t, []contractCase{
		{"a veto drops weak terms and pairs", Article{Title: "Staff down tools as missiles fall"}, nil},
		{"a veto does not drop strong terms", Article{Title: "On strike as missiles fall"}, both(3)},
		{"an umbrella's own terms", Article{Title: "A history of the labour movement"}, map[string]float64{"labor": 3}},
		{"three points suffice", Article{Title: "Femicide"}, map[string]float64{"women": 3}},
		{"less does not", Article{Text: "Femicide"}, nil},
		{"what is implied needs no evidence", Article{Title: "On strike"}, both(3)},
		{"a veto hits behind a mask, too", Article{Title: "Staff down tools, missile strike"}, nil},
	})
	t.Run("at most four, best first, umbrellas and implied apart", func(t *testing.T) {
		checkOrder(t, Article{
			Title: "Torture, shelling, femicide, child soldiers",
			Text:  "A walk-out for decent work: on strike for decent work, a trade union said. Torture.",
		}, []string{"strikes rules", "work rules", "torture rules", "war rules", "labor imply"})
	})
}

// Rule 6: what a term matches.
func TestRule6MatchesWholeWords(t *testing.T) {
	checkContract(t, []contractCase{
		{"a space matches a hyphen", Article{Title: "An on-strike crew"}, both(3)},
		{"a hyphen matches a space", Article{Title: "A walk out"}, both(3)},
		{"a hyphen matches nothing", Article{Title: "A walkout"}, both(3)},
		{"whole words only", Article{Title: "Salon strikeouts and walkouts"}, nil},
		{"a regular expression over folded text", Article{Title: "STRIKES OVER PAY"}, both(3)},
		{"an inner star", Article{Title: "Los crímenes laborales de la empresa que nadie investiga en el país", Language: "es"}, both(3)},
		{"Arabic clitics before and articles inside a term", Article{Title: "دعوة للإضراب العام في البلاد بعد بيان", Language: "ar"}, both(3)},
		{"Chinese by substring", Article{Title: "香港巴士司机罢工抗议", Language: "zh"}, both(3)},
		{"a star goes on", Article{Title: "Trade unionism"}, both(3)},
		{"without a star a word ends", Article{Title: "Femicides"}, nil},
		{"Arabic conjunction and article", Article{Title: "مظاهرات وبالإضراب العام في البلاد بعد بيان", Language: "ar"}, both(3)},
		{"Japanese by substring", Article{Title: "港湾労働者のストライキ続く", Language: "ja"}, both(3)},
		{"Thai by substring", Article{Title: "คนงานท่าเรือนัดหยุดงานวันนี้", Language: "th"}, both(3)},
		{"Khmer by substring", Article{Title: "កម្មករធ្វើកូដកម្មនៅភ្នំពេញ", Language: "km"}, both(3)},
		{"Burmese by substring", Article{Title: "အလုပ်သမားများသပိတ်မှောက်ကြသည်", Language: "my"}, both(3)},
		{"Lao by substring", Article{Title: "ກຳມະກອນປະທ້ວງຢຸດງານຢູ່ວຽງຈັນ", Language: "lo"}, both(3)},
	})
}

// Rule 7: the English lists and those of the item's language.
func TestRule7GatesListsByLanguage(t *testing.T) {
	checkContract(t, []contractCase{
		{"a pair of another language does not count", Article{Title: "The arbeiter and the streik of all things that happened", Language: "en"}, nil},
		{"a short token counts in its language", Article{Title: "La CGT appelle à manifester dans les rues pour les salaires", Language: "fr"}, both(3)},
		{"and in no other", Article{Title: "The CGT of the compiler is what you get for this", Language: "en"}, nil},
		{"short terms are strong", Article{Title: "दिल्ली में सफाई कर्मचारियों की हड़ताल", Language: "hi"}, both(3)},
		{"the English lists hold in every language", Article{Title: "Un trade union de mineros sigue en pie por los salarios del mes", Language: "es"}, both(3)},
		{"a pair of the item's language", Article{Title: "Die Arbeiter kündigen für morgen einen Streik an und fordern mehr Lohn", Language: "de"}, both(3)},
		{"an English pair holds everywhere, like the English lists", Article{Title: "El staff y el down tools de la empresa que nadie investiga en el país", Language: "es"}, both(3)},
	})
}

// Rule 8: a publisher's own tags win over keywords.
func TestRule8LetsPublishersTagsWin(t *testing.T) {
	strikes := []string{"strikes tag", "work imply", "labor imply"}
	tests := []struct {
		name string
		in   Article
		want []string
	}{
		{"a tag by title", Article{Title: "Weather", Tags: []string{"Unions and Strikes"}}, strikes},
		{"a tag by id", Article{Title: "Weather", Tags: []string{"strikes"}}, strikes},
		{"a tag by the title in another language", Article{Title: "Weather", Tags: []string{"syndicats et greves"}}, strikes},
		{"a tag by the desk's list", Article{Title: "Weather", Tags: []string{"industrial disputes"}}, strikes},
		{"the last part of a tag's address", Article{Title: "Weather", Tags: []string{"world/Industrial-Disputes"}}, strikes},
		{"the last part of a tag with a scheme", Article{Title: "Weather", Tags: []string{"topics:industrial_disputes"}}, strikes},
		{"a tag that nobody lists", Article{Title: "Weather", Tags: []string{"Opinion"}}, nil},
		{"a tag comes before more points", Article{Title: "Torture", Tags: []string{"work"}}, []string{"work tag", "torture rules", "labor imply"}},
		{"a tag is not vetoed", Article{Title: "Staff down tools, missiles", Tags: []string{"strikes"}}, strikes},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkOrder(t, tt.in, tt.want) })
	}
}
