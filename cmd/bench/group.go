package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// group is the command "bench group": what it costs to find copies and
// stories. It runs "inspect group" on one processor over a file of articles,
// and then over many more, of which it asks what the next ones cost when few
// and when all of them have been.
func group(ctx context.Context, args []string) error {
	var o groupOptions
	f := flag.NewFlagSet("bench group", flag.ExitOnError)
	f.IntVar(&o.articles, "articles", 100_000, "articles of the first run")
	f.IntVar(&o.few, "few", 10_000, "articles that have been, at first")
	f.IntVar(&o.many, "many", 1_000_000, "articles that have been, at last")
	f.IntVar(&o.next, "next", 10_000, "articles whose cost is taken after both")
	f.IntVar(&o.perDay, "per-day", 62_500, "articles a day; by default the window holds as many as are remembered at most")
	f.StringVar(&o.bin, "bin", "", "rightswire binary to measure; empty: build it")
	f.StringVar(&o.dir, "dir", "", "work `folder`, kept; empty: a temporary one")
	if err := f.Parse(args); err != nil {
		return err
	}
	if o.few+o.next > o.many || o.few < 1 || o.next < 1 || o.perDay < 1 {
		return fmt.Errorf("-few and -next are at least 1, and -many is no less than both together")
	}
	clean, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	// One core, as of a small machine; the children inherit it.
	if err := os.Setenv("GOMAXPROCS", "1"); err != nil {
		return err
	}
	if err := o.whole(ctx); err != nil {
		return err
	}
	return o.growth(ctx)
}

// groupOptions are the flags.
type groupOptions struct {
	options
	articles, few, many, next, perDay int
}

// whole measures one run over a file.
func (o groupOptions) whole(ctx context.Context) error {
	file := filepath.Join(o.dir, "articles.jsonl")
	w, err := os.Create(file)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	if err := newPress(1, o.perDay).write(out, o.articles); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	c, err := measure(ctx, o.bin, "inspect", "group", file)
	if err != nil {
		return err
	}
	fmt.Printf("inspect group, %d articles (%.0f MB of JSON), one core: CPU %.1f s, wall %.1f s, peak %.0f MB\n",
		o.articles, float64(fileSize(file))/1e6, c.cpu.Seconds(), c.wall.Seconds(), float64(c.peak)/1e6)
	return nil
}

// growth measures what articles cost after few and after many others.
func (o groupOptions) growth(ctx context.Context) error {
	g, err := startGrouping(ctx, o.bin)
	if err != nil {
		return err
	}
	defer g.end()
	p := newPress(2, o.perDay)
	after := map[int]time.Duration{}
	for _, been := range []int{o.few, o.many} {
		if err := g.feed(p, been-p.n); err != nil {
			return err
		}
		before := g.cpu()
		if err := g.feed(p, o.next); err != nil {
			return err
		}
		after[been] = (g.cpu() - before) / time.Duration(o.next)
		fmt.Printf("after %7d articles, the next %d: %v each\n", been, o.next, after[been].Round(100*time.Nanosecond))
	}
	fmt.Printf("ratio %.2f\n", float64(after[o.many])/float64(after[o.few]))
	return nil
}

// grouping is a running "inspect group" that is asked and answers.
type grouping struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Scanner
	start time.Time
}

func startGrouping(ctx context.Context, bin string) (*grouping, error) {
	g := &grouping{cmd: exec.CommandContext(ctx, bin, "inspect", "group"), start: time.Now()}
	g.cmd.Stderr = os.Stderr
	var err error
	if g.in, err = g.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	g.out = bufio.NewScanner(out)
	return g, g.cmd.Start()
}

// feed has the next n articles grouped: it returns when all are answered.
func (g *grouping) feed(p *press, n int) error {
	wrote := make(chan error, 1)
	go func() {
		out := bufio.NewWriter(g.in)
		err := p.write(out, n)
		if err == nil {
			err = out.Flush()
		}
		wrote <- err
	}()
	for range n {
		if !g.out.Scan() {
			return fmt.Errorf("inspect group ended early: %w", g.out.Err())
		}
	}
	return <-wrote
}

// cpu is the processor time so far, or the time since the start where the
// system does not tell of a running process.
func (g *grouping) cpu() time.Duration {
	if d, ok := cpuOf(g.cmd.Process.Pid); ok {
		return d
	}
	return time.Since(g.start)
}

// end closes the input and waits.
func (g *grouping) end() {
	g.in.Close()
	_ = g.cmd.Wait() // all answers have been read
}
