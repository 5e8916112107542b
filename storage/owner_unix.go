//go:build unix

package storage

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// owner returns the name of the user whose file it is, or "" if that is the
// one we run as, or cannot be told.
func owner(path string) string {
	st, err := os.Lstat(path)
	if err != nil {
		return ""
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok || int(sys.Uid) == os.Geteuid() {
		return ""
	}
	id := strconv.FormatUint(uint64(sys.Uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return fmt.Sprintf("%q", u.Username)
	}
	return "number " + id
}

// GiveTo makes a file or folder belong to whom another one belongs to, when root
// has made it: what root makes beside a wire would else be closed to the wire's own
// user. For everybody else it does nothing.
func GiveTo(path, like string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	st, err := os.Stat(like)
	if err != nil {
		return err
	}
	sys, ok := st.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return os.Lchown(path, int(sys.Uid), int(sys.Gid))
}
