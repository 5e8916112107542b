package classify

// reproaches are what one country says of another in a headline: "US sanctions
// Myanmar generals" is a story about Myanmar.
var reproaches = map[string]bool{
	"accuse": true, "accuses": true, "accused": true, "blast": true, "blasts": true, "blasted": true, "blames": true, "calls": true,
	"condemn": true, "condemns": true, "condemned": true, "condemning": true, "criticise": true, "criticises": true, "criticised": true,
	"criticize": true, "criticizes": true, "criticized": true, "demands": true, "denounce": true, "denounces": true, "denounced": true,
	"decries": true, "decry": true, "presses": true, "pressures": true, "raps": true, "rebukes": true, "sanction": true, "sanctions": true,
	"sanctioned": true, "scolds": true, "slam": true, "slams": true, "slammed": true, "summons": true, "urge": true, "urges": true, "urged": true,
	"warn": true, "warns": true, "warned": true,
	"acusa": true, "acusan": true, "condena": true, "condenan": true, "critica": true, "critican": true, "denuncia": true, "denuncian": true, "exige": true, "insta": true, "sanciona": true,
	"accusent": true, "condamne": true, "condamnent": true, "denonce": true, "denoncent": true, "exhorte": true, "sanctionne": true, "critique": true,
	"cobra": true, "acusam": true, "condenam": true, "denunciam": true, "pede": true,
	"beschuldigt": true, "fordert": true, "kritisiert": true, "mahnt": true, "ruegt": true, "rugt": true, "sanktioniert": true, "verurteilt": true, "warnt": true,
}

// reproach returns where the first such word stands in the title, between two
// names of places; 0 if none does.
func reproach(f *folded, hits []placeHit) int {
	last := -1
	for _, h := range hits {
		if int(h.start) < f.title && h.code != "" {
			last = int(h.start)
		}
	}
	for at := 0; at < last; {
		end := at
		for end < f.title && wordAfter(f.b, end) {
			end++
		}
		if reproaches[string(f.b[at:end])] {
			return at
		}
		at = end + 1
	}
	return 0
}
