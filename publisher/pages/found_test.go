package pages

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/publisher"
)

// brackets writes pieces with what is marked in brackets.
func brackets(ps []piece) string {
	var b strings.Builder
	for _, p := range ps {
		if p.Hit {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestWhatWasLookedForIsMarked(t *testing.T) {
	tests := []struct{ name, query, text, want string }{
		{"a word, whatever its case", "strike", "Strike! A STRIKE, strikes", "[Strike]! A [STRIKE], strikes"},
		{"accents make no difference", "eleve grève", "Élève en greve", "[Élève] en [greve]"},
		{"a phrase only as a whole", `"minimum wage"`, "minimum hours, minimum wage", "minimum hours, [minimum wage]"},
		{"the beginning of a word", "strik*", "striking strikes stroke", "[striking strikes] stroke"},
		{"not what is to be absent", "-strike wage", "strike wage", "strike [wage]"},
		{"either", "strike OR lockout", "lockout", "[lockout]"},
		{"characters in a row", "最低工资", "提高最低工资，工资", "提高[最低工资]，工资"},
		{"Thai", "ค่าแรง", "เรียกร้องค่าแรงขั้นต่ำ", "เรียกร้อง[ค่าแรง]ขั้นต่ำ"},
		{"Arabic without its points", "عمال", "عُمّال الموانئ", "[عُمّال] الموانئ"},
		{"fields are no words", "source:strike", "strike", "strike"},
		{"markup is text", "script", "<script>x</script>", "<[script]>x</[script]>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := brackets(pieces(tt.text, search.Parse(tt.query).Looked())); got != tt.want {
				t.Errorf("pieces(%q) for %q = %s, want %s", tt.text, tt.query, got, tt.want)
			}
		})
	}
}

// Marks add and lose nothing.
func TestPiecesAreTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, query := rapid.String().Draw(t, "text"), rapid.String().Draw(t, "query")
		var b strings.Builder
		for _, p := range pieces(text, search.Parse(query).Looked()) {
			b.WriteString(p.Text)
		}
		if b.String() != text {
			t.Fatalf("pieces(%q) for %q are %q", text, query, b.String())
		}
	})
}

func TestASearchShowsItsFormAndMarks(t *testing.T) {
	pages := fixturePages()
	p := pages[len(pages)-2]
	d := parse(t, "search", render(t, newRenderer(t), p))
	d.count("form", 1) // and none in the masthead
	d.attribute("#q", "value", p.Search.Text)
	d.attribute("form", "action", "/search")
	d.attribute(`#f-category option[selected]`, "value", "labor")
	d.attribute("#f-after", "value", "2026-01-01")
	d.text("#found", "The latest 44 stories, newest first")
	d.text("article h3 mark", "Dock")
	d.count(".item-content mark", 2) // both in the Arabic summary
	d.text(".also li", "صوت العمال: عمال الميناء يضربون عن العمل بعد سقوط رافعة")
	d.text("article .note", "The words stand in the text of a report.")
	d.attribute(`.pages a[rel="next"]`, "href", "/search?page=3&q=a+b")
	d.attribute(`head link[rel="prev"]`, "href", "/search?q=a+b")
	if body := string(render(t, newRenderer(t), p)); strings.Contains(body, SearchSpot) {
		t.Error("the page of a search has a place for another form")
	}
}

// A list that ended before is told from one that never began.
func TestASearchPastItsEndLeadsBack(t *testing.T) {
	pages := fixturePages()
	p := pages[len(pages)-2]
	p.Entries, p.Next, p.Prev = nil, "", "/search?page=3&q=a"
	d := parse(t, "past the end", render(t, newRenderer(t), p))
	d.text("p.empty", "The list ends before this page. Its last page has the oldest.")
	d.attribute("p.empty a", "href", "/search?page=3&q=a")
	p.Search.Total, p.Prev = 0, ""
	parse(t, "nothing", render(t, newRenderer(t), p)).count("p.empty a", 0)
}

func TestTheSearchBoxIsNoPartOfAPage(t *testing.T) {
	r := newRenderer(t)
	body := string(render(t, r, fixturePages()[0]))
	if strings.Count(body, SearchSpot) != 1 || strings.Contains(body, "<form") {
		t.Errorf("a page has %d places for the search box, want one, and no form", strings.Count(body, SearchSpot))
	}
	box, err := r.SearchBox(publisher.SiteInfo{URL: "https://wire.example/news/"})
	if err != nil {
		t.Fatal(err)
	}
	d := parse(t, "with the box", []byte(strings.Replace(body, SearchSpot, string(box), 1)))
	d.safe()
	d.accessible()
	d.attribute("form.find", "action", "/news/search")
}
