package main

import (
	"os"
	"testing"
	"time"

	"github.com/rightswire/rightswire/storage/postgrestest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	postgrestest.Stop()
	os.Exit(code)
}

// Three workers and a publisher on one PostgreSQL, some of them killed, lose
// nothing, double nothing, and keep the manners among them that one process
// keeps. The full size is "bench workers".
func TestKilledWorkersLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	o := workersOptions{
		sources: 200, hosts: 20, workers: 3, slots: 8, kills: 4, every: 2 * time.Second, interval: 5 * time.Second,
		latency: 20 * time.Millisecond, gap: 100 * time.Millisecond, timeout: time.Second, seed: 1,
		dsn: postgrestest.NewBare(t), dir: t.TempDir(),
	}
	t.Chdir("../..")
	base := options{dir: o.dir}
	clean, err := base.prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer clean()
	o.bin = base.bin
	if err := o.killing(t.Context()); err != nil {
		t.Error(err)
	}
}
