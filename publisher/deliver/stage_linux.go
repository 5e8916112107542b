package deliver

import (
	"errors"
	"io"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// What is written to a new folder is tens of thousands of files. os.Root opens
// every folder on the way to each of them, and closes it again; here one stays
// open until another is asked for. The system sees to it that no link leads out
// of the root (RESOLVE_BENEATH, since Linux 5.6). Whatever cannot be done so is
// left to os.Root, whose errors say why.

// enter returns a descriptor of a folder, good until the next call.
func (l *looker) enter(dir string) (int, bool) {
	if dir == "." {
		return int(l.dir.Fd()), true
	}
	if dir == l.held {
		return l.hold, true
	}
	l.release()
	fd, err := unix.Openat2(int(l.dir.Fd()), dir, &unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != nil {
		return 0, false
	}
	l.held, l.hold = dir, fd
	return fd, true
}

// release closes the folder that was entered last. What was not there may be
// there now.
func (l *looker) release() {
	l.none = ""
	if l.held != "." {
		_ = unix.Close(l.hold)
		l.held = "."
	}
}

// mkdir reports whether it made a folder, or found something of that name.
func (l *looker) mkdir(name string) bool {
	fd, ok := l.enter(path.Dir(name))
	if !ok || name == "." {
		return ok
	}
	err := unix.Mkdirat(fd, path.Base(name), 0o755)
	return err == nil || errors.Is(err, unix.EEXIST)
}

// rename reports whether it put a staged file in place.
func (l *looker) rename(from *stage, as, name string) bool {
	fd, ok := l.enter(path.Dir(name))
	return ok && unix.Renameat(int(from.dir.Fd()), as, fd, path.Base(name)) == nil
}

// stage is the folder where files are written before they have their place.
type stage struct{ dir *os.File }

func openStage(root *os.Root) (*stage, error) {
	dir, err := root.Open(stageName)
	return &stage{dir}, err
}

func (s *stage) close() { _ = s.dir.Close() }

// write writes a new file, as createFile does, and says how it left it.
func (s *stage) write(name string, body []byte, flush bool) (left looks, err error) {
	fail := func(op string, err error) error { return &os.PathError{Op: op, Path: name, Err: err} }
	fd := -1
	err = uninterrupted(func() (err error) {
		fd, err = unix.Openat(int(s.dir.Fd()), name, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o644)
		return err
	})
	if err != nil {
		return looks{}, fail("open", err)
	}
	defer func() {
		if shut := unix.Close(fd); shut != nil && err == nil && !errors.Is(shut, unix.EINTR) { // then it is closed
			err = fail("close", shut)
		}
	}()
	for len(body) > 0 {
		n, err := unix.Write(fd, body)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return looks{}, fail("write", err)
		}
		if n == 0 && err == nil {
			return looks{}, fail("write", io.ErrShortWrite) // never of a file; a loop without an end if it were
		}
		body = body[max(n, 0):]
	}
	if flush {
		if err := uninterrupted(func() error { return unix.Fsync(fd) }); err != nil {
			return looks{}, fail("sync", err)
		}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return looks{}, fail("stat", err)
	}
	return looks{Size: st.Size, Modified: st.Mtim.Nano()}, nil
}

// uninterrupted calls until no signal interrupts it.
func uninterrupted(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
