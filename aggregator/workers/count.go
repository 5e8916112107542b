package workers

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Count returns how many jobs of the polls are in each state.
func Count(ctx context.Context, pool *pgxpool.Pool) (map[string]float64, error) {
	counts := map[string]float64{"available": 0, "running": 0, "scheduled": 0, "retryable": 0}
	rows, err := pool.Query(ctx, `SELECT CAST(state AS TEXT), count(*) FROM river_job WHERE kind = $1 GROUP BY state`, pollKind)
	if err != nil {
		return nil, err
	}
	var state string
	var n float64
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		counts[state] = n
		return nil
	})
	return counts, err
}
