//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// giveTo gives a file the owner and group of another: a configuration that root
// edits must stay readable for the user that the daemon runs as. Who may not give
// files away keeps at least the group, if that is theirs.
func giveTo(f *os.File, like fs.FileInfo) error {
	sys, ok := like.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	err := f.Chown(int(sys.Uid), int(sys.Gid))
	if err != nil && os.Geteuid() != 0 {
		f.Chown(-1, int(sys.Gid))
		return nil
	}
	return err
}
