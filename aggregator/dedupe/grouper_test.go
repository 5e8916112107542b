package dedupe

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var day = time.Date(2024, 5, 1, 8, 0, 0, 0, time.UTC)

// Texts of these tests. report and rewrite tell one event in different words.
const (
	report = `Some four thousand dockers walked out at the port of Valdoria on Tuesday after talks over night shifts broke down, the harbour workers' union said. Cranes stood still at all six terminals and nineteen ships waited at anchor by noon. The union's secretary Ines Carvalho said members would stay out until the operator withdrew a roster that ends the rest day after three nights. The operator, Meridian Terminals, called the strike unlawful and said it would go to court. Police kept a road into the harbour open for medical supplies.`

	rewrite = `Valdoria's harbour ground to a halt when dockers downed tools against new rosters. Meridian Terminals has asked a judge to rule the stoppage illegal. Ines Carvalho, who leads the union, told a crowd at the gates that rest days were not for sale. Shipping agents counted nineteen vessels off the coast, and importers warned that fruit would spoil within the week.`

	other = `The education ministry of Kestania has agreed to pay three months of overdue salaries to teachers in the northern provinces, ending a boycott of final examinations that had kept schools closed since March. Union delegates meeting in Orlen voted by a wide margin to accept the offer, which also restores travel allowances cut in last year's budget.`
)

// article makes an article of source published some hours into the day.
func article(id int64, source, title, text string, hours float64) Article {
	return Article{ID: id, Source: source, Title: title, Text: text, Language: "en", Published: day.Add(time.Duration(hours * float64(time.Hour)))}
}

// feed matches and adds articles in order and returns the matches. Stories get
// the id of the article that founds them.
func feed(g *Grouper, articles ...Article) []Match {
	out := make([]Match, len(articles))
	for i, a := range articles {
		out[i] = g.Match(a)
		story := out[i].Story
		if story == 0 {
			story = a.ID
		}
		g.Add(a, story, out[i].CopyOf)
	}
	return out
}

func TestMatch(t *testing.T) {
	lead := report[:strings.Index(report, "Cranes")]
	first := article(1, "harbour-post", "Dockers walk out at Valdoria", report, 0)
	tests := []struct {
		name          string
		second        Article
		story, copyOf int64
	}{
		{"the same text at another outlet", article(2, "daily", "Valdoria dockers on strike", report, 5), 1, 1},
		{"an abridged text", article(2, "daily", "Port strike", lead, 5), 1, 1},
		{"an extended text", article(2, "daily", "Port strike", "The strike is the first since 2011. "+report+" "+other[:120], 5), 1, 1},
		{"the same text with an agency line and another spelling", article(2, "daily", "Port strike", "VALDORIA (Agency) — "+strings.ReplaceAll(report, "'", "’"), 5), 1, 1},
		{"the same event in other words", article(2, "daily", "Strike shuts Valdoria harbour", rewrite, 5), 1, 0},
		{"another event", article(2, "daily", "Teachers end boycott in Kestania", other, 5), 0, 0},
		{"the same text after the window", article(2, "daily", "Dockers walk out at Valdoria", report, 24*8), 0, 0},
		{"the same text in what is said to be another language", func() Article {
			a := article(2, "daily", "Dockers walk out at Valdoria", report, 5)
			a.Language = "pt"
			return a
		}(), 0, 0},
		{"the same text, language unknown", func() Article {
			a := article(2, "daily", "x", report, 5)
			a.Language = "und"
			return a
		}(), 1, 1},
		{"the same text without a date", func() Article {
			a := article(2, "daily", "x", report, 5)
			a.Published = time.Time{}
			return a
		}(), 1, 1},
		{"title and nothing else, word for word", article(2, "daily", "Dockers walk out at Valdoria", "", 5), 1, 0},
		{"an empty article", article(2, "daily", "", "", 5), 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := feed(NewGrouper(Options{}), first, tt.second)[1]
			if got.Story != tt.story || got.CopyOf != tt.copyOf {
				t.Errorf("Match(%q) = %+v, want story %d, copy of %d", tt.second.Title, got, tt.story, tt.copyOf)
			}
			if (got.Why == "") != (got.Story == 0) {
				t.Errorf("Match(%q).Why = %q with story %d: a reason belongs to a match", tt.second.Title, got.Why, got.Story)
			}
		})
	}
}

