package feed_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding"

	"github.com/rightswire/rightswire/aggregator/feed"
)

// titled is an RSS document that says it is UTF-8, with the bytes of titles and
// descriptions as they are, two of them an item.
func titled(texts ...string) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>News</title>`)
	for i := 0; i < len(texts); i += 2 {
		b.WriteString("<item><title>" + texts[i] + "</title><description>" + texts[i+1] + "</description></item>")
	}
	b.WriteString("</channel></rss>")
	return []byte(b.String())
}

// in returns a text in an encoding, as bytes.
func in(t *testing.T, name, text string) string {
	t.Helper()
	b, err := byName(t, name).NewEncoder().String(text)
	if err != nil {
		t.Fatalf("encode %q: %v", text, err)
	}
	return b
}

func TestForeignBytesDoNotSpoilAFeedInUTF8(t *testing.T) {
	latin := func(text string) string { return in(t, "windows-1252", text) }
	for _, tt := range []struct {
		name     string
		language string
		body     []byte
		want     []string // titles and summaries
	}{
		{"one description was pasted in German", "", titled(
			"München: Bäcker im Ausstand", "Der Streik geht weiter.",
			"Köln: Löhne steigen", latin("Für höhere Löhne, über drei Jahre, dafür kürzere Wochen und mehr Ausbildungsplätze"),
			"Für höhere Löhne", "Ein Tag."),
			[]string{"München: Bäcker im Ausstand", "Der Streik geht weiter.", "Köln: Löhne steigen",
				"Für höhere Löhne, über drei Jahre, dafür kürzere Wochen und mehr Ausbildungsplätze", "Für höhere Löhne", "Ein Tag."}},
		{"one letter of each", "", titled("Huelga en España", latin("Un niño trabajaba")), []string{"Huelga en España", "Un niño trabajaba"}},
		{"Portuguese is not taken for Chinese", "", titled("Greve em São Paulo", latin("Metalúrgicos em ação, à porta da fábrica, não voltam amanhã"), "Metalúrgicos em ação", "x"),
			[]string{"Greve em São Paulo", "Metalúrgicos em ação, à porta da fábrica, não voltam amanhã", "Metalúrgicos em ação", "x"}},
		{"the pasted text is in the language's old encoding", "pl", titled("Łódź: strajk w fabryce", in(t, "windows-1250", "Pracownicy żądają podwyżek płac")),
			[]string{"Łódź: strajk w fabryce", "Pracownicy żądają podwyżek płac"}},
		{"pairs of bytes within a run of UTF-8", "zh", titled("工会宣布工厂罢工", "工人要求"+in(t, "gbk", "加")+"法院裁定解雇无效，工人继续罢工"), []string{"工会宣布工厂罢工", "工人要求加法院裁定解雇无效，工人继续罢工"}},
		{"a character that was cut in two goes", "", titled("Le travailleur a quitt\xc3", "À l’usine, grève générale"), []string{"Le travailleur a quitt", "À l’usine, grève générale"}},
		{"so does one of three bytes", "", titled("労働\xe5\x83", "労働者は賃上げを要求"), []string{"労働", "労働者は賃上げを要求"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := feed.Parse(tt.body, feed.Hints{Language: tt.language})
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			var got []string
			for _, e := range d.Entries {
				c := e.Clean(feed.Limits{})
				got = append(got, c.Title, c.Summary)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("read %q\nwant %q", got, tt.want)
			}
			if d.Encoding != "utf-8" || !slices.Contains(d.Repairs, "bad-bytes") {
				t.Errorf("Encoding = %q with repairs %q, want utf-8 with bad-bytes", d.Encoding, d.Repairs)
			}
		})
	}
}

func TestOldEncodingsAreNotTakenForDamagedUTF8(t *testing.T) {
	for _, tt := range []struct{ encoding, title string }{
		{"windows-1252", "LA LIBERTÉ» ET L’ÉGALITÉ», CRIÉ À L’USINE"},
		{"windows-1251", "Профсоюз объявил забастовку на заводе"},
		{"gbk", "工会宣布工厂罢工要求提高工资和改善工作条件"},
		{"shift_jis", "労働組合が工場でストライキを宣言、賃上げを要求"},
		{"euc-kr", "노조가 공장에서 파업을 선언했다"},
	} {
		t.Run(tt.encoding, func(t *testing.T) {
			d, err := feed.Parse(encode(t, byName(t, tt.encoding), "utf-8", tt.title), feed.Hints{})
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if got := d.Entries[0].Clean(feed.Limits{}).Title; got != tt.title {
				t.Errorf("read as %s: %q, want %q", d.Encoding, got, tt.title)
			}
		})
	}
}

func TestTheLanguageSettlesAnEncodingThatIsNotNamed(t *testing.T) {
	const (
		polish    = "Związek zawodowy ogłosił strajk, żądają podwyżek płac"
		czech     = "Odbory vyhlásily stávku v továrně, dělníci žádají vyšší mzdy"
		hungarian = "Őrület: a munkások béremelést követelnek a gyárban, űrlap"
		turkish   = "İşçiler maaş artışı istiyor, mahkeme haksız buldu"
		hebrew    = "האיגוד הכריז על שביתה במפעל"
		german    = "Beschäftigte fordern höhere Löhne, Kündigung für ungültig erklärt"
	)
	for _, tt := range []struct{ language, encoding, label, title string }{
		{"pl", "iso-8859-2", "utf-8", polish},
		{"pl-PL", "iso-8859-2", "iso-8859-1", polish},
		{"pl", "windows-1250", "", polish},
		{"cs", "windows-1250", "utf-8", czech},
		{"cs", "iso-8859-2", "", czech},
		{"hu", "windows-1250", "utf-8", hungarian},
		{"tr", "windows-1254", "iso-8859-1", turkish},
		{"he", "windows-1255", "utf-8", hebrew},
		{"he", "windows-1255", "", hebrew},
		{"de", "macintosh", "utf-8", german},
	} {
		t.Run(tt.language+" in "+tt.encoding+" labelled "+tt.label, func(t *testing.T) {
			body := encode(t, byName(t, tt.encoding), tt.label, tt.title)
			own := []byte(strings.Replace(string(body), "<channel>", "<channel><language>"+tt.language+"</language>", 1))
			for _, read := range []struct {
				who  string
				body []byte
				h    feed.Hints
			}{{"the desk", body, feed.Hints{Language: tt.language}}, {"the document", own, feed.Hints{}}} {
				d, err := feed.Parse(read.body, read.h)
				if err != nil {
					t.Fatalf("Parse: %v", err)
				}
				if got := d.Entries[0].Clean(feed.Limits{}).Title; got != tt.title {
					t.Errorf("with the language of %s it is read as %s: %q, want %q", read.who, d.Encoding, got, tt.title)
				}
			}
		})
	}
}

func TestALanguageDoesNotOverruleWhatReadsWell(t *testing.T) {
	const title = "Sąd uznał zwolnienie za bezprawne"
	for _, tt := range []struct {
		name string
		enc  encoding.Encoding
	}{{"utf-8", encoding.Nop}, {"windows-1250", byName(t, "windows-1250")}} {
		d, err := feed.Parse(encode(t, tt.enc, tt.name, title), feed.Hints{Language: "ru"})
		if err != nil {
			t.Fatalf("Parse: %v", err)
		}
		if got := d.Entries[0].Clean(feed.Limits{}).Title; got != title || d.Encoding != tt.name {
			t.Errorf("%s is read as %s: %q, want %q", tt.name, d.Encoding, got, title)
		}
	}
}
