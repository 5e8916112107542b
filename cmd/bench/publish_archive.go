package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// What the archive of "bench publish" is made of: with the list of everything
// and the categories in each language these are 200 cuts.
var (
	archiveLanguages = []string{"en", "es", "fr", "ar", "pt"}
	archiveCountries = []string{
		"AR", "BD", "BO", "BR", "CA", "CL", "CN", "CO", "DE", "EG", "ES", "ET", "FR", "GB", "GH", "GT", "HN", "ID", "IN", "IQ",
		"IT", "JO", "JP", "KE", "KH", "KR", "LB", "MA", "MX", "MY", "NG", "NP", "PE", "PH", "PK", "QA", "SA", "TR", "US", "ZA",
	}
)

const (
	archiveCategories = 20
	archiveSources    = 34
	archiveDays       = 3 * 365 // over which the items are spread
	archivePoll       = 500     // items that are stored at a time
	archiveRecent     = 200     // stories that a further report may join
	archiveReports    = 5       // reports of a story at most
)

// archivist invents the items of an archive, the same ones for the same seed,
// and stores them as polls and grouping would.
type archivist struct {
	press  *press
	r      *rand.Rand
	store  *storage.Store
	stored int64
	recent []told
}

// told is a story that may get further reports.
type told struct {
	uid        string
	n          int
	categories []int
	country    string
}

// buildArchive returns a database of n items in dir, making it if it is not
// there from an earlier time.
func buildArchive(ctx context.Context, dir string, n int) (string, error) {
	path := filepath.Join(dir, fmt.Sprintf("archive-%d.db", n))
	if fileSize(path) > 0 {
		return path, nil
	}
	part := path + ".part"
	if err := removeDatabase(part); err != nil {
		return "", err
	}
	store, err := storage.Open(ctx, part, storage.Options{})
	if err != nil {
		return "", err
	}
	if err := fillArchive(ctx, store, n); err != nil {
		return "", errors.Join(err, store.Close())
	}
	if err := store.Close(); err != nil {
		return "", err
	}
	return path, os.Rename(part, path)
}

// fillArchive stores n items.
func fillArchive(ctx context.Context, store *storage.Store, n int) error {
	if err := store.SyncSources(ctx, archiveList()); err != nil {
		return err
	}
	a := newArchivist(store, 1, n)
	for left := n; left > 0; {
		some := min(left, archivePoll)
		if err := a.poll(ctx, some); err != nil {
			return err
		}
		left -= some
	}
	return store.Publish(ctx)
}

func newArchivist(store *storage.Store, seed uint64, n int) *archivist {
	return &archivist{press: newPress(seed, max(1, n/archiveDays)), r: rand.New(rand.NewPCG(seed, 9)), store: store}
}

// archiveList are the sources; that of a number reports in the language of
// that number.
func archiveList() []news.Source {
	out := make([]news.Source, archiveSources)
	for i := range out {
		out[i] = news.Source{
			ID: fmt.Sprintf("desk-%02d", i), Title: fmt.Sprintf("Desk %d", i), URL: fmt.Sprintf("https://desk%02d.example/feed", i),
			Homepage: fmt.Sprintf("https://desk%02d.example/", i), Language: archiveLanguages[i%len(archiveLanguages)], Kind: "news", Rank: 1 + i%9,
		}
	}
	return out
}

// poll stores the next n items, of as many sources as have some, and puts them
// into stories.
func (a *archivist) poll(ctx context.Context, n int) error {
	sources := archiveList()
	bySource := make([][]news.Item, len(sources))
	told := map[string]news.Placement{} // by address
	for range n {
		story, follows := a.story()
		i := a.r.IntN(len(sources))
		it := a.item(sources[i], story)
		p := news.Placement{NewUID: story.uid}
		if follows {
			p.Why = "titles have much in common"
		}
		bySource[i], told[it.Key] = append(bySource[i], it), p
	}
	placements := make([]news.Placement, 0, n)
	for i, items := range bySource {
		if len(items) == 0 {
			continue
		}
		id := sources[i].ID
		r := news.PollResult{Poll: news.Poll{Source: id, At: epoch, Outcome: news.OutcomeNew, New: len(items)}, State: news.SourceState{Source: id}, Items: items}
		if err := a.store.CommitPoll(ctx, r); err != nil {
			return err
		}
		for _, it := range items {
			a.stored++
			p := told[it.Key]
			p.Item = a.stored // ids are given in order
			placements = append(placements, p)
		}
	}
	return a.store.Place(ctx, placements)
}

// story returns what the next item reports, and whether others have before.
func (a *archivist) story() (told, bool) {
	if len(a.recent) > 0 && a.r.IntN(4) == 0 {
		if t := &a.recent[a.r.IntN(len(a.recent))]; t.n < archiveReports {
			t.n++
			return *t, true
		}
	}
	t := told{uid: uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "bench/%d", a.press.n)).String(), n: 1, categories: []int{a.r.IntN(archiveCategories)}}
	if a.r.IntN(3) == 0 {
		t.categories = append(t.categories, (t.categories[0]+1+a.r.IntN(archiveCategories-1))%archiveCategories)
	}
	if a.r.IntN(10) < 7 {
		t.country = archiveCountries[a.r.IntN(len(archiveCountries))]
	}
	if len(a.recent) < archiveRecent {
		a.recent = append(a.recent, t)
	} else {
		a.recent[a.r.IntN(archiveRecent)] = t
	}
	return t, false
}

// item is the next report of a story.
func (a *archivist) item(source news.Source, t told) news.Item {
	l := a.press.next()
	address := fmt.Sprintf("%snews/%d/%s", source.Homepage, l.ID, spell(uint64(l.ID)))
	it := news.Item{
		Source: source.ID, Key: address, GUID: address, URL: address, Canonical: address, Title: l.Title, Summary: l.Text[:min(len(l.Text), 300)],
		Author: "A. Reporter", Language: source.Language, Published: l.Published, Updated: l.Published, FirstSeen: l.Published.Add(10 * time.Minute),
		RawHash: fmt.Sprintf("%032x", l.ID), Hash: fmt.Sprintf("%032x", l.ID*7),
	}
	if len(l.Text) > 300 {
		it.Content = "<p>" + l.Text + "</p>"
	}
	for _, c := range t.categories {
		it.Filings = append(it.Filings, news.Filing{Category: archiveCategory(c), Score: 4, By: news.ByRules, Why: []string{"strike (title, 3)", "union (1)"}})
	}
	if t.country != "" {
		it.Places = []news.Place{{Country: t.country, Score: 3, Why: "named in the title"}}
	}
	return it
}

func archiveCategory(n int) string { return fmt.Sprintf("topic-%02d", n) }

// copyFile copies an archive, so that a measurement never changes it.
func copyFile(from, to string) error {
	if err := removeDatabase(to); err != nil {
		return err
	}
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}
