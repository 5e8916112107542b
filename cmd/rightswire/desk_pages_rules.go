package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// backTestTime is how long a test of a taxonomy may run beside a daemon.
const backTestTime = 15 * time.Minute

// deskRules is what files items, as the desk's pages try it.
type deskRules struct {
	*deskPages

	compile sync.Mutex
	of      *config.Config // what the classifier was made for
	filer   *classify.Classifier

	mu   sync.Mutex
	test *admin.BackTest
	stop context.CancelFunc
	wait sync.WaitGroup
}

// classifier is that of the configuration in effect.
func (d *deskRules) classifier() (*classify.Classifier, error) {
	d.compile.Lock()
	defer d.compile.Unlock()
	cfg := d.cfg.Load()
	if d.of == cfg {
		return d.filer, nil
	}
	c, err := d.app.classifier(cfg, cfg.Taxonomy())
	if err == nil {
		d.of, d.filer = cfg, c
	}
	return c, err
}

// File implements [admin.Taxonomy].
func (d *deskRules) File(_ context.Context, title, text, language string) (admin.Filed, error) {
	c, err := d.classifier()
	if err != nil {
		return admin.Filed{}, err
	}
	r := c.Classify(classify.Article{Title: title, Text: text, Language: language})
	return admin.Filed{Language: r.Language, Filings: r.Filings, Places: r.Places, Masked: r.Masked}, nil
}

// Start implements [admin.Taxonomy].
func (d *deskRules) Start(ctx context.Context, file, text string, days int) error {
	files := deskConfig{d.deskPages}
	was, err := files.Read(ctx, file)
	if err != nil {
		return err
	}
	whole, _ := config.LineEnds(text, []byte(was))
	cfg, err := config.TryText(d.app.config, file, whole, options()...)
	if err == nil {
		err = files.deskMay(cfg)
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.test != nil && d.test.Running {
		return errors.New("a test runs already; wait until it is done")
	}
	c, err := d.app.classifier(cfg, cfg.Taxonomy())
	if err != nil {
		return err
	}
	d.test = &admin.BackTest{File: file, Text: text, Base: admin.Digest(was), Days: days, Began: d.app.now(), Running: true}
	run, stop := context.WithTimeout(context.WithoutCancel(ctx), backTestTime)
	d.stop = stop
	d.wait.Go(func() {
		defer stop()
		d.run(run, cfg.Taxonomy(), &replay{classifier: c, sources: sourcesByID(cfg), examples: 5, moved: map[string]*movement{}}, days)
	})
	return nil
}

// run files the archive anew, in one goroutine: the daemon has work to do.
func (d *deskRules) run(ctx context.Context, t news.Taxonomy, r *replay, days int) {
	q := news.Query{Since: d.app.now().Add(-time.Duration(days) * 24 * time.Hour)}
	err := r.all(ctx, d.store, q, 1, func(done int) {
		d.mu.Lock()
		d.test.Done = done
		d.mu.Unlock()
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.test.Running, d.test.Done, d.test.Differ = false, r.items, r.differ
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("it took longer than %v; try fewer days", backTestTime)
	}
	if err != nil {
		d.test.Error = err.Error()
		return
	}
	for _, m := range r.order(t) {
		if m.Come+m.Go > 0 {
			d.test.Moves = append(d.test.Moves, admin.Move{Category: m.Category, Now: m.Now, Come: m.Come, Go: m.Go, Coming: examplesOf(m.Coming), Going: examplesOf(m.Going)})
		}
	}
}

// examplesOf turns examples into what a page shows.
func examplesOf(list []example) (out []admin.Example) {
	for _, e := range list {
		out = append(out, admin.Example{ID: e.ID, Source: e.Source, Title: e.Title, Why: e.Why})
	}
	return out
}

// Test implements [admin.Taxonomy].
func (d *deskRules) Test() *admin.BackTest {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.test == nil {
		return nil
	}
	now := *d.test
	return &now
}

// end stops what runs and waits for it.
func (d *deskRules) end() {
	d.mu.Lock()
	if d.stop != nil {
		d.stop()
	}
	d.mu.Unlock()
	d.wait.Wait()
}
