package dedupe

import (
	"fmt"
	"strings"
	"testing"
)

// blurbs are texts that say nothing of an article, the first in 44 words.
var blurbs = []string{
	"The latest episode of our weekly podcast on human rights, with voices from around the world, hosted by Maria Lopez and produced by the team in Geneva. Subscribe wherever you listen, tell a friend about the show, and write to us with questions for coming guests.",
	"Click here to read the full article on our website and subscribe for more.",
	"Read more on our website.",
	"This story first appeared in the monthly magazine for members. To read it in full, sign in or take out a subscription, which supports independent reporting.",
}

// about is what a newsroom says of itself at length.
const about = `We are a newsroom of nine, founded in 2011 and paid by readers. Our reporters work from five cities and in seven languages, and everything they write is checked by an editor before it goes out. We take no advertising and no money from companies. Members meet twice a year, elect the board and read the accounts first. If you find a mistake, tell us and we will put it right in the same place. Reprints are welcome with our name and a link; photographs belong to those who took them, and whoever wants one should ask first. To send something in confidence, use the form at the foot of this page, which keeps no record of where it was sent from.`

// unrelated are titles that no two of share a word.
var unrelated = []string{
	"Dockers walk out at Valdoria", "Teachers in Kestania end boycott", "Court frees editor jailed over cartoon",
	"Flood destroys refugee camp near Orlen", "Parliament votes on abortion bill", "Miners trapped below Lorn for third day",
	"Police chief charged with torture", "Nurses win equal pay ruling", "Village sues mining firm over poisoned river",
	"Garment workers collapse from heat", "Migrants drown off southern coast", "Children pulled from cobalt pits",
}

// archived is a Grouper that remembers n articles about other things.
func archived(n int) *Grouper {
	g := NewGrouper(Options{})
	for i := range int64(n) {
		feed(g, filler(i+10_000))
	}
	return g
}

// apart fails the test if articles do not found a story each.
func apart(t *testing.T, g *Grouper, articles ...Article) {
	t.Helper()
	for i, m := range feed(g, articles...) {
		if m != (Match{}) {
			t.Errorf("Match(%q) = %+v, want none", articles[i].Title, m)
		}
	}
}

func words(s string, n int) string { return strings.Join(strings.Fields(s)[:n], " ") }

// Even where an event is found that is none, none may be hidden as a copy.
func TestBlurbIsNoCopy(t *testing.T) {
	for i, text := range append([]string{strings.Join(blurbs, " ") + " " + about, words(blurbs[0], 18)}, blurbs...) {
		var items []Article
		for j, title := range unrelated[1:] {
			items = append(items, article(int64(j+1), "pod", title, text, float64(j)))
		}
		for j, m := range feed(archived(10*i), items...) {
			if m.CopyOf != 0 {
				t.Errorf("Match(%q) of %d words = %+v, want no copy", items[j].Title, len(strings.Fields(text)), m)
			}
		}
	}
}

func TestBlurbOfASourceJoinsNothing(t *testing.T) {
	texts := blurbs[1:]
	for _, n := range []int{4, 6, 9, 12, 14, 15, 18, 24, 32, 40, 44} {
		texts = append(texts, words(blurbs[0], n))
	}
	texts = append(texts, strings.Join(blurbs, " "), strings.Join(blurbs, " ")+" "+about) // as long as an article
	for _, size := range []int{0, 10, 1000} {
		for _, text := range texts {
			t.Run(fmt.Sprintf("%d words in an archive of %d", len(strings.Fields(text)), size), func(t *testing.T) {
				var items []Article
				for i, title := range unrelated[1:] {
					items = append(items, article(int64(i+1), "pod", title, text, float64(i)))
				}
				apart(t, archived(size), items...)
			})
		}
	}
}

func TestBlurbOfAnAgencyJoinsNothing(t *testing.T) {
	news := []string{
		"Four thousand dockers left the quays on Tuesday over night shifts, and nineteen ships waited at anchor.",
		"Salaries overdue since March will be paid, the ministry said, and final examinations can be held in June.",
		"A judge ordered the release of the cartoonist's publisher after two years in the prison of the capital.",
		"Tents stood in water to the ridge after the dam broke, and eleven thousand people slept on a motorway.",
	}
	shapes := map[string]func(blurb, news string) string{
		"alone":       func(b, _ string) string { return b },
		"at the head": func(b, n string) string { return b + " " + n },
		"at the end":  func(b, n string) string { return n + " " + b },
	}
	for _, size := range []int{0, 10, 1000} {
		for name, shape := range shapes {
			for _, blurb := range append([]string{about}, blurbs...) {
				t.Run(fmt.Sprintf("%d words %s in an archive of %d", len(strings.Fields(blurb)), name, size), func(t *testing.T) {
					var items []Article
					for i, n := range news {
						items = append(items, article(int64(i+1), fmt.Sprint("paper", i%2), unrelated[i], shape(blurb, n), float64(i)))
					}
					apart(t, archived(size), items...)
				})
			}
		}
	}
}

// Three words make no shingle: an archive that knows no word yet must ask the
// titles.
func TestFewSharedWordsJoinNothingInASmallArchive(t *testing.T) {
	for _, size := range []int{0, 10} {
		var items []Article
		for i, title := range unrelated[1:] {
			items = append(items, article(int64(i+1), fmt.Sprint("pod", i), title, words(blurbs[0], 3), float64(i)))
		}
		apart(t, archived(size), items...)
	}
}

