package storage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
)

// session is a connection with what it has prepared. One goroutine uses it at a
// time.
//
// Where the dialect says so, statements and rows go to the driver past
// database/sql: the locks, copies and conversions there take as long as what
// the engine does with a short statement, and so does the goroutine that waits
// for the end of a context.
type session struct {
	d     *dialect
	conn  *sql.Conn
	raw   driver.ConnPrepareContext // the same, if statements are direct
	stmts map[string]*prepared
	args  []driver.NamedValue // of the statement that is executed
}

// prepared is a statement of one session.
type prepared struct {
	shared *sql.Stmt
	direct directStmt // in its place, where the dialect says so
	row    []driver.Value
}

// directStmt is a statement as drivers have it.
type directStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// newSession takes a connection of a pool for good.
func newSession(ctx context.Context, db *sql.DB, d *dialect) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	c := &session{d: d, conn: conn, stmts: map[string]*prepared{}}
	if d.direct {
		// It stays ours until it is closed, so it can be used outside of Raw.
		if err := conn.Raw(func(raw any) (err error) {
			var ok bool
			if c.raw, ok = raw.(driver.ConnPrepareContext); !ok {
				err = fmt.Errorf("connections of type %T prepare no statements by themselves", raw)
			}
			return err
		}); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// make prepares a statement, for the caller to close.
func (c *session) make(ctx context.Context, text string) (*prepared, error) {
	if c.raw == nil {
		st, err := c.conn.PrepareContext(ctx, c.d.text(text))
		return &prepared{shared: st}, err
	}
	st, err := c.raw.PrepareContext(ctx, c.d.text(text))
	if err != nil {
		return nil, err
	}
	return &prepared{direct: st.(directStmt)}, nil
}

// prepare prepares a statement, once.
func (c *session) prepare(ctx context.Context, text string) (*prepared, error) {
	if st := c.stmts[text]; st != nil {
		return st, nil
	}
	st, err := c.make(ctx, text)
	if err == nil {
		c.stmts[text] = st
	}
	return st, err
}

// exec executes a statement that returns no rows.
func (c *session) exec(ctx context.Context, st *prepared, args []any) (driver.Result, error) {
	args = c.d.take(args)
	if st.direct == nil {
		return st.shared.ExecContext(ctx, args...)
	}
	if err := c.bind(args); err != nil {
		return nil, err
	}
	defer clear(c.args) // the texts are not needed any more
	return st.direct.ExecContext(ctx, c.args)
}

// query executes one that does.
func (c *session) query(ctx context.Context, st *prepared, args []any) (*rows, error) {
	args = c.d.take(args)
	if st.direct == nil {
		shared, err := st.shared.QueryContext(ctx, args...)
		return &rows{shared: shared}, err
	}
	if err := c.bind(args); err != nil {
		return nil, err
	}
	defer clear(c.args)
	direct, err := st.direct.QueryContext(ctx, c.args)
	if err != nil {
		return nil, err
	}
	if st.row == nil {
		st.row = make([]driver.Value, len(direct.Columns()))
	}
	return &rows{ctx: ctx, direct: direct, row: st.row}, nil
}

// run executes a statement without values that is executed often. Where
// statements are direct it is prepared, once.
func (c *session) run(ctx context.Context, text string) error {
	if c.raw == nil {
		_, err := c.conn.ExecContext(ctx, text)
		return err
	}
	st, err := c.prepare(ctx, text)
	if err == nil {
		_, err = c.exec(ctx, st, nil)
	}
	return err
}

// bind turns values into what the driver takes.
func (c *session) bind(values []any) error {
	c.args = c.args[:0]
	for i, v := range values {
		value, err := driverValue(v)
		if err != nil {
			return err
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: value})
	}
	return nil
}

// driverValue is a value as drivers take it.
func driverValue(v any) (driver.Value, error) {
	switch x := v.(type) {
	case int64, string, bool, float64, []byte, nil:
		return v, nil
	case int:
		return int64(x), nil
	case sql.NullString:
		if !x.Valid {
			return nil, nil
		}
		return x.String, nil
	case sql.NullInt64:
		if !x.Valid {
			return nil, nil
		}
		return x.Int64, nil
	}
	return driver.DefaultParameterConverter.ConvertValue(v)
}

// sound reports whether the connection can be used further.
func (c *session) sound() bool {
	v, ok := c.raw.(driver.Validator)
	return !ok || v.IsValid()
}

// close closes the connection for good, and first what it has prepared: SQLite
// keeps a file open as long as there are statements.
func (c *session) close() {
	for _, st := range c.stmts {
		st.close()
	}
	c.conn.Raw(func(any) error { return errBadConn })
	c.conn.Close()
}

func (st *prepared) close() {
	if st.direct != nil {
		st.direct.Close()
	} else {
		st.shared.Close()
	}
}
