package dedupe

import "testing"

// BenchmarkCanonical takes the addresses of testdata/addresses.txt in turn: the
// worst mix there is, as every one of them is there for a rule; and plain
// addresses as feeds mostly have them.
func BenchmarkCanonical(b *testing.B) {
	var all []string
	for _, e := range examples() {
		all = append(all, e.in)
	}
	for _, bb := range []struct {
		name string
		in   []string
	}{
		{"every rule", all},
		{"a plain address", []string{"https://www.paper.example/2024/05/01/world/dockers-walk-out-in-valdoria"}},
		{"three campaign parameters", []string{"https://www.paper.example/2024/05/01/strike?utm_source=rss&utm_medium=feed&id=7"}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				Canonical(bb.in[i%len(bb.in)])
				i++
			}
		})
	}
}
