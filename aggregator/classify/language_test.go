package classify

import (
	"testing"
	"unicode/utf8"
)

func TestLanguage(t *testing.T) {
	tests := []struct{ text, declared, want string }{
		{"Workers at the plant voted to walk out after talks with the company broke down", "", "en"},
		{"Los trabajadores de la fábrica siguen en huelga por tercera semana", "", "es"},
		{"Les salariés de l'usine sont en grève depuis trois semaines", "", "fr"},
		{"Os trabalhadores da fábrica estão em greve há três semanas", "", "pt"},
		{"Die Beschäftigten des Werks streiken seit drei Wochen", "", "de"},
		{"عمال المصنع يواصلون الإضراب للأسبوع الثالث", "", "ar"},
		{"कारखाने के मजदूर तीसरे हफ्ते भी हड़ताल पर हैं", "", "hi"},
		{"কারখানার শ্রমিকরা তৃতীয় সপ্তাহেও ধর্মঘট চালিয়ে যাচ্ছেন", "", "bn"},
		{"Para buruh pabrik masih mogok kerja karena upah mereka belum dibayar", "", "id"},
		{"Patuloy ang welga ng mga manggagawa sa pabrika dahil sa mababang sahod", "", "tl"},
		{"Gli operai della fabbrica sono in sciopero da tre settimane", "", "it"},
		{"De arbeiders van de fabriek staken al drie weken", "", "nl"},
		{"Fabrika işçileri üç haftadır grevde ve ücretlerini istiyor", "", "tr"},
		{"Công nhân nhà máy đình công sang tuần thứ ba", "", "vi"},
		{"Рабочие завода бастуют уже третью неделю, они требуют зарплату", "", "ru"},
		{"Робітники заводу страйкують уже третій тиждень і вимагають платні", "", "uk"},
		{"کارگران کارخانه برای سومین هفته در اعتصاب هستند", "", "fa"},
		{"فیکٹری کے مزدور تیسرے ہفتے بھی ہڑتال پر ہیں", "", "ur"},
		{"कारखानाका मजदुरहरूले तेस्रो हप्ता पनि हडताल गरेका छन्", "", "ne"},
		{"Zavod ishchilari uchinchi haftadan beri ish tashlamoqda va maosh talab qilmoqda", "", "uz"},
		{"工厂工人罢工进入第三周", "", "zh"},
		{"工場の労働者がストライキを続けている", "", "ja"},
		{"공장 노동자들이 3주째 파업 중이다", "", "ko"},
		{"คนงานโรงงานหยุดงานเป็นสัปดาห์ที่สาม", "", "th"},
		{"Οι εργάτες του εργοστασίου απεργούν", "", "el"},
		{"", "en", "und"},
		{"2024 – 12:30 !!!", "fr", "und"},
		{"Die Beschäftigten des Werks streiken seit drei Wochen", "en", "de"},
		{"Amazon Starbucks", "es", "es"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, sure := Language(tt.text, tt.declared)
			if got != tt.want {
				t.Errorf("Language(%q, %q) = %q (%.2f), want %q", tt.text, tt.declared, got, sure, tt.want)
			}
		})
	}
}

func TestEveryLanguageHasANumber(t *testing.T) {
	if len(allLangs) > maxLangs {
		t.Errorf("%d languages, room for %d", len(allLangs), maxLangs)
	}
	if len(writings) > len(sample{}.byScript) {
		t.Errorf("%d scripts, room for %d", len(writings), len(sample{}.byScript))
	}
	for i, ids := range scriptLangs {
		for _, id := range ids {
			if id < 0 {
				t.Errorf("a language of %s has no number", writings[i].name)
			}
		}
	}
}

func TestMeasuredLanguagesFitTheirSet(t *testing.T) {
	n := 0
	for _, ok := range grams().has {
		if ok {
			n++
		}
	}
	if n == 0 || n > maxMeasured {
		t.Errorf("%d languages have letter statistics, want 1 to %d", n, maxMeasured)
	}
}

func FuzzLanguage(f *testing.F) {
	f.Add("Workers on strike", "en")
	f.Add("o'zbek g‘o ü", "x")
	f.Add("\xff漢字カナ한글", "zh-Hant")
	f.Fuzz(func(t *testing.T, text, declared string) {
		lang, sure := Language(text, declared)
		if lang == "" || !utf8.ValidString(lang) || sure < 0 || sure > 1 {
			t.Errorf("Language(%q, %q) = %q, %g", text, declared, lang, sure)
		}
		if again, _ := Language(text, declared); again != lang {
			t.Errorf("Language(%q, %q) = %q, then %q", text, declared, lang, again)
		}
	})
}
