//go:build unix

package storage

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOwnerIsNamedOnlyWhenItIsAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := owner(path); got != "" {
		t.Errorf("owner of our own file = %s, want none", got)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	if err := os.Chown(path, 54321, -1); err != nil {
		t.Fatal(err)
	}
	if got := owner(path); got != "number 54321" {
		t.Errorf("owner = %s, want number 54321", got)
	}
}
