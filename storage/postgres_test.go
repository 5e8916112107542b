package storage_test

import (
	"testing"

	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
	"github.com/rightswire/rightswire/storage/storagetest"
)

func TestPostgres(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) *storage.Store {
		return open(t, postgrestest.New(t), storage.Options{})
	})
}
