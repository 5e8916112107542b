package classify

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Names are found as running text has them, and what looks like one in a single
// language is not taken for it.
func TestPlacesInOtherLanguages(t *testing.T) {
	c := compiled(t, small)
	tests := []struct {
		name, lang, title string
		want              []string
	}{
		{"Arabic: a name as the press has it", "ar", "فلسطين: إضراب الأسرى عن الطعام", []string{"PS"}},
		{"Arabic: the preposition swallows the article", "ar", "تضامن مع عمال للسودان", []string{"SD"}},
		{"Arabic: a conjunction before the name", "ar", "اعتقال صحفي في مصر ولبنان", []string{"EG", "LB"}},
		{"Arabic: a city", "ar", "قصف على مدينة الفاشر", []string{"SD"}},
		{"Arabic: financial is not Malian", "ar", "دعم مالي للعمال المفصولين", nil},
		{"Arabic: Mali by its capital", "ar", "جنود مالي في باماكو", []string{"ML"}},
		{"Arabic: Amman is no Oman", "ar", "عمان: احتجاج المعلمين في الأردن", []string{"JO"}},
		{"Arabic: Oman", "ar", "عمال وافدون في عمان بلا أجور", []string{"OM"}},
		{"Hindi: a city", "hi", "दिल्ली में सफाईकर्मियों का प्रदर्शन", []string{"IN"}},
		{"Hindi: a name as the press has it", "hi", "फिलिस्तीन में डॉक्टर हिरासत में", []string{"PS"}},
		{"Hindi: where before who", "hi", "नेपाली मजदूर कतर में फंसे", []string{"QA", "NP"}},
		{"Bengali: in a country", "bn", "বাংলাদেশে পোশাক শ্রমিকদের ধর্মঘট", []string{"BD"}},
		{"Bengali: of a country", "bn", "মিয়ানমারের সেনা অভিযান", []string{"MM"}},
		{"Bengali: in a city", "bn", "ঢাকায় শিক্ষকদের বিক্ষোভ", []string{"BD"}},
		{"Indonesian: a city of factories", "id", "Buruh di Karawang mogok kerja", []string{"ID"}},
		{"Indonesian: a short name", "id", "Pengadilan Inggris bebaskan aktivis", []string{"GB"}},
		{"Filipino: a city", "tl", "Mga manggagawa sa Maynila, nagwelga", []string{"PH"}},
		{"Filipino: an old name", "tl", "Mga Pilipino sa Hapon, walang sahod", []string{"JP", "PH"}},
		{"Spanish: a meeting is no island", "es", "Reunión de sindicatos por el salario mínimo", nil},
		{"Spanish: the island", "es", "Huelga de portuarios en la isla Reunión", []string{"RE"}},
		{"Spanish: a given name is no Mauritius", "es", "Mauricio Gómez, despedido por sindicalista", nil},
		{"Spanish: a square is no island", "es", "Acto en la plaza San Martín", nil},
		{"Spanish: the two Congos", "es", "Masacre en la República Democrática del Congo", []string{"CD"}},
		{"Spanish: the other Congo", "es", "Elecciones en la República del Congo", []string{"CG"}},
		{"Spanish: an agreement is not where it was signed", "es", "Empresas incumplen el Acuerdo de París", nil},
		{"French: a given name is no Mauritius", "fr", "Maurice Leroy condamné pour discrimination", nil},
		{"French: a given name is no Dominica", "fr", "Dominique Martin, ouvrière licenciée", nil},
		{"French: a meeting is no island", "fr", "La réunion entre syndicats et patronat a échoué", nil},
		{"French: the island", "fr", "La Réunion : outre-mer, les dockers en grève", []string{"RE"}},
		{"French: Georgia the country", "fr", "Géorgie : la loi contestée dans le Caucase", []string{"GE"}},
		{"French: Georgia the state", "fr", "Géorgie : un détenu exécuté près d'Atlanta", []string{"US"}},
		{"French: an adjective of West Africa", "fr", "Un journaliste béninois devant la cour", []string{"BJ"}},
		{"French: a convention is not where it was signed", "fr", "Les conventions de Genève bafouées", nil},
		{"Portuguese: a meeting is no island", "pt", "Reunião entre sindicatos termina sem acordo", nil},
		{"Portuguese: a given name is no Mauritius", "pt", "Maurício Silva é demitido por greve", nil},
		{"Portuguese: a state", "pt", "Trabalho escravo no Pará", []string{"BR"}},
		{"German: the genitive", "de", "Ägyptens Justiz verurteilt Aktivistin", []string{"EG"}},
		{"German: a compound", "de", "Der Sudan-Konflikt und die Hungersnot", []string{"SD"}},
		{"German: a city", "de", "Streik bei Paketdienst in Köln", []string{"DE"}},
		{"German: a convention is not where it was signed", "de", "Experten rügen Verstoß gegen die Genfer Konvention", nil},
		{"Italian: a city", "it", "Sciopero all'acciaieria di Taranto", []string{"IT"}},
		{"Russian: in the locative", "ru", "В Турции задержали журналистов", []string{"TR"}},
		{"Russian: both words decline", "ru", "Казни в Саудовской Аравии", []string{"SA"}},
		{"Russian: an adjective", "ru", "Российский суд арестовал правозащитницу", []string{"RU"}},
		{"Russian: a pronoun is no Togo", "ru", "Того же мнения профсоюз", nil},
		{"Turkish: a suffix behind an apostrophe", "tr", "Almanya'daki işçiler greve gitti", []string{"DE"}},
		{"Turkish: a city", "tr", "Diyarbakır'da gazetecilere gözaltı", []string{"TR"}},
		{"Turkish: a convention is not where it was signed", "tr", "İstanbul Sözleşmesi için yürüyüş", nil},
		{"Polish: in the locative", "pl", "Strajk kolejarzy w Turcji", []string{"TR"}},
		{"Ukrainian: in the locative", "uk", "Журналістку затримали в Грузії", []string{"GE"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := Article{Title: tt.title, Language: tt.lang}
			if diff := cmp.Diff(tt.want, countries(c, a)); diff != "" {
				t.Errorf("Classify(%+v) countries (-want +got):\n%s%+v", a, diff, c.Classify(a).Places)
			}
		})
	}
}