// What looks alike because a house writes alike is not one article.
func TestMatchKeepsSeriesApart(t *testing.T) {
	foot := " Sign up for our newsletter to get the stories that matter in your inbox every morning. Follow us on all platforms. All rights reserved by the publisher."
	level := "The water board said its four reservoirs held %s million cubic metres on %s, against %s million a day earlier, in its daily statement of levels."
	tests := []struct {
		name string
		a, b Article
	}{
		{"numbered titles of one source", article(1, "s", "Notice 1", "", 0), article(2, "s", "Notice 2", "", 1)},
		{"numbered titles with the same words below", article(1, "s", "Circular 1 of the harbour office", "A circular of the harbour office.", 0), article(2, "s", "Circular 2 of the harbour office", "A circular of the harbour office.", 1)},
		{"one title for two items of one source", article(1, "s", "Morning briefing", "", 0), article(2, "s", "Morning briefing", "", 24)},
		{"a daily template", article(1, "s", "RESERVOIR LEVELS ON MARCH 5", fmt.Sprintf(level, "4,182", "March 5", "3,907"), 0), article(2, "s", "RESERVOIR LEVELS ON MARCH 6", fmt.Sprintf(level, "3,655", "March 6", "4,182"), 24)},
		{"the same footer", article(1, "s", "Dockers walk out", report+foot, 0), article(2, "s", "Teachers end boycott", other+foot, 1)},
		{"the front page as address", withURL(article(1, "s", "Dockers walk out", report, 0), "https://s.example/"), withURL(article(2, "s", "Teachers end boycott", other, 1), "https://s.example/")},
		{"a page written anew under its address", withURL(article(1, "s", "Dockers walk out", report, 0), "https://s.example/live"), withURL(article(2, "s", "Teachers end boycott", other, 1), "https://s.example/live")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := feed(NewGrouper(Options{}), tt.a, tt.b)[1]; got.Story != 0 || got.CopyOf != 0 {
				t.Errorf("Match(%q) after %q = %+v, want no match", tt.b.Title, tt.a.Title, got)
			}
		})
	}
}

func withURL(a Article, u string) Article { a.Canonical = Canonical(u); return a }

func TestMatchByAddress(t *testing.T) {
	a := withURL(article(12, "bbc", "Dockers walk out at Valdoria", "", 0), "https://paper.example/strike?utm_source=rss")
	b := withURL(article(13, "mirror", "Valdoria dockers walk out", "", 1), "http://www.paper.example/strike/")
	got := feed(NewGrouper(Options{}), a, b)[1]
	want := Match{Story: 12, CopyOf: 12, Why: "same address as item 12 (bbc)"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Match by address (-want +got):\n%s", diff)
	}
}

func TestCopyOfACopyNamesTheOriginal(t *testing.T) {
	got := feed(NewGrouper(Options{}),
		article(1, "a", "Dockers walk out", report, 0),
		article(2, "b", "Dockers walk out in Valdoria", report, 1),
		article(3, "c", "Port at a standstill", report, 2))
	if got[2].CopyOf != 1 {
		t.Errorf("third copy is a copy of %d, want 1", got[2].CopyOf)
	}
}

