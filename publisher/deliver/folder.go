package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"sync"

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

	staged map[string]string // by name: what a new file is called before it has its place
}

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
	return errors.Join(f.at.close(), f.root.Close())
}

func (f *folder) manifest(context.Context) (manifest, error) {
	if f.root == nil {
		return manifest{}, nil
	}
	return readManifest(f.root)
}

func (f *folder) saveManifest(_ context.Context, m manifest, also []string) error {
	return writeManifest(f.root, m, also)
}

// survey does nothing: a look costs little.
func (f *folder) survey(context.Context) error { return nil }

// headers are the business of the web server that serves the folder.
func (f *folder) headers(*publisher.File, Encoding) headers { return headers{} }

// look knows no link, which is replaced, not followed.
func (f *folder) look(name string) (record, bool) {
	if f.root == nil {
		return record{}, false
	}
	return f.at.look(name)
}

// lookIn says what a regular file looks like. On the way to it links are
// followed that stay within the root.
func lookIn(root *os.Root, name string) (record, bool) {
	info, err := root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return record{}, false
	}
	return record{Size: info.Size(), Modified: info.ModTime().UnixNano()}, true
}

func (f *folder) equal(name string, body []byte) bool {
	got, err := f.root.ReadFile(name)
	return err == nil && bytes.Equal(got, body)
}

// stage writes all new files beside the tree. Here, and only here, the disk
// can turn out to be full (S42).
func (f *folder) stage(ctx context.Context, names []string, make maker) error {
	if err := f.root.Mkdir(stageName, 0o755); err != nil {
		return err
	}
	if err := f.makeFolders(names); err != nil {
		return err
	}
	beside, err := f.root.OpenRoot(stageName)
	if err != nil {
		return err
	}
	defer beside.Close()
	flush := flusher(len(names))
	f.staged = map[string]string{}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(flush.writers())
	for i, name := range names {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return make(name, func(body []byte, _ headers) error {
				as := fmt.Sprintf("%06d", i)
				if err := writeFile(beside, as, body, flush.each); err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				f.staged[name] = as
				return nil
			})
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return flush.all(f.root)
}

// makeFolders makes the folders that files need, parents first.
func (f *folder) makeFolders(names []string) error {
	for _, dir := range dirsOf(names) {
		if err := f.root.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make folder %s: %w", dir, err)
		}
	}
	return nil
}

// put renames staged files into place.
func (f *folder) put(_ context.Context, names []string, _ maker) error {
	for _, name := range names {
		as, made := f.staged[name]
		if !made {
			continue
		}
		if err := f.root.Rename(stageName+"/"+as, name); err != nil {
			return fmt.Errorf("put %s in place: %w", name, err)
		}
	}
	return nil
}

// settle waits until the new names of files are on the disk.
func (f *folder) settle(_ context.Context, names []string) error {
	if flush := flusher(len(names)); !flush.each {
		return flush.all(f.root)
	}
	for _, dir := range dirsOf(names) {
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

// dirsOf returns the folders of names, parents first.
func dirsOf(names []string) []string {
	set := map[string]bool{}
	for _, n := range names {
		for dir := path.Dir(n); ; dir = path.Dir(dir) {
			set[dir] = true
			if dir == "." {
				break
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}
