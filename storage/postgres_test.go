package storage_test

import (
	"testing"

	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

func TestPostgres(t *testing.T) {
	run := storagetest.Run
	if testing.Short() { // the rest is done on SQLite, too
		run = storagetest.RunAtOnce
	}
	run(t, func(t *testing.T) *storage.Store {
		return open(t, postgrestest.New(t), storage.Options{})
	})
}
