package storage_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// several opens stores on one database, as several processes do.
func several(t *testing.T, n int) []*storage.Store {
	t.Helper()
	dsn := postgrestest.New(t)
	stores := make([]*storage.Store, n)
	for i := range stores {
		stores[i] = open(t, dsn, storage.Options{})
	}
	return stores
}

// Several processes write what they polled, place what nobody has placed, and
// follow the changes. Nothing is lost, nothing doubled, and a reader who goes
// on from the last change that it has read misses none.
func TestSeveralProcessesShareOnePostgres(t *testing.T) {
	const processes, polls, perPoll = 4, 12, 4
	stores := several(t, processes)
	var sources []news.Source
	for n := range processes * 2 {
		sources = append(sources, storagetest.Source(fmt.Sprint("s", n), n%9))
	}
	if err := stores[0].SyncSources(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for n, s := range stores {
		for _, id := range []string{sources[2*n].ID, sources[2*n+1].ID} {
			writers.Go(func() { commitPolls(t, s, id, polls, perPoll) })
		}
		// Every process polls the first source, too: its items come once.
		writers.Go(func() { commitPolls(t, s, sources[0].ID, polls, perPoll) })
		writers.Go(func() { placeUntil(t, s, done) })
	}
	follow := &follower{seen: map[int64]bool{}, polls: map[string]bool{}}
	readers.Go(func() { follow.until(t, stores[1], done) })
	go func() {
		for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if c, err := stores[0].Counts(context.Background()); err != nil || c.Stories == processes*2*polls*perPoll {
				break
			}
		}
		close(done)
	}()
	writers.Wait()
	readers.Wait()
	follow.once(t, stores[1])
	want := processes * 2 * polls * perPoll
	c, err := stores[2].Counts(t.Context())
	if err != nil || c.Items != want || c.Stories != want || c.Categories["x"] != want {
		t.Errorf("Counts = %d items, %d stories, %d in x, %v, want %d of each", c.Items, c.Stories, c.Categories["x"], err, want)
	}
	if len(follow.seen) != want {
		t.Errorf("who followed the changes saw %d stories, want %d", len(follow.seen), want)
	}
	if len(follow.polls) != len(sources) {
		t.Errorf("who followed the states saw %d sources at their last poll, want %d", len(follow.polls), len(sources))
	}
}

// commitPolls stores polls of a source.
func commitPolls(t *testing.T, s *storage.Store, id string, polls, perPoll int) {
	for p := range polls {
		var items []news.Item
		for k := range perPoll {
			items = append(items, storagetest.Filed(storagetest.Item(id, fmt.Sprint(p, "-", k), p*perPoll+k), "x", fmt.Sprint("cat", p)))
		}
		r := storagetest.Poll(id, items...)
		r.State.ETag = fmt.Sprint(p)
		if err := s.CommitPoll(t.Context(), r); err != nil {
			t.Errorf("CommitPoll of %s: %v", id, err)
		}
	}
}

// placeUntil gives items stories of their own, one grouper of all processes at
// a time.
func placeUntil(t *testing.T, s *storage.Store, done chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
		}
		unlock, err := s.Lock(t.Context(), "group", 0)
		if errors.Is(err, storage.ErrHeld) {
			time.Sleep(time.Millisecond)
			continue
		}
		if err != nil {
			t.Error(err)
			return
		}
		items, err := s.Ungrouped(t.Context(), 50)
		if err != nil {
			t.Error(err)
		}
		var p []news.Placement
		for _, it := range items {
			if it.Story != 0 {
				t.Errorf("item %d was placed by two", it.ID)
			}
			p = append(p, news.Placement{Item: it.ID, NewUID: "uid-" + it.Source + "-" + it.Key})
		}
		if err := s.Place(t.Context(), p); err != nil {
			t.Error(err)
		}
		unlock()
	}
}

// follower reads on from what it has read last.
type follower struct {
	changes, row int64
	seen         map[int64]bool
	polls        map[string]bool // sources of which it has seen the last poll
}

func (f *follower) once(t *testing.T, s *storage.Store) {
	c, err := s.Changes(t.Context(), f.changes)
	if err != nil {
		t.Error(err)
	}
	f.changes = c.Seq
	for _, id := range c.Stories {
		f.seen[id] = true
	}
	states, row, err := s.StatesSince(t.Context(), max(f.row, 1))
	if err != nil {
		t.Error(err)
	}
	f.row = row
	for _, st := range states {
		if st.ETag == "11" {
			f.polls[st.Source] = true
		}
	}
}

func (f *follower) until(t *testing.T, s *storage.Store, done chan struct{}) {
	for {
		select {
		case <-done:
			return
		default:
			f.once(t, s)
		}
	}
}

