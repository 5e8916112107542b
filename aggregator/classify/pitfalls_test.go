package classify

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each entry of gazetteer_pitfalls in taxonomy.yaml has its cases here.
func TestGazetteerPitfalls(t *testing.T) {
	c := compiled(t, small)
	tests := []struct {
		pitfall     string
		title, text string
		want        []string
	}{
		{"Georgia: the country by its capital", "Georgia votes again", "Polls opened in Tbilisi and Batumi.", []string{"GE"}},
		{"Georgia: the state by its capital", "Georgia votes again", "Polls opened in Atlanta and Savannah.", []string{"US"}},
		{"Georgia: Georgian is the country", "Georgian miners strike", "", []string{"GE"}},
		{"Jordan: the country", "Syrian refugees work in Jordan", "Most live in Amman and Zaatari.", []string{"JO", "SY"}},
		{"Jordan: Michael", "the shoes of Michael Jordan sold", "", nil},
		{"Jordan: Peterson", "a talk by Jordan Peterson was called off", "", nil},
		{"Chad: the country", "Refugees reach eastern Chad", "", []string{"TD"}},
		{"Chad: the given name", "the union rep Chad Brown was fired", "", nil},
		{"Niger: the country", "Soldiers seize power in Niger", "Crowds gathered in Niamey.", []string{"NE"}},
		{"Niger: the state of Nigeria", "Gunmen seize pupils in Niger", "The school is in Rafi Local Government Area, north of Abuja.", []string{"NG"}},
		{"Niger: Nigerien is not Nigerian", "Nigerien nurses and teachers", "", []string{"NE"}},
		{"Niger: the delta is Nigeria's", "Spill in the Niger Delta", "", []string{"NG"}},
		{"Congo: the democratic republic", "Cobalt from DR Congo", "", []string{"CD"}},
		{"Congo: by its rebels", "M23 takes Goma", "", []string{"CD"}},
		{"Congo: the republic", "Vote in Congo", "Results were read in Brazzaville.", []string{"CG"}},
		{"Congo: the longest name first", "Mine fire in Democratic Republic of the Congo", "", []string{"CD"}},
		{"Guinea: the country", "Junta in Guinea bans protests", "The order was read in Conakry.", []string{"GN"}},
		{"Guinea: Bissau", "Teachers unpaid in Guinea-Bissau", "", []string{"GW"}},
		{"Guinea: Equatorial", "Activist held in Equatorial Guinea", "", []string{"GQ"}},
		{"Guinea: Papua New", "Women march in Papua New Guinea", "", []string{"PG"}},
		{"Guinea: the gulf is a sea", "Pirates in the Gulf of Guinea", "", nil},
		{"Guinea: the pig", "nurses are no guinea pigs", "", nil},
		{"Korea: bare is the South", "Korean shipyard strike ends", "", []string{"KR"}},
		{"Korea: the North by name", "North Korea sends workers abroad", "", []string{"KP"}},
		{"Ireland: the north is the United Kingdom's", "Nurses strike in Northern Ireland", "Pickets stood in Belfast and Derry.", []string{"GB"}},
		{"Ireland: the republic", "Carers march in Dublin", "The Taoiseach spoke in the Dail.", []string{"IE"}},
		{"Palestine: Gaza is PS", "Bakers of Gaza reopen", "", []string{"PS"}},
		{"Palestine: the town in Texas", "Plant closes in Palestine, Texas", "", []string{"US"}},
		{"Palestine: the town in Ohio", "Rail workers ill in East Palestine, Ohio", "", []string{"US"}},
		{"Palestine: both sides stay", "Israel revokes permits of Palestinian workers from the West Bank", "", []string{"PS", "IL"}},
		{"Israel: the fighter", "the champion Israel Adesanya lost", "", nil},
		{"Kurdistan: the region in Iraq", "Journalist jailed in Kurdistan Region", "The court in Erbil ruled.", []string{"IQ"}},
		{"Kurdistan: the province in Iran", "Teacher held in Kurdistan province", "She was taken to Sanandaj, Iranian media said.", []string{"IR"}},
		{"Taiwan: its own code", "Fishers unpaid in Taiwan", "", []string{"TW"}},
		{"Kosovo: XK", "Teachers strike in Kosovo", "", []string{"XK"}},
		{"Western Sahara: EH", "Sahrawi activist held in Laayoune", "", []string{"EH"}},
		{"Hong Kong: its own code", "Hong Kong unionists jailed", "", []string{"HK"}},
		{"Macau: its own code", "Casino workers in Macau", "", []string{"MO"}},
		{"Crimea: Ukraine", "Tatars tried in Crimea", "", []string{"UA"}},
		{"Somaliland: Somalia's", "Reporters held in Somaliland", "", []string{"SO"}},
		{"Sudan: the South first", "Famine in South Sudan", "", []string{"SS"}},
		{"Sudan: the forces", "RSF enters El Fasher in Darfur", "", []string{"SD"}},
		{"Sudan: the reporters", "RSF counts jailed journalists", "", nil},
		{"Dominican alone is the republic", "Dominican cane cutters", "", []string{"DO"}},
		{"Samoa: American", "Cannery workers in American Samoa", "", []string{"AS"}},
		{"Macedonia: North", "Medics protest in North Macedonia", "They met in Skopje.", []string{"MK"}},
		{"Mali: not in Somali", "Somali and Malian refugees", "", []string{"SO", "ML"}},
		{"Oman: not in woman", "a woman and a Roman", "", nil},
		{"Turkey: the country", "Turkiye jails mayor", "", []string{"TR"}},
		{"Turkey: the bird", "Workers at turkey farm walk out before Thanksgiving", "", nil},
		{"Cuba: the surname", "the owner Mark Cuban said so", "", nil},
		{"Lebanon: the county", "Lebanon, Indiana plant to close", "", []string{"US"}},
		{"Cairo: the town in Illinois", "Cairo, Ill. mourns", "", []string{"US"}},
		{"Columbia: British", "Loggers in British Columbia", "", []string{"CA"}},
		{"Columbia: the university is no country of its own", "Student workers at Columbia University strike in New York", "", []string{"US"}},
		{"Colombia", "Social leaders killed in Colombia", "", []string{"CO"}},
		{"Virgin Islands: the British", "Court in British Virgin Islands", "", []string{"VG"}},
		{"Virgin Islands: the others", "Court in U.S. Virgin Islands", "", []string{"VI"}},
		{"Benin: the city is Nigeria's", "Women trafficked from Benin City", "", []string{"NG"}},
		{"Benin: the country", "Journalist freed in Benin", "He was met in Cotonou.", []string{"BJ"}},
		{"Mauritania, not Mauritius", "Anti-slavery activist freed in Mauritania", "", []string{"MR"}},
		{"Austria, not Australia", "Rail strike in Austria", "", []string{"AT"}},
		{"Slovenia, not Slovakia", "Doctors strike in Slovenia", "", []string{"SI"}},
		{"Iran, not Iraq", "Truckers strike in Iran", "", []string{"IR"}},
		{"two-letter words are no countries", "it is in us, and no one is at me", "", nil},
		{"a car is no republic", "Car workers vote", "", nil},
		{"acronyms in capitals", "UAE deports workers", "", []string{"AE"}},
		{"England is the United Kingdom", "Care workers in England", "", []string{"GB"}},
		{"Holland is the Netherlands", "Asparagus cutters in Holland", "", []string{"NL"}},
		{"Burma is Myanmar", "Railway workers of Burma", "", []string{"MM"}},
		{"Swaziland is Eswatini", "Union banned in Swaziland", "", []string{"SZ"}},
		{"Ivory Coast", "Children on cocoa farms in Ivory Coast", "", []string{"CI"}},
		{"East Timor", "Veterans of East Timor", "", []string{"TL"}},
		{"a camp in Lebanon", "Fire in Shatila", "", []string{"LB"}},
		{"a language is no country", "English-speaking nurses wanted", "", nil},
		{"a seat as dateline", "Experts condemn hangings in Iran", "GENEVA (Reuters) - Experts said on Monday that hangings must stop.", []string{"IR"}},
		{"a seat before a colon", "Killing of reporter in Pakistan raised", "Washington: Officials in Pakistan were asked on Monday.", []string{"PK"}},
		{"a currency is no country", "Maids in Kuwait paid 200 U.S. dollars a month", "", []string{"KW"}},
		{"an abbreviation after no town", "Vote in Peru delayed", "The board, MA and all, said nothing.", []string{"PE"}},
	}
	for _, tt := range tests {
		t.Run(tt.pitfall, func(t *testing.T) {
			a := Article{Title: tt.title, Text: tt.text, Language: "en"}
			if diff := cmp.Diff(tt.want, countries(c, a)); diff != "" {
				t.Errorf("Classify(%+v) countries (-want +got):\n%s%+v", a, diff, c.Classify(a).Places)
			}
		})
	}
}
