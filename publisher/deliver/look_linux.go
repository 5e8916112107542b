package deliver

import (
	"io/fs"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// looker says what files in a folder look like. It asks the system once or
// twice for each, where os.Root opens every folder on the way; and a delivery
// looks at every file of the site. Like os.Root it follows no link.
type looker struct {
	dir  *os.File
	real map[string]bool // folders that are none of links
}

func newLooker(root *os.Root) (*looker, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	return &looker{dir: dir, real: map[string]bool{".": true}}, nil
}

func (l *looker) close() error { return l.dir.Close() }

// look knows regular files only, and no name that leads out of the folder.
func (l *looker) look(name string) (record, bool) {
	var st unix.Stat_t
	if !fs.ValidPath(name) || !l.folder(path.Dir(name)) || !l.stat(name, &st) || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return record{}, false
	}
	return record{Size: st.Size, Modified: st.Mtim.Nano()}, true
}

// folder reports whether a name is that of a folder within folders.
func (l *looker) folder(name string) bool {
	if is, known := l.real[name]; known {
		return is
	}
	var st unix.Stat_t
	is := l.folder(path.Dir(name)) && l.stat(name, &st) && st.Mode&unix.S_IFMT == unix.S_IFDIR
	if is {
		l.real[name] = is // others are made later
	}
	return is
}

func (l *looker) stat(name string, st *unix.Stat_t) bool {
	return unix.Fstatat(int(l.dir.Fd()), name, st, unix.AT_SYMLINK_NOFOLLOW) == nil
}