func TestMatchOtherScripts(t *testing.T) {
	tests := []struct{ lang, text, same, differs string }{
		{"ja", "港湾労働者約四千人が火曜日、夜勤をめぐる交渉の決裂を受けてストライキに入ったと労働組合が発表した。六つの埠頭すべてでクレーンが止まり、正午までに十九隻が沖で待機した。", "港湾労働者約四千人が火曜日、夜勤をめぐる交渉の決裂を受けてストライキに入ったと労働組合が発表した。", "教育省は北部の教員に三か月分の未払い給与を支払うことで合意し、三月から続いた試験の拒否は終わった。組合の代議員は提案を受け入れた。"},
		{"th", "คนงานท่าเรือราวสี่พันคนหยุดงานเมื่อวันอังคารหลังการเจรจาเรื่องกะกลางคืนล้มเหลว สหภาพแรงงานระบุว่าเครนทั้งหกท่าหยุดนิ่งและเรือสิบเก้าลำรออยู่นอกฝั่ง", "คนงานท่าเรือราวสี่พันคนหยุดงานเมื่อวันอังคารหลังการเจรจาเรื่องกะกลางคืนล้มเหลว สหภาพแรงงานระบุว่า", "กระทรวงศึกษาธิการตกลงจ่ายเงินเดือนค้างสามเดือนให้ครูในจังหวัดภาคเหนือ ยุติการคว่ำบาตรการสอบที่ทำให้โรงเรียนปิดตั้งแต่เดือนมีนาคม"},
		{"ar", "أضرب نحو أربعة آلاف من عمال الميناء يوم الثلاثاء بعد انهيار المفاوضات حول نوبات الليل كما أعلنت نقابة العمال وتوقفت الرافعات في جميع الأرصفة الستة وانتظرت تسع عشرة سفينة قبالة الساحل", "اضرب نحو اربعة الاف من عمّال الميناء يوم الثلاثاء بعد انهيار المفاوضات حول نوبات الليل كما اعلنت نقابة العمال وتوقفت الرافعات", "وافقت وزارة التعليم على دفع رواتب ثلاثة أشهر متأخرة للمعلمين في المحافظات الشمالية منهية بذلك مقاطعة الامتحانات التي أغلقت المدارس منذ شهر مارس"},
	}
	for _, tt := range tests {
		t.Run(tt.lang, func(t *testing.T) {
			mk := func(id int64, text string) Article {
				return Article{ID: id, Source: fmt.Sprint("s", id), Text: text, Language: tt.lang, Published: day}
			}
			got := feed(NewGrouper(Options{}), mk(1, tt.text), mk(2, tt.same), mk(3, tt.differs))
			if got[1].CopyOf != 1 || got[2].CopyOf != 0 {
				t.Errorf("Match of the copy = %+v, of the other text = %+v; want a copy of 1 and no copy", got[1], got[2])
			}
		})
	}
}

func TestMatchOnlyLooks(t *testing.T) {
	g := NewGrouper(Options{})
	a := article(1, "a", "Dockers walk out", report, 0)
	if got := g.Match(a); got != (Match{}) {
		t.Errorf("Match in an empty Grouper = %+v, want none", got)
	}
	if got := g.Match(article(2, "b", "Dockers walk out", report, 0)); got != (Match{}) {
		t.Errorf("Match after a Match = %+v, want none: only Add remembers", got)
	}
}

