package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"text/tabwriter"
	"time"
)

// polling is the command "bench polling": it replays when real sources
// published and compares policies of asking by how long news waits to be
// seen, at an equal number of requests. No network and no clock: a policy is
// told what a poll at that moment would have found.
func polling(args []string) error {
	flags := flag.NewFlagSet("bench polling", flag.ExitOnError)
	path := flags.String("traces", "../shared/eval/polling/traces.jsonl", "times of publication, one source a line")
	seed := flags.Uint64("seed", 1, "which sources the mix is drawn from")
	if err := flags.Parse(args); err != nil {
		return err
	}
	traces, err := readTraces(*path)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("no traces at %s: nothing to replay; -traces FILE names others\n", *path)
		return nil
	}
	if err != nil {
		return err
	}
	mix := draw(traces, *seed)
	var news []trace
	for _, t := range traces {
		if t.Kind == "news" {
			news = append(news, t)
		}
	}
	for _, s := range []struct {
		name    string
		sources []trace
		budget  []float64
	}{
		{"mix", mix, []float64{24, 6, 2}},
		{"news only", news, []float64{24, 6}},
	} {
		for _, budget := range s.budget {
			if err := compare(s.name, s.sources, budget); err != nil {
				return err
			}
		}
	}
	return nil
}

// trace is one source: when it published, in seconds from the start.
type trace struct {
	Name string    `json:"name"`
	Kind string    `json:"kind"`
	Win  int       `json:"win"` // how many items its document holds
	T    []float64 `json:"t"`
}

// readTraces reads one source a line.
func readTraces(path string) ([]trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var traces []trace
	in := bufio.NewScanner(f)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var t trace
		if err := json.Unmarshal(in.Bytes(), &t); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, len(traces)+1, err)
		}
		slices.Sort(t.T)
		traces = append(traces, t)
	}
	return traces, in.Err()
}

// draw picks a mix as a reader of a million feeds found it: of a hundred
// sources 9 publish once a day or more, 36 less, 55 nothing in a month. It is
// as large as the traces allow.
func draw(traces []trace, seed uint64) []trace {
	var class [3][]trace
	for _, t := range traces {
		n := 0 // in the month before measuring starts
		for _, at := range t.T {
			if at >= learnFor-30*daySeconds && at < learnFor {
				n++
			}
		}
		switch {
		case n >= 30:
			class[0] = append(class[0], t)
		case n > 0:
			class[1] = append(class[1], t)
		default:
			class[2] = append(class[2], t)
		}
	}
	share := [3]float64{0.09, 0.36, 0.55}
	size := float64(len(traces))
	for i, c := range class {
		size = min(size, float64(len(c))/share[i])
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	var mix []trace
	for i, c := range class {
		rng.Shuffle(len(c), func(a, b int) { c[a], c[b] = c[b], c[a] })
		mix = append(mix, c[:int(size*share[i]+1e-9)]...)
	}
	return mix
}

// compare prints one table: every policy at one budget of requests a source
// and day.
func compare(name string, sources []trace, budget float64) error {
	fmt.Printf("\n%s: %d sources, %g requests a source and day\n", name, len(sources), budget)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "policy\trequests\tmean\tp90\tlost\t")
	for _, c := range rivals() {
		r := fit(c, sources, budget)
		note := ""
		if r.perDay < budget*0.97 {
			note = "at most"
		}
		fmt.Fprintf(w, "%s\t%s %.1f\t%s\t%s\t%.2f%%\t\n", c.name, note, r.perDay, minutes(r.mean), minutes(r.p90), 100*r.lost)
	}
	r := asConfigured(sources, budget)
	fmt.Fprintf(w, "%s\t%.1f\t%s\t%s\t%.2f%%\t\n", "ours, by default:", r.perDay, minutes(r.mean), minutes(r.p90), 100*r.lost)
	return w.Flush()
}

func minutes(s float64) string {
	if s >= 100*60 {
		return fmt.Sprintf("%.1f h", s/3600)
	}
	return fmt.Sprintf("%.1f min", s/60)
}

// from is the start of the traces, a Monday.
var from = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func at(s float64) time.Time { return from.Add(time.Duration(s * float64(time.Second))) }
