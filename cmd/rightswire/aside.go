package main

import (
	"fmt"
	"os"

	"github.com/rightswire/rightswire/publisher/deliver"
)

// besideTarget returns a file for what a build puts aside: in the folder that
// the site goes to, whose disk has to have room for it anyway, or where
// temporary files are if that is an object store. The caller calls end.
func besideTarget(to string) (f *os.File, end func(), err error) {
	dir := os.TempDir()
	if !deliver.IsStore(to) {
		dir = to
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, nil, fmt.Errorf("deliver to %s: %w", to, err)
		}
	}
	if f, err = os.CreateTemp(dir, ".rightswire-aside-*"); err != nil {
		return nil, nil, fmt.Errorf("deliver to %s: %w", to, err)
	}
	_ = os.Remove(f.Name()) // a kill leaves nothing; where a file that is open cannot be removed, end does it
	return f, func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}, nil
}
