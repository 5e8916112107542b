package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/config/sourcelist"
	"github.com/rightswire/rightswire/news"
)

const (
	searchTime  = 100 * time.Second // less than the pages' server takes to answer
	previewed   = 8                 // entries of a feed that are shown
	foundFor    = time.Hour         // how long what was found can be added
	maxFoundNow = 100               // feeds that are remembered
)

// deskFinder looks for feeds for the desk's pages, with the guest that polls
// go out by: its pacing and its guard hold for both.
type deskFinder struct {
	*deskPages
	one sync.Mutex // one search at a time

	mu    sync.Mutex
	found map[string]found
}

// found is a feed that a search has read.
type found struct {
	at    time.Time
	shown admin.Candidate
	c     aggregator.Candidate
}

// Search implements [admin.Finder].
func (d *deskFinder) Search(ctx context.Context, address string, kind news.Type) ([]admin.Candidate, error) {
	if !d.one.TryLock() {
		return nil, errors.New("somebody else searches now; try again in a minute")
	}
	defer d.one.Unlock()
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	cfg := d.cfg.Load()
	list, err := d.app.search(ctx, cfg, d.guest.Load(), address, searchFlags{kind: string(kind)})
	var out []admin.Candidate
	for _, c := range list {
		s := d.show(c)
		out = append(out, s)
		if c.Document != nil {
			d.remember(found{d.app.now(), s, c})
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no feed found in %v; name the feed itself, or use \"rightswire sources discover\"", searchTime)
	}
	return out, err
}

// show is what the desk sees of a feed that was found.
func (d *deskFinder) show(c aggregator.Candidate) admin.Candidate {
	s := admin.Candidate{URL: c.URL, Type: c.Type, Via: c.Via, Comments: c.Comments, Same: c.Same, Newest: c.Newest()}
	for _, have := range *d.sources.Load() {
		if slices.ContainsFunc(append([]string{c.URL}, c.Same...), func(a string) bool { return sourcelist.Same(a) == sourcelist.Same(have.URL) }) {
			s.Known = have.ID
		}
	}
	if c.Err != nil {
		s.Error = c.Err.Error()
	}
	if c.Document == nil {
		return s
	}
	s.Title, s.Format, s.Items = oneSpaced(c.Document.Title), c.Document.Format, len(c.Document.Entries)
	filer, err := d.rules.classifier()
	for _, e := range c.Document.Entries[:min(len(c.Document.Entries), previewed)] {
		p := admin.Preview{Title: clip(feed.PlainText(e.Title), 200), At: e.Published}
		if err == nil {
			for _, f := range filer.Classify(classify.Article{Title: p.Title, Text: feed.PlainText(e.Summary), URL: e.URL, Language: e.Language, Tags: e.Categories}).Filings {
				p.Filed = append(p.Filed, f.Category)
			}
		}
		s.Entries = append(s.Entries, p)
	}
	return s
}

// remember keeps what was found for whoever adds it.
func (d *deskFinder) remember(f found) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.found == nil {
		d.found = map[string]found{}
	}
	for url, old := range d.found {
		if f.at.Sub(old.at) >= foundFor || len(d.found) >= maxFoundNow {
			delete(d.found, url)
		}
	}
	d.found[f.c.URL] = f
}

// look returns what was found at an address.
func (d *deskFinder) look(address string) (found, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, ok := d.found[address]
	if !ok || d.app.now().Sub(f.at) >= foundFor {
		return f, fmt.Errorf("what was found at %s: %w", fetch.Redact(address), news.ErrNotFound)
	}
	return f, nil
}

// Found implements [admin.Finder].
func (d *deskFinder) Found(address string) (admin.Candidate, error) {
	f, err := d.look(address)
	return f.shown, err
}

// Add implements [admin.Finder]. The daemon holds the lock of polls: what was
// read of the feed waits for it in the database, as it does for "sources add".
func (d *deskFinder) Add(ctx context.Context, s news.Source) (news.Source, admin.SourceEdit, error) {
	f, err := d.look(s.URL)
	if err != nil {
		return s, admin.SourceEdit{}, err
	}
	cfg, err := d.app.read() // what the files say, which the daemon may not have read yet
	if err != nil {
		return s, admin.SourceEdit{}, err
	}
	if err := fresh(cfg, append(f.c.Same, s.URL)...); err != nil {
		return s, admin.SourceEdit{}, err
	}
	if s, err = d.app.newSource(ctx, cfg, f.c, s); err != nil {
		return s, admin.SourceEdit{}, err
	}
	if f.c.Found != nil {
		w := &wire{app: d.app, store: d.store, cfg: cfg}
		if err := w.leave(ctx, f.c.Found); err != nil {
			return s, admin.SourceEdit{}, unchanged(err)
		}
	}
	edit, err := d.edit(config.Adding("", s))
	return s, edit, err
}

// deskImporter takes lists over for the desk's pages, as "sources import" does.
type deskImporter struct{ *deskPages }

// plan reads a list and plans the change that it is.
func (d deskImporter) plan(ctx context.Context, data []byte, folders map[string]string, status news.Status) (admin.ImportPlan, *sourcelist.Import, error) {
	list, err := sourcelist.Read(data)
	if err != nil {
		return admin.ImportPlan{}, nil, err
	}
	cfg, err := d.app.read() // what the files say, which the daemon may not have read yet
	if err != nil {
		return admin.ImportPlan{}, nil, err
	}
	// Nothing is trusted: a list is a stranger's.
	o, err := d.app.importOptions(ctx, cfg, importFlags{status: string(status)})
	if err != nil {
		return admin.ImportPlan{}, nil, err
	}
	for name, id := range folders {
		if id != "" {
			if err := existing(cfg, "category", []string{id}); err != nil {
				return admin.ImportPlan{}, nil, err
			}
		}
		o.Map[name] = id
	}
	p := sourcelist.Plan(cfg, list, o)
	out := admin.ImportPlan{Added: p.Count(sourcelist.Added)}
	for _, l := range p.Lines {
		why := l.Why
		if l.Of != "" {
			why = "it is in the list as " + l.Of
		}
		out.Lines = append(out.Lines, admin.ImportLine{Line: l.Line, Outcome: string(l.Outcome), ID: l.ID, Title: l.Title, URL: fetch.Redact(l.URL), Why: why})
	}
	for _, f := range p.Folders {
		out.Folders = append(out.Folders, admin.ImportFolder{Name: f.Name, Category: f.Category, Sources: f.Sources})
	}
	for _, odd := range list.Problems {
		out.Problems = append(out.Problems, strings.TrimSpace(odd.String()))
	}
	return out, p, nil
}

// Plan implements [admin.Importer].
func (d deskImporter) Plan(ctx context.Context, data []byte, folders map[string]string, status news.Status) (admin.ImportPlan, error) {
	out, _, err := d.plan(ctx, data, folders, status)
	return out, err
}

// Import implements [admin.Importer].
func (d deskImporter) Import(ctx context.Context, data []byte, folders map[string]string, status news.Status) (admin.ImportPlan, error) {
	out, p, err := d.plan(ctx, data, folders, status)
	if err == nil {
		out.SourceEdit, err = d.edit(p.Change())
	}
	return out, err
}
