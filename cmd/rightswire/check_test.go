package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A script can tell success from failure, but not 1 from 2.
func TestConfigurationAndUsageMistakesExitWith2(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("listen: 5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want int
	}{
		{"a bad file", []string{"check", "--config", bad}, 2},
		{"a missing file", []string{"check", "--config", bad + ".gone"}, 2},
		{"an argument too many", []string{"check", bad}, 2},
		{"an unknown flag", []string{"check", "--probee"}, 2},
		{"the schema needs no file", []string{"check", "--schema", "--config", bad}, 0},
		{"the shipped newsroom", []string{"check", "--config", "../../config.yaml"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, stderr bytes.Buffer
			a := &app{in: &bytes.Buffer{}, out: &out, err: &stderr}
			root := newRoot(a)
			root.SetArgs(tt.args)
			if got := a.exit(root.ExecuteContext(t.Context())); got != tt.want {
				t.Errorf("rightswire %q exits with %d, want %d; stderr: %s", tt.args, got, tt.want, &stderr)
			}
		})
	}
}
