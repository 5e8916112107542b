//go:build unix

package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
)

// TestMain lets the test binary be the program that is killed: with
// DELIVER_TO set it delivers one version of a site after the other, as a whole or
// what changed of it, for ever.
// With DELIVER_FULL it delivers once, and no file may have over 1,000 bytes.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DELIVER_FULL"); dir != "" {
		os.Exit(deliverWithoutRoom(dir))
	}
	dir := os.Getenv("DELIVER_TO")
	if dir == "" {
		os.Exit(m.Run())
	}
	opt := deliver.Options{To: dir}
	for n := 0; ; n++ {
		s := version(n)
		err := follow(context.Background(), part(s, slices.DeleteFunc(slices.Collect(maps.Keys(s.Files)), isSteady)...), &opt)
		if errors.Is(err, deliver.ErrAstray) || n%2 == 0 {
			err = follow(context.Background(), s, &opt)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func deliverWithoutRoom(dir string) int {
	signal.Ignore(syscall.SIGXFSZ)
	err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000})
	if err == nil {
		_, err = deliver.Deliver(context.Background(), site("/a.html", "new", "/feeds/all.rss", strings.Repeat("new", 1000), "/z.html", "new"), deliver.Options{To: dir})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

const files = 80 // more than are flushed one by one

// version is a site whose every file says which version it is, and ends in a
// mark that a torn file lacks. Each version has files of its own, too.
func version(n int) *publisher.Site {
	var pairs []string
	for i := range files {
		pairs = append(pairs, fmt.Sprintf("/feeds/%d.rss", i), whole(n))
	}
	for i := range 5 {
		pairs = append(pairs, fmt.Sprintf("/story/%d-%d/index.html", n%7, i), whole(n))
	}
	return site(append(pairs, "/steady/1.html", whole(0), "/steady/2.html", whole(0))...)
}

// isSteady reports whether a file is the same in all versions.
func isSteady(path string) bool { return strings.HasPrefix(path, "/steady/") }

func whole(n int) string { return fmt.Sprintf("version %d %s END", n, strings.Repeat("x", 20_000)) }

func TestS41_KilledAtAnyTimeEveryFileIsWhole(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for some seconds")
	}
	dir := t.TempDir()
	deliverTo(t, dir, version(0))
	for range 12 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "DELIVER_TO="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(20+rand.IntN(250))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // it was killed
		timer.Stop()
		feeds := 0
		for path, body := range tree(t, dir) {
			if strings.Contains(path, ".rightswire-tmp") {
				continue // nobody is served from there
			}
			if !strings.HasPrefix(body, "version ") || !strings.HasSuffix(body, " END") {
				t.Fatalf("%s is torn: %d bytes", path, len(body))
			}
			if strings.HasPrefix(path, "/feeds/") {
				feeds++
			}
		}
		if feeds != files {
			t.Fatalf("%d feeds, want all %d at any time", feeds, files)
		}
	}
	deliverTo(t, dir, version(3))
	want := map[string]string{}
	for p, f := range version(3).Files {
		want[p] = string(f.Body)
	}
	if diff := cmp.Diff(want, tree(t, dir)); diff != "" {
		t.Errorf("after the kills, the next delivery leaves (-want +got)\n%.2000s", diff)
	}
}

// A file-size limit refuses writes as a full disk does, and needs no root.
func TestS42_FullDiskLeavesTheLastGoodSite(t *testing.T) {
	dir := t.TempDir()
	deliverTo(t, dir, site("/index.html", "old", "/feeds/all.rss", "old"))
	before := tree(t, dir)

	// In a process of its own, for the limit holds for all that a process writes.
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DELIVER_FULL="+dir)
	said, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(said), dir) || !strings.Contains(string(said), "feeds/all.rss") {
		t.Errorf("Deliver = %v %q, want an error that names the folder and the file", err, said)
	}
	if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
		t.Errorf("folder (-before +after)\n%s", diff)
	}
	if _, err := os.Stat(filepath.Join(dir, ".rightswire-tmp")); !os.IsNotExist(err) {
		t.Error("half-written files take the space that is missing")
	}
}
