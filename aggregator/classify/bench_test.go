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
