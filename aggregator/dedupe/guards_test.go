package dedupe

import (
	"fmt"
	"strings"
	"testing"
)

// filler is an article that shares no word with any other.
func filler(id int64) Article {
	var w []string
	for i := range 12 {
		w = append(w, fmt.Sprintf("q%dx%d", id, i))
	}
	return article(id, fmt.Sprint("filler", id), strings.Join(w[:5], " "), strings.Join(w[5:], " "), 0)
}

func TestFooterLongerThanTheNewsIsNoCopy(t *testing.T) {
	foot := " Sign up for our newsletter to get the stories that matter in your inbox every morning before work. Follow us on all platforms and write to the desk with tips, corrections and complaints. All rights reserved by the publisher, whose reports may not be copied."
	a := article(1, "s", "Dockers walk out", "Four thousand dockers left the quays of Valdoria on Tuesday over night shifts."+foot, 0)
	b := article(2, "s", "Boycott of examinations ends", "Teachers in Kestania accepted an offer to pay three months of salaries."+foot, 1)
	if got := feed(NewGrouper(Options{}), a, b)[1]; got.CopyOf != 0 {
		t.Errorf("Match = %+v, want no copy: only the footer is shared", got)
	}
}

// In a text that is half template, the half that varies decides.
func TestBoilerplateWeighsLittle(t *testing.T) {
	frame := "The weekly bulletin of the labour inspectorate lists the sites that were closed for want of guard rails and scaffolds, with the names of their owners, %s and the fines that courts have set under the act on safety at work, which the ministry publishes for the benefit of the public."
	g := NewGrouper(Options{})
	for i := range int64(20) {
		unique := fmt.Sprintf("site%d in town%d of owner%d closed after fall%d near mill%d", i, i, i, i, i)
		feed(g, article(i+1, fmt.Sprint("s", i), "Inspectorate closes sites", fmt.Sprintf(frame, unique), float64(i)))
	}
	unique := "quarry at Lorn of the Abel brothers closed after two men fell from a belt"
	if got := g.Match(article(99, "t", "Inspectorate closes sites", fmt.Sprintf(frame, unique), 20)); got.CopyOf != 0 {
		t.Errorf("Match = %+v, want no copy: the frame occurs in twenty articles", got)
	}
}

func TestNumbersThatDisagreeSpeakAgainstACopy(t *testing.T) {
	text := "Inspectors closed %s building sites in the capital and fined %s firms %s crowns for missing guard rails, the ministry of labour said in its statement. Most of the sites stood in the northern districts, where a scaffold fell on %s May and killed a roofer, and where the ministry has promised to send more inspectors since the accident was debated in parliament."
	a := article(1, "a", "Building sites closed", fmt.Sprintf(text, "14", "9", "310,000", "2"), 0)
	b := article(2, "b", "Sites closed by the ministry", fmt.Sprintf(text, "22", "17", "505,000", "11"), 30)
	if got := feed(NewGrouper(Options{}), a, b)[1]; got.CopyOf != 0 {
		t.Errorf("Match = %+v, want no copy: every number differs", got)
	}
	b.Text = strings.ReplaceAll(strings.ReplaceAll(a.Text, "statement", "bulletin"), "roofer", "mason")
	if got := feed(NewGrouper(Options{}), a, b)[1]; got.CopyOf != 1 {
		t.Errorf("Match = %+v, want a copy of 1: the numbers agree", got)
	}
}

func TestShortItemsOfOneSourceAreNoCopies(t *testing.T) {
	a := article(1, "s", "Court hears the harbour case", "Read the full report in our subscriber edition.", 0)
	b := article(2, "s", "Minister visits the textile mills", "Read the full report in our subscriber edition.", 1)
	c := article(3, "s", "Court hears the harbour case", "Read the full report in our subscriber edition.", 2)
	got := feed(NewGrouper(Options{}), a, b, c)
	if got[1].CopyOf != 0 || got[2].CopyOf != 0 {
		t.Errorf("Match = %+v and %+v, want no copies", got[1], got[2])
	}
}

