package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// cost is what one process took.
type cost struct {
	cpu, wall time.Duration
	peak      int64 // bytes; 0 where the system does not say
}

// measure runs a command and returns what it cost.
func measure(ctx context.Context, name string, args ...string) (cost, error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"launch", name}, args...)...)
	var said, took bytes.Buffer
	cmd.Stdout, cmd.Stderr = &took, &said
	start := time.Now()
	if err := cmd.Run(); err != nil {
		tail := said.String()
		return cost{}, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, tail[max(0, len(tail)-2000):])
	}
	wall := time.Since(start)
	var l launched
	if err := json.Unmarshal(took.Bytes(), &l); err != nil {
		return cost{}, fmt.Errorf("what %s took: %w", name, err)
	}
	return cost{cpu: l.CPU, wall: wall, peak: l.Peak}, nil
}

// median returns the costs' medians, figure by figure.
func median(costs []cost) cost {
	pick := func(f func(cost) int64) int64 {
		var v []int64
		for _, c := range costs {
			v = append(v, f(c))
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	return cost{
		cpu:  time.Duration(pick(func(c cost) int64 { return int64(c.cpu) })),
		wall: time.Duration(pick(func(c cost) int64 { return int64(c.wall) })),
		peak: pick(func(c cost) int64 { return c.peak }),
	}
}

// contender is one program with its own folder.
type contender struct {
	name  string
	reset func() error // back to before the first run
	run   func(ctx context.Context) (cost, error)
	size  func() int64 // bytes its database takes
}

// phase is one run of each program.
type phase struct {
	name string
	news int // see origin.news
}

// phases are the runs of one program, one after the other: nothing is known
// yet, nothing is new, one feed of twenty has a new item, each has (twenty of
// them had it before).
var phases = []phase{{"cold", 0}, {"warm", 0}, {"5% changed", 20}, {"all changed", 1}}

// table measures the programs phase by phase, in turn, and prints the medians
// and the ratios to the floor, which is the first of them.
func table(ctx context.Context, o options, org *origin, phases []phase, contenders []contender) error {
	took := make([][][]cost, len(phases))
	for p := range phases {
		took[p] = make([][]cost, len(contenders))
	}
	for range o.runs {
		for i, c := range contenders {
			if err := c.reset(); err != nil {
				return err
			}
			for p, phase := range phases {
				org.news(phase.news)
				got, err := c.run(ctx)
				if err != nil {
					return err
				}
				took[p][i] = append(took[p][i], got)
			}
		}
	}
	fmt.Printf("%d feeds, %d runs each, medians; ratios are to the floor's\n", o.feeds, o.runs)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "phase\tprogram\tCPU s\tratio\twall s\tratio\tpeak MB\tratio\tdatabase MB\t")
	for p, phase := range phases {
		ref := median(took[p][0])
		for i, c := range contenders {
			m := median(took[p][i])
			fmt.Fprintf(w, "%s\t%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.0f\t%.2f\t%.1f\t\n", phase.name, c.name,
				m.cpu.Seconds(), m.cpu.Seconds()/ref.cpu.Seconds(), m.wall.Seconds(), m.wall.Seconds()/ref.wall.Seconds(),
				float64(m.peak)/1e6, float64(m.peak)/float64(max(ref.peak, 1)), float64(c.size())/1e6)
		}
	}
	return w.Flush()
}

// floorContender prepares the floor program, which is this program.
func floorContender(o options, org *origin) (contender, error) {
	self, err := os.Executable()
	if err != nil {
		return contender{}, err
	}
	db, list := filepath.Join(o.dir, "floor.db"), filepath.Join(o.dir, "urls.txt")
	var urls strings.Builder
	for i := range org.feeds {
		fmt.Fprintln(&urls, org.url(i))
	}
	return contender{
		name:  "floor",
		reset: func() error { return removeDatabase(db) },
		run: func(ctx context.Context) (cost, error) {
			return measure(ctx, self, "floor", db, list, strconv.Itoa(o.slots))
		},
		size: func() int64 { return fileSize(db) },
	}, os.WriteFile(list, []byte(urls.String()), 0o644)
}

// wireContender prepares rightswire with the newsroom's own taxonomy.
func wireContender(o options, org *origin, publish bool) (contender, error) {
	name, args := "run --no-publish", []string{"run", "--all", "--no-publish"}
	if publish {
		name, args = "run", []string{"run", "--all"}
	}
	dir := filepath.Join(o.dir, strings.ReplaceAll(name, " ", ""))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return contender{}, err
	}
	db, conf := filepath.Join(dir, "rightswire.db"), filepath.Join(dir, "config.yaml")
	taxonomy, err := filepath.Abs("taxonomy.yaml")
	if err != nil {
		return contender{}, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "site: {title: Bench, url: 'http://127.0.0.1:8080', language: en, contact: desk@example.org}\ndatabase: %q\n", db)
	fmt.Fprintf(&b, "fetch: {concurrency: %d, floor: 0s, interval: {min: 1s, default: 1s, max: 24h}, per_domain: {connections: 1, gap: 0s}, allow: [127.0.0.0/8]}\n", o.slots)
	fmt.Fprintf(&b, "publish: {to: %q}\ninclude: [%q]\nsources:\n", filepath.Join(dir, "public"), taxonomy)
	for i := range org.feeds {
		fmt.Fprintf(&b, "  - {id: desk-%d, title: Desk %d, url: %q, scope: all}\n", i, i, org.url(i))
	}
	args = append([]string{"--config", conf, "--log-level", "error"}, args...)
	return contender{
		name: name,
		reset: func() error {
			if err := os.RemoveAll(filepath.Join(dir, "public")); err != nil {
				return err
			}
			return removeDatabase(db)
		},
		run:  func(ctx context.Context) (cost, error) { return measure(ctx, o.bin, args...) },
		size: func() int64 { return fileSize(db) },
	}, os.WriteFile(conf, []byte(b.String()), 0o644)
}

// removeDatabase removes a SQLite file with its companions.
func removeDatabase(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// fileSize is a file's size in bytes; 0 if there is none.
func fileSize(path string) int64 {
	st, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return st.Size()
}
