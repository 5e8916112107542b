package storage

import (
	"context"
	"database/sql"
	"sync"
)

// maxStatements bounds how many texts are kept prepared: queries for readers
// are composed, and a visitor chooses what they are composed of.
const maxStatements = 256

// reader is the pool of connections that cannot write, with what they have
// prepared.
type reader struct {
	db *sql.DB
	d  *dialect

	// Of direct statements.
	slots chan struct{} // one for each session that may be in use
	done  chan struct{} // closed when the reader is

	mu     sync.Mutex
	free   []*session // the one that was used last has the pages that are wanted
	closed bool
	stmts  map[string]*sql.Stmt // of all others
}

func newReader(db *sql.DB, d *dialect) *reader {
	return &reader{db: db, d: d, stmts: map[string]*sql.Stmt{}, done: make(chan struct{}), slots: make(chan struct{}, readers)}
}

// brief is a reader for queries that are short whatever is asked for, such as
// those for rows by their ids: the end of a context is seen between their rows.
// To be able to end a statement that runs, the driver starts a goroutine for it.
type brief struct{ *reader }

func (b brief) query(ctx context.Context, text string, args ...any) (*rows, error) {
	if !b.d.direct {
		return b.reader.query(ctx, text, args...)
	}
	return b.ask(ctx, context.WithoutCancel(ctx), text, args)
}

func (r *reader) query(ctx context.Context, text string, args ...any) (*rows, error) {
	if r.d.direct {
		return r.ask(ctx, ctx, text, args)
	}
	args = r.d.take(args)
	// On another connection when the server has ended the one that it had: all
	// of them, if it was started anew.
	for n := 0; ; n++ {
		found, err := r.askShared(ctx, text, args)
		if err == nil || n > readers || r.d.again == nil || !r.d.again(err) || ctx.Err() != nil {
			return &rows{shared: found}, err
		}
	}
}

// ask executes a query in a session of its own; running is the context of the
// statement.
func (r *reader) ask(ctx, running context.Context, text string, args []any) (*rows, error) {
	c, err := r.take(ctx)
	if err != nil {
		return nil, err
	}
	st, once := c.stmts[text], false
	if st == nil {
		if once = len(c.stmts) >= maxStatements; once {
			st, err = c.make(ctx, text)
		} else {
			st, err = c.prepare(ctx, text)
		}
		if err != nil {
			r.give(c)
			return nil, err
		}
	}
	after := func() {
		if once {
			st.close()
		}
		r.give(c)
	}
	found, err := c.query(running, st, args)
	if err != nil {
		after()
		return nil, err
	}
	found.ctx, found.after = ctx, after
	return found, nil
}

// take waits for a session that is free.
func (r *reader) take(ctx context.Context) (*session, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.done:
		return nil, ErrClosed
	}
	r.mu.Lock()
	n, closed := len(r.free)-1, r.closed
	if n >= 0 {
		c := r.free[n]
		r.free = r.free[:n]
		r.mu.Unlock()
		return c, nil
	}
	r.mu.Unlock()
	c, err := (*session)(nil), ErrClosed
	if !closed {
		c, err = newSession(ctx, r.db, r.d)
	}
	if err != nil {
		<-r.slots
	}
	return c, err
}

// give gives a session back.
func (r *reader) give(c *session) {
	defer func() { <-r.slots }()
	if c.sound() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.closed {
			r.free = append(r.free, c)
			return
		}
	}
	c.close()
}

// close closes the connections; those that are in use when they are given back.
func (r *reader) close() error {
	r.mu.Lock()
	free := r.free
	if !r.closed {
		r.closed, r.free = true, nil
		close(r.done)
	}
	r.mu.Unlock()
	for _, c := range free {
		c.close()
	}
	return r.db.Close()
}

// askShared executes a query on any connection of the pool.
func (r *reader) askShared(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	r.mu.Lock()
	st, full := r.stmts[text], len(r.stmts) >= maxStatements
	r.mu.Unlock()
	if st == nil && full {
		return r.db.QueryContext(ctx, r.d.text(text), args...)
	}
	if st == nil {
		var err error
		if st, err = r.db.PrepareContext(ctx, r.d.text(text)); err != nil {
			return nil, err
		}
		r.mu.Lock()
		if other := r.stmts[text]; other != nil {
			st.Close()
			st = other
		} else {
			r.stmts[text] = st
		}
		r.mu.Unlock()
	}
	return st.QueryContext(ctx, args...)
}

// each calls scan for every row of a query.
func each(ctx context.Context, q querier, scan func(*rows) error, text string, args ...any) (err error) {
	found, err := q.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() {
		if e := found.close(); err == nil {
			err = e
		}
	}()
	for found.next() {
		if err := scan(found); err != nil {
			return err
		}
	}
	return found.err
}
