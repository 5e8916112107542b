package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/storage"
)

// series returns the names of all series that a daemon has, with those that it
// has only while a source fails.
func series(t *testing.T) map[string]bool {
	t.Helper()
	store, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "rightswire.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	d := &daemon{wire: &wire{app: &app{config: filepath.Join(t.TempDir(), "config.yaml"), now: time.Now}, store: store, metrics: newMetrics()}}
	cfg := config.Default()
	d.inEffect.Store(&cfg)
	d.wire.metrics.registry.MustRegister(&gauges{d: d})
	families, err := d.wire.metrics.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{"rightswire_source_failures": true, "rightswire_database_bytes": true, "rightswire_disk_free_bytes": true}
	for _, f := range families {
		names[f.GetName()] = true
		if f.GetType().String() == "HISTOGRAM" {
			names[f.GetName()+"_bucket"] = true
		}
	}
	return names
}

// What the dashboard and the rules of alerts ask for is there under that name.
func TestDashboardAndAlertsNameWhatThereIs(t *testing.T) {
	there := series(t)
	asked := regexp.MustCompile(`\b(?:rightswire|process|go)_[a-z_]+`)
	for _, file := range []string{"dashboard.json", "alerts.yml"} {
		text, err := os.ReadFile(filepath.Join("../../packaging/monitoring", file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".json") && !json.Valid(text) {
			t.Errorf("%s is no JSON", file)
		}
		found := asked.FindAllString(string(text), -1)
		if len(found) < 10 {
			t.Errorf("%s asks for %d series only: %q", file, len(found), found)
		}
		for _, name := range found {
			if !there[name] {
				t.Errorf("%s asks for %s, which nothing sends", file, name)
			}
		}
	}
}

// Each alert comes when it should and at no other time; promtool is in Debian's
// package prometheus.
func TestAlertsWithPromtool(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not here; apt-get install prometheus")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		cmd := exec.CommandContext(t.Context(), promtool, args...)
		cmd.Dir = "../../packaging/monitoring"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}
