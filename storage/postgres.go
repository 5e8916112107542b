package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/rightswire/rightswire/storage/migrations"
)

// IsPostgres reports whether a DSN names a PostgreSQL database.
func IsPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// writerKey is the advisory lock of the one transaction that writes.
const writerKey = "write"

func postgresDialect() dialect {
	return dialect{
		goose:      goose.DialectPostgres,
		migrations: migrations.Postgres,
		hasTable:   `SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1`,
		open:       openPostgres,
		text:       func(text string) string { return text },
		args:       postgresArgs,
		// Whatever the number of processes, one transaction writes at a time.
		// So ids, change numbers and rows of the ledger become visible in
		// their order: whoever has read all up to one misses none that commits
		// late. The server gives the lock back after the commit is visible.
		begin: func(o Options) string {
			return fmt.Sprintf("BEGIN; SET LOCAL lock_timeout = %d; SELECT pg_advisory_xact_lock(%d)",
				o.BusyTimeout.Milliseconds(), lockKey(writerKey))
		},
		lock:     lockPostgres,
		check:    checkPostgres,
		classify: classifyPostgres,
		spoils:   spoilsPostgres,
		again:    againPostgres,
		snapshot: &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
		restart:  `SELECT setval(pg_get_serial_sequence('TABLE', 'id'), GREATEST(MAX(id), 1), MAX(id) IS NOT NULL) FROM TABLE`,
		search: searchDialect{
			put: `
INSERT INTO item_text (item_id, words) VALUES ($1, CAST($2 AS TSVECTOR)) ON CONFLICT (item_id) DO UPDATE SET words = excluded.words`,
			drop:       `DELETE FROM item_text WHERE item_id = $1`,
			none:       `DELETE FROM item_text`,
			broken:     brokenGIN,
			from:       `item_text f JOIN item i ON i.id = f.item_id`,
			match:      `f.words @@ CAST(? AS TSQUERY)`,
			order:      `f.item_id DESC`,
			before:     `f.item_id < ?`,
			ids:        `SELECT item_id FROM item_text WHERE words @@ CAST(? AS TSQUERY)`,
			expression: tsquery,
			document:   func(title, body string) []any { return []any{tsvector(strings.Fields(title), strings.Fields(body))} },
		},
	}
}

// openPostgres returns a pool.
func openPostgres(dsn string, _ Options, m mode) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, hidePassword(err, dsn)
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "rightswire"
	}
	if m == forTurns {
		cfg.RuntimeParams["synchronous_commit"] = "off" // a server that crashes takes all that were at work along
	}
	if m == forLocking {
		// The lock of a machine that has gone without a word is free after half a minute.
		for name, seconds := range map[string]string{"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"} {
			cfg.RuntimeParams[name] = seconds
		}
	}
	db := stdlib.OpenDB(*cfg)
	switch m {
	case forWriting:
		db.SetMaxOpenConns(1)
		db.SetMaxIdleConns(1)
	case forLocking:
		db.SetMaxIdleConns(0) // a session ends with its lock
	case forTurns:
		db.SetMaxOpenConns(turnConns)
		db.SetMaxIdleConns(turnConns)
	default:
		db.SetMaxOpenConns(readers)
		db.SetMaxIdleConns(readers)
	}
	return db, nil
}

// hidePassword takes the password out of an error of the driver.
func hidePassword(err error, dsn string) error {
	u, bad := url.Parse(dsn)
	if bad != nil {
		return errors.New("the address cannot be read; write postgres://user@host/name")
	}
	if password, set := u.User.Password(); set && password != "" {
		return errors.New(strings.ReplaceAll(err.Error(), password, "xxxxx"))
	}
	return err
}

// postgresName is a DSN as people are told it.
func postgresName(dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errors.New("open database: the address cannot be read; write postgres://user@host/name")
	}
	if u.Query().Has("password") {
		return "", errors.New("open database: the address holds a password among its parameters; write it before the host, or in a password_file")
	}
	return u.Redacted(), nil
}

// postgresArgs replaces what PostgreSQL keeps in no text: NUL, and bytes that
// are no UTF-8. Feeds are cleaned of them, addresses and errors of servers are
// not.
func postgresArgs(args []any) []any {
	clean, copied := args, false
	for i, arg := range args {
		var text string
		switch v := arg.(type) {
		case string:
			text = v
		case sql.NullString:
			text = v.String
		default:
			continue
		}
		if isText(text) {
			continue
		}
		if !copied {
			clean, copied = slices.Clone(args), true
		}
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
		if null, ok := arg.(sql.NullString); ok {
			clean[i] = sql.NullString{String: text, Valid: null.Valid}
		} else {
			clean[i] = text
		}
	}
	return clean
}

// isText reports whether every engine can store bytes as a text.
func isText(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }

// checkPostgres looks whether the database can be ours.
func checkPostgres(ctx context.Context, s *Store) error {
	db, err := openPostgres(s.dsn, s.opt, forWriting) // one session for all questions
	if err != nil {
		return err
	}
	defer db.Close()
	var encoding string
	var ours, versioned, all int
	if err := db.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database keeps its text as %s; make one with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0", encoding)
	}
	err = db.QueryRowContext(ctx, `
SELECT count(*) FILTER (WHERE table_name IN ('story_cut', 'edition_state')), count(*) FILTER (WHERE table_name = $1),
  count(*) FILTER (WHERE table_name IN ('item', 'story', 'source', 'poll'))
FROM information_schema.tables WHERE table_schema = current_schema()`, goose.DefaultTablename).Scan(&ours, &versioned, &all)
	if err != nil {
		return err
	}
	if ours == 0 && all == 0 && versioned > 0 {
		// Of a first process that was killed before it had made a table of ours
		// there is the list of versions, with none in it.
		err = db.QueryRowContext(ctx, "SELECT count(*) FROM "+goose.DefaultTablename+" WHERE version_id > 0").Scan(&versioned)
	}
	if err == nil && ours == 0 && versioned+all > 0 {
		return ErrForeign
	}
	return err
}
