package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// replayFlags are the flags of "rules test".
type replayFlags struct {
	taxonomy       string
	days, examples int
	asJSON         bool
}

// newRulesTest is "rules test".
func newRulesTest(a *app) *cobra.Command {
	var f replayFlags
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Say what a changed taxonomy would file differently",
		Long: `Files the archive's items of the last days anew, by an edited taxonomy and the
configured model, and prints for each category what would come and what would go,
with examples. Nothing is changed. It compares with what the items are filed
under now; what the desk has corrected stays as it is.

Items of sources with scope: filter that were filed under nothing were not kept
when they came, so they cannot come back here.

With --json it prints one object a category, with the keys category, now, come,
go, coming and going; the last two are lists of id, source, title and why.`,
		Example: `  rightswire rules test --taxonomy edited.yaml --days 7
  rightswire rules test                      # the configured taxonomy, edited in place`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.replay(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.taxonomy, "taxonomy", "", "`file` with the categories and terms to try; default: the configured ones")
	cmd.Flags().IntVar(&f.days, "days", 30, "items that came in the last `days`; 0: all")
	cmd.Flags().IntVar(&f.examples, "examples", 3, "examples of each kind, the newest")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "one JSON object a category")
	offer(cmd, "taxonomy", yamlFiles)
	return cmd
}

// replay files the archive anew and prints what would differ.
func (a *app) replay(ctx context.Context, f replayFlags) error {
	if f.days < 0 || f.examples < 0 {
		return usagef("--days and --examples: write a number from 0 up")
	}
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	t := cfg.Taxonomy()
	if f.taxonomy != "" {
		if t, err = config.LoadTaxonomy(f.taxonomy); err != nil {
			return usageError{err}
		}
	}
	c, err := a.classifier(cfg, t)
	if err != nil {
		return err
	}
	store, err := a.openStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	r := &replay{classifier: c, sources: sourcesByID(cfg), examples: f.examples, moved: map[string]*movement{}}
	var q news.Query
	if f.days > 0 {
		q.Since = a.now().Add(-time.Duration(f.days) * 24 * time.Hour)
	}
	start := time.Now()
	err = a.replayAll(ctx, store, q, r)
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	if err := r.print(a.out, t, f.asJSON); err != nil {
		return err
	}
	fmt.Fprintf(a.err, "filed %s anew in %.1f s: %d would be filed differently\n", news.Count(r.items, "item"), time.Since(start).Seconds(), r.differ)
	return nil
}

// replayAll files what a query selects anew, with a bar on a terminal.
func (a *app) replayAll(ctx context.Context, store *storage.Store, q news.Query, r *replay) error {
	counts, err := store.Counts(ctx)
	if err != nil {
		return err
	}
	defer a.progress("filing", counts.Items)()
	return r.all(ctx, store, q, runtime.GOMAXPROCS(0), func(done int) { a.advanceTo(done, counts.Items) })
}

