package feed

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
)

// evaluation is where the captured feeds lie beside a checkout that has them.
const evaluation = "../../../shared/eval/feeds"

// BenchmarkParseCaptured reads the feeds of real sites, those that need no
// repair and those that do; beside the former stands gofeed alone, which reads
// few of the latter. Without the captured feeds it is skipped.
func BenchmarkParseCaptured(b *testing.B) {
	clean, sick := capturedFeeds(b)
	all := func(docs [][]byte, parse func([]byte) error) func(*testing.B) {
		size := 0
		for _, d := range docs {
			size += len(d)
		}
		return func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, d := range docs {
					if err := parse(d); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(len(docs)), "feeds")
		}
	}
	ours := func(d []byte) error { _, err := Parse(d, Hints{}); return err }
	b.Run("clean/ours", all(clean, ours))
	b.Run("clean/gofeed alone", all(clean, func(d []byte) error {
		_, err := gofeed.NewParser().Parse(bytes.NewReader(d))
		return err
	}))
	b.Run("sick/ours", all(sick, ours))
}

// capturedFeeds returns the feeds of real sites that can be read, clean being
// those that gofeed reads as well and of which nothing is repaired.
func capturedFeeds(b *testing.B) (clean, sick [][]byte) {
	raw, err := os.ReadFile(filepath.Join(evaluation, "manifest.json"))
	if err != nil {
		b.Skipf("the evaluation's captured feeds are not beside this checkout: %v", err)
	}
	var manifest struct {
		Entries []struct{ File, Group string }
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		b.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range manifest.Entries {
		if !strings.HasPrefix(e.Group, "real") || seen[e.File] {
			continue
		}
		seen[e.File] = true
		doc, err := os.ReadFile(filepath.Join(evaluation, e.File))
		if err != nil {
			b.Fatal(err)
		}
		f, err := Parse(doc, Hints{})
		if err != nil {
			continue
		}
		if _, err := gofeed.NewParser().Parse(bytes.NewReader(doc)); err == nil && len(f.Repairs) == 0 {
			clean = append(clean, doc)
		} else {
			sick = append(sick, doc)
		}
	}
	return clean, sick
}
