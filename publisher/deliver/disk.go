package deliver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"runtime"
)

// readManifest returns an empty manifest if there is none, and errManifest too
// if there is one that cannot be read. The manifest reads from the file, which the
// caller closes; nil: there is nothing to close.
func readManifest(root *os.Root) (*manifest, io.Closer, error) {
	info, err := root.Lstat(manifestName)
	if err != nil || !info.Mode().IsRegular() {
		return &manifest{}, nil, nil
	}
	f, err := root.Open(manifestName)
	if err != nil {
		return &manifest{}, nil, fmt.Errorf("%w: %w", errManifest, err)
	}
	if info, err = f.Stat(); err != nil { // another may have taken its place
		return &manifest{}, f, fmt.Errorf("%w: %w", errManifest, err)
	}
	if runtime.GOOS != "windows" {
		m, err := decodeManifest(f, info.Size())
		return m, f, err
	}
	text, err := io.ReadAll(f) // no file can take the place of one that is open there
	if err = errors.Join(err, f.Close()); err != nil {
		return &manifest{}, nil, fmt.Errorf("%w: %w", errManifest, err)
	}
	m, err := decodeManifest(bytes.NewReader(text), int64(len(text)))
	return m, nil, err
}

// writeManifest replaces the manifest at once; see [manifest.write].
func writeManifest(root *os.Root, m *manifest, edits iter.Seq[edit]) (state string, err error) {
	tmp := manifestName + ".new"
	if err := createFile(root, tmp, true, func(f *os.File) (err error) { state, err = m.write(f, edits); return err }); err != nil {
		return "", fmt.Errorf("write manifest: %w", err)
	}
	if err := root.Rename(tmp, manifestName); err != nil {
		return "", fmt.Errorf("write manifest: %w", err)
	}
	return state, syncDir(root, ".")
}

// createFile writes a new file and, if flush, waits until it is on the disk: a
// rename can reach the disk before the bytes of what is renamed (S41).
func createFile(root *os.Root, name string, flush bool, write func(*os.File) error) (err error) {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := write(f); err != nil {
		return err
	}
	if !flush {
		return nil
	}
	return f.Sync()
}

// flush says how new files get to the disk: each by itself, or all at once.
type flush struct{ each bool }

// many is how many files are worth flushing the whole file system for. A flush
// of one file costs the disk a write of its own.
const many = 64

// flusher chooses for a number of files.
func flusher(files int) flush { return flush{each: files < many || !canFlushAll} }

// writers is how many files are written at a time: many that wait for the disk,
// or as many as there are cores, for more only get in each other's way.
func (f flush) writers() int {
	if f.each {
		return 8
	}
	return runtime.GOMAXPROCS(0)
}

// all waits until everything that was written is on the disk.
func (f flush) all(root *os.Root) error {
	if f.each {
		return nil
	}
	return flushAll(root)
}

// syncDir waits until the names in a folder are on the disk.
func syncDir(root *os.Root, dir string) error {
	f, err := root.Open(dir)
	if err != nil {
		return fmt.Errorf("flush folder %s: %w", dir, err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !os.IsPermission(err) {
		// Windows cannot flush a folder, and says that it may not.
		return fmt.Errorf("flush folder %s: %w", dir, err)
	}
	return nil
}

// removeEmpty removes folders that a removed file left empty, from the inside
// out. A folder that is not empty refuses, which ends it.
func removeEmpty(root *os.Root, dir string) {
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if info, err := root.Lstat(dir); err != nil || !info.IsDir() {
			return // a link is whose it is, not ours
		}
		if root.Remove(dir) != nil {
			return
		}
	}
}
