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

// madeEnv names a folder with a file for each database that was made there.
const madeEnv = "RIGHTSWIRE_SCRIPT_POSTGRES_MADE"

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
// be. That it is there, a file in the folder madeEnv says: to ask the server is a
// session of its own, which costs as much as a command does.
func databaseFor(server, dsn string) string {
	if storage.IsPostgres(dsn) {
		return dsn
	}
	path, err := filepath.Abs(dsn)
	if err == nil {
		name := fmt.Sprintf("rightswire_file_%x", sha256.Sum256([]byte(path)))[:40]
		made := filepath.Join(os.Getenv(madeEnv), name)
		if _, absent := os.Stat(made); absent != nil {
			if err = makeDatabase(server, name); err == nil {
				err = os.WriteFile(made, nil, 0o600)
			}
		}
		dsn = onServer(server, name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "make a database for the test:", err)
		os.Exit(125)
	}
	return dsn
}

// onServer is the address of a database of the server.
func onServer(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

func makeDatabase(server, name string) error {
	db, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), "CREATE DATABASE "+name+" TEMPLATE template0")
	if err != nil && (strings.Contains(err.Error(), "already exists") || strings.Contains(err.Error(), "pg_database_datname_index")) {
		err = nil // another process of the script was faster
	}
	return err
}

// The scripts pass on PostgreSQL as they do on SQLite; with everyScriptEnv all
// but those that look at the file itself. Each command costs twice what it does
// on a file, most of it the server's, so by default they are those that send a
// statement which the tests of storage do not send to PostgreSQL (items, serve,
// proposed, demo, run), that have several processes at one archive, or that end
// or lose what holds a session.
func TestScriptOnPostgres(t *testing.T) {
	postgrestest.New(t) // skips where there is none
	scripts := []string{
		"demo", "run", "run_twice", "run_renamed", "publish", "serve", "serve_reload", "serve_stop", "serve_twice", "items",
		"cut_query", "proposed", "hub", "sources_add_beside",
	}
	if testing.Short() {
		scripts = besides
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
	setup, made := p.Setup, t.TempDir()
	p.Setup = func(env *testscript.Env) error {
		env.Setenv(serverEnv, postgrestest.At("postgres"))
		env.Setenv(madeEnv, made)
		return setup(env)
	}
	testscript.Run(t, p)
}

// besides are the scripts of atOnce that run on PostgreSQL with -short: what is
// at once in the others is the same on either engine.
var besides = []string{"run", "serve_stop", "serve_twice", "sources_add_beside"}

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
