package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/atom"
	"github.com/rightswire/rightswire/publisher/jsonfeed"
	"github.com/rightswire/rightswire/publisher/pages"
	"github.com/rightswire/rightswire/publisher/rss"
	"github.com/rightswire/rightswire/storage"
)

// builds is a child of "bench publish": builds of a site from one archive, in
// one process as in a daemon.
type builds struct {
	store   *storage.Store
	builder *publisher.Builder
	site    *publisher.Site
	profile string
	fresh   int
}

// publishPhases is the command "bench publish-phases", which "bench publish"
// runs.
func publishPhases(ctx context.Context, args []string) (err error) {
	debug.SetGCPercent(25) // as the program does
	f := flag.NewFlagSet("bench publish-phases", flag.ExitOnError)
	db := f.String("db", "", "archive, which is changed")
	kind := f.String("kind", "site", "site or volumes")
	m := &builds{}
	f.IntVar(&m.fresh, "new", 20, "")
	f.StringVar(&m.profile, "profile", "", "")
	if err := f.Parse(args); err != nil {
		return err
	}
	if m.profile != "" {
		runtime.MemProfileRate = 64 << 10
		if err := os.MkdirAll(m.profile, 0o755); err != nil {
			return err
		}
	}
	if m.store, err = storage.Open(ctx, *db, storage.Options{}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.store.Close()) }()
	if *kind == "volumes" {
		return m.volumes(ctx)
	}
	return m.sites(ctx)
}

// sites measures a full build and those that follow it. Every story has been
// entered into the archives before, as it is where the wire has run all along.
func (m *builds) sites(ctx context.Context) error {
	changes, err := m.store.Changes(ctx, math.MaxInt64)
	if err != nil {
		return err
	}
	if err := m.store.Enter(ctx, nil, changes.Seq); err != nil {
		return err
	}
	if err := m.phase("full", "full build", func() error { return m.build(ctx) }); err != nil {
		return err
	}
	counts, err := m.store.Counts(ctx)
	if err != nil {
		return err
	}
	a := newArchivist(m.store, 2, counts.Items)
	a.stored, a.press.n = int64(counts.Items), counts.Items
	for i := range 3 {
		if err := a.poll(ctx, m.fresh); err != nil {
			return err
		}
		if err := m.phase(fmt.Sprintf("update%d", i), fmt.Sprintf("update after a poll with %d new items", m.fresh), func() error { return m.update(ctx) }); err != nil {
			return err
		}
	}
	return m.phase("same", "update after nothing", func() error { return m.update(ctx) })
}

// volumes measures a build that has the archives of a whole archive to make:
// each one does a part of it.
func (m *builds) volumes(ctx context.Context) error {
	for i := range 2 {
		if err := m.phase(fmt.Sprintf("volumes%d", i), "full build with archives to make", func() error { return m.build(ctx) }); err != nil {
			return err
		}
	}
	return nil
}

func (m *builds) build(ctx context.Context) error {
	var err error
	if m.builder, err = newBuilder(ctx, m.store); err != nil {
		return err
	}
	m.site = nil
	return m.update(ctx)
}

func (m *builds) update(ctx context.Context) error {
	if err := m.store.Publish(ctx); err != nil {
		return err
	}
	site, report, err := m.builder.Update(ctx, m.site)
	if err != nil {
		return err
	}
	m.site = site
	return report.Err()
}

// phase measures one step and says what it cost.
func (m *builds) phase(short, name string, step func() error) error {
	runtime.GC()
	forgetPeak()
	if m.profile != "" {
		out, err := os.Create(filepath.Join(m.profile, short+".cpu"))
		if err != nil {
			return err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return err
		}
	}
	began, before := time.Now(), ownCPU()
	err := step()
	c := cost{wall: time.Since(began), cpu: ownCPU() - before, peak: ownPeak()}
	if m.profile != "" {
		pprof.StopCPUProfile()
		err = errors.Join(err, m.heap(short))
	}
	if err != nil {
		return err
	}
	files, size := len(m.site.Files), 0
	for _, f := range m.site.Files {
		size += len(f.Body)
	}
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	printPhase(name, c, fmt.Sprintf("; %d files, %.0f MB of them in memory, heap %.0f MB", files, float64(size)/1e6, float64(mem.HeapAlloc)/1e6))
	return nil
}

// heap writes what is alive after a phase, and what it allocated.
func (m *builds) heap(short string) error {
	out, err := os.Create(filepath.Join(m.profile, short+".heap"))
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(out, 0), out.Close())
}

// newBuilder puts a builder together as the program does.
func newBuilder(ctx context.Context, store *storage.Store) (*publisher.Builder, error) {
	published, err := store.Editions(ctx)
	if err != nil {
		return nil, err
	}
	renderer, err := pages.New()
	if err != nil {
		return nil, err
	}
	o := publisher.Options{
		Site:    publisher.SiteInfo{Title: "Bench", URL: "http://127.0.0.1:8080", Language: "en", Contact: "desk@example.org", Version: "bench", TTL: 5 * time.Minute},
		Sources: archiveList(), Items: 50, MaxBytes: 512 << 10, PerSource: 10, Content: news.ContentExcerpt,
		Published: maps.Clone(published), Pages: renderer, Searcher: store, Volumes: store, Redact: atom.Redact,
		Encoders: map[string]publisher.Encoder{"rss": rss.Append, "atom": atom.Append, "json": jsonfeed.Append},
	}
	for i := range archiveCategories {
		o.Categories = append(o.Categories, news.Category{ID: archiveCategory(i), Title: fmt.Sprintf("Topic %d", i)})
	}
	return publisher.New(store, o)
}

// forgetPeak has the system measure the most memory anew, where it can.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // proc_pid_clear_refs(5); elsewhere the peak is that of all phases so far
}

// ownPeak returns the most memory that this process held, in bytes; 0 where
// the system does not say.
func ownPeak() int64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return 0
}

// ownCPU is the processor time of this process so far; 0 where the system
// does not say.
func ownCPU() time.Duration {
	d, _ := cpuOf(os.Getpid())
	return d
}
