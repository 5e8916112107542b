//go:build unix

package storage

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// openSteady opens a file to read, which stays the same when another takes its name.
func openSteady(path string) (*io.SectionReader, func(), error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return io.NewSectionReader(f, 0, info.Size()), func() { f.Close() }, nil
}

// inMemory returns what is in a file, which is not empty, in memory that the
// collector does not count. The file itself is not mapped, for whoever cuts it off
// would kill the process with SIGBUS.
func inMemory(file *io.SectionReader) (data []byte, release func(), err error) {
	size := file.Size()
	if int64(int(size)) != size {
		return nil, nil, fmt.Errorf("%d bytes are more than a process may have here", size)
	}
	data, err = unix.Mmap(-1, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, nil, os.NewSyscallError("mmap", err)
	}
	release = func() { unix.Munmap(data) }
	if _, err := file.ReadAt(data, 0); err != nil {
		release()
		return nil, nil, err // also if it was cut off meanwhile
	}
	return data, release, nil
}

// nameless returns a new file without a name. Another process that sweeps up what
// was left may have taken the name already, see writeKept.
func nameless(dir, pattern string) (*os.File, error) {
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
