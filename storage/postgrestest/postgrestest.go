// Package postgrestest gives tests databases on a PostgreSQL server of their
// own, which it starts when the first test asks, as an unprivileged user when
// the tests run as root.
//
// It decides nothing about news. It is a package of its own because several
// rooms test on it, and the product must not hold it.
package postgrestest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/rightswire/rightswire/storage"
)

// Env names a PostgreSQL to test on instead, as postgres://…/postgres: its
// user must be allowed to make databases.
const Env = "RIGHTSWIRE_TEST_POSTGRES"

// Wary is a user, once a test makes it, whom the server lets in with its
// password alone, and all others without.
const Wary = "rightswire_test_wary"

// template is the database that those of tests are copies of.
const template = "rightswire_template"

// server is the one server of this process.
var server struct {
	once sync.Once
	url  *url.URL
	how  string // to copy a database
	stop func()
	err  error
	n    atomic.Int64
}

// New returns the address of a new database that holds an empty archive, and
// drops it when the test ends. Without any PostgreSQL the test is skipped.
func New(t testing.TB) string {
	t.Helper()
	return create(t, template)
}

// NewBare is New for a database without anything in it.
func NewBare(t testing.TB) string {
	t.Helper()
	return create(t, "template0")
}

// Serve starts a server for a measurement, with further settings such as
// "fsync=on", and returns the address of a new database there, an empty
// archive's. stop ends the server. It is for one server in a process.
func Serve(settings ...string) (dsn string, stop func(), err error) {
	if err := start(settings...); err != nil {
		return "", nil, err
	}
	const name = "rightswire_bench"
	if err := admin(context.Background(), At("postgres"), "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		server.stop()
		return "", nil, err
	}
	return At(name), server.stop, nil
}

// errNone is returned where there is no PostgreSQL to start.
var errNone = errors.New("no PostgreSQL here: install it (Debian: apt-get install postgresql), or name one in " + Env)

func create(t testing.TB, from string) string {
	t.Helper()
	server.once.Do(func() { server.err = begin() })
	if errors.Is(server.err, errNone) {
		t.Skip(server.err)
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	name := fmt.Sprintf("rightswire_test_%d_%d", os.Getpid(), server.n.Add(1))
	Exec(t, At("postgres"), "CREATE DATABASE "+name+" TEMPLATE "+from+server.how)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the test's database was %s", name)
		}
		admin(context.Background(), At("postgres"), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return At(name)
}

// At is the address of a database of the server.
func At(name string) string {
	u := *server.url
	u.Path = "/" + name
	return u.String()
}

// Exec runs statements on a database, each in a transaction of its own.
func Exec(t testing.TB, dsn string, statements ...string) {
	t.Helper()
	if err := admin(t.Context(), dsn, statements...); err != nil {
		t.Fatal(err)
	}
}

func admin(ctx context.Context, dsn string, statements ...string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, text := range statements {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	return nil
}

// Stop ends the server, if one was started. TestMain calls it last; a process
// that is killed takes its server along anyway.
func Stop() {
	if server.stop != nil {
		server.stop()
	}
}

// begin starts the server, and makes the template.
func begin() error {
	if given := os.Getenv(Env); given != "" {
		u, err := url.Parse(given)
		if err != nil {
			return fmt.Errorf("%s: %w", Env, err)
		}
		server.url = u
	} else if err := start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := admin(ctx, At("postgres"), "DROP DATABASE IF EXISTS "+template, "CREATE DATABASE "+template+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
		return err
	}
	s, err := storage.Open(ctx, At(template), storage.Options{})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	return copyFiles(ctx)
}

// copyFiles has databases copied file by file, as before version 15, and not
// page by page through the log, which takes twice the work.
func copyFiles(ctx context.Context) error {
	db, err := sql.Open("pgx", At("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	var version int
	if err := db.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return err
	}
	if version >= 150000 {
		server.how = " STRATEGY FILE_COPY"
	}
	return nil
}

// binaries returns the folder of initdb and postgres; "" if there is none.
func binaries() string {
	var folders []string
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		folders = append(folders, strings.TrimSpace(string(out)))
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.Reverse(found)
	folders = append(folders, found...)
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, dir := range folders {
		if isProgram(dir, "initdb") && isProgram(dir, "postgres") {
			return dir
		}
	}
	return ""
}

func isProgram(dir, name string) bool {
	st, err := os.Stat(filepath.Join(dir, name))
	return err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0
}
