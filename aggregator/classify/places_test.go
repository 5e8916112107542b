package classify

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
)

// countries returns where an article is, best first.
func countries(c *Classifier, a Article) []string {
	var out []string
	for _, p := range c.Classify(a).Places {
		out = append(out, p.Country)
	}
	return out
}

func TestPlaces(t *testing.T) {
	c := compiled(t, small)
	tests := []struct {
		name        string
		title, text string
		lang        string
		want        []string
	}{
		{"a name", "Dock workers protest in Chile", "", "en", []string{"CL"}},
		{"a demonym", "Ugandan activist freed", "", "en", []string{"UG"}},
		{"a city", "Fire kills nine in Gazipur", "", "en", []string{"BD"}},
		{"who condemns is not what is condemned", "US sanctions Myanmar generals", "", "en", []string{"MM", "US"}},
		{"whichever comes first", "France urges Chad to free lawyer", "", "en", []string{"TD", "FR"}},
		{"in other languages", "España condena la ejecución de un preso en Arabia Saudita", "", "es", []string{"SA", "ES"}},
		{"who demands alone is whom it is about", "Kenya nurses urge minister to act", "", "en", []string{"KE"}},
		{"where before who", "Canadian firm accused of abuses in Guatemala", "", "en", []string{"GT", "CA"}},
		{"title before text", "Strike spreads in Kenya", "Ministers in Uganda said on Monday that they were watching closely. Talks go on.", "en", []string{"KE", "UG"}},
		{"Georgia the country", "Georgia passes foreign agents law", "Crowds gathered in Tbilisi.", "en", []string{"GE"}},
		{"Georgia the state", "Georgia passes abortion law", "Protesters met in Atlanta.", "en", []string{"US"}},
		{"Jordan the country", "Garment workers in Jordan win contract", "", "en", []string{"JO"}},
		{"Jordan the player", "the shoes that Michael Jordan wore", "", "en", nil},
		{"a Jordan nobody listed", "the union that Deborah Jordan founded has grown", "", "en", nil},
		{"Chad the country", "Refugees arrive in Chad", "", "en", []string{"TD"}},
		{"Chad the neighbour", "Teacher Chad Miller was fired for organising", "", "en", nil},
		{"Niger", "Nigerien teachers walk out in Niamey", "", "en", []string{"NE"}},
		{"Nigeria", "Nigerian doctors end walkout", "", "en", []string{"NG"}},
		{"Niger Delta is Nigeria", "Oil spill in the Niger Delta", "", "en", []string{"NG"}},
		{"Democratic Republic before Republic", "Massacre in Democratic Republic of the Congo", "", "en", []string{"CD"}},
		{"Republic of the Congo", "Vote in the Republic of the Congo", "", "en", []string{"CG"}},
		{"bare Congo", "Miners killed in Congo", "", "en", []string{"CD"}},
		{"Papua New Guinea", "Women speak out in Papua New Guinea", "", "en", []string{"PG"}},
		{"Equatorial Guinea", "Activist held in Equatorial Guinea", "", "en", []string{"GQ"}},
		{"a guinea pig", "Workers as guinea pigs", "", "en", nil},
		{"bare Korea", "Korean shipyard workers vote", "", "en", []string{"KR"}},
		{"North Korea", "Korean camps remembered", "Survivors fled Pyongyang.", "en", []string{"KP"}},
		{"South Sudan is not Sudan", "Aid workers freed in South Sudan", "", "en", []string{"SS"}},
		{"Hong Kong stays itself", "Hong Kong unionist jailed", "", "en", []string{"HK"}},
		{"US in capitals", "US farmworkers rally", "", "en", []string{"US"}},
		{"us in a sentence", "Let us work, say street vendors", "", "en", nil},
		{"US where all is in capitals", "GIVE US BREAD AND ROSES", "", "en", nil},
		{"U.S. with dots", "U.S. farmworkers rally", "", "en", []string{"US"}},
		{"CAR and a car", "A car bomb and a nice reading of an oman", "", "en", nil},
		{"Turkey and the bird", "Thanksgiving turkey plant workers walk out", "", "en", nil},
		{"Turkey", "Turkey jails journalists", "", "en", []string{"TR"}},
		{"Oman inside a word", "Woman and Roman", "", "en", nil},
		{"a town and its state", "Plant closes in Paris, Texas", "", "en", []string{"US"}},
		{"a town and its state's abbreviation", "Man killed at mill", "Athens, Ga. officials said so on Monday.", "en", []string{"US"}},
		{"a seat as dateline", "UN experts decry executions in Iran", "GENEVA (AP) - UN experts said on Monday that executions must end.", "en", []string{"IR"}},
		{"a newspaper's name", "The story was first told by The New York Times", "", "en", nil},
		{"a language is no country", "Spanish-speaking callers wait", "", "en", nil},
		{"Crimea is Ukraine", "Tatars held in Crimea", "", "en", []string{"UA"}},
		{"Kosovo has a code", "Court opens for Kosovo", "", "en", []string{"XK"}},
		{"Palestine and Israel both", "Palestinian workers lose permits to enter Israel", "", "en", []string{"IL", "PS"}},
		{"Benin City is Nigeria", "Traffickers held in Benin City", "", "en", []string{"NG"}},
		{"RSF in Sudan", "RSF shells Darfur camp", "", "en", []string{"SD"}},
		{"RSF the reporters", "RSF publishes index of press freedom", "", "en", nil},
		{"Spanish", "Los mineros de Sudáfrica y de Perú siguen en huelga por los salarios", "", "es", []string{"ZA", "PE"}},
		{"French", "Les travailleurs de l'usine en Allemagne sont en grève pour les salaires", "", "fr", []string{"DE"}},
		{"German", "Die Arbeiter in der Türkei und in Ägypten streiken für mehr Lohn", "", "de", []string{"EG", "TR"}},
		{"Arabic", "إضراب عمال المصانع في مصر بسبب الأجور", "", "ar", []string{"EG"}},
		{"Hindi", "नेपाल में मजदूरों की हड़ताल जारी है", "", "hi", []string{"NP"}},
		{"Indonesian", "Buruh pabrik di Kamboja mogok kerja karena upah yang tidak dibayar", "", "id", []string{"KH"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Article{Title: tt.title, Text: tt.text, Language: tt.lang}
			if diff := cmp.Diff(tt.want, countries(c, a)); diff != "" {
				t.Errorf("Classify(%+v) countries (-want +got):\n%s%+v", a, diff, c.Classify(a).Places)
			}
		})
	}
}

