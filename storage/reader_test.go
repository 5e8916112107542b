package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/rightswire/rightswire/news"
)

// openFile opens a new archive in a file.
func openFile(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "news.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestScan(t *testing.T) {
	s := openFile(t)
	into := func(to any) any { return reflect.New(reflect.TypeOf(to)).Interface() }
	for _, tt := range []struct {
		name, value string
		want        any // nil: it does not fit into what follows
		to          any
	}{
		{"a number", "7", int64(7), nil},
		{"a number that is counted with", "7", 7, nil},
		{"a number of a type by another name", "2", news.Completeness(2), nil},
		{"a fraction", "1.5", 1.5, nil},
		{"yes", "1", true, nil},
		{"no", "0", false, nil},
		{"a text", "'é'", "é", nil},
		{"a text of a type by another name", "'ok'", news.Outcome("ok"), nil},
		{"bytes", "x'00ff'", []byte{0, 255}, nil},
		{"no bytes", "NULL", []byte(nil), nil},
		{"a text that may be missing", "'a'", sql.NullString{String: "a", Valid: true}, nil},
		{"a text that is missing", "NULL", sql.NullString{}, nil},
		{"a number that may be missing", "7", sql.NullInt64{Int64: 7, Valid: true}, nil},
		{"a number that is missing", "NULL", sql.NullInt64{}, nil},
		{"a text for a number", "'7'", nil, int64(0)},
		{"a text for a number that may be missing", "'7'", nil, sql.NullInt64{}},
		{"a missing text", "NULL", nil, ""},
		{"a missing number", "NULL", nil, 0},
		{"a number for a text", "7", nil, ""},
		{"a number for bytes", "7", nil, []byte{}},
		{"a number that is too large", "300", nil, int8(0)},
	} {
		to := tt.to
		if to == nil {
			to = tt.want
		}
		got := into(to)
		err := each(t.Context(), s.read, func(rows *rows) error { return rows.Scan(got) }, "SELECT "+tt.value)
		if tt.want == nil {
			if err == nil {
				t.Errorf("%s: Scan into %T gave %v, want an error", tt.name, to, reflect.ValueOf(got).Elem())
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(reflect.ValueOf(got).Elem().Interface(), tt.want) {
			t.Errorf("%s: Scan = %v, %v, want %v", tt.name, reflect.ValueOf(got).Elem(), err, tt.want)
		}
	}
	err := each(t.Context(), s.read, func(rows *rows) error { return rows.Scan(new(int64)) }, "SELECT 1, 2")
	if err == nil {
		t.Error("two columns into one value: no error")
	}
}

// Whatever ends a read, its connection can be used by the next.
func TestSessionsAreGivenBack(t *testing.T) {
	s := openFile(t)
	stop := errors.New("stop")
	endless := "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
	for name, end := range map[string]func() error{
		"an error of the caller": func() error {
			return each(t.Context(), s.read, func(*rows) error { return stop }, endless)
		},
		"a context that ends": func() error {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			err := each(ctx, brief{s.read}, func(*rows) error { cancel(stop); return nil }, endless)
			if errors.Is(err, context.Canceled) {
				err = context.Cause(ctx)
			}
			return err
		},
		"a context that has ended": func() error {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(stop)
			if err := each(ctx, s.read, func(*rows) error { return nil }, endless); !errors.Is(err, context.Canceled) {
				return err
			}
			return context.Cause(ctx)
		},
		"a statement that is wrong": func() error {
			if err := each(t.Context(), s.read, func(*rows) error { return nil }, "SELECT nothing"); err == nil {
				return nil
			}
			return stop
		},
	} {
		for range 2 * readers {
			if err := end(); !errors.Is(err, stop) {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if n := len(s.read.slots); n != 0 {
			t.Errorf("after %s %d sessions are in use", name, n)
		}
	}
}

// A visitor chooses what queries are composed of.
func TestPreparedStatementsAreBounded(t *testing.T) {
	s := openFile(t)
	for i := range maxStatements + 50 {
		got := 0
		if err := each(t.Context(), s.read, func(rows *rows) error { return rows.Scan(&got) }, fmt.Sprintf("SELECT %d", i)); err != nil || got != i {
			t.Fatalf("SELECT %d = %d, %v", i, got, err)
		}
	}
	if len(s.read.free) != 1 {
		t.Fatalf("%d sessions for one that reads", len(s.read.free))
	}
	if n := len(s.read.free[0].stmts); n > maxStatements {
		t.Errorf("%d statements are prepared", n)
	}
}

func TestReadsEndWhenTheStoreIsClosed(t *testing.T) {
	s := openFile(t)
	n := 0
	err := each(t.Context(), s.read, func(*rows) error {
		if n++; n == 1 {
			s.Close()
		}
		return nil
	}, "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3")
	if err != nil || n != 3 {
		t.Errorf("a read while the store is closed: %d rows, %v; want all", n, err)
	}
	if open := s.read.db.Stats().OpenConnections; open != 0 {
		t.Errorf("%d connections are open", open)
	}
	if _, err := s.Counts(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("Counts: %v, want ErrClosed", err)
	}
}
