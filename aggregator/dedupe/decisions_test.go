package dedupe

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawn draws articles in arrival order.
func drawn(t *rapid.T) []Article {
	out := make([]Article, rapid.IntRange(2, 30).Draw(t, "articles"))
	for i := range out {
		out[i] = drawArticle(t, int64(i+1))
	}
	return out
}

// The same articles in the same order belong together in the same way: nothing
// depends on the order of a map, on what was asked before, or on whether a
// process was started anew and read the window without asking.
func TestDecisionsDependOnTheArrivalsAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("it compares values; nothing happens at once")
	}
	rapid.Check(t, func(t *rapid.T) {
		articles := drawn(t)
		first := feed(NewGrouper(Options{}), articles...)
		if diff := cmp.Diff(first, feed(NewGrouper(Options{}), articles...)); diff != "" {
			t.Fatalf("two runs differ:\n%s", diff)
		}
		asked, warmed := NewGrouper(Options{}), NewGrouper(Options{})
		at := rapid.IntRange(1, len(articles)-1).Draw(t, "restart before")
		for i, a := range articles[:at] {
			story := first[i].Story
			if story == 0 {
				story = a.ID
			}
			for _, b := range articles {
				asked.Match(b)
			}
			asked.Match(a)
			asked.Add(a, story, first[i].CopyOf)
			warmed.Add(a, story, first[i].CopyOf)
		}
		for name, g := range map[string]*Grouper{"after other questions": asked, "after a restart": warmed} {
			if diff := cmp.Diff(first[at:], feed(g, articles[at:]...)); diff != "" {
				t.Fatalf("%s:\n%s", name, diff)
			}
		}
	})
}

// What else comes in between changes nothing for a copy, and nothing for an
// event once the archive knows which words are usual. (Before, it may: each
// article teaches how telling words are.)
func TestUnrelatedArticlesChangeNoDecision(t *testing.T) {
	texts := []Article{
		article(1, "harbour-post", "Dockers walk out at Valdoria", report, 0),
		article(2, "daily", "Valdoria dockers on strike", report, 1),
		article(3, "courier", "Strike shuts Valdoria harbour", rewrite, 2),
		article(4, "daily", "Teachers end boycott in Kestania", other, 3),
		article(5, "wire", "Port strike", report[:strings.Index(report, "Cranes")], 4),
		article(6, "courier", "Teachers accept offer in Kestania", other[:200], 5),
	}
	want := feed(archived(warm), texts...)
	if want[1].CopyOf != 1 || want[2].Story != 1 || want[3].Story != 0 || want[4].CopyOf != 1 || want[5].CopyOf != 4 {
		t.Fatalf("Match = %+v without anything in between", want)
	}
	rapid.Check(t, func(t *rapid.T) {
		g, id := archived(warm), int64(1000)
		for i, a := range texts {
			for range rapid.IntRange(0, 40).Draw(t, "in between") {
				id++
				feed(g, filler(id))
			}
			got := feed(g, a)[0]
			if got.Story != want[i].Story || got.CopyOf != want[i].CopyOf {
				t.Fatalf("Match(%q) = %+v, want %+v", a.Title, got, want[i])
			}
		}
	})
}

// Daily reports of several houses, each in its own frame: a new date and new
// numbers are a new report, never a copy.
func TestDailyReportsAreNoCopies(t *testing.T) {
	frames := []string{
		"The exchange rate of the crown was fixed at %d.%02d to the dollar on day %d, the central bank said in its daily notice to banks and bureaux, after %d.%02d the day before; trade was thin and the bank did not step in.",
		"Air quality in the capital stood at %d on the index at noon, with %02d micrograms of fine dust, on day %d of the month, against %d and %02d in the suburbs; schools were told to keep children indoors during the afternoon.",
		"Border guards counted %d crossings and turned back %02d people on day %d of the operation, the ministry of the interior said, which compares with %d crossings and %02d refusals in the week before at the same posts.",
	}
	g := NewGrouper(Options{})
	for d := range 12 {
		for i, frame := range frames {
			a := article(int64(100*d+i+1), fmt.Sprint("house", i), fmt.Sprintf("%s, day %d", strings.Join(strings.Fields(frame)[:4], " "), d),
				fmt.Sprintf(frame, 100+37*d, d*7%60, d, 90+41*d, d*11%60), float64(24*d)/12)
			if got := feed(g, a)[0]; got.CopyOf != 0 {
				t.Errorf("Match(%q) = %+v, want no copy", a.Title, got)
			}
		}
	}
}

