package deliver

import (
	"io/fs"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// looker says what files in a folder look like. It asks the system once or
// twice for each, where os.Root opens every folder on the way; and a delivery
// looks at every file of the site. What is behind a folder that is a link it
// leaves to os.Root, which follows those that stay within the root.
type looker struct {
	root *os.Root
	dir  *os.File

	// A delivery looks at files in the order of their names: of folders, the
	// last is enough to know.
	real string // the last one found that no link leads to; so are those that it is in
	none string // the last one that is not there, as is nothing in it; "": none

	held string // the folder that hold is
	hold int
}

func newLooker(root *os.Root) (*looker, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	return &looker{root: root, dir: dir, real: ".", held: "."}, nil
}

func (l *looker) close() error {
	l.release()
	return l.dir.Close()
}

// look knows regular files only, and no name that leads out of the folder.
func (l *looker) look(name string) (looks, bool) {
	if !fs.ValidPath(name) {
		return looks{}, false
	}
	switch there, real := l.folder(path.Dir(name)); {
	case !there:
		return looks{}, false
	case !real:
		return lookIn(l.root, name)
	}
	var st unix.Stat_t
	if !l.stat(name, &st) || st.Mode&unix.S_IFMT != unix.S_IFREG {
		return looks{}, false
	}
	return looks{Size: st.Size, Modified: st.Mtim.Nano()}, true
}

// folder reports whether there may be something of that name, and whether it is
// a folder within folders; if not, there is a link on the way to it.
func (l *looker) folder(name string) (there, real bool) {
	if name == "." || within(l.real, name) {
		return true, true
	}
	if l.none != "" && within(name, l.none) {
		return false, false
	}
	if there, real = l.folder(path.Dir(name)); !real {
		return there, false
	}
	var st unix.Stat_t
	if !l.stat(name, &st) {
		l.none = name
		return false, false
	}
	if real = st.Mode&unix.S_IFMT == unix.S_IFDIR; real {
		l.real = name
	}
	return true, real
}

func (l *looker) stat(name string, st *unix.Stat_t) bool {
	return unix.Fstatat(int(l.dir.Fd()), name, st, unix.AT_SYMLINK_NOFOLLOW) == nil
}
