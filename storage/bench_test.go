package storage_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// prose is text of n words that compresses to about half, as news does.
func prose(seed, n int) string {
	r := rand.New(rand.NewPCG(uint64(seed), 2))
	var b strings.Builder
	for range n {
		for range 1 + r.IntN(3) {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
		b.WriteByte(' ')
	}
	return b.String()
}

var syllables = strings.Fields(`the of un ion wor ker str ike pay wage rights law yer court po lice mi grant ar rest ed
said on to day min is ter re port in a for com pa ny fac to ry gov ern ment pro test ers de mand safe ty hun dreds`)

// realistic is an item of the size that desks send: about 2 kB of text, an
// address of 90 bytes, three filings, one country.
func realistic(source string, n int) news.Item {
	slug := fmt.Sprintf("2025/03/%02d/workers-walk-out-over-unpaid-wages-at-plant-%d", n%28+1, n)
	it := storagetest.Filed(storagetest.Item(source, slug, n), "unions-strikes", "wages", "labor")
	it.Key, it.GUID = it.URL, it.URL
	it.Title = fmt.Sprintf("Workers walk out over unpaid wages at plant %d as talks break down", n)
	it.Summary = prose(n, 30)
	it.Content = "<p>" + prose(n+1, 300) + "</p>"
	it.Places = []news.Place{{Country: []string{"BD", "IN", "US", "BR"}[n%4], Score: 3, Why: "place name in the title"}}
	it.RawHash, it.Hash = fmt.Sprintf("%032x", n), fmt.Sprintf("%032x", n+1)
	return it
}

func sources(n int) (all []news.Source) {
	for i := range n {
		all = append(all, storagetest.Source(fmt.Sprintf("s%d", i), i%9+1))
	}
	return all
}

// archiveOf makes an archive of grouped stories.
func archiveOf(b *testing.B, stories int) *storage.Store {
	b.Helper()
	s := open(b, filepath.Join(b.TempDir(), "news.db"), storage.Options{})
	if err := s.SyncSources(b.Context(), sources(100)); err != nil {
		b.Fatal(err)
	}
	for n := 0; n < stories; n += 1000 {
		id := fmt.Sprintf("s%d", n/1000%100)
		var items []news.Item
		for k := range 1000 {
			items = append(items, realistic(id, n+k))
		}
		if err := s.CommitPoll(b.Context(), storagetest.Poll(id, items...)); err != nil {
			b.Fatal(err)
		}
		place(b, s)
	}
	return s
}

// place gives every ungrouped item a story and returns how many there were.
func place(b testing.TB, s *storage.Store) int {
	return placeNamed(b, s, func(it news.Item) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", it.ID) })
}

// placeNamed is place with the stories' names.
func placeNamed(b testing.TB, s *storage.Store, uid func(news.Item) string) int {
	items, err := s.Ungrouped(b.Context(), 10_000)
	if err != nil {
		b.Fatal(err)
	}
	var p []news.Placement
	for _, it := range items {
		p = append(p, news.Placement{Item: it.ID, NewUID: uid(it), Why: "first of its story"})
	}
	if err := s.Place(b.Context(), p); err != nil {
		b.Fatal(err)
	}
	return len(p)
}

// A thousand polls of forty items, eight at a time; then all are placed and
// indexed.
func BenchmarkCommitPoll(b *testing.B) {
	const polls, perPoll = 1000, 40
	for b.Loop() {
		b.StopTimer()
		path := filepath.Join(b.TempDir(), "news.db")
		s := open(b, path, storage.Options{})
		if err := s.SyncSources(b.Context(), sources(polls)); err != nil {
			b.Fatal(err)
		}
		queue := make(chan news.PollResult, polls)
		for n := range polls {
			id := fmt.Sprintf("s%d", n)
			var items []news.Item
			for k := range perPoll {
				items = append(items, realistic(id, n*perPoll+k))
			}
			queue <- storagetest.Poll(id, items...)
		}
		close(queue)
		b.StartTimer()
		cpu := cpuTime()
		done := make(chan error)
		for range 8 {
			go func() {
				for r := range queue {
					if err := s.CommitPoll(b.Context(), r); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/polls/perPoll, "stored-µs/item")
		b.StopTimer()
		cpu = cpuTime()
		placed := 0
		for n := place(b, s); n > 0; n = place(b, s) {
			placed += n
		}
		b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(placed), "placed-µs/item")
		cpu = cpuTime()
		for more := true; more; {
			var err error
			if _, more, err = s.Index(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(placed), "indexed-µs/item")
		s.Close()
		if info, err := os.Stat(path); err == nil {
			b.ReportMetric(float64(info.Size())/polls/perPoll, "bytes/item")
		}
		b.StartTimer()
	}
}

func BenchmarkRead(b *testing.B) {
	s := archiveOf(b, 100_000)
	var probes []news.Probe
	for n := range 40 {
		it := realistic("s7", 7000+n)
		probes = append(probes, news.Probe{Key: it.Key, Canonical: it.Canonical, Title: it.Title})
	}
	b.Run("Known/40", func(b *testing.B) {
		for b.Loop() {
			if known, err := s.Known(b.Context(), "s7", probes); err != nil || known[39].ID == 0 {
				b.Fatal(known, err)
			}
		}
	})
	deep := news.Cursor{Published: storagetest.Start.Add(50_000 * time.Minute), ID: 50_000}
	for name, q := range map[string]news.Query{
		"all":          {},
		"deep":         {After: deep},
		"category":     {Categories: []string{"wages"}, After: deep},
		"country":      {Countries: []string{"BD"}, After: deep},
		"two fields":   {Categories: []string{"wages"}, Languages: []string{"en"}, After: deep},
		"source":       {Sources: []string{"s7"}},
		"cap":          {PerSource: 10},
		"one word":     {Text: "plant"},
		"rare word":    {Text: "nowhere"},
		"last 10k new": {Since: storagetest.Start.Add(90_000 * time.Minute)},
	} {
		b.Run("Stories/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Stories(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Counts(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Opening and closing an archive of 20 MB that nobody touched.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "news.db")
	s := open(b, path, storage.Options{})
	if err := s.SyncSources(b.Context(), sources(10)); err != nil {
		b.Fatal(err)
	}
	var items []news.Item
	for n := range 10_000 {
		items = append(items, realistic("s1", n))
	}
	if err := s.CommitPoll(b.Context(), storagetest.Poll("s1", items...)); err != nil {
		b.Fatal(err)
	}
	s.Close()
	for name, o := range map[string]storage.Options{"write": {}, "read": {ReadOnly: true}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s, err := storage.Open(b.Context(), path, o)
				if err != nil {
					b.Fatal(err)
				}
				s.Close()
			}
		})
	}
}

// Polls that brought nothing: a state and a row of the ledger each.
func BenchmarkCommitUnchanged(b *testing.B) {
	const polls = 1000
	s := open(b, filepath.Join(b.TempDir(), "news.db"), storage.Options{})
	if err := s.SyncSources(b.Context(), sources(polls)); err != nil {
		b.Fatal(err)
	}
	before := cpuTime()
	for b.Loop() {
		queue := make(chan int, polls)
		for n := range polls {
			queue <- n
		}
		close(queue)
		var all sync.WaitGroup
		for range 64 {
			all.Go(func() {
				for n := range queue {
					if err := s.CommitPoll(b.Context(), unchanged(n)); err != nil {
						b.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(b.N)/polls, "cpu-µs/poll")
}

// unchanged is what a 304 leaves.
func unchanged(n int) news.PollResult {
	id := fmt.Sprintf("s%d", n)
	r := storagetest.Poll(id)
	r.Poll.Outcome, r.Poll.Status = news.OutcomeUnchanged, 304
	r.Poll.URL = fmt.Sprintf("https://news-%d.example.org/feeds/labor/rss.xml", n)
	r.Poll.Asked, r.Poll.NextWhy = "If-None-Match, If-Modified-Since", "adaptive: no news for 3 polls"
	r.State.URL, r.State.ETag = r.Poll.URL, fmt.Sprintf("%q", fmt.Sprintf("%032x", n))
	r.State.LastModified, r.State.NextWhy = "Tue, 04 Mar 2025 10:00:00 GMT", r.Poll.NextWhy
	r.State.BodyHash, r.State.Rhythm = fmt.Sprintf("%064x", n), make([]byte, 60)
	r.State.LastPoll, r.State.NextDue = storagetest.Now, storagetest.Now.Add(time.Hour)
	return r
}

// A first run as it goes: polls of forty items, many at a time, whose items are
// placed while others are stored, and indexed in the end. Stories are named and
// dated in no order, as they are.
func BenchmarkFirstRun(b *testing.B) {
	const polls, perPoll, between = 300, 40, 50
	cpu := time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		s := open(b, filepath.Join(b.TempDir(), "news.db"), storage.Options{})
		if err := s.SyncSources(b.Context(), sources(polls)); err != nil {
			b.Fatal(err)
		}
		var all []news.PollResult
		for n := range polls {
			var items []news.Item
			for k := range perPoll {
				it := realistic(fmt.Sprintf("s%d", n), k*polls+n)
				it.Content = "<p>" + prose(k*polls+n, 120) + "</p>"
				items = append(items, it)
			}
			all = append(all, storagetest.Poll(fmt.Sprintf("s%d", n), items...))
		}
		b.StartTimer()
		before := cpuTime()
		for part := range slices.Chunk(all, between) {
			var storing sync.WaitGroup
			for _, r := range part {
				storing.Go(func() {
					if err := s.CommitPoll(b.Context(), r); err != nil {
						b.Error(err)
					}
				})
			}
			storing.Wait()
			placeNamed(b, s, func(it news.Item) string {
				x := sha256.Sum256([]byte(it.Key))
				return fmt.Sprintf("%x-%x-%x-%x-%x", x[:4], x[4:6], x[6:8], x[8:10], x[10:16])
			})
		}
		for more := true; more; {
			var err error
			if _, more, err = s.Index(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		cpu += cpuTime() - before
	}
	b.ReportMetric(float64(cpu.Microseconds())/float64(b.N)/polls/perPoll, "cpu-µs/item")
}
