package dedupe

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"
)

// generated returns n articles over four days: words by Zipf's law, 40 in
// title and summary and more of text. A third report an event of the last
// hours in other words, a tenth are copies.
func generated(n, more int) []Article {
	r := rand.New(rand.NewPCG(1, 2))
	z := rand.NewZipf(r, 1.1, 8, 80_000)
	words := func(b *strings.Builder, n int) {
		for range n {
			for w := z.Uint64() * 2654435761 % (1 << 24); w > 0; w /= 16 {
				b.WriteByte(byte('a' + w%16))
			}
			b.WriteByte(' ')
		}
	}
	out := make([]Article, n)
	events := make([][]string, n)
	for i := range out {
		var title, text strings.Builder
		a := Article{ID: int64(i + 1), Source: fmt.Sprint("s", r.IntN(900)), Language: "en", Published: day.Add(96 * time.Hour * time.Duration(i) / time.Duration(n))}
		from := max(0, i-1-r.IntN(400))
		switch k := r.IntN(30); {
		case i > 0 && k < 3:
			events[i] = events[from]
			a.Title, a.Text = "Again "+out[from].Title, out[from].Text
			out[i] = a
			continue
		case i > 0 && k < 13:
			events[i] = events[from]
		default:
			for j := range 12 {
				events[i] = append(events[i], strings.Map(letter, fmt.Sprintf("%dx%d", i, j)))
			}
		}
		words(&title, 7)
		title.WriteString(events[i][r.IntN(12)] + " " + events[i][r.IntN(12)])
		words(&text, 25)
		text.WriteString(strings.Join(events[i][:6], " ") + ". ")
		words(&text, more)
		a.Title, a.Text = title.String(), text.String()
		out[i] = a
	}
	return out
}

// letter makes a word of a number.
func letter(r rune) rune {
	if '0' <= r && r <= '9' {
		return r - '0' + 'p'
	}
	return r
}

// lengths are how many words of text an article has beyond its summary.
var lengths = map[string]int{"summary": 0, "full text": 165}

// BenchmarkGroup matches and adds 20,000 articles to an empty Grouper.
func BenchmarkGroup(b *testing.B) {
	const n = 20_000
	for name, more := range lengths {
		b.Run(name, func(b *testing.B) {
			articles := generated(n, more)
			b.ReportAllocs()
			for b.Loop() {
				g := NewGrouper(Options{})
				copies, joined := 0, 0
				for _, m := range feed(g, articles...) {
					if m.CopyOf != 0 {
						copies++
					} else if m.Story != 0 {
						joined++
					}
				}
				b.ReportMetric(float64(copies)/n, "copies/item")
				b.ReportMetric(float64(joined)/n, "joined/item")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/item")
		})
	}
}

// BenchmarkMemory reports what the heap keeps of each of 50,000 articles.
func BenchmarkMemory(b *testing.B) {
	const n = 50_000
	for name, more := range lengths {
		b.Run(name, func(b *testing.B) {
			articles := generated(n, more)
			for b.Loop() {
				before := liveHeap()
				g := NewGrouper(Options{})
				feed(g, articles...)
				b.ReportMetric(float64(liveHeap()-before)/n, "B/item")
				runtime.KeepAlive(g)
			}
			runtime.KeepAlive(articles)
		})
	}
}

// liveHeap is how many bytes of the heap are in use.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
