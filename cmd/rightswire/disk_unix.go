//go:build linux || darwin || freebsd

package main

import (
	"path/filepath"
	"syscall"
)

// freeBytes returns how much a process of ours can still write beside a path;
// false if that cannot be told.
func freeBytes(path string) (uint64, bool) {
	var st syscall.Statfs_t
	if path == "" || syscall.Statfs(filepath.Dir(path), &st) != nil {
		return 0, false
	}
	return uint64(st.Bavail) * uint64(st.Bsize), true
}