func TestPlacesFallBackToTheSource(t *testing.T) {
	c := compiled(t, small)
	a := Article{Title: "Teachers walk out", Source: news.Source{Country: "MW"}}
	if diff := cmp.Diff([]string{"MW"}, countries(c, a)); diff != "" {
		t.Errorf("countries (-want +got):\n%s", diff)
	}
	a.Title = "Teachers walk out in Zambia"
	if diff := cmp.Diff([]string{"ZM"}, countries(c, a)); diff != "" {
		t.Errorf("countries (-want +got):\n%s", diff)
	}
}

// Every country that the vocabulary can name is in the gazetteer.
func TestGazetteerKnowsTheWorld(t *testing.T) {
	g, err := loadGazetteer()
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, term := range g.terms {
		if term.kind == placeName {
			named[term.code] = true
		}
	}
	for _, s := range g.shared {
		for _, c := range s.choices {
			named[c.code] = true
		}
	}
	for _, code := range []string{"AF", "GE", "JO", "TR", "XK", "PS", "EH", "TW", "HK", "MO", "ZW", "VA", "TV", "SS", "CD", "CG", "PM", "NU"} {
		if !named[code] {
			t.Errorf("the gazetteer has no name for %s", code)
		}
	}
	if len(named) < 235 {
		t.Errorf("the gazetteer names %d countries", len(named))
	}
}
