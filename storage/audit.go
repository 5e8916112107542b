package storage

import (
	"context"
	"math"

	"github.com/rightswire/rightswire/news"
)

// AddAudit puts on record what somebody did on the desk's pages. The entry's ID
// is given here.
func (s *Store) AddAudit(ctx context.Context, e news.AuditEntry) error {
	return s.write(ctx, "put on record what the desk did", len(e.Before)+len(e.After), func(t *txn) error {
		_, err := t.exec(`INSERT INTO audit (at, who, client, what, object, before, after, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			micros(e.At), e.Who, e.From, e.What, e.Object, e.Before, e.After, e.Error)
		return err
	})
}

// AuditBefore returns the record's entries with ids below before, the latest
// first, at most limit of them. With 0 it begins at the latest one.
func (s *Store) AuditBefore(ctx context.Context, before int64, limit int) ([]news.AuditEntry, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	var out []news.AuditEntry
	err := each(ctx, s.read, func(rows *rows) error {
		var e news.AuditEntry
		var at int64
		err := rows.Scan(&e.ID, &at, &e.Who, &e.From, &e.What, &e.Object, &e.Before, &e.After, &e.Error)
		e.At = fromMicros(at)
		out = append(out, e)
		return err
	}, `
SELECT id, at, who, client, what, object, before, after, error FROM audit
WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
	return out, s.wrap("read what the desk did", err)
}

// pruneAudit takes old entries of the record of the desk out.
func (s *Store) pruneAudit(ctx context.Context, r Retention, done *Pruned) error {
	for after := int64(0); ; {
		var lot []any
		err := each(ctx, s.read, func(rows *rows) error {
			err := rows.Scan(&after)
			lot = append(lot, after)
			return err
		}, `SELECT id FROM audit WHERE at < $1 AND id > $2 ORDER BY id LIMIT $3`, micros(r.Audit), after, pruneLook)
		if err != nil || len(lot) == 0 {
			return err
		}
		done.Audit += len(lot)
		if r.DryRun {
			continue
		}
		err = s.write(ctx, "take old entries out of the record of the desk", 0, func(t *txn) error {
			return inLists(lot, func(part []any) error {
				_, err := t.exec(`DELETE FROM audit WHERE id IN (`+list(1, len(part))+`)`, part...)
				return err
			})
		})
		if err != nil {
			return err
		}
	}
}
