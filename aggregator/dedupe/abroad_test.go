package dedupe

import "testing"

// The event of report in other languages.
const (
	enFrancais = `Environ quatre mille dockers ont cessé le travail mardi au port de Valdoria, a annoncé leur syndicat. Les grues de Meridian Terminals sont à l'arrêt et dix-neuf navires attendent au large. La secrétaire du syndicat, Ines Carvalho, exige le retrait d'un tableau de service qui supprime le repos après trois nuits.`
	aufDeutsch = `Rund viertausend Hafenarbeiter haben am Dienstag in Valdoria die Arbeit niedergelegt. Die Kräne von Meridian Terminals stehen still. Gewerkschaftschefin Ines Carvalho fordert, dass der neue Dienstplan zurückgenommen wird.`
)

func TestOneEventInTwoLanguages(t *testing.T) {
	en := article(1, "a", "Dockers walk out at Valdoria", report, 0)
	en.Places = []string{"PT"}
	in := func(lang, title, text string, hours float64, places ...string) Article {
		a := article(2, "b", title, text, hours)
		a.Language, a.Places = lang, places
		return a
	}
	const autre = `Le gouvernement de Kestania a promis mardi de payer les salaires en retard. Ines Carvalho, ministre de l'Éducation, a reçu à Orlen les délégués de Brenna Tolvik et de Marek Sund.`
	for _, tt := range []struct {
		name    string
		second  Article
		archive int
		want    int64
	}{
		{"in French", in("fr", "Les dockers de Valdoria en grève", enFrancais, 3, "PT"), warm, 1},
		{"in German", in("de", "Hafen von Valdoria steht still", aufDeutsch, 3, "PT", "ES"), warm, 1},
		{"in another place", in("fr", "Les dockers de Valdoria en grève", enFrancais, 3, "ES"), warm, 0},
		{"in no known place", in("fr", "Les dockers de Valdoria en grève", enFrancais, 3), warm, 0},
		{"three days later", in("fr", "Les dockers de Valdoria en grève", enFrancais, 72, "PT"), warm, 0},
		{"another event with one name in common", in("fr", "Kestania: salaires payés", autre, 3, "PT"), warm, 0},
		{"before the archive knows usual names", in("fr", "Les dockers de Valdoria en grève", enFrancais, 3, "PT"), 0, 0},
	} {
		g := archived(tt.archive)
		feed(g, en)
		if got := g.Match(tt.second); got.Story != tt.want || got.CopyOf != 0 {
			t.Errorf("%s: Match = %+v, want story %d and no copy", tt.name, got, tt.want)
		}
	}
}

// Presidents, agencies and ministries are named in reports of everything.
func TestUsualNamesJoinNoLanguages(t *testing.T) {
	g := archived(warm)
	for i := range int64(12) {
		a := filler(5000 + i)
		a.Title += ": Valdoria, Meridian Terminals, Ines Carvalho"
		g.Add(a, a.ID, 0)
	}
	en := article(1, "a", "Dockers walk out at Valdoria", report, 0)
	fr := article(2, "b", "Les dockers de Valdoria en grève", enFrancais, 3)
	en.Places, fr.Places, fr.Language = []string{"PT"}, []string{"PT"}, "fr"
	feed(g, en)
	if got := g.Match(fr); got.Story != 0 {
		t.Errorf("Match = %+v, want none: thirteen articles have those names", got)
	}
}

// Whatever is alike abroad, a story in the article's own language comes first.
func TestOwnLanguageComesFirst(t *testing.T) {
	g := archived(warm)
	en := article(1, "a", "Dockers walk out at Valdoria", report, 0)
	fr := article(2, "b", "Grève des dockers à Valdoria", "Les dockers de Valdoria ont cessé le travail, dit Ines Carvalho, du syndicat.", 1)
	late := article(3, "c", "Les dockers de Valdoria en grève", enFrancais, 3)
	fr.Language, late.Language = "fr", "fr"
	en.Places, late.Places = []string{"PT"}, []string{"PT"}
	g.Add(en, 1, 0)
	g.Add(fr, 2, 0)
	if got := g.Match(late); got.Story != 2 {
		t.Errorf("Match = %+v, want story 2, the French one", got)
	}
}
