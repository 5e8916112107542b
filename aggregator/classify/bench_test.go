package classify

import (
	"strings"
	"testing"
)

// BenchmarkClassify files a headline with a summary of usual length under the
// taxonomy of testTaxonomy, which is as large as the default one.
func BenchmarkClassify(b *testing.B) {
	c := compiled(b, bundled(b))
	a := Article{
		Title: "Garment workers in Dhaka strike over unpaid wages as factories close",
		Text: strings.Repeat("Thousands of workers walked off the job on Monday, demanding back pay that they say has been owed since June. "+
			"The union said two organisers had been detained by police in Gazipur. ", 2),
		Language: "en",
	}
	c.Classify(a)
	b.ReportAllocs()
	for b.Loop() {
		c.Classify(a)
	}
}

func BenchmarkLanguage(b *testing.B) {
	for b.Loop() {
		Language("Los trabajadores de la fábrica siguen en huelga por tercera semana para exigir mejores salarios", "")
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
		c.rules.file(sc, Article{})
	}
}