// A title in words of the blurb is no likeness to what else stands above it.
func TestTitleInWordsOfTheBlurbJoinsNothing(t *testing.T) {
	for _, source := range []string{"pod", "mirror"} {
		apart(t, NewGrouper(Options{}), article(1, "pod", unrelated[0], blurbs[0], 0), article(2, "pod", unrelated[1], blurbs[0], 1),
			article(3, source, "Human rights in Peru", blurbs[0], 2))
	}
}

func TestTitlesThatBeginAlikeDoNotMakeABlurbACopy(t *testing.T) {
	apart(t, NewGrouper(Options{}), article(1, "pod", "Human rights podcast: water in Sudan", blurbs[0], 0),
		article(2, "pod", "Human rights podcast: prisons in Peru", blurbs[0], 1), article(3, "pod", "Human rights podcast: land in Chad", blurbs[0], 2))
}

// However long a text is, under the third title it is no article.
func TestLongBlurbSeenUnderSeveralTitlesIsNoCopyElsewhere(t *testing.T) {
	text := about + " " + strings.Join(blurbs, " ")
	var items []Article
	for i, title := range unrelated[:4] {
		items = append(items, article(int64(i+1), []string{"pod", "pod", "pod", "mirror"}[i], title, text, float64(i)))
	}
	apart(t, NewGrouper(Options{}), items...)
}

func TestAPhraseIsNoBoilerplate(t *testing.T) {
	const phrase = ` "Nobody slept that night." `
	g := NewGrouper(Options{})
	feed(g, article(1, "a", "Fists up beside grey water", phrase+report+other, 0))
	for text, want := range map[string]bool{about: false, "The harbour master lives here.": true} {
		d := newDoc(article(2, "b", "Bananas, anger and no sleep", phrase+text, 1))
		if g.copies.boilerplate(d); (len(d.boilerplate.shingles) > 0) != want {
			t.Errorf("boilerplate of %d words = %d shingles, want some: %v", len(strings.Fields(text)), len(d.boilerplate.shingles), want)
		}
	}
}

// A show's page is the address of each of its episodes in a careless feed.
func TestBlurbAtOneAddressJoinsNothing(t *testing.T) {
	var items []Article
	for i, title := range unrelated {
		items = append(items, withURL(article(int64(i+1), "pod", title, blurbs[0], float64(i)), "https://pod.example/show"))
	}
	apart(t, NewGrouper(Options{}), items...)
}

// What is a copy stays one: a text that speaks of both its headlines, or one
// too long for a blurb.
func TestNewHeadlineIsStillACopy(t *testing.T) {
	edited := strings.NewReplacer("walked out", "went on strike", "by noon", "by midday", "unlawful", "illegal").Replace(report)
	long := report + " " + rewrite + " " + other
	tests := []struct {
		name string
		a, b Article
	}{
		{"at another outlet", article(1, "a", "Dockers walk out at Valdoria", report, 0), article(2, "b", "Meridian Terminals calls strike unlawful", report, 2)},
		{"with edits", article(1, "a", "Dockers walk out at Valdoria", report, 0), article(2, "b", "Meridian Terminals calls strike unlawful", edited, 2)},
		{"cut to the lead", article(1, "a", "Meridian Terminals calls strike unlawful", report, 0), article(2, "b", "Dockers stop port over night shifts", words(report, 28), 2)},
		{"above a blurb", article(1, "a", "Dockers walk out at Valdoria", report, 0), article(2, "b", "Meridian Terminals calls strike unlawful", report+" "+blurbs[1], 2)},
		{"that the text does not explain", article(1, "a", "Fists up beside grey water", long, 0), article(2, "b", "Bananas, anger and no sleep", long, 2)},
		{"of the source itself", article(1, "a", "Dockers walk out at Valdoria", report, 0), article(2, "a", "Meridian Terminals calls strike unlawful", report, 2)},
		{"corrected by the source", article(1, "a", "Dockers walk out at Waldoria", report, 0), article(2, "a", "CORRECTED: Dockers walk out at Valdoria", edited, 2)},
	}
	for _, tt := range tests {
		for _, size := range []int{0, 1000} {
			t.Run(fmt.Sprintf("%s, archive of %d", tt.name, size), func(t *testing.T) {
				if got := feed(archived(size), tt.a, tt.b)[1]; got.CopyOf != 1 {
					t.Errorf("Match(%q) = %+v, want a copy of 1", tt.b.Title, got)
				}
			})
		}
	}
}

// A source's next report on its own event repeats the background word for word.
func TestBackgroundOfOneEventIsNoBlurb(t *testing.T) {
	background := " " + report[strings.Index(report, "The union's"):]
	a := article(1, "a", "Dockers walk out at Valdoria", report, 0)
	b := article(2, "a", "Judge orders Valdoria dockers back to work", "The strike must end by Friday, the labour court ruled, or the union will pay ten thousand crowns an hour to each shipping line. Pickets burned the writ."+background, 24)
	if got := feed(NewGrouper(Options{}), a, b)[1]; got.Story != 1 {
		t.Errorf("Match(%q) = %+v, want story 1", b.Title, got)
	}
}

// A restarted wire reads the window without asking where its articles belong,
// and must weigh them as it did when they came.
func TestBlurbIsKnownAfterAWarmUp(t *testing.T) {
	asked, warmed := NewGrouper(Options{}), NewGrouper(Options{})
	for i, title := range unrelated {
		a := article(int64(i+1), "pod", title, blurbs[0], float64(i))
		feed(asked, a)
		warmed.Add(a, a.ID, 0)
	}
	late := article(99, "b", "Podcast on human rights begins its weekly run", "Maria Lopez hosts the show, which a team in Geneva produces.", 20)
	if got, want := warmed.Match(late), asked.Match(late); got != want {
		t.Errorf("after a warm-up Match = %+v, want %+v", got, want)
	}
}
