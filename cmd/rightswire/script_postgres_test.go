package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rightswire/rightswire/storage"
	"github.com/rightswire/rightswire/storage/postgrestest"
)

// serverEnv names the server on which scripts have a database for every file
// that they would have made: the program finds it there, the scripts are the
// same.
const serverEnv = "RIGHTSWIRE_SCRIPT_POSTGRES"

// everyScriptEnv has every script that can run on PostgreSQL too, and not only
// those that say most about it.
const everyScriptEnv = "RIGHTSWIRE_TEST_POSTGRES_ALL"

// onPostgres is what runs as "rightswire" in scripts.
func onPostgres() {
	if server := os.Getenv(serverEnv); server != "" {
		located = func(dsn string) string { return databaseFor(server, dsn) }
	}
	main()
}

// databaseFor returns the database that stands for a file, making it if need
// be.
func databaseFor(server, dsn string) string {
	if storage.IsPostgres(dsn) {
		return dsn
	}
	path, err := filepath.Abs(dsn)
	if err == nil {
		dsn, err = makeDatabase(server, fmt.Sprintf("rightswire_file_%x", sha256.Sum256([]byte(path)))[:40])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a database for the test:", err)
		os.Exit(125)
	}
	return dsn
}

func makeDatabase(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer db.Close()
	u.Path = "/" + name
	there := 0
	ctx := context.Background()
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM pg_database WHERE datname = $1`, name).Scan(&there); err != nil || there > 0 {
		return u.String(), err
	}
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE template0")
	if err != nil && (strings.Contains(err.Error(), "already exists") || strings.Contains(err.Error(), "pg_database_datname_index")) {
		err = nil // another process of the script was faster
	}
	return u.String(), err
}

// The scripts pass on PostgreSQL as they do on SQLite. Not those that look at
// the file itself.
func TestScriptOnPostgres(t *testing.T) {
	postgrestest.New(t) // skips where there is none
	scripts := []string{
		"demo", "run", "run_twice", "run_renamed", "publish", "serve", "serve_reload", "serve_stop", "serve_twice", "explain", "stories", "items", "items_hide",
		"admin", "digest", "cut_query", "proposed", "hub", "sources_add_beside", "archive",
	}
	if os.Getenv(everyScriptEnv) != "" {
		files, err := filepath.Glob("testdata/script/*.txtar")
		if err != nil {
			t.Fatal(err)
		}
		scripts = nil
		for _, f := range files {
			scripts = append(scripts, strings.TrimSuffix(filepath.Base(f), ".txtar"))
		}
	}
	ofFiles := []string{"damaged", "config_elsewhere", "run_publish", "items_file"}
	scripts = slices.DeleteFunc(scripts, func(name string) bool {
		return slices.Contains(ofFiles, name) || testing.Short() && !slices.Contains(atOnce, name)
	})
	p := scriptParams()
	p.Dir, p.Files = "", scriptFiles(scripts)
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv(serverEnv, postgrestest.At("postgres"))
		return setup(env)
	}
	testscript.Run(t, p)
}

// Scripts that need both engines: $POSTGRES is an empty database.
func TestScriptOfBothEngines(t *testing.T) {
	if testing.Short() {
		t.Skip("does nothing at once")
	}
	postgrestest.New(t) // skips where there is none
	p := scriptParams()
	p.Dir = filepath.Join("testdata", "postgres")
	setup := p.Setup
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("POSTGRES", postgrestest.NewBare(env.T().(testing.TB)))
		return setup(env)
	}
	testscript.Run(t, p)
}
