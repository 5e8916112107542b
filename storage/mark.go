package storage

import (
	"context"
	"fmt"
)

// Marks returns the marks that the last [Store.CommitPoll] of a source left
// ([news.PollResult]); nil if there are none.
func (s *Store) Marks(ctx context.Context, source string) ([]byte, error) {
	var marks []byte
	err := each(ctx, brief{s.read}, func(rows *rows) error { return rows.Scan(&marks) }, `
SELECT m.entries FROM mark m JOIN source s ON s.id = m.source_id WHERE s.name = $1`, source)
	return marks, s.wrap(fmt.Sprintf("read marks of %q", source), err)
}

// saveMarks replaces the marks of a source; nil leaves them as they are.
func (t *txn) saveMarks(source int64, marks []byte) error {
	if marks == nil {
		return nil
	}
	if len(marks) == 0 {
		return t.dropMarks(source)
	}
	_, err := t.exec(`
INSERT INTO mark (source_id, entries) VALUES ($1, $2)
ON CONFLICT (source_id) DO UPDATE SET entries = excluded.entries`, source, marks)
	return err
}

// dropMarks has the next document of a source read whole: something else than
// its last poll decided on an item of it.
func (t *txn) dropMarks(source int64) error {
	_, err := t.exec(`DELETE FROM mark WHERE source_id = $1`, source)
	return err
}
