package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// publishOptions are the flags of "bench publish".
type publishOptions struct {
	options
	items, fresh int
	profile      string
}

// publishing is the command "bench publish": what it costs to make the site of
// a large archive and to keep it up to date, and how soon a daemon on such an
// archive answers. The archive is generated; with -dir it is kept for the next
// time.
func publishing(ctx context.Context, args []string) error {
	var o publishOptions
	f := flag.NewFlagSet("bench publish", flag.ExitOnError)
	f.IntVar(&o.items, "items", 1_000_000, "items in the archive")
	f.IntVar(&o.fresh, "new", 20, "items of the poll that the site is brought up to date after")
	f.StringVar(&o.profile, "profile", "", "`folder` for profiles of the builds (go tool pprof); empty: none")
	f.StringVar(&o.bin, "bin", "", "rightswire binary to measure; empty: build it")
	f.StringVar(&o.dir, "dir", "", "work `folder`, kept with the archive; empty: a temporary one")
	if err := f.Parse(args); err != nil {
		return err
	}
	if o.items < 1 || o.fresh < 1 {
		return errors.New("-items and -new are at least 1")
	}
	clean, err := o.prepare(ctx)
	if err != nil {
		return err
	}
	defer clean()
	began := time.Now()
	archive, err := buildArchive(ctx, o.dir, o.items)
	if err != nil {
		return fmt.Errorf("generate the archive: %w", err)
	}
	size := float64(fileSize(archive))
	fmt.Printf("archive of %d items, %.0f MB, %.0f bytes an item without the search index (ready after %v)\n",
		o.items, size/1e6, size/float64(o.items), time.Since(began).Round(time.Second))
	work := filepath.Join(o.dir, "work.db")
	for _, kind := range []string{"site", "volumes"} {
		if err := copyFile(archive, work); err != nil {
			return err
		}
		if err := o.phases(ctx, kind, work); err != nil {
			return err
		}
	}
	return o.whole(ctx, work)
}

// phases runs one child with its builds.
func (o publishOptions) phases(ctx context.Context, kind, db string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, "publish-phases", "-kind", kind, "-db", db, "-new", fmt.Sprint(o.fresh), "-profile", o.profile)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// whole measures the program itself on the archive.
func (o publishOptions) whole(ctx context.Context, db string) error {
	conf, out := filepath.Join(o.dir, "publish.yaml"), filepath.Join(o.dir, "public")
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	if err := os.WriteFile(conf, []byte(archiveConfig(db, out, port)), 0o644); err != nil {
		return err
	}
	for _, phase := range []struct{ name, command string }{
		{"run, whole site into a folder (and 30 s search index)", "run"}, {"run, nothing changed (and 30 s search index)", "run"}, {"publish, nothing changed", "publish"},
	} {
		c, err := measure(ctx, o.bin, "--config", conf, "--log-level", "error", phase.command)
		if err != nil {
			return err
		}
		printPhase(phase.name, c, "")
	}
	took, err := o.firstByte(ctx, conf, port)
	if err != nil {
		return err
	}
	fmt.Printf("%-54s %v\n", "serve, from its start to the first byte served", took.Round(time.Millisecond))
	return nil
}

// printPhase prints what one phase cost.
func printPhase(name string, c cost, note string) {
	fmt.Printf("%-54s wall %6.2f s, CPU %6.2f s, peak %4.0f MB%s\n", name, c.wall.Seconds(), c.cpu.Seconds(), float64(c.peak)/1e6, note)
}

// firstByte starts the daemon and asks for the front page until it comes.
func (o publishOptions) firstByte(ctx context.Context, conf string, port int) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, o.bin, "--config", conf, "--log-level", "error", "serve")
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // it was told to end
	}()
	address := fmt.Sprintf("http://127.0.0.1:%d/", port)
	for time.Since(began) < 10*time.Minute {
		if answers(ctx, address) {
			return time.Since(began), nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return 0, errors.New("the daemon served nothing for ten minutes")
}

// answers reports whether an address answers with 200 and a byte.
func answers(ctx context.Context, address string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	n, _ := io.ReadFull(resp.Body, make([]byte, 1))
	return resp.StatusCode == http.StatusOK && n == 1
}

// freePort returns a port of this machine that nobody listens at.
func freePort(ctx context.Context) (int, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port, nil
}

// archiveConfig is a newsroom of the archive, whose sources are all paused:
// nothing is asked for.
func archiveConfig(db, out string, port int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "site: {title: Bench, url: 'http://127.0.0.1:%d', language: en, contact: desk@example.org}\n", port)
	fmt.Fprintf(&b, "database: %q\nlisten: '127.0.0.1:%d'\npublish: {to: %q}\ncategories:\n", db, port, out)
	for i := range archiveCategories {
		fmt.Fprintf(&b, "  - {id: %s, title: Topic %d, strong: [topic%d]}\n", archiveCategory(i), i, i)
	}
	b.WriteString("sources:\n")
	for _, s := range archiveList() {
		fmt.Fprintf(&b, "  - {id: %s, title: %s, url: %q, homepage: %q, language: %s, rank: %d, scope: all, status: paused}\n", s.ID, s.Title, s.URL, s.Homepage, s.Language, s.Rank)
	}
	return b.String()
}