// Two processes that make the schema at once both end with it.
func TestSeveralProcessesMigrateOnePostgres(t *testing.T) {
	dsn := postgrestest.NewBare(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s, err := storage.Open(t.Context(), dsn, storage.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	all.Wait()
}

// A process that was killed before it had made the first table has left a
// database that can be used.
func TestAKillBeforeTheFirstTableCostsNothing(t *testing.T) {
	dsn := postgrestest.NewBare(t)
	postgrestest.Exec(t, dsn, `CREATE TABLE goose_db_version (id SERIAL PRIMARY KEY, version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP NOT NULL DEFAULT now())`,
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, TRUE)`)
	if err := open(t, dsn, storage.Options{}).SetSetting(t.Context(), "a", "b"); err != nil {
		t.Error(err)
	}
	foreign := postgrestest.NewBare(t)
	postgrestest.Exec(t, foreign, `CREATE TABLE goose_db_version (id SERIAL PRIMARY KEY, version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP NOT NULL DEFAULT now())`,
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, TRUE), (20240101, TRUE)`)
	if s, err := storage.Open(t.Context(), foreign, storage.Options{}); !errors.Is(err, storage.ErrForeign) {
		s.Close()
		t.Errorf("another program's versions: %v, want ErrForeign", err)
	}
}

// A lock keeps out other processes, and is free when its holder has gone.
func TestAPostgresLockKeepsOthersOut(t *testing.T) {
	stores := several(t, 2)
	unlock, err := stores[0].Lock(t.Context(), "run", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stores {
		if _, err := s.Lock(t.Context(), "run", 0); !errors.Is(err, storage.ErrHeld) {
			t.Errorf("a held lock: %v, want ErrHeld", err)
		}
	}
	free, err := stores[1].Lock(t.Context(), "group", 0)
	if err != nil {
		t.Fatalf("another lock: %v", err)
	}
	free()
	unlock()
	free, err = stores[1].Lock(t.Context(), "run", time.Minute)
	if err != nil {
		t.Fatalf("a lock that was given back: %v", err)
	}
	free()
}

// A server that ends its sessions, as when it is started anew, costs no poll.
func TestAWriteOutlivesALostConnection(t *testing.T) {
	dsn := postgrestest.New(t)
	s := open(t, dsn, storage.Options{})
	if err := s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1)}); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		postgrestest.Exec(t, dsn, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		if err := s.CommitPoll(t.Context(), storagetest.Poll("a", storagetest.Item("a", fmt.Sprint(n), n))); err != nil {
			t.Fatalf("poll %d: %v", n, err)
		}
	}
	if polls, err := s.Ledger(t.Context(), "a", 0); err != nil || len(polls) != 3 {
		t.Errorf("Ledger = %d polls, %v, want 3", len(polls), err)
	}
}

// stranger is a database as a user asks for it whom its server does not know.
func stranger(t *testing.T) string {
	u, err := url.Parse(postgrestest.At("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Del("user")
	u.RawQuery, u.User = q.Encode(), url.UserPassword("stranger", "sesame")
	return u.String()
}

// wary is a database as a user asks for it who has another password.
func wary(t *testing.T, password string) string {
	postgrestest.Exec(t, postgrestest.At("postgres"), `DROP ROLE IF EXISTS `+postgrestest.Wary, `CREATE ROLE `+postgrestest.Wary+` LOGIN PASSWORD 'another'`)
	u, err := url.Parse(postgrestest.At("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(postgrestest.Wary, password)
	return u.String()
}

// What is wrong with a database is told as with a file.
func TestPostgresErrorsSayWhatToDo(t *testing.T) {
	foreign := postgrestest.NewBare(t)
	postgrestest.Exec(t, foreign, `CREATE TABLE story (id BIGINT)`)
	newer := postgrestest.New(t)
	postgrestest.Exec(t, newer, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
	still := postgrestest.New(t)
	postgrestest.Exec(t, still, `ALTER ROLE CURRENT_USER IN DATABASE `+nameOf(t, still)+` SET default_transaction_read_only = on`)
	for _, tt := range []struct {
		name, dsn string
		want      error
		hint      string
	}{
		{"tables of another program", foreign, storage.ErrForeign, ""},
		{"a later version's schema", newer, storage.ErrNewer, ""},
		{"no such server", "postgres://nobody:sesame@127.0.0.1:1/x?connect_timeout=5", storage.ErrUnreachable, "see that its server runs"},
		{"no such database", postgrestest.At("nowhere"), storage.ErrUnreachable, "createdb"},
		{"no such user", stranger(t), storage.ErrUnreachable, "createuser"},
		{"a wrong password", wary(t, "sesame"), storage.ErrUnreachable, "correct the password (database.password_file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := storage.Open(t.Context(), tt.dsn, storage.Options{})
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, tt.want) || !contains(err.Error(), tt.hint) {
				t.Errorf("Open: %v, want %v with %q", err, tt.want, tt.hint)
			}
			if err != nil && contains(err.Error(), "sesame") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
	s := open(t, still, storage.Options{})
	if err := s.SetSetting(t.Context(), "a", "b"); !errors.Is(err, storage.ErrReadOnly) {
		t.Errorf("a write where nothing may be written: %v, want ErrReadOnly", err)
	}
}
