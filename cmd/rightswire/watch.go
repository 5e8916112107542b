package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must be quiet before they are read: editors
// write in several steps.
const settle = 300 * time.Millisecond

// watcher tells when the configuration may have changed: one of its files was
// written or replaced, a YAML file came to one of their folders, or SIGHUP
// came.
//
// Folders are watched, not files: editors and deployment tools replace files
// by renaming, and a watch on a file follows the old one.
type watcher struct {
	changed chan struct{}
	log     *slog.Logger
	notify  *fsnotify.Watcher // nil: the system does not tell, only SIGHUP does
	end     func()

	mu    sync.Mutex
	names map[string]bool // whatever happens to these is a change
}

// watch starts a watcher on files. Its stop ends it.
func watch(ctx context.Context, files []string, log *slog.Logger) *watcher {
	w := &watcher{changed: make(chan struct{}, 1), log: log}
	hup, unhup := hangups()
	notify, err := fsnotify.NewWatcher()
	var events chan fsnotify.Event
	var troubles chan error
	if err == nil {
		w.notify, events, troubles = notify, notify.Events, notify.Errors
	} else {
		w.warn(ctx, err)
	}
	w.follow(ctx, files)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		debounce(ctx, events, troubles, hup, w.matters, w.changed)
	}()
	w.end = func() {
		cancel()
		<-done
		unhup()
		if w.notify != nil {
			_ = w.notify.Close() // nothing is read from it any more
		}
	}
	return w
}

func (w *watcher) stop() { w.end() }

// follow makes the watcher look at these files from now on. It is called after
// every look at the configuration: includes come and go, and a folder that was
// replaced has lost its watch. It reports whether a folder is watched that was
// not before: what happened there since that look, nobody has told.
func (w *watcher) follow(ctx context.Context, files []string) (further bool) {
	if w.notify == nil {
		return false
	}
	names, folders := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		for _, path := range places(file) {
			names[path] = true
			folders[filepath.Dir(path)] = true
		}
	}
	before := w.notify.WatchList()
	for folder := range folders {
		w.add(ctx, folder, names)
	}
	for _, now := range w.notify.WatchList() {
		further = further || !slices.Contains(before, now)
	}
	for _, old := range before {
		if !folders[old] && !names[old] {
			_ = w.notify.Remove(old) // it went by itself
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names = names
	return further
}

// add watches a folder. Where there is none, the folder that it would be in is
// watched for it.
func (w *watcher) add(ctx context.Context, folder string, names map[string]bool) {
	for {
		names[folder] = true // a folder that is renamed or removed is a change
		err := w.notify.Add(folder)
		if up := filepath.Dir(folder); errors.Is(err, fs.ErrNotExist) && up != folder {
			folder = up
			continue
		}
		if err != nil {
			w.warn(ctx, err)
		}
		return
	}
}

func (w *watcher) warn(ctx context.Context, err error) {
	w.log.LogAttrs(ctx, slog.LevelWarn, "configuration is not watched, send SIGHUP after a change", slog.Any("err", err))
}

// places returns what a file depends on: its own path, every symbolic link on
// the way there, and the file that these lead to.
func places(file string) []string {
	path, err := filepath.Abs(file)
	if err != nil {
		return []string{filepath.Clean(file)}
	}
	all := []string{path}
	real, err := filepath.EvalSymlinks(path)
	if err != nil || real == path {
		return all
	}
	for up := filepath.Dir(path); up != filepath.Dir(up); up = filepath.Dir(up) {
		if st, err := os.Lstat(up); err == nil && st.Mode()&fs.ModeSymlink != 0 {
			all = append(all, up)
		}
	}
	return append(all, real)
}

// matters reports whether an event can have changed the configuration. The
// database may be in the same folder, and is written all the time.
func (w *watcher) matters(e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod {
		return false
	}
	// Kubernetes swaps all the files of a volume at once, by renaming this
	// link: nothing happens to the files themselves.
	if filepath.Base(e.Name) == "..data" {
		return true
	}
	if ext := filepath.Ext(e.Name); ext == ".yaml" || ext == ".yml" {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.names[filepath.Clean(e.Name)]
}

// debounce passes bursts of events that matter on as one wish.
func debounce[E, S any](ctx context.Context, events <-chan E, troubles <-chan error, hup <-chan S, matters func(E) bool, out chan<- struct{}) {
	quiet := time.NewTimer(settle)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			want(out)
		case _, ok := <-troubles:
			if !ok {
				return
			}
			// Events were lost: look whether anything changed.
			quiet.Reset(settle)
		case e, ok := <-events:
			if !ok {
				return
			}
			if matters(e) {
				quiet.Reset(settle)
			}
		case <-quiet.C:
			want(out)
		}
	}
}
