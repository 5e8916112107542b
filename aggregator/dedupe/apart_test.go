package dedupe

import (
	"strings"
	"testing"
)

// What houses write of each event of a kind.
const (
	hanged = "NAME was hanged before sunrise in PLACE prison, a relative said. The judges had found the prisoner guilty of enmity after a hearing of ten minutes, without a lawyer."
	fined  = "The labour inspectorate has recovered SUM in unpaid overtime for NUM staff of a PLACE. Its division for wages and hours looked into the employer's books and found breaches of the law on fair pay. Staff and employers can call the division in confidence, in any of nine languages, on every working day."
	shot   = "A reporter was shot dead in front of the family's house in PLACE on Sunday, the NUM this year."
)

// with fills in a house's wording.
func with(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }

// What a house writes of one kind of event is alike; its titles tell which of
// them it is.
func TestReportsOfOneSourceThatDifferInNamesOrNumbersAreOfTwoEvents(t *testing.T) {
	tests := []struct {
		name         string
		a, b         string
		aText, bText string
		one          bool
	}{
		{
			"two people", "Kestania: hanging of a miner called Davit Orbel", "Kestania: hanging of a miner called Levan Turaz",
			with(hanged, "NAME", "Davit Orbel", "PLACE", "Lorn"), with(hanged, "NAME", "Levan Turaz", "PLACE", "Miskar"), false,
		},
		{
			"two towns", "Reporter murdered in Valdoria", "Reporter murdered in Quellmar",
			with(shot, "PLACE", "Orlen", "NUM", "second"), with(shot, "PLACE", "Tessa", "NUM", "fifth"), false,
		},
		{
			"two people of two trades", "Egland: Judge prolongs custody of teacher Imani", "Egland: Judge prolongs custody of printer Tarek",
			"A judge in Port Said prolonged the custody of the teacher by a fortnight.", "A judge in Aswan prolonged the custody of the printer by a fortnight.", false,
		},
		{
			"two states in the middle", "Inspectors fine Oregon scaffolding firm after roofer's deadly fall", "Inspectors fine Nevada scaffolding firm after roofer's deadly fall",
			"Inspectors found that Corbin Scaffolds had put up no nets at a site in Salem. The firm is to pay 80,000 dollars.", "Inspectors found that Dexter Scaffolds had put up no nets at a site in Reno. The firm is to pay 52,000 dollars.", false,
		},
		{
			"two sums", "Inspectorate recovers 310,000 crowns of unpaid overtime for 28 staff of a Lorn laundry", "Inspectorate recovers 47,500 crowns of unpaid overtime for 9 staff of a Lorn bakery",
			with(fined, "SUM", "310,000 crowns", "NUM", "28", "PLACE", "Lorn laundry"), with(fined, "SUM", "47,500 crowns", "NUM", "9", "PLACE", "Lorn bakery"), false,
		},
		{
			"two sentences in words", "Kestania: tribunal sends editor to prison for six years", "Kestania: tribunal sends editor to prison for eight years",
			"A tribunal behind closed doors in Lorn sent Mira Voss to prison for six years under the law on secrets.", "A tribunal behind closed doors in Orlen sent Jan Abel to prison for eight years under the law on secrets.", false,
		},
		{"two towns, titles alone", "Ferry crews walk out in Valdoria over rotas", "Ferry crews walk out in Quellmar over rotas", "", "", false},
		{
			"a name that only the later one has", "Reporter murdered in front of house in Valdoria", "Reporter Ana Ruis murdered in front of house in Valdoria",
			with(shot, "PLACE", "Valdoria", "NUM", "second"), with(shot, "PLACE", "Valdoria", "NUM", "second") + " Ruis, 34, wrote about wells.", true,
		},
		{"a headline worded anew", "Dockers walk out over night shifts, says Krol", "Meridian calls strike at terminal unlawful, adds Voss", report, report, true},
		{"a number in words and in figures", "Four guards charged after eight prisoners die in Lorn", "4 guards charged after 8 prisoners die in Lorn", other, other, true},
		{
			"a verb where every word begins like a name", "Valdoria Terminal Walk Out: Dockers Begin Blockade", "Valdoria Terminal Walk Out: Dockers Widen Blockade", report, report, true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := article(1, "house", tt.a, tt.aText, 0), article(2, "house", tt.b, tt.bText, 1)
			for _, pair := range [][2]Article{{a, b}, {b, a}} {
				if got := feed(NewGrouper(Options{}), pair[0], pair[1])[1]; (got.Story != 0) != tt.one {
					t.Errorf("Match(%q) after %q = %+v, want one story: %v", pair[1].Title, pair[0].Title, got, tt.one)
				}
			}
		})
	}
}

// Whole pages under two names are copies only when they speak of both.
func TestOneTextUnderTwoNamesIsNoCopyWithinASource(t *testing.T) {
	a := article(1, "house", "Long talk of the week on harbour quays, cranes and ships with Anna Krol", blurbs[0], 0)
	b := article(2, "house", "Long talk of the week on harbour quays, cranes and ships with Mira Voss", blurbs[0], 1)
	if got := feed(NewGrouper(Options{}), a, b)[1]; got != (Match{}) {
		t.Errorf("Match(%q) after %q = %+v, want none: the text speaks of neither", b.Title, a.Title, got)
	}
	text := report + " Among those at the gate were Anna Krol and, for the port, Mira Voss."
	a.Text, b.Text = text, text
	if got := feed(NewGrouper(Options{}), a, b)[1]; got.CopyOf != 1 {
		t.Errorf("Match(%q) after %q = %+v, want a copy of 1: the text speaks of both", b.Title, a.Title, got)
	}
}

// Of headlines alone, a story of several sources has many names.
func TestHeadlineWithAnotherNameJoinsAStoryOfSeveralSources(t *testing.T) {
	got := feed(NewGrouper(Options{}),
		article(1, "house", "Unsold ferry Aurelia goes to yard in Lorn, says Krol", "", 0),
		article(2, "daily", "Yard takes unsold ferry Aurelia", "", 1),
		article(3, "house", "Unsold ferry Aurelia goes to yard in May, says Voss", "", 2))
	if got[1].Story != 1 || got[2].Story != 1 {
		t.Errorf("Match = %+v, want all in story 1", got)
	}
}

// Once another outlet has reported one of a house's events, the story's last
// report is no longer the house's own.
func TestRivalOfAnEarlierReportJoinsNoStoryOfSeveralSources(t *testing.T) {
	text := func(name, place string) string {
		return with(hanged, "NAME", name, "PLACE", place) + " Hangings in Kestania have doubled since the spring, and the house counts them by court, by charge and by month."
	}
	got := feed(NewGrouper(Options{}),
		article(1, "house", "Kestania: hanging of a miner called Davit Orbel", text("Davit Orbel", "Lorn"), 0),
		article(2, "daily", "Kestania: miner Davit Orbel hanged in Lorn", "The miner Davit Orbel was hanged in Lorn prison in Kestania before sunrise, a relative said.", 1),
		article(3, "house", "Kestania: hanging of a miner called Levan Turaz", text("Levan Turaz", "Miskar"), 2))
	if got[1].Story != 1 || got[2] != (Match{}) {
		t.Errorf("Match = %+v, want the daily's report in story 1 and the third in none", got)
	}
}
