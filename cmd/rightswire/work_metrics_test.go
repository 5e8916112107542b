package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

func TestAWorkerIsReadyAsLongAsTheDatabaseAnswers(t *testing.T) {
	d, _ := testDaemon(t, deskNewsroom)
	k := &working{w: d.wire}
	ask := func() int {
		rec := httptest.NewRecorder()
		k.ready(rec, httptest.NewRequest("GET", "/readyz", nil))
		return rec.Code
	}
	if got := ask(); got != http.StatusOK {
		t.Errorf("with its database: %d", got)
	}
	if err := d.wire.store.Close(); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != http.StatusServiceUnavailable {
		t.Errorf("without its database: %d", got)
	}
}

// What the queue was before the database went would hide that it did.
func TestJobsThatCannotBeCountedAreNotTold(t *testing.T) {
	d, _ := testDaemon(t, deskNewsroom)
	pool, err := pgxpool.New(t.Context(), "postgres://127.0.0.1:1/none?connect_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	k := &working{w: d.wire}
	k.queue.Store(pool)
	g := &queueGauges{k: k, counts: map[string]float64{"running": 7}}
	if got := g.latest(); len(got) > 0 {
		t.Errorf("counts %v, want none", got)
	}
}
