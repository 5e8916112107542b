package storage

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// holdCheck is how often a session is asked whether it is still there.
const holdCheck = 5 * time.Second

// Hold is a lock that is held for long. The connection that it hangs on may be
// lost, and another process may have the lock then: whoever holds it watches
// Lost, and stops.
type Hold struct {
	lost    chan struct{}
	release func()
}

// Lost is closed when the lock is not held any more although nobody has
// released it.
func (h *Hold) Lost() <-chan struct{} { return h.lost }

// Release gives the lock back. It may be called again.
func (h *Hold) Release() { h.release() }

// Hold is [Store.Lock] for long, and for PostgreSQL alone. A shared one keeps
// out those who want it alone, and they it; any number may have it together. A
// negative wait has no end but that of ctx: for those who stand by.
func (s *Store) Hold(ctx context.Context, name string, shared bool, wait time.Duration) (*Hold, error) {
	what := fmt.Sprintf("lock %q of %s", name, s.path)
	if s.dialect.file {
		return nil, fmt.Errorf("%s: only PostgreSQL has such a lock", what)
	}
	conn, err := s.lockSession(ctx, name, shared, wait)
	if err != nil {
		return nil, err
	}
	h, ended := &Hold{lost: make(chan struct{})}, make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.watch(conn, ended)
	}()
	h.release = sync.OnceFunc(func() {
		close(ended)
		<-done
		unlockPostgres(conn)
	})
	return h, nil
}

// watch asks the session now and then until it is released or gone.
func (h *Hold) watch(conn *sql.Conn, ended <-chan struct{}) {
	tick := time.NewTicker(holdCheck)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), holdCheck)
		_, err := conn.ExecContext(ctx, "SELECT 1")
		cancel()
		if err != nil {
			close(h.lost)
			return
		}
	}
}
