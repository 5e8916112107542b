package classify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a story is about comes first: where something happened before who did
// it, and who did it before who speaks of it.
func TestWordsBesideANameTellItsPart(t *testing.T) {
	c := compiled(t, small)
	tests := []struct {
		name        string
		title, text string
		want        []string
	}{
		{"the place before the victim's passport", "French tourist jailed in Iran", "", []string{"IR", "FR"}},
		{"whose firm it is comes second", "Canadian company sued over deaths at mine, as villagers in Eritrea testify", "", []string{"ER", "CA"}},
		{"inside is where, too", "Life of Burmese migrants inside Thailand's fish plants", "", []string{"TH", "MM"}},
		{"across is where, too", "Uzbek pickers stranded across Kazakhstan", "", []string{"KZ", "UZ"}},
		{"where an organisation sits says nothing", "London-based group counts jailed writers", "It says that Eritrea holds most.", []string{"ER"}},
		{"who leads a coalition comes second", "Saudi-led raid hits market in Yemen", "", []string{"YE"}},
		{"where somebody was born comes last", "Iranian-born poet wins case against school in Norway", "", []string{"NO"}},
		{"an embassy speaks, the country is the other one", "French embassy deplores sentence as Guinea jails editor", "", []string{"GN", "FR"}},
		{"officials speak", "US officials silent on massacre by soldiers of Myanmar", "", []string{"MM", "US"}},
		{"who is sanctioned, not who sanctions", "New sanctions on Belarus agreed, as Poland had asked", "", []string{"BY", "PL"}},
		{"the surest name in the title counts, not the first", "Ruling on the dam: small neighbour brings Ethiopia to court", "Djibouti filed the suit. Lawyers of Djibouti had worked on it for years.", []string{"ET", "DJ"}},
		{"the title before the first sentence", "Peru mourns miners", "Experts from Chile and from the mines ministry of Chile had warned of it, and so had Chile's union.", []string{"PE", "CL"}},
		{"a court's seat is not what a case is about", "Ruling on war crimes in Mali expected", "Judges in The Hague meet again on Monday, The Hague court said.", []string{"ML", "NL"}},
		{"a body's country comes after the scene", "Supreme Court of Norway hears suit of weavers from mills in Bangladesh", "", []string{"BD", "NO"}},
		{"the outlet behind a headline is no place", "Court frees reporter in Malawi - The Bangladesh Monitor", "", []string{"MW"}},
		{"a place alone behind a headline is one", "Three dead in clash over wages - Lesotho", "", []string{"LS"}},
		{"a small country before the one that all news mentions", "American, Bahraini lawyers ask for release", "", []string{"BH", "US"}},
		{"where before what else is named", "Peru exiles: festival opens in Norway", "", []string{"NO", "PE"}},
		{"whose official speaks comes second", "Ghana officials deny sale of land to Togo", "", []string{"TG", "GH"}},
		{"whose citizen it is comes second", "Peruvian engineer blamed at Bolivian mine", "", []string{"BO", "PE"}},
		{"a seat of courts comes second", "Brussels watches Lome", "", []string{"TG", "BE"}},
		{"a body's name comes second", "Supreme Court of Ghana rules for Togo", "", []string{"TG", "GH"}},
		{"whom a boycott is against comes first", "Ghana vote: boycott against Togo goes on", "", []string{"TG", "GH"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Article{Title: tt.title, Text: tt.text, Language: "en"}
			if diff := cmp.Diff(tt.want, countries(c, a)); diff != "" {
				t.Errorf("Classify(%+v) countries (-want +got):\n%s%+v", a, diff, c.Classify(a).Places)
			}
		})
	}
}

// A long report names countries for its background: one that stands neither in
// the title nor in the first sentence needs more there.
func TestBackgroundOfLongReportsIsNoPlace(t *testing.T) {
	c := compiled(t, small)
	a := Article{Title: "Garment workers strike in Lesotho", Language: "en", Text: "They want the pay that has been owed to them since the first week of June, their union said. " +
		"Buyers from Sweden have said nothing, and those of Spain have not come. Shops in Spain sell on."}
	if diff := cmp.Diff([]string{"LS", "ES", "SE"}, countries(c, a)); diff != "" {
		t.Errorf("short: countries (-want +got):\n%s", diff)
	}
	a.Text += strings.Repeat(" The talks went on through the night and the halls stayed dark.", longText/50)
	if diff := cmp.Diff([]string{"LS"}, countries(c, a)); diff != "" {
		t.Errorf("long: countries (-want +got):\n%s", diff)
	}
}

// The order in which names stand does not change what a field is worth.
func TestSurestMentionCountsInAnyOrder(t *testing.T) {
	sum := func(worths ...float64) (points float64) {
		best := 0.0
		for _, w := range worths {
			points += surest(&best, w, placeTitle)
		}
		return points
	}
	if a, b := sum(0.6, 1), sum(1, 0.6); a != b || a != placeTitle+0.6 {
		t.Errorf("0.6 and 1 in a title are worth %v and %v, want %v", a, b, placeTitle+0.6)
	}
}
