package storage

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
)

// migrate brings the schema up to date.
func (s *Store) migrate(ctx context.Context, db *sql.DB) error {
	p, err := s.provider(db)
	if err != nil {
		return err
	}
	have, want, err := s.versions(ctx, db, p)
	if err != nil {
		return err
	}
	switch {
	case have > want:
		return fmt.Errorf("%w: it has version %d, this program knows %d", ErrNewer, have, want)
	case have == want:
		return nil // without a write, so that nothing waits for a lock
	}
	_, err = p.Up(ctx)
	return err
}

// current refuses a schema that this program does not know; it cannot
// migrate one that it opened for reading.
func (s *Store) current(ctx context.Context, db *sql.DB) error {
	p, err := s.provider(db)
	if err != nil {
		return err
	}
	have, want, err := s.versions(ctx, db, p)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("%w: it has version %d, this program knows %d", ErrNewer, have, want)
	}
	if have == 0 {
		return ErrEmpty
	}
	if have < want {
		return fmt.Errorf("schema has version %d of %d: open it once for writing to bring it up to date", have, want)
	}
	return nil
}

func (s *Store) provider(db *sql.DB) (*goose.Provider, error) {
	files, err := s.dialect.migrations()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(s.dialect.goose, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(s.opt.Logger))
}

// versions returns the schema version of a database and that of this program.
func (s *Store) versions(ctx context.Context, db *sql.DB, p *goose.Provider) (have, want int64, err error) {
	for _, src := range p.ListSources() {
		want = max(want, src.Version)
	}
	var n int
	err = db.QueryRowContext(ctx, s.dialect.hasTable, goose.DefaultTablename).Scan(&n)
	if err != nil || n == 0 {
		return 0, want, err
	}
	err = db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+goose.DefaultTablename).Scan(&have)
	return have, want, err
}
