package storage

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"strconv"
	"strings"
)

var errBadConn = driver.ErrBadConn

// txn is the writer's transaction, as a call sees it.
type txn struct {
	w     *writer
	names *names
	fresh map[cut]int64    // cuts made in this transaction
	undo  []cut            // the same, in order, to take back with a savepoint
	wrote int              // statements that may have written, so far
	last  map[string]int64 // the highest id of a table; see next

	seq    int64         // change counter of this call; 0: nothing changed yet
	final  int64         // UIDs of stories below this id never change; 0: not read yet
	polls  []any         // rows of the ledger to write; see addPoll
	deltas map[int64]int // cut id: stories that came or left; see flush
}

// exec runs a statement that returns no rows.
func (t *txn) exec(text string, args ...any) (driver.Result, error) {
	t.wrote++
	st, err := t.w.prepare(text)
	if err != nil {
		return nil, err
	}
	return t.w.session.exec(t.w.ctx, st, args)
}

func (t *txn) query(_ context.Context, text string, args ...any) (*rows, error) {
	st, err := t.w.prepare(text)
	if err != nil {
		return nil, err
	}
	return t.w.session.query(t.w.ctx, st, args)
}

// row runs a statement that returns at most one row, [sql.ErrNoRows] if none.
func (t *txn) row(into []any, text string, args ...any) error {
	t.wrote++
	found, err := t.query(t.w.ctx, text, args...)
	if err != nil {
		return err
	}
	if found.next() {
		err = found.Scan(into...)
	} else {
		err = cmp.Or(found.err, sql.ErrNoRows)
	}
	return cmp.Or(found.close(), err)
}

// next returns the id of a table's next row: above that of every row that is
// there or was removed. Nobody else can add one while this transaction lasts,
// and with the id known beforehand, what hangs on the row can be written many
// rows to a statement.
func (t *txn) next(table string) (int64, error) {
	id, known := t.last[table]
	if !known {
		err := each(t.w.ctx, t, func(rows *rows) error { return rows.Scan(&id) },
			"SELECT COALESCE(MAX(id), 0) FROM (SELECT MAX(id) AS id FROM "+table+" UNION ALL SELECT n FROM counter WHERE name = $1) given", table)
		if err != nil {
			return 0, err
		}
	}
	t.last[table] = id + 1
	return id + 1, nil
}

// maxRows is how many rows one INSERT holds: a statement costs as much as
// several rows.
const maxRows = 32

// insert adds rows of the given width; head ends in VALUES. It writes them in
// lots of a power of two, so that few texts have to be prepared.
func (t *txn) insert(head, tail string, width int, values []any) error {
	for lot := maxRows; len(values) > 0; {
		if len(values) < lot*width {
			lot /= 2
			continue
		}
		st, err := t.w.prepareRows(rowsText{head, tail, width, lot})
		if err != nil {
			return err
		}
		t.wrote++
		if _, err := t.w.session.exec(t.w.ctx, st, values[:lot*width]); err != nil {
			return err
		}
		values = values[lot*width:]
	}
	return nil
}

// rowsText is an INSERT of several rows.
type rowsText struct {
	head, tail  string
	width, rows int
}

func (x rowsText) String() string {
	var b strings.Builder
	b.WriteString(x.head)
	for n := range x.rows {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteString(" (" + list(n*x.width+1, x.width) + ")")
	}
	b.WriteString(x.tail)
	return b.String()
}

func (w *writer) prepare(text string) (*prepared, error) { return w.session.prepare(w.ctx, text) }

// prepareRows prepares an INSERT of several rows, once.
func (w *writer) prepareRows(x rowsText) (*prepared, error) {
	if st := w.lots[x]; st != nil {
		return st, nil
	}
	st, err := w.prepare(x.String())
	if err == nil {
		w.lots[x] = st
	}
	return st, err
}

// forget takes back the cuts that a rolled-back call made.
func (t *txn) forget(from int) {
	for _, c := range t.undo[from:] {
		delete(t.fresh, c)
	}
	t.undo = t.undo[:from]
	t.seq, t.final, t.deltas, t.polls = 0, 0, nil, t.polls[:0]
	clear(t.last)
}

// chunk is how many values one IN list holds.
const chunk = 256

// inLists calls fn with lists of at most [chunk] values. Lists are filled up
// with their last value to one of few lengths, so that few texts have to be
// prepared.
func inLists[T any](values []T, fn func(part []any) error) error {
	for part := range slices.Chunk(values, chunk) {
		size := chunk
		for _, n := range []int{1, 8, 64} {
			if len(part) <= n {
				size = n
				break
			}
		}
		args := make([]any, size)
		for i := range args {
			args[i] = part[min(i, len(part)-1)]
		}
		if err := fn(args); err != nil {
			return err
		}
	}
	return nil
}

// list returns "$from, $from+1, …" for n values.
func list(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
	return b.String()
}
