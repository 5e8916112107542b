package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// ErrNotEmpty is returned when an archive is to be copied into one that holds
// something.
var ErrNotEmpty = errors.New("it holds news already; name one that is new")

// archiveTables are the tables of an archive, each after those that it refers
// to. The search index is not among them: each engine makes its own; nor are the
// turns of the polls, which are of the moment.
var archiveTables = []string{
	"counter", "setting", "source", "mark", "subscription", "cut", "story", "story_alias", "story_cut",
	"item", "item_body", "item_alias", "item_category", "item_place", "item_unfiled", "revision", "withdrawal",
	"tombstone", "ruling", "decision", "poll", "preview", "spell", "audit", "edition_state",
	"volume_cut", "volume", "volume_entry", "hub_request", "hub_subscription",
}

// Copied is how many rows of a table were copied.
type Copied struct {
	Table string
	Rows  int
}

// CopyTo writes everything that this archive holds into another one, which
// must be empty, in one transaction: all or nothing. It counts the rows there
// and returns the counts. Ids stay, so that what is published stays the same,
// byte for byte, once [Store.Index] of the other has no more to do.
//
// What is written into this archive while it is copied is not copied: the
// caller keeps writers out; see [Store.Lock].
func (s *Store) CopyTo(ctx context.Context, to *Store) (counts []Copied, err error) {
	err = to.writeAlone(ctx, "copy the archive from "+s.path, func(t *txn) error {
		counts = nil // a transaction may be tried again
		if err := t.mustBeEmpty(); err != nil {
			return err
		}
		from, err := s.read.db.BeginTx(ctx, s.dialect.snapshot)
		if err != nil {
			return err
		}
		defer from.Rollback()
		for _, table := range archiveTables {
			n, err := t.copyTable(ctx, from, table)
			if err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
			counts = append(counts, Copied{table, n})
		}
		_, err = t.exec(`UPDATE counter SET n = 0 WHERE name IN ('indexed', 'indexed_story')`)
		return err
	})
	return counts, err
}

// mustBeEmpty refuses an archive with anything in it, and takes out the rows
// that every new one has.
func (t *txn) mustBeEmpty() error {
	for _, table := range archiveTables {
		if table == "counter" || table == "cut" {
			continue
		}
		n := 0
		if err := t.row([]any{&n}, `SELECT count(*) FROM `+table); err != nil {
			return err
		}
		if n > 0 {
			return ErrNotEmpty
		}
	}
	for _, table := range []string{"counter", "cut"} {
		if _, err := t.exec(`DELETE FROM ` + table); err != nil {
			return err
		}
	}
	return nil
}

// copyRows is how many rows are held in memory.
const copyRows = 8 * maxRows

// copyTable copies a table, and counts what is there then.
func (t *txn) copyTable(ctx context.Context, from *sql.Tx, table string) (int, error) {
	columns, isBool, err := t.columnsOf(table)
	if err != nil {
		return 0, err
	}
	rows, err := from.QueryContext(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+table)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	head, width, n := `INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`) VALUES`, len(columns), 0
	var values []any
	for rows.Next() {
		row, into := make([]any, width), make([]any, width)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
		for i := range row {
			if number, ok := row[i].(int64); ok && isBool[i] {
				row[i] = number != 0
			}
		}
		values = append(values, row...)
		if n++; n%copyRows == 0 {
			if err := t.insert(head, "", width, values); err != nil {
				return 0, err
			}
			values = values[:0]
		}
	}
	if err := errors.Join(rows.Err(), t.insert(head, "", width, values)); err != nil {
		return 0, err
	}
	there := 0
	if err := t.row([]any{&there}, `SELECT count(*) FROM `+table); err != nil {
		return 0, err
	}
	if there != n {
		return 0, fmt.Errorf("%d rows were read and %d are there", n, there)
	}
	if columns[0] == "id" && t.w.s.dialect.restart != "" {
		_, err = t.exec(strings.ReplaceAll(t.w.s.dialect.restart, "TABLE", table))
	}
	return n, err
}

// columnsOf returns the columns of a table, and which hold TRUE and FALSE
// although the other engine may keep numbers.
func (t *txn) columnsOf(table string) (names []string, isBool []bool, err error) {
	rows, err := t.w.session.conn.QueryContext(t.w.ctx, `SELECT * FROM `+table+` WHERE FALSE`)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	for _, c := range types {
		names, isBool = append(names, c.Name()), append(isBool, c.DatabaseTypeName() == "BOOL")
	}
	return names, isBool, err
}
