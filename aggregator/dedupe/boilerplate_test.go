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
