package classify

import (
	"runtime"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator/classify/learn"
)

// benchItems are items as feeds carry them: a headline of some ten words, a
// summary of some thirty-five. Half file under something, half do not.
var benchItems = []Article{
	{
		Title: "Garment workers in Dhaka strike over unpaid wages as factories close",
		Text: "Thousands of workers walked off the job on Monday, demanding back pay that they say has been owed since June. " +
			"The union said two organisers had been detained by police in Gazipur.",
		Language: "en",
	},
	{
		Title: "Court orders release of journalist held for 200 days without charge",
		Text: "The high court in Nairobi ruled that the reporter, who covered land evictions in the Rift Valley, must be freed on bail. " +
			"Press groups had called the detention a warning to every newsroom in the country.",
		Language: "en-GB",
	},
	{
		Title: "Central bank holds rates as growth slows in the second quarter",
		Text: "Analysts had expected a cut after weak retail sales, but the governor said that inflation was still too high for comfort. " +
			"Markets barely moved on the news, and the currency ended the day where it began.",
		Language: "en",
	},
	{
		Title: "Late goal sends visitors through to the final after extra time",
		Text: "The substitute struck in the 118th minute to settle a match that had seemed certain to be decided by penalties. " +
			"It is the first time in eleven years that the club has gone so far in the competition.",
		Language: "en-US",
	},
	{
		Title: "Miles de trabajadores marchan contra la reforma laboral en Buenos Aires",
		Text: "Las centrales sindicales convocaron a un paro general para el jueves y reclaman que el Congreso rechace el proyecto. " +
			"El gobierno sostiene que la ley creará empleo y que no negociará bajo presión de los gremios.",
		Language: "es",
	},
	{
		Title: "Les infirmières de l'hôpital public reprennent la grève lundi",
		Text: "Les syndicats dénoncent le manque de lits et des salaires qui n'ont pas bougé depuis cinq ans. " +
			"La direction assure que les urgences resteront ouvertes et que des discussions sont prévues dans la semaine avec le ministère.",
		Language: "fr",
	},
	{
		Title: "اعتقال ثلاثة نشطاء بعد احتجاجات على ارتفاع الأسعار",
		Text: "قالت منظمات حقوقية إن الشرطة اعتقلت ثلاثة نشطاء في العاصمة بعد مظاهرات سلمية ضد ارتفاع أسعار الخبز والوقود. " +
			"وطالبت بالإفراج عنهم فورا والسماح لهم بالاتصال بمحاميهم وأسرهم.",
		Language: "ar",
	},
	{
		Title: "Council approves plan for new bridge across the river after long debate",
		Text: "Residents on the north bank had asked for the crossing since the old one was closed to lorries. " +
			"Work is due to start in spring and to last two years, and the road along the quay will be narrowed while it goes on.",
		Language: "en",
	},
}

// undeclared are the same items as from feeds that name no language.
func undeclared(items []Article) []Article {
	out := make([]Article, len(items))
	for i, a := range items {
		a.Language = ""
		out[i] = a
	}
	return out
}

// BenchmarkClassify files one item under the taxonomy that the program ships
// with.
func BenchmarkClassify(b *testing.B) {
	c := compiled(b, bundled(b))
	run := func(name string, items []Article) {
		b.Run(name, func(b *testing.B) {
			for _, a := range items {
				c.Classify(a)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				c.Classify(items[i%len(items)])
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
		})
	}
	run("typical", benchItems[:1])
	run("declared", benchItems)
	run("undeclared", undeclared(benchItems))
}

// BenchmarkLanguage tells the language of one item, and of headlines alone,
// which have few function words.
func BenchmarkLanguage(b *testing.B) {
	run := func(name string, items []Article, text func(Article) string) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				a := items[i%len(items)]
				Language(text(a), a.Language)
			}
		})
	}
	item := func(a Article) string { return a.Title + "\n" + a.Text }
	title := func(a Article) string { return a.Title }
	run("declared", benchItems, item)
	run("undeclared", undeclared(benchItems), item)
	run("title/declared", benchItems, title)
	run("title/undeclared", undeclared(benchItems), title)
}

// BenchmarkNew compiles the taxonomy. The gazetteer and the detector's tables
// are made once for all classifiers: live-MB counts them, ns/op does not.
func BenchmarkNew(b *testing.B) {
	t := bundled(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c := compiled(b, t)
	c.Classify(benchItems[0])
	runtime.GC()
	runtime.ReadMemStats(&after)
	for b.Loop() {
		compiled(b, t)
	}
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/1e6, "live-MB")
	runtime.KeepAlive(c)
}

// BenchmarkGazetteer compiles the gazetteer, as the first New does.
func BenchmarkGazetteer(b *testing.B) {
	for b.Loop() {
		if _, err := readGazetteer(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRules is the share of the taxonomy in BenchmarkClassify, on an item
// that hits nothing much, as most items of a general desk.
func BenchmarkRules(b *testing.B) {
	c := compiled(b, bundled(b))
	sc := new(scratch)
	title := "Central bank holds rates as growth slows in the second quarter"
	text := strings.Repeat("Analysts had expected a cut after weak retail sales, but the governor said that inflation was still too high for comfort. ", 3)
	for b.Loop() {
		sc.text.set(title, text)
		c.rules.match(sc, sc.text.b, 0)
		c.rules.sum(sc)
		c.rules.file(sc, Article{}, nil)
	}
}

// BenchmarkClassifyWithModel files one item by rules and model.
func BenchmarkClassifyWithModel(b *testing.B) {
	m, err := learn.Bundled()
	if err != nil {
		b.Fatal(err)
	}
	c, err := New(bundled(b), WithModel(m))
	if err != nil {
		b.Fatal(err)
	}
	for _, a := range benchItems {
		c.Classify(a)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Classify(benchItems[i%len(benchItems)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
}
