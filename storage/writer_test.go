package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/news"
)

// still opens a store whose writer's loop has ended, so that a test can hand
// it batches of its own.
func still(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "news.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.SyncSources(t.Context(), []news.Source{{ID: "a"}}); err != nil {
		t.Fatal(err)
	}
	s.writer.stop()
	return s
}

func set(key string, then error) *job {
	return &job{what: key, done: make(chan error, 1), run: func(t *txn) error {
		if _, err := t.cut(cut{cutCategory, key}); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO setting (name, value) VALUES ($1, $2)`, key, "set"); err != nil {
			return err
		}
		return then
	}}
}

// Of calls that share a transaction, each succeeds or fails for itself.
func TestBatchFailsApart(t *testing.T) {
	s := still(t, Options{})
	mine := errors.New("mine")
	gone := set("gone", nil)
	gone.state.Store(abandoned)
	twice := set("first", nil) // breaks a uniqueness rule
	s.writer.commit([]*job{set("first", nil), set("failed", mine), twice, gone, set("last", nil)})
	for key, want := range map[string]string{"first": "set", "failed": "", "gone": "", "last": "set"} {
		if got, err := s.Setting(t.Context(), key); err != nil || got != want {
			t.Errorf("Setting(%q) = %q, %v, want %q", key, got, err, want)
		}
	}
	if err := <-twice.done; err == nil {
		t.Error("a call that broke a rule was told that it succeeded")
	}
	if _, known := s.names.cut(cut{cutCategory, "failed"}); known {
		t.Error("a cut that was rolled back is remembered")
	}
	again := set("failed", nil)
	s.writer.commit([]*job{again, set("other", nil)})
	if err := <-again.done; err != nil {
		t.Errorf("the same call again: %v", err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// A call that fails alone leaves nothing, and the writer goes on.
func TestAloneFails(t *testing.T) {
	s := still(t, Options{})
	bad, good := set("bad", errors.New("mine")), set("good", nil)
	s.writer.commit([]*job{bad})
	s.writer.commit([]*job{good})
	if err := <-bad.done; err == nil || err.Error() != "mine" {
		t.Errorf("a failed call was told %v, want its own error", err)
	}
	if got, _ := s.Setting(t.Context(), "bad"); got != "" {
		t.Errorf("Setting = %q, want nothing of a failed call", got)
	}
	if err := <-good.done; err != nil {
		t.Errorf("the next call: %v", err)
	}
}

// What takes the whole transaction down is told to every caller, also when the
// call that met it had already written.
func TestFullHalfWay(t *testing.T) {
	for _, others := range []int{0, 2} {
		s := still(t, Options{})
		full := set("full", fmt.Errorf("write: %w", ErrFull))
		batch := []*job{full}
		for n := range others {
			batch = append(batch, set(fmt.Sprint("other", n), nil))
		}
		s.writer.commit(batch)
		for _, j := range batch {
			if err := <-j.done; !errors.Is(err, ErrFull) {
				t.Errorf("call %q beside %d others was told %v, want ErrFull", j.what, others, err)
			}
			if got, err := s.Setting(t.Context(), j.what); err != nil || got != "" {
				t.Errorf("Setting(%q) = %q, %v, want nothing of a failed transaction", j.what, got, err)
			}
		}
	}
}

// A poll whose ledger row is refused takes no other down with it.
func TestLedgerFailsApart(t *testing.T) {
	s := still(t, Options{})
	row := func(source int64) *job {
		return &job{what: "poll", done: make(chan error, 1), run: func(t *txn) error {
			t.addPoll(source, news.Poll{Source: "a"})
			return nil
		}}
	}
	good, bad, also := row(1), row(99), row(1)
	s.writer.commit([]*job{good, bad, also})
	if err := errors.Join(<-good.done, <-also.done); err != nil {
		t.Errorf("polls beside a refused one: %v", err)
	}
	if err := <-bad.done; err == nil {
		t.Error("a ledger row of no source was accepted")
	}
	if polls, err := s.Ledger(t.Context(), "a", 0); err != nil || len(polls) != 2 {
		t.Errorf("Ledger = %d polls, %v, want 2", len(polls), err)
	}
}

func TestTogether(t *testing.T) {
	a, b := &job{}, &job{alone: true}
	for _, tt := range []struct {
		batch []*job
		want  int
	}{{[]*job{a}, 1}, {[]*job{a, a}, 2}, {[]*job{a, a, b}, 2}, {[]*job{b, a}, 1}, {[]*job{b, b}, 1}} {
		if got := together(tt.batch); got != tt.want {
			t.Errorf("together(%d jobs) = %d, want %d", len(tt.batch), got, tt.want)
		}
	}
}

// After a lock that did not go away, calls are not kept waiting one by one.
func TestHoldOff(t *testing.T) {
	s := still(t, Options{BusyTimeout: 10 * time.Millisecond})
	db, err := sql.Open("sqlite", s.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	try := func(key string) error {
		j := set(key, nil)
		s.writer.commit([]*job{j})
		return <-j.done
	}
	if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	first := try("k")
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if again := try("k"); first == nil || again != first {
		t.Errorf("a call right after %v: %v, want the same", first, again)
	}
	s.writer.retryAt = time.Time{}
	if err := try("k"); err != nil {
		t.Errorf("a call later: %v, want it to be tried", err)
	}
}

// A feed that changes its items with every poll does not fill the disk.
func TestHistoryIsBounded(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "news.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SyncSources(t.Context(), []news.Source{{ID: "a"}}); err != nil {
		t.Fatal(err)
	}
	for n := range 40 {
		it := news.Item{Key: fmt.Sprint("k", n), Title: "t", Hash: fmt.Sprint("h", n)}
		if n > 0 {
			it.ID = 1
		}
		if err := s.CommitPoll(t.Context(), news.PollResult{Poll: news.Poll{Source: "a"}, Items: []news.Item{it}}); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]int{
		"SELECT count(*) FROM revision": 20, "SELECT count(*) FROM item_alias": maxAliases,
		"SELECT MAX(CAST(substr(hash, 2) AS INTEGER)) FROM revision": 38, "SELECT count(*) FROM item": 1,
	} {
		var got int
		if err := s.read.db.QueryRowContext(t.Context(), text).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %d, %v, want %d", text, got, err, want)
		}
	}
}

// A file whose first write was cut short by a kill is recovered, not refused:
// its journal takes back what is half written.
func TestOpenRecoversJournal(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "half.db")
	db, err := sql.Open("sqlite", path+"?_pragma=cache_size(1)&_pragma=journal_mode(DELETE)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, text := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID), "BEGIN", "CREATE TABLE half (x)",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO half SELECT randomblob(500) FROM n",
	} {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	cut := filepath.Join(dir, "news.db")
	for _, end := range []string{"", "-journal"} { // as a kill would leave them
		b, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(cut+end, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), cut, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Polls that come one after another share a transaction; what comes alone, and
// what is no poll, is not kept waiting.
func TestGatherWaitsForPolls(t *testing.T) {
	for _, tt := range []struct {
		name   string
		stream bool   // the polls before shared a transaction
		kinds  string // p: a poll, o: another call; 10 ms apart
		want   []int  // calls in each transaction
	}{
		{"a poll that comes alone", false, "ppp", []int{1, 1, 1}},
		{"polls one after another", true, "ppppp", []int{5}},
		{"a call among polls", true, "ppoppp", []int{3, 3}},
		{"other calls", true, "ooo", []int{1, 1, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &writer{s: &Store{opt: Options{}.withDefaults()}, jobs: make(chan *job), stream: tt.stream}
				go func() {
					for _, kind := range tt.kinds {
						w.jobs <- &job{poll: kind == 'p'}
						time.Sleep(10 * time.Millisecond)
					}
					time.Sleep(time.Second)
					close(w.jobs)
				}()
				var got []int
				for first := range w.jobs {
					got = append(got, len(w.gather(first)))
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("transactions of %v calls, want %v", got, tt.want)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		w := &writer{s: &Store{opt: Options{}.withDefaults()}, jobs: make(chan *job), stream: true}
		go func() {
			for range 100 {
				w.jobs <- &job{poll: true}
				time.Sleep(10 * time.Millisecond)
			}
			close(w.jobs)
		}()
		start := time.Now()
		if n := len(w.gather(<-w.jobs)); n == 100 || time.Since(start) > 200*time.Millisecond {
			t.Errorf("polls without end: %d of them waited %v", n, time.Since(start))
		}
		for range w.jobs {
		}
	})
}