func TestForget(t *testing.T) {
	g := NewGrouper(Options{})
	feed(g, article(1, "a", "Dockers walk out", report, 0))
	g.Forget(day.Add(time.Hour))
	if got := g.Match(article(2, "b", "Dockers walk out", report, 2)); got != (Match{}) {
		t.Errorf("Match after Forget = %+v, want none", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	g := NewGrouper(Options{MaxItems: 64})
	for i := range int64(1000) {
		a := article(i+1, fmt.Sprint("s", i%7), fmt.Sprintf("Title%d word%d", i, i*3), fmt.Sprintf("alpha%d beta%d gamma%d delta%d epsilon%d", i, i, i, i, i), float64(i)/4)
		a.Published = time.Time{} // the worst case: Forget cannot help
		feed(g, a)
		if n := len(g.stories.stories); n > 65+64/8 || g.memory.n > 65+64/8 {
			t.Fatalf("after %d articles: %d stories and %d articles remembered, want at most about 64", i+1, n, g.memory.n)
		}
	}
}

// Of a report that is copied for months the first is forgotten, and the story
// lives on by its copies. Keys are not exact: any article may come across one.
func TestAStoryOfWhichOnlyCopiesAreLeftJoinsNothing(t *testing.T) {
	g := NewGrouper(Options{MaxItems: 64})
	unrelated := func(i int) Article {
		return article(int64(i+10), "s", fmt.Sprintf("Title%d", i), fmt.Sprintf("alpha%d beta%d gamma%d", i, i, i), 0)
	}
	feed(g, article(1, "a", "Dockers walk out", report, 0))
	for i := range 40 {
		feed(g, unrelated(i))
	}
	g.Add(article(2, "b", "Dockers walk out", report, 0), 1, 1)
	for i := 40; g.memory.first() == 1; i++ {
		feed(g, unrelated(i))
	}
	slot, ok := g.stories.slots.find(1, g.stories.stories)
	if !ok {
		t.Fatal("the story is forgotten, want that its copies are left")
	}
	q := g.stories.ask(g.analyse(article(500, "b", "Dockers walk out", rewrite, 1)))
	if g.stories.near(q, &g.stories.stories[slot]) {
		t.Error("the story can be joined, though nothing is known of what it says")
	}
}

// The same articles in the same order give the same matches: nothing depends
// on the order of a map.
func TestMatchIsDeterministic(t *testing.T) {
	var articles []Article
	words := strings.Fields(report + " " + rewrite + " " + other)
	for i := range 300 {
		at := i * 7 % (len(words) - 40)
		articles = append(articles, article(int64(i+1), fmt.Sprint("s", i%5), strings.Join(words[at:at+6], " "), strings.Join(words[at+6:at+40], " "), float64(i)/6))
	}
	first := feed(NewGrouper(Options{}), articles...)
	if diff := cmp.Diff(first, feed(NewGrouper(Options{}), articles...)); diff != "" {
		t.Errorf("two runs over the same articles differ:\n%s", diff)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("Dockers walk out", report, "Dockers walk out", rewrite)
	f.Add("\xff\xfe", "\u0640\u0640", "ๆๆๆ", "ا\u064b")
	f.Fuzz(func(t *testing.T, title1, text1, title2, text2 string) {
		a, b := article(1, "a", title1, text1, 0), article(2, "b", title2, text2, 1)
		got := feed(NewGrouper(Options{}), a, b)[1]
		if got.CopyOf != 0 && got.Story != 1 {
			t.Errorf("Match = %+v: a copy belongs to the story of what it copies", got)
		}
	})
}

// Reports of one kind of event are alike in most of their words.
func TestEventsOfOneKindInDifferentCountriesStayApart(t *testing.T) {
	of := func(id int64, source, title, text, country string) Article {
		a := article(id, source, title, text, float64(id))
		a.Places = []string{country}
		return a
	}
	got := feed(NewGrouper(Options{}),
		of(1, "a", "Activist arrested in Harare ahead of march", "Police in Harare arrested an activist ahead of a planned march on Friday.", "ZW"),
		of(2, "b", "Journalist arrested in Cairo", "Police in Cairo arrested a journalist on Thursday, her lawyer said.", "EG"),
		of(3, "c", "Journalist detained in Istanbul", "A journalist was detained in Istanbul while covering a demonstration, his lawyer said.", "TR"),
		of(4, "a", "Migrant boat sinks off Lampedusa", "At least 20 people drowned when a boat sank off Lampedusa.", "IT"),
		of(5, "b", "Migrant boat sinks off Crete", "A boat carrying migrants sank off Crete; 12 people are missing.", "GR"),
		of(6, "a", "Factory fire in Karachi kills nine", "A fire in a garment factory in Karachi killed nine workers.", "PK"),
		of(7, "b", "Factory fire in Cairo kills four", "A fire in a clothing factory in Cairo killed four workers.", "EG"),
		of(8, "d", "Nine workers die in Karachi factory fire", "Nine workers died when a garment factory burned in Karachi.", "PK"),
	)
	for i, want := range []int64{0, 0, 0, 0, 0, 0, 0, 6} {
		if got[i].Story != want {
			t.Errorf("article %d joins story %d, want %d (%s)", i+1, got[i].Story, want, got[i].Why)
		}
	}
}
