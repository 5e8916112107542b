package storage_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// firstLetter is a politeness key for tests: "a" of "https://a1.example/feed".
func firstLetter(url string) string { return url[len("https://"):][:1] }

// sourceAt is a source at an address.
func sourceAt(id, url string, status news.Status) news.Source {
	s := storagetest.Source(id, 1)
	s.URL, s.Status = url, status
	return s
}

func names(states []news.SourceState) (ids []string) {
	for _, st := range states {
		ids = append(ids, st.Source)
	}
	return ids
}

// A key has the sources of its hosts, those that have left the list apart; both
// engines say the same.
func TestKeyStatesAreOfOneKey(t *testing.T) {
	for engine, dsn := range map[string]string{"SQLite": t.TempDir() + "/news.db", "PostgreSQL": ""} {
		t.Run(engine, func(t *testing.T) {
			if dsn == "" {
				dsn = postgrestest.New(t)
			}
			s := open(t, dsn, storage.Options{Key: firstLetter})
			list := []news.Source{
				sourceAt("one", "https://a1.example/feed", ""), sourceAt("two", "https://b.example/feed", ""),
				sourceAt("three", "https://a2.example/feed", news.Paused), sourceAt("four", "https://a3.example/feed", ""),
			}
			for _, l := range [][]news.Source{list, list[:3]} {
				if err := s.SyncSources(t.Context(), l); err != nil {
					t.Fatal(err)
				}
			}
			live, former, err := s.KeyStates(t.Context(), "a")
			if err != nil || !slices.Equal(names(live), []string{"one", "three"}) || !slices.Equal(names(former), []string{"four"}) {
				t.Errorf("KeyStates = %q, %q, %v, want one and three, four", names(live), names(former), err)
			}
		})
	}
}

// Of sources that are asked by themselves the rhythms are read, evenly when
// there are many.
func TestRhythmsAreOfWhatIsAsked(t *testing.T) {
	s := open(t, t.TempDir()+"/news.db", storage.Options{})
	var list []news.Source
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		list = append(list, sourceAt(id, "https://"+id+".example/feed", ""))
	}
	list[5].Status = news.Paused
	if err := s.SyncSources(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	for _, src := range list {
		r := storagetest.Poll(src.ID)
		r.State.Rhythm = []byte(src.ID)
		if err := s.CommitPoll(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for most, want := range map[int]string{100: "abcde", 3: "bd"} {
		got, err := s.Rhythms(t.Context(), most)
		if d := cmp.Diff(want, string(slices.Concat(got...))); d != "" || err != nil {
			t.Errorf("Rhythms of at most %d, %v: -want +got\n%s", most, err, d)
		}
	}
}

// Whoever is to be told of changed sources hears of their keys in the same
// transaction: if he cannot do his part, the list stays as it was.
func TestDueIsToldInTheTransactionOfTheList(t *testing.T) {
	dsn := postgrestest.New(t)
	postgrestest.Exec(t, dsn, `CREATE TABLE told (key TEXT)`)
	refuse := false
	s := open(t, dsn, storage.Options{Key: firstLetter, Due: func(ctx context.Context, tx pgx.Tx, keys []string) error {
		for _, key := range keys {
			if _, err := tx.Exec(ctx, `INSERT INTO told VALUES ($1)`, key); err != nil {
				return err
			}
		}
		if refuse {
			return errors.New("no")
		}
		return nil
	}})
	list := []news.Source{sourceAt("one", "https://a1.example/f", ""), sourceAt("two", "https://a2.example/f", ""), sourceAt("three", "https://b.example/f", "")}
	if err := s.SyncSources(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	refuse = true
	if err := s.SyncSources(t.Context(), append(list, sourceAt("four", "https://c.example/f", ""))); err == nil {
		t.Error("SyncSources succeeded although the jobs could not be added")
	}
	told := columns(t, "pgx", dsn, `SELECT key FROM told`)
	sources := columns(t, "pgx", dsn, `SELECT name FROM source`)
	if !slices.Equal(told, []string{"a", "b"}) || !slices.Equal(sources, []string{"one", "three", "two"}) {
		t.Errorf("told %q of sources %q, want a and b once, and no trace of four", told, sources)
	}
}

// A poll that may not be stored any more leaves nothing, and takes no other
// down that shares its transaction.
func TestARefusedPollLeavesNothing(t *testing.T) {
	dsn := postgrestest.New(t)
	postgrestest.Exec(t, dsn, `CREATE TABLE lease (n INT)`, `INSERT INTO lease VALUES (1)`)
	s := open(t, dsn, storage.Options{BatchDelay: 50 * time.Millisecond})
	if err := s.SyncSources(t.Context(), []news.Source{storagetest.Source("a", 1), storagetest.Source("b", 1)}); err != nil {
		t.Fatal(err)
	}
	given := errors.New("given to another")
	held := func(want int) func(context.Context, pgx.Tx) error {
		return func(ctx context.Context, tx pgx.Tx) error {
			err := tx.QueryRow(ctx, `SELECT n FROM lease WHERE n = $1 FOR SHARE`, want).Scan(&want)
			if errors.Is(err, pgx.ErrNoRows) {
				return given
			}
			return err
		}
	}
	var done [6]chan error
	for i := range done {
		done[i] = make(chan error, 1)
		id, want := "a", 1
		if i%2 == 1 {
			id, want = "b", 2 // nobody holds that
		}
		go func() {
			done[i] <- s.CommitPollIf(t.Context(), held(want), storagetest.Poll(id, storagetest.Item(id, "k", i)))
		}()
	}
	for i := range done {
		err := <-done[i]
		if refused := i%2 == 1; refused != errors.Is(err, given) || !refused && err != nil {
			t.Errorf("poll %d: %v, want it refused: %v", i, err, refused)
		}
	}
	for id, want := range map[string]int{"a": 3, "b": 0} {
		if polls, err := s.Ledger(t.Context(), id, 0); err != nil || len(polls) != want {
			t.Errorf("%d polls of %s, %v, want %d", len(polls), id, err, want)
		}
	}
	if c, err := s.Counts(t.Context()); err != nil || c.Items != 1 {
		t.Errorf("%d items, %v, want that of a", c.Items, err)
	}
}
