package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/storage/postgrestest"
)

// A daemon that lost its session goes on to serve, and takes the lock again that
// keeps out who else would poll.
func TestADaemonThatLostItsSessionGoesOn(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		says string // what a run hears beside it
	}{
		{"one that polls", nil, "another run is at work"},
		{"one that only serves", []string{"--no-poll"}, "workers poll by themselves"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dsn, conf, said := postgrestest.NewBare(t), filepath.Join(t.TempDir(), "config.yaml"), &syncBuffer{}
			writeFile(t, conf, fmt.Sprintf("database: %q\n%s", dsn, aWire))
			cmd := exec.Command("rightswire", append([]string{"--config", conf, "serve", "--listen", "127.0.0.1:0"}, tt.args...)...)
			cmd.Stderr = said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Wait()
			defer cmd.Process.Kill()
			await := func(pattern string) string {
				t.Helper()
				re := regexp.MustCompile(pattern)
				for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
					if m := re.FindStringSubmatch(said.String()); m != nil {
						return m[len(m)-1]
					}
				}
				t.Fatalf("it never says %s, but\n%s", pattern, said)
				return ""
			}
			addr := await(`msg=serving listen=(\S+)`)
			postgrestest.Exec(t, dsn, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
			await("other processes are kept from polling again")
			out, _ := exec.Command("rightswire", "--config", conf, "run").CombinedOutput()
			if !strings.Contains(string(out), tt.says) {
				t.Errorf("a run beside it says %s, want %q", out, tt.says)
			}
			res, err := http.Get("http://" + addr + "/")
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Errorf("the site answers %d", res.StatusCode)
			}
		})
	}
}

// A run that lost its session ends: workers may have begun.
func TestARunThatLostItsSessionEnds(t *testing.T) {
	t.Parallel()
	o := fetchtest.New(t)
	o.On("/a", fetchtest.Answer{Delay: 25 * time.Second})
	dsn, conf, said := postgrestest.NewBare(t), filepath.Join(t.TempDir(), "config.yaml"), &syncBuffer{}
	writeFile(t, conf, fmt.Sprintf("database: %q\nsite: {title: T, contact: desk@wire.example}\nfetch: {allow: [127.0.0.0/8]}\nsources: [{id: a, title: A, url: %q}]\n", dsn, o.URL("/a")))
	cmd := exec.Command("rightswire", "--config", conf, "run", "--no-publish")
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); len(o.Requests()) == 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	postgrestest.Exec(t, dsn, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	if err := cmd.Wait(); err == nil || !strings.Contains(said.String(), "is lost; start again") {
		t.Errorf("it ended with %v and says %s", err, said)
	}
}
