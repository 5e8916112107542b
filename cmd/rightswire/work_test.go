package main

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/storage/postgrestest"
)

// A worker whose session is lost may no longer keep out who polls by himself:
// it ends, and says why, for its supervisor to start it again.
func TestAWorkerThatLostItsSessionEnds(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Answer{Body: "<rss version='2.0'><channel><title>A</title></channel></rss>", ETag: `"1"`})
	dsn, dir := postgrestest.NewBare(t), t.TempDir()
	conf := filepath.Join(dir, "config.yaml")
	writeFile(t, conf, fmt.Sprintf(`site: {title: T, url: "https://wire.example", contact: desk@wire.example}
database: %q
fetch: {allow: [127.0.0.0/8]}
sources: [{id: a, title: A, url: %q}]
`, dsn, o.URL("/a")))
	said := &syncBuffer{}
	cmd := exec.Command("rightswire", "--config", conf, "work")
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for end := time.Now().Add(time.Minute); len(o.Requests()) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing was asked; it says\n%s", said)
		}
	}
	postgrestest.Exec(t, dsn, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	select {
	case err := <-ended:
		exit := (*exec.ExitError)(nil)
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(said.String(), "is lost; start again") {
			t.Errorf("it ended with %v, want 1 and the reason; it says\n%s", err, said)
		}
	case <-time.After(2 * time.Minute):
		t.Errorf("it goes on; it says\n%s", said)
	}
}