func TestNamesAreTold(t *testing.T) {
	got := ""
	s := normal("Police said Ines Carvalho, of Meridian Terminals, spoke. The union's Secretary: \"We stay\" – Москва и Анна")
	for _, tok := range tokenize(nil, s) {
		if tok.named {
			got += s[tok.from:tok.to] + " "
		}
	}
	if want := "Ines Carvalho Meridian Terminals Secretary Анна "; got != want {
		t.Errorf("names %q, want %q", got, want)
	}
}

// Two trials, or two crashes, share most of their words; who and where do not.
func TestNamesWeighMoreThanOtherWords(t *testing.T) {
	weight := func(text string) int {
		for _, x := range newDoc(article(1, "a", "", text, 0)).terms {
			if x.hash() == uint32(tokenize(nil, "valdoria")[0].hash)&hashMask {
				return int(x & maxCount)
			}
		}
		return 0
	}
	if name, word := weight("they met in Valdoria again"), weight("they met in valdoria again"); name <= word || word == 0 {
		t.Errorf("weight of a name %d, of the same word in small letters %d; want more", name, word)
	}
}

// Between two stories that a headline fits alike, the one reported more wins;
// a text tells them apart by itself.
func TestCoverageCountsForHeadlines(t *testing.T) {
	headline, text := newDoc(article(1, "a", "Fyrandel plant story", "", 6)), newDoc(article(2, "a", "Fyrandel plant story", report, 6))
	const one, ten = 1, 10
	if got := prior(headline, one); got != 1 {
		t.Errorf("prior of a story of one = %v, want 1", got)
	}
	a, b := prior(headline, ten), prior(text, ten)
	if a < 1.2 || b < 1 || b-1 > (a-1)/2 {
		t.Errorf("prior of a story of ten = %v for a headline, %v for a text; want it to count, and for the text by less than half", a, b)
	}
}

// Two accidents of one kind share most of their words; what they count, they do
// not. A toll that rises is still the same accident: some number stays.
func TestFiguresTellEventsApart(t *testing.T) {
	const text = "A wooden vessel carrying %s migrants went down near Marabia before dawn and at least %s drowned, aid groups say. Survivors were brought to a school in the harbour town after %s hours, where nurses handed out blankets and tea while relatives waited for names."
	first := article(1, "a", "Boat sinks off Marabia", "Coast guard: a boat with 140 people on board sank off Marabia on Monday, 23 drowned. Fishermen helped for 6 hours in heavy seas, and migrants were taken to the harbour.", 0)
	for _, tt := range []struct {
		name                   string
		people, drowned, hours string
		want                   int64
	}{
		{"the same figures", "140", "23", "6", 1},
		{"a higher toll", "140", "31", "8", 1},
		{"other figures", "85", "12", "3", 0},
	} {
		g := archived(warm)
		feed(g, first)
		second := article(2, "b", "Migrants dead near Marabia", fmt.Sprintf(text, tt.people, tt.drowned, tt.hours), 1)
		if got := g.Match(second); got.Story != tt.want {
			t.Errorf("%s: Match = %+v, want story %d", tt.name, got, tt.want)
		}
		// What the last report has no number of, one before it may have.
		g.Add(article(3, "c", "Boat sinks off Marabia", "At 9 in the morning the coast guard had 77 calls about the boat that sank off Marabia.", 0.5), 1, 0)
		if got := g.Match(second); got.Story != tt.want {
			t.Errorf("%s, after another report: Match = %+v, want story %d", tt.name, got, tt.want)
		}
	}
}
