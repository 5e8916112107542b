package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/classify/learn"
	"github.com/rightswire/rightswire/aggregator/classify/training"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// filing measures what it costs to file items: by the rules and with the model
// on one core, in processor time; the memory of both, and of telling languages;
// and the time that "rules test" takes for an archive. The items are the lines that the model is
// trained on, in ten languages: more of them belong somewhere than in any feed,
// which makes them dearer than a day's news.
func filing(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("filing", flag.ContinueOnError)
	n := flags.Int("items", 100_000, "items that are filed, and items of the archive")
	var o options
	flags.StringVar(&o.bin, "bin", "", "rightswire binary to measure; empty: build it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *n < 1 {
		return errors.New("-items is at least 1")
	}
	clean, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	b := filingBench{options: o, items: *n}
	if b.lines, err = training.Read(training.Bundled, func(string) bool { return true }); err != nil {
		return err
	}
	return b.table(ctx)
}

// filingBench is the measurement.
type filingBench struct {
	options
	items int
	lines []training.Example
}

// table measures everything and prints it beside its bar.
func (b *filingBench) table(ctx context.Context) error {
	file := filepath.Join(b.dir, "items.jsonl")
	if err := b.write(file); err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d items\tmeasured\tbar\t\n", b.items)
	for _, part := range []struct{ what, name, bar string }{
		{"rules", "rules", "at least 20000"}, {"rules and model", "model", "at least 8000"}, {"language alone", "language", ""},
	} {
		rate, err := b.rate(ctx, part.name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s, items a second and core\t%.0f\t%s\t\n", part.what, rate, part.bar)
	}
	for _, stage := range []struct {
		name string
		bar  int
	}{{"classify", 100}, {"language", 120}} {
		c, err := measure(ctx, b.bin, "inspect", stage.name, file)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "inspect %s, peak memory in MB\t%.0f\tunder %d\t\n", stage.name, float64(c.peak)/1e6, stage.bar)
	}
	c, err := b.rulesTest(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "rules test over the archive, seconds\t%.1f\tunder 20 for 100000\t\n", c.wall.Seconds())
	fmt.Fprintf(w, "rules test over the archive, processor seconds\t%.1f\t\t\n", c.cpu.Seconds())
	fmt.Fprintf(w, "rules test, peak memory in MB\t%.0f\t\t\n", float64(c.peak)/1e6)
	return w.Flush()
}

// line is the i-th item: the lines again and again.
func (b *filingBench) line(i int) training.Example { return b.lines[i%len(b.lines)] }

// write writes the items as "inspect" reads them.
func (b *filingBench) write(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(f)
	for i := range b.items {
		l := b.line(i)
		in := map[string]any{"id": i, "title": l.Title, "text": l.Summary, "language": ""}
		if i%2 == 0 {
			in["language"] = l.Language
		}
		if err := enc.Encode(in); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}

// rate has a child process, on one core, file all items.
func (b *filingBench) rate(ctx context.Context, part string) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, self, "filing-part", part, strconv.Itoa(b.items))
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("file by %s: %w", part, err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

// filingPart is the child: filing-part rules|model|language ITEMS. It prints
// items a second.
func filingPart(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: bench filing-part rules|model|language ITEMS")
	}
	b := filingBench{}
	var err error
	if b.items, err = strconv.Atoi(args[1]); err != nil {
		return err
	}
	if b.lines, err = training.Read(training.Bundled, func(string) bool { return true }); err != nil {
		return err
	}
	one, err := filer(args[0])
	if err != nil {
		return err
	}
	one(b.line(0)) // what is made at first use is no cost of an item
	start := used()
	for i := range b.items {
		l := b.line(i)
		if i%2 == 1 {
			l.Language = ""
		}
		one(l)
	}
	fmt.Printf("%.1f\n", float64(b.items)/(used()-start).Seconds())
	return nil
}

// begun is when this program started.
var begun = time.Now()

// used is the processor time of this program so far, which others on the
// machine do not change; where the system does not tell, the time since it
// started.
func used() time.Duration {
	if d, ok := cpuOf(os.Getpid()); ok {
		return d
	}
	return time.Since(begun)
}

// filer returns what one part does with an item.
func filer(part string) (func(training.Example), error) {
	if part == "language" {
		return func(l training.Example) { classify.Language(l.Title+"\n"+l.Summary, "") }, nil
	}
	t, err := config.LoadTaxonomy("taxonomy.yaml")
	if err != nil {
		return nil, err
	}
	var model *learn.Model
	if part == "model" {
		if model, err = learn.Bundled(); err != nil {
			return nil, err
		}
	}
	c, err := classify.New(t, classify.WithModel(model))
	if err != nil {
		return nil, err
	}
	return func(l training.Example) {
		c.Classify(classify.Article{Title: l.Title, Text: l.Summary, Language: l.Language})
	}, nil
}

// rulesTest fills an archive and has it filed anew.
func (b *filingBench) rulesTest(ctx context.Context) (cost, error) {
	db, conf := filepath.Join(b.dir, "archive.db"), filepath.Join(b.dir, "config.yaml")
	taxonomy, err := filepath.Abs("taxonomy.yaml")
	if err != nil {
		return cost{}, err
	}
	text := fmt.Sprintf("site: {title: Bench, contact: desk@example.org}\ndatabase: %q\ninclude: [%q]\nsources:\n  - {id: a, title: A, url: 'https://a.example/rss'}\n", db, taxonomy)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return cost{}, err
	}
	store, err := storage.Open(ctx, db, storage.Options{})
	if err != nil {
		return cost{}, err
	}
	if err := errors.Join(b.fill(ctx, store), store.Close()); err != nil {
		return cost{}, err
	}
	return measure(ctx, b.bin, "--config", conf, "rules", "test", "--days", "0")
}

// fill stores the items in large polls.
func (b *filingBench) fill(ctx context.Context, store *storage.Store) error {
	const perPoll = 500
	if err := store.SyncSources(ctx, []news.Source{{ID: "a", Title: "A", URL: "https://a.example/rss"}}); err != nil {
		return err
	}
	for first := 0; first < b.items; first += perPoll {
		at := epoch.Add(time.Duration(first) * time.Second)
		r := news.PollResult{Poll: news.Poll{Source: "a", At: at, Outcome: news.OutcomeNew}, State: news.SourceState{Source: "a"}}
		for i := first; i < min(first+perPoll, b.items); i++ {
			l, url := b.line(i), fmt.Sprintf("https://a.example/%d", i)
			r.Items = append(r.Items, news.Item{
				Source: "a", Key: url, GUID: url, URL: url, Canonical: url, Title: l.Title, Summary: l.Summary, Language: l.Language,
				Published: at, Updated: at, FirstSeen: at, RawHash: url, Hash: url,
			})
		}
		if err := store.CommitPoll(ctx, r); err != nil {
			return err
		}
	}
	return nil
}