// Two instalments of a source's own report may be long and nearly word for word
// the same: the number in the title says that they are two, and of two events.
func TestLongSeriesOfOneSourceStaysApart(t *testing.T) {
	text := report + " " + other + " Observers counted %d pickets that day."
	a := article(1, "observatory", "Harbour strike bulletin 41", fmt.Sprintf(text, 12), 0)
	b := article(2, "observatory", "Harbour strike bulletin 42", fmt.Sprintf(text, 15), 24)
	if got := feed(NewGrouper(Options{}), a, b)[1]; got != (Match{}) {
		t.Errorf("Match(%q) after %q = %+v, want none", b.Title, a.Title, got)
	}
	// Another desk that prints a bulletin under its own number copies it.
	c := article(3, "daily", "Harbour strike bulletin 7", a.Text, 24)
	if got := feed(NewGrouper(Options{}), a, c)[1]; got.CopyOf != 1 {
		t.Errorf("Match of the same bulletin at another desk = %+v, want a copy of 1", got)
	}
}

// Headlines of one event often share a single word, the event's own. In a cold
// archive every word looks like that, so there it is not enough.
func TestOneWordJoinsOnlyWhenItIsTheStorys(t *testing.T) {
	heads := []Article{
		article(1001, "a", "Fyrandel workers occupy plant", "", 1),
		article(1002, "b", "Fyrandel workers in plant sit-in", "", 2),
		article(1003, "c", "Fyrandel plant still held by workers", "", 3),
		article(1004, "d", "Whose is Fyrandel?", "", 4),
	}
	cold := feed(NewGrouper(Options{}), heads...)
	if cold[1].Story != 1001 || cold[3].Story != 0 {
		t.Errorf("cold archive: stories %d and %d, want 1001 and none", cold[1].Story, cold[3].Story)
	}
	g := NewGrouper(Options{})
	for i := range int64(warm) {
		feed(g, filler(i+1))
	}
	if got := feed(g, heads...)[3]; got.Story != 1001 || !strings.Contains(got.Why, "fyrandel") {
		t.Errorf("warm archive: Match = %+v, want story 1001 for the word fyrandel", got)
	}
	// A word that other stories use too belongs to none of them.
	g = NewGrouper(Options{})
	for i := range int64(warm) {
		f := filler(i + 1)
		if i%10 == 0 {
			f.Title += " Fyrandel"
		}
		feed(g, f)
	}
	if got := feed(g, heads...)[3]; got.Story != 0 {
		t.Errorf("common word: Match = %+v, want none", got)
	}
}

// A report about something else in the same quarrel shares little with the
// headlines but the event's own words; those must count for more than their
// part of its weight, and words that other stories use as well must not.
func TestAStorysOwnWordsOutweighTheirShare(t *testing.T) {
	late := article(1004, "d", "Owners silent", "Ministry asks who bought machines, patents and debts before dawn raids emptied offices, canteen and laboratory at the Fyrandel plant.", 4)
	heads := []Article{
		article(1001, "a", "Fyrandel workers occupy plant", "", 1),
		article(1002, "b", "Fyrandel workers in plant sit-in", "", 2),
		article(1003, "c", "Fyrandel plant still held by workers", "", 3),
	}
	story := func(usual string) int64 {
		g := NewGrouper(Options{})
		for i := range int64(warm) {
			f := filler(i + 1)
			if i%20 == 0 {
				f.Title += usual
			}
			feed(g, f)
		}
		feed(g, heads...)
		return g.Match(late).Story
	}
	if got := story(""); got != 1001 {
		t.Errorf("story = %d, want 1001: Fyrandel is its own word", got)
	}
	if got := story(" Fyrandel plant"); got == 1001 {
		t.Errorf("story = %d, want another or none: ten other articles name the plant", got)
	}
}

