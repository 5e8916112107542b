//go:build unix

package storage

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// readKept returns what is in a file, in memory that the collector does not
// count: it stays for as long as the process groups. The file itself is not
// mapped, for whoever cuts it off would kill the process with SIGBUS.
func readKept(path string) (data []byte, release func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	size := info.Size()
	if size == 0 || int64(int(size)) != size {
		return nil, func() {}, nil
	}
	data, err = unix.Mmap(-1, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, nil, os.NewSyscallError("mmap", err)
	}
	release = func() { unix.Munmap(data) }
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		release()
		return nil, nil, err
	}
	return data[:n], release, nil // what was cut off meanwhile is seen by its length
}
