package rss_test

import (
	"flag"
	"testing"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/internal/sample"
	"github.com/rightswire/rightswire/publisher/rss"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func encode(t testing.TB, ed publisher.Edition) []byte {
	t.Helper()
	got, err := rss.Append(nil, ed)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestGolden(t *testing.T) {
	for name, ed := range map[string]publisher.Edition{"odd": sample.Odd(), "empty": sample.Empty(), "hub": sample.Hub()} {
		sample.Golden(t, *update, name+".rss", encode(t, ed))
	}
}

func BenchmarkEncode50(b *testing.B) {
	ed := sample.Fifty()
	b.SetBytes(int64(len(encode(b, ed))))
	b.ReportAllocs()
	for b.Loop() {
		encode(b, ed)
	}
}
