package deliver

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

const canFlushAll = true

// flushAll waits until the file system of a folder is on the disk, and reports
// what could not be written (since Linux 5.8).
func flushAll(root *os.Root) error {
	f, err := root.Open(".")
	if err != nil {
		return err
	}
	defer f.Close()
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := conn.Control(func(fd uintptr) { failed = unix.Syncfs(int(fd)) }); err != nil {
		return err
	}
	if failed != nil {
		return fmt.Errorf("flush the file system: %w", failed)
	}
	return nil
}
