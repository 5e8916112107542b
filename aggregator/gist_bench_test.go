package aggregator

import (
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
)

// A hash is made of every item that is new or changed.
func BenchmarkTextHash(b *testing.B) {
	it := news.Item{
		Title:   "Dockers' union wins 3.5% raise after strike",
		Summary: "The port of Durban reopened on Monday, the union said.",
		Content: strings.Repeat("<p>Some 14 workers were hurt. The raise of 3.5% starts in May; it took “nine” days - or 216 hours.</p>\n", 40),
	}
	b.SetBytes(int64(len(it.Content)))
	b.ReportAllocs()
	for b.Loop() {
		textHash(it)
	}
}