// Of sources that give nothing but titles, two events of one kind differ in a
// name.
func TestTitlesThatDifferInNamesAreOfTwoEvents(t *testing.T) {
	const text = "Thousands left their posts on Tuesday and marched to the ministry, where a delegation handed over a petition; the ministry said it would answer within a week, and the union that called for the march announced another."
	worded := strings.NewReplacer("left their posts on", "had stopped work by", "where a", "and a", "said it would answer", "wants to answer", "another", "a second one", "marched to", "walked as far as")
	tests := []struct {
		name, a, b string
		one        bool
		lang, text string
	}{
		{"a name for a name, under one text", "Police hold the leader Bobi Wine after march", "Police hold the leader Kyagulanyi after march", true, "en", text},
		{"German nouns", "Tausende streiken in Berlin und fordern bessere Löhne", "Tausende streiken in Berlin und fordern bessere Gehälter", true, "de", ""},
		{"another place", "Bus drivers strike in Leeds", "Bus drivers strike in Sheffield", false, "en", ""},
		{"another country within", "Nurses strike in Kenya over pay", "Nurses strike in Ghana over pay", false, "en", ""},
		{"another person", "Court jails the reporter Anna Krol again", "Court jails the reporter Mira Voss again", false, "en", ""},
		{"the same name elsewhere in the title", "Nurses strike in Kenya over pay", "Nurses strike over pay in Kenya", true, "en", ""},
		{"a name that only one of them has", "Nurses strike in Kenya over pay", "Nurses strike over pay", true, "en", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := article(1, "a", tt.a, tt.text, 0), article(2, "b", tt.b, worded.Replace(tt.text), 1)
			a.Language, b.Language = tt.lang, tt.lang
			got := feed(NewGrouper(Options{}), a, b)[1]
			if (got.Story == 1) != tt.one {
				t.Errorf("Match(%q) after %q = %+v, want one story: %v", tt.b, tt.a, got, tt.one)
			}
		})
	}
}

func TestThresholdRisesWithDoubt(t *testing.T) {
	last := newDoc(article(1, "a", "Dockers walk out at Valdoria", report, 0))
	places := []uint16{placeCode("PT")}
	d := func(source string, places ...string) *doc {
		a := article(2, source, "Strike shuts Valdoria harbour", rewrite, 1)
		a.Places = places
		return newDoc(a)
	}
	plain := toJoin(d("b"), last, places, false, 5)
	if got := toJoin(d("b", "PT", "ES"), last, places, false, 5); got != plain {
		t.Errorf("threshold with a place in common = %v, want %v", got, plain)
	}
	if got := toJoin(d("b", "ES"), last, places, false, 5); got <= plain {
		t.Errorf("threshold with other places = %v, want more than %v", got, plain)
	}
	if got := toJoin(d("a"), last, places, false, 5); got <= plain {
		t.Errorf("threshold for the story's only source = %v, want more than %v", got, plain)
	}
	if got := toJoin(d("a"), last, places, true, 5); got != plain {
		t.Errorf("threshold for one of several sources = %v, want %v", got, plain)
	}
}

func TestSimilarityFallsWithTime(t *testing.T) {
	g := NewGrouper(Options{})
	feed(g, article(1, "a", "Dockers walk out at Valdoria", report, 0))
	at := func(hours float64) float64 {
		f, _ := g.stories.find(newDoc(article(2, "b", "Strike shuts Valdoria harbour", rewrite, hours)))
		return f.score
	}
	if now, later := at(0), at(60); now <= later || later == 0 {
		t.Errorf("score at once %.3f, after 60 hours %.3f; want it to fall, not to nothing", now, later)
	}
}

// A wire copy printed by fifty outlets must not make the event's own words
// look common.
func TestCopiesDoNotDiluteAStory(t *testing.T) {
	g := NewGrouper(Options{})
	feed(g, article(1, "a", "Dockers walk out at Valdoria", report, 0))
	for i := range int64(50) {
		feed(g, article(i+2, fmt.Sprint("outlet", i), "Dockers walk out at Valdoria", report, 1))
	}
	if s := g.stories.sum(&g.stories.stories[g.stories.slot(1)]); s != nil {
		t.Errorf("story counts %d originals, want 1", s.n)
	}
	if got := g.Match(article(99, "z", "Strike shuts Valdoria harbour", rewrite, 2)); got.Story != 1 {
		t.Errorf("Match = %+v, want story 1", got)
	}
}
