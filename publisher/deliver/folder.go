package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/rightswire/rightswire/publisher"
)

const (
	manifestName = ".rightswire-manifest.json"
	stageName    = ".rightswire-tmp" // what a killed run leaves behind is in there
)

// folder is a place on a disk: every file is written beside the tree, flushed,
// and renamed into its place only when all of them are safely on the disk.
type folder struct {
	// Everything goes through root, which follows no link out of the folder
	// and no ".." (S31). It is nil if there is no folder yet.
	root *os.Root
	at   *looker // nil as root is

	old io.Closer // what the manifest is read from; nil: nothing

	broken bool // the last delivery did not end; see intend
}

// stagedName is what the file of that number is called before it has its place.
func stagedName(as int32) string { return fmt.Sprintf("%06d", as) }

// openFolder opens a folder, or makes it.
func openFolder(dir string, make bool) (*folder, error) {
	if make {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) && !make {
		return &folder{}, nil
	}
	if err != nil {
		return nil, err
	}
	at, err := newLooker(root)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &folder{root: root, at: at}, nil
}

func (f *folder) close() error {
	if f.root == nil {
		return nil
	}
	if f.old != nil {
		defer f.old.Close() // it was only read
	}
	return errors.Join(f.at.close(), f.root.Close())
}

func (f *folder) manifest(context.Context) (m *manifest, err error) {
	if f.root == nil {
		return &manifest{}, nil
	}
	if m, f.old, err = readManifest(f.root); err != nil {
		return m, err
	}
	var names []string
	if names, f.broken, err = intended(f.root); err != nil || len(names) == 0 {
		return m, err
	}
	return m.with(blanks(slices.Values(names)))
}

func (f *folder) saveManifest(_ context.Context, m *manifest, edits iter.Seq[edit]) (string, error) {
	state, err := writeManifest(f.root, m, edits)
	if err != nil {
		return "", err
	}
	f.broken = false
	if err := f.root.Remove(changingName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("forget what was going to change: %w", err)
	}
	return state, nil
}

// survey does nothing: a look costs little.
func (f *folder) survey(context.Context) error { return nil }

// headers are the business of the web server that serves the folder.
func (f *folder) headers(*publisher.File, Encoding) headers { return headers{} }

// look knows no link, which is replaced, not followed.
func (f *folder) look(name string) (looks, bool) {
	if f.root == nil {
		return looks{}, false
	}
	return f.at.look(name)
}

// lookIn says what a regular file looks like. On the way to it links are
// followed that stay within the root.
func lookIn(root *os.Root, name string) (looks, bool) {
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return looks{}, false
	}
	return looks{Size: info.Size(), Modified: info.ModTime().UnixNano()}, true
}

func (f *folder) equal(name string, body []byte) bool {
	got, err := f.root.ReadFile(name)
	return err == nil && bytes.Equal(got, body)
}

// stage writes all new files beside the tree. Here, and only here, the disk
// can turn out to be full (S42).
func (f *folder) stage(ctx context.Context, files, order []*payload, produce maker) error {
	if err := f.root.Mkdir(stageName, 0o755); err != nil {
		return err
	}
	if err := f.makeFolders(files); err != nil {
		return err
	}
	beside, err := openStage(f.root)
	if err != nil {
		return err
	}
	defer beside.close()
	flush := flusher(len(files))
	var next atomic.Int32
	group, ctx := errgroup.WithContext(ctx)
	for range flush.writers() {
		group.Go(func() error {
			for {
				i := next.Add(1) - 1
				if err := ctx.Err(); err != nil || int(i) >= len(order) {
					return err
				}
				p := order[i]
				err := produce(p, func(body []byte, _ headers) (err error) {
					// What the manifest has to say of it: a second look would take
					// what others did to it in the meantime for ours.
					p.as = i
					p.now, err = beside.write(stagedName(i), body, flush.each)
					p.staged, p.there = err == nil, err == nil
					return err
				})
				if err != nil {
					return err
				}
			}
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return flush.all(f.root)
}

// makeFolders makes the folders that files need, which are in the order of their
// names.
func (f *folder) makeFolders(files []*payload) error {
	defer f.at.release()
	for dir := range dirsIn(files) {
		if f.at.mkdir(dir) {
			continue
		}
		if err := f.root.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make folder %s: %w", dir, err)
		}
	}
	return nil
}

// put renames staged files into place.
func (f *folder) put(_ context.Context, files []*payload, _ maker) error {
	beside, err := openStage(f.root)
	if err != nil {
		return err
	}
	defer beside.close()
	defer f.at.release()
	for _, p := range files {
		if !p.staged {
			continue
		}
		if as := stagedName(p.as); !f.at.rename(beside, as, p.name()) {
			if err := f.root.Rename(stageName+"/"+as, p.name()); err != nil {
				return fmt.Errorf("put %s in place: %w", p.name(), err)
			}
		}
	}
	return nil
}

// settle waits until the new names of files are on the disk.
func (f *folder) settle(_ context.Context, files []*payload) error {
	if flush := flusher(len(files)); !flush.each {
		return flush.all(f.root)
	}
	for _, dir := range dirsOf(files) {
		if err := syncDir(f.root, dir); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) remove(_ context.Context, names []string) error {
	for _, name := range names {
		if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %s: %w", name, err)
		}
		removeEmpty(f.root, path.Dir(name))
	}
	return nil
}

func (f *folder) clean() error { return f.root.RemoveAll(stageName) }

// dirsOf returns the folders of files, and the one that all are in, parents first.
func dirsOf(files []*payload) []string {
	dirs := slices.Collect(dirsIn(files))
	if len(files) > 0 {
		dirs = append(dirs, ".")
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// dirsIn yields the folders of files, parents first: each once if the files are in
// the order of their names. There are about as many as a site has files.
func dirsIn(files []*payload) iter.Seq[string] {
	return func(yield func(string) bool) {
		last := ""
		var missing []string // a folder, and those that it is in
		for _, p := range files {
			dir := path.Dir(p.name())
			missing = missing[:0]
			for d := dir; d != "." && !within(last, d); d = path.Dir(d) {
				missing = append(missing, d)
			}
			last = dir
			for _, d := range slices.Backward(missing) {
				if !yield(d) {
					return
				}
			}
		}
	}
}

// within reports whether a name is that of a folder or of something in it.
func within(name, folder string) bool {
	rest, is := strings.CutPrefix(name, folder)
	return is && (rest == "" || rest[0] == '/')
}
