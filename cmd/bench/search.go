package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/storage"
)

// searching fills an archive with the articles of an invented press and says
// what its search index costs: bytes, time, and what polls feel of it.
func searching(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("search", flag.ContinueOnError)
	n := flags.Int("items", 20_000, "items in the archive")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "rightswire-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "news.db")
	m := &searchBench{press: newPress(1, 2000)}
	if err := m.session(ctx, path, func() error { return m.fill(ctx, *n) }); err != nil {
		return err
	}
	bare := float64(fileSize(path)) / 1e6
	fmt.Printf("%d items without the index: %.1f MB; a poll of 20 new items is stored in %v (median of %d)\n",
		*n, bare, middle(m.polls), len(m.polls))
	began := time.Now()
	if err := m.session(ctx, path, func() error { return m.index(ctx) }); err != nil {
		return err
	}
	took := time.Since(began)
	full := float64(fileSize(path)) / 1e6
	fmt.Printf("with it: %.1f MB, %.2f times as much; indexed in %v, %v an item, %v a batch at most\n",
		full, full/bare, took.Round(time.Millisecond), (took / time.Duration(*n)).Round(time.Microsecond), slices.Max(m.batches).Round(time.Millisecond))
	return m.session(ctx, path, func() error { return errors.Join(m.ask(ctx), m.beside(ctx)) })
}

// searchBench is the measurement.
type searchBench struct {
	press   *press
	store   *storage.Store
	stored  int
	polls   []time.Duration
	batches []time.Duration
}

// session runs fn on the opened archive.
func (m *searchBench) session(ctx context.Context, path string, fn func() error) (err error) {
	if m.store, err = storage.Open(ctx, path, storage.Options{}); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return errors.Join(err, m.store.Close())
	}
	return m.store.Close()
}

// fill stores n articles in polls of 20.
func (m *searchBench) fill(ctx context.Context, n int) error {
	var sources []news.Source
	for i := range pressDesks {
		sources = append(sources, news.Source{ID: fmt.Sprintf("desk %d", i), Title: fmt.Sprintf("Desk %d", i), URL: fmt.Sprintf("https://desk%d.example/", i)})
	}
	if err := m.store.SyncSources(ctx, sources); err != nil {
		return err
	}
	for m.stored < n {
		if err := m.poll(ctx); err != nil {
			return err
		}
	}
	return nil
}

// poll stores the next 20 articles and groups them, each alone.
func (m *searchBench) poll(ctx context.Context) error {
	source := fmt.Sprintf("desk %d", m.stored/20%pressDesks)
	r := news.PollResult{Poll: news.Poll{Source: source, At: epoch, Outcome: news.OutcomeNew}, State: news.SourceState{Source: source}}
	for range 20 {
		l := m.press.next()
		r.Items = append(r.Items, news.Item{
			Source: source, Key: l.URL, GUID: l.URL, URL: l.URL, Canonical: l.URL, Title: l.Title, Summary: l.Text[:min(len(l.Text), 200)],
			Content: "<p>" + l.Text + "</p>", Language: l.Language, Published: l.Published, Updated: l.Published, FirstSeen: l.Published,
			RawHash: fmt.Sprintf("%032x", l.ID), Hash: fmt.Sprintf("%032x", l.ID),
			Filings: []news.Filing{{Category: fmt.Sprintf("category-%d", l.ID%20), Score: 3, By: news.ByRules}},
			Places:  []news.Place{{Country: []string{"BD", "IN", "US", "BR"}[l.ID%4], Score: 3}},
		})
	}
	m.stored += len(r.Items)
	began := time.Now()
	if err := m.store.CommitPoll(ctx, r); err != nil {
		return err
	}
	m.polls = append(m.polls, time.Since(began))
	items, err := m.store.Ungrouped(ctx, 100)
	if err != nil {
		return err
	}
	var p []news.Placement
	for _, it := range items {
		p = append(p, news.Placement{Item: it.ID, NewUID: fmt.Sprintf("uid-%d", it.ID)})
	}
	return m.store.Place(ctx, p)
}

// index brings the index up to date.
func (m *searchBench) index(ctx context.Context) error {
	for more := true; more; {
		var err error
		began := time.Now()
		if _, more, err = m.store.Index(ctx); err != nil {
			return err
		}
		m.batches = append(m.batches, time.Since(began))
	}
	return nil
}

// ask measures searches for words that are everywhere, and that are rare.
func (m *searchBench) ask(ctx context.Context) error {
	common, rare := spell(1), spell(3000)
	for _, text := range []string{common, rare, common + " -" + rare, `"` + common + " " + spell(2) + `"`, common[:3] + "*", common + " category:category-3", "-" + common} {
		var took []time.Duration
		total := 0
		for range 20 {
			began := time.Now()
			f, err := m.store.Search(ctx, search.Parse(text), 0, 50)
			if err != nil {
				return err
			}
			took, total = append(took, time.Since(began)), f.Total
		}
		fmt.Printf("search %-34s %5d stories in %v\n", text, total, middle(took))
	}
	return nil
}

// beside measures polls while the index is being brought up to date all the
// time, which is worse than what a daemon does: it indexes between two passes.
func (m *searchBench) beside(ctx context.Context) error {
	m.polls = nil
	for range 100 {
		if err := m.poll(ctx); err != nil {
			return err
		}
	}
	alone := middle(m.polls)
	m.polls = nil
	stop, done := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		for stop.Err() == nil {
			if _, _, err := m.store.Index(ctx); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	var err error
	for range 100 {
		if err = m.poll(ctx); err != nil {
			break
		}
	}
	done()
	fmt.Printf("a poll of 20 new items: %v alone, %v with the indexer at work on the same file\n", alone, middle(m.polls))
	return errors.Join(err, <-ended)
}

// middle returns the median.
func middle(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)/2].Round(10 * time.Microsecond)
}