// all reads the items in one goroutine and files them in some; differences are
// put together in the order of the archive. advance is told how many are done.
func (r *replay) all(ctx context.Context, store *storage.Store, q news.Query, workers int, advance func(done int)) error {
	var err error
	if r.unfiled, err = store.Unfiled(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	todo, inOrder := make(chan *batch, workers), make(chan *batch, 4*workers)
	g.Go(func() error {
		defer close(todo)
		defer close(inOrder)
		return readBatches(ctx, store, q, func(b *batch) error {
			for _, c := range []chan *batch{inOrder, todo} {
				select {
				case c <- b:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	})
	for range workers {
		g.Go(func() error {
			for b := range todo {
				r.file(b)
				close(b.done)
			}
			return nil
		})
	}
	g.Go(func() error {
		for b := range inOrder {
			select {
			case <-b.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			r.add(b)
			advance(r.items)
		}
		return nil
	})
	return g.Wait()
}

// batch is a part of the archive on its way.
type batch struct {
	items []news.Item
	diffs []difference
	done  chan struct{} // closed when diffs is complete
}

// batchItems is how many items go together.
const batchItems = 256

// readBatches reads the archive in parts.
func readBatches(ctx context.Context, store *storage.Store, q news.Query, send func(*batch) error) error {
	b := &batch{done: make(chan struct{})}
	err := store.EachItem(ctx, q, func(it news.Item) error {
		if b.items = append(b.items, it); len(b.items) < batchItems {
			return nil
		}
		full := b
		b = &batch{done: make(chan struct{})}
		return send(full)
	})
	if err != nil || len(b.items) == 0 {
		return err
	}
	return send(b)
}

// difference is one category that an item would come under or leave.
type difference struct {
	category string
	comes    bool
	example  example
}

// example is an item that would be filed differently.
type example struct {
	ID     int64  `json:"id"`
	Source string `json:"source"`
	Title  string `json:"title"`
	Why    string `json:"why"` // it would come, or is there now
}

// movement is what would happen to a category.
type movement struct {
	Category string    `json:"category"`
	Now      int       `json:"now"` // items of the days under it
	Come     int       `json:"come"`
	Go       int       `json:"go"`
	Coming   []example `json:"coming"`
	Going    []example `json:"going"`
}

// replay gathers what would differ.
type replay struct {
	classifier *classify.Classifier
	sources    map[string]news.Source
	unfiled    map[int64][]string // what the desk has taken items out of
	examples   int

	items, differ int
	moved         map[string]*movement
}

// file files the items of a batch anew.
func (r *replay) file(b *batch) {
	for _, it := range b.items {
		b.diffs = append(b.diffs, r.compare(it, r.classify(it).Filings)...)
	}
}

// classify files an item of the archive anew.
func (r *replay) classify(it news.Item) classify.Result {
	src, ok := r.sources[it.Source]
	if !ok {
		src = news.Source{ID: it.Source}
	}
	language := it.Language
	if language == "und" {
		language = ""
	}
	return r.classifier.Classify(classify.Article{
		Title: it.Title, Text: it.Summary, URL: it.URL, Tags: it.Tags, Source: src, Language: language,
	})
}

// compare lists the categories of an item that differ.
func (r *replay) compare(it news.Item, filings []news.Filing) []difference {
	var out []difference
	under := func(list []news.Filing, id string) bool {
		return slices.ContainsFunc(list, func(f news.Filing) bool { return f.Category == id })
	}
	note := func(f news.Filing, comes bool) {
		out = append(out, difference{f.Category, comes, example{it.ID, it.Source, it.Title, strings.Join(f.Why, "; ")}})
	}
	for _, f := range filings {
		if !under(it.Filings, f.Category) && !slices.Contains(r.unfiled[it.ID], f.Category) {
			note(f, true)
		}
	}
	for _, f := range it.Filings {
		if f.By != news.ByDesk && !under(filings, f.Category) {
			note(f, false)
		}
	}
	return out
}

// add counts a batch that has been filed.
func (r *replay) add(b *batch) {
	for _, it := range b.items {
		r.items++
		for _, f := range it.Filings {
			r.of(f.Category).Now++
		}
	}
	last := int64(0)
	for _, d := range b.diffs {
		if d.example.ID != last {
			last = d.example.ID
			r.differ++
		}
		m := r.of(d.category)
		if d.comes {
			m.Come++
			m.Coming = r.newest(m.Coming, d.example)
		} else {
			m.Go++
			m.Going = r.newest(m.Going, d.example)
		}
	}
}

func (r *replay) of(category string) *movement {
	if r.moved[category] == nil {
		r.moved[category] = &movement{Category: category, Coming: []example{}, Going: []example{}}
	}
	return r.moved[category]
}

// newest keeps the last few examples.
func (r *replay) newest(list []example, e example) []example {
	list = append(list, e)
	return list[max(0, len(list)-r.examples):]
}

// order lists what would happen: categories in the order of the taxonomy, then
// those that it does not have any more.
func (r *replay) order(t news.Taxonomy) []movement {
	var order []movement
	for _, c := range t.Categories {
		order = append(order, *r.of(c.ID))
		delete(r.moved, c.ID)
	}
	var gone []movement
	for _, m := range r.moved {
		gone = append(gone, *m)
	}
	slices.SortFunc(gone, func(a, b movement) int { return strings.Compare(a.Category, b.Category) })
	return append(order, gone...)
}

// print prints what would happen.
func (r *replay) print(w io.Writer, t news.Taxonomy, asJSON bool) error {
	order := r.order(t)
	if asJSON {
		return writeJSONLines(w, order)
	}
	for _, m := range order {
		if m.Come+m.Go == 0 {
			continue
		}
		fmt.Fprintf(w, "%s: %d now, %d would come, %d would go\n", m.Category, m.Now, m.Come, m.Go)
		for _, e := range m.Coming {
			fmt.Fprintf(w, "  + %d of %s: %s\n      %s\n", e.ID, e.Source, e.Title, e.Why)
		}
		for _, e := range m.Going {
			fmt.Fprintf(w, "  - %d of %s: %s\n      it is there now by %s\n", e.ID, e.Source, e.Title, dash(e.Why))
		}
	}
	return nil
}
