// Package migrations holds the archive's schema, one folder per engine.
//
// It decides nothing: the files are plain SQL, applied in order, each in one
// transaction, forward only and never edited once released. It is a package
// of its own because embedding needs the files beside the code, and because
// a reviewer of the schema should find nothing else here.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite returns the migrations for SQLite.
func SQLite() (fs.FS, error) { return fs.Sub(files, "sqlite") }

// Postgres returns the migrations for PostgreSQL. The first of them is the sum
// of SQLite's up to its number; later ones have the same numbers in both.
func Postgres() (fs.FS, error) { return fs.Sub(files, "postgres") }
