package storage_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// childEnv makes the test binary commit polls to the archive that it names,
// until it is killed or cannot write.
const childEnv = "RIGHTSWIRE_STORAGE_TEST_CHILD"

const perPoll = 7

// child commits poll after poll and says the number of each on standard
// output once its commit was answered.
func child(path string) int {
	ctx := context.Background()
	s, err := storage.Open(ctx, path, storage.Options{})
	if err != nil {
		fmt.Println("open:", err)
		return 1
	}
	defer s.Close()
	if err := s.SyncSources(ctx, []news.Source{storagetest.Source("a", 1)}); err != nil {
		fmt.Println("sync:", err)
		return 1
	}
	states, err := s.States(ctx)
	if err != nil {
		fmt.Println("states:", err)
		return 1
	}
	n, _ := strconv.Atoi(states[0].ETag)
	for ; ; n++ {
		if err := s.CommitPoll(ctx, numbered(n)); err != nil {
			fmt.Println("commit:", errors.Is(err, storage.ErrFull), err)
			return 1
		}
		fmt.Println(n)
		items, err := s.Ungrouped(ctx, 3*perPoll)
		if err != nil {
			fmt.Println("ungrouped:", err)
			return 1
		}
		var p []news.Placement
		for _, it := range items[:len(items)/2] {
			p = append(p, news.Placement{Item: it.ID, NewUID: it.Key})
		}
		if err := s.Place(ctx, p); err != nil {
			fmt.Println("place:", errors.Is(err, storage.ErrFull), err)
			return 1
		}
	}
}

// numbered is the n-th poll; its validator vouches for all its items.
func numbered(n int) news.PollResult {
	var items []news.Item
	for k := range perPoll {
		it := storagetest.Filed(storagetest.Item("a", fmt.Sprint(n, "-", k), n), "x", "y")
		it.Content = noise(n, 3000)
		items = append(items, it)
	}
	r := storagetest.Poll("a", items...)
	r.State.ETag = strconv.Itoa(n + 1)
	return r
}

// sound fails the test unless the archive holds exactly the polls that its
// validator vouches for, at least the first acknowledged ones, and is in
// itself consistent. It returns how many polls there are.
func sound(t *testing.T, path string, acknowledged int) int {
	t.Helper()
	s, err := storage.Open(t.Context(), path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	states, err := s.States(t.Context())
	if err != nil || len(states) == 0 {
		return 0 // killed before the source was there
	}
	polls, _ := strconv.Atoi(states[0].ETag)
	if polls < acknowledged {
		t.Fatalf("%d polls are stored, %d were acknowledged", polls, acknowledged)
	}
	keys := map[string]bool{}
	if err := s.EachItem(t.Context(), news.Query{}, func(it news.Item) error {
		keys[it.Key] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(keys) != polls*perPoll {
		t.Fatalf("%d items are stored, the validator vouches for %d", len(keys), polls*perPoll)
	}
	return polls
}

// Killed at any moment, an archive holds every poll that was acknowledged,
// each as a whole (S40).
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "news.db")
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	polls := 0
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		soon := func() { time.AfterFunc(rand.N(20*time.Millisecond), func() { cmd.Process.Kill() }) }
		if round%3 == 0 {
			time.AfterFunc(rand.N(200*time.Millisecond), soon) // perhaps before it has opened anything
		}
		lines := bufio.NewScanner(out)
		for said := 1; lines.Scan(); said++ {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Errorf("child: %s", lines.Text())
				break
			}
			polls = max(polls, n+1)
			if said == 1+round {
				soon()
			}
		}
		cmd.Wait()
		polls = sound(t, path, polls)
	}
	if polls == 0 {
		t.Error("no poll was stored in any round")
	}
}

// A limit on the size of files, or a full disk, is an error that says so;
// what was committed is intact, and with room the work goes on (S42).
func TestFull(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell to set a limit with")
	}
	path := filepath.Join(t.TempDir(), "news.db")
	polls := 0
	for _, blocks := range []int{1600, 3200, 6800} { // of 512 bytes; the empty archive takes 1,200
		cmd := exec.Command(sh, "-c", fmt.Sprintf("ulimit -f %d && exec %q", blocks, os.Args[0]))
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Fatalf("child under a limit: %v, want exit status 1\n%s", err, out)
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		last := lines[len(lines)-1]
		if !strings.Contains(last, "true") || !strings.Contains(last, "the disk is full") || !strings.Contains(last, path) {
			t.Errorf("child under a limit says %q, want ErrFull and the file's name", last)
		}
		now := sound(t, path, polls+len(lines)-1)
		if now <= polls {
			t.Errorf("%d polls after a limit of %d blocks, want more than %d", now, blocks, polls)
		}
		polls = now
	}
}
