package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long the files must be quiet before they are read: editors
// write in several steps.
const settle = 300 * time.Millisecond

// watch tells when the configuration may have changed: a YAML file in its
// folder was written or replaced, or SIGHUP came. stop ends it.
//
// The folder is watched, not the file: editors and deployment tools replace
// files by renaming, and a watch on a file follows the old one.
func watch(ctx context.Context, path string, log *slog.Logger) (changed <-chan struct{}, stop func()) {
	out := make(chan struct{}, 1)
	hup, unhup := hangups()
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		err = watcher.Add(filepath.Dir(path))
	}
	if err != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "configuration is not watched, send SIGHUP after a change", slog.Any("err", err))
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		var events chan fsnotify.Event
		var troubles chan error
		if err == nil {
			events, troubles = watcher.Events, watcher.Errors
		}
		debounce(ctx, events, troubles, hup, out)
	}()
	return out, func() {
		cancel()
		<-done
		unhup()
		if watcher != nil {
			_ = watcher.Close() // nothing is read from it any more
		}
	}
}

// debounce passes bursts of events on as one wish.
func debounce[S any](ctx context.Context, events <-chan fsnotify.Event, troubles <-chan error, hup <-chan S, out chan<- struct{}) {
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
			if ext := filepath.Ext(e.Name); (ext == ".yaml" || ext == ".yml") && !e.Has(fsnotify.Chmod) {
				quiet.Reset(settle)
			}
		case <-quiet.C:
			want(out)
		}
	}
}
