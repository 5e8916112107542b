package aggregator

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/news"
)

// Keeper keeps what grouping remembers for the process that comes next. A run
// that has little news would otherwise read and analyse the whole window again
// to place it.
type Keeper interface {
	// Keep replaces what is kept.
	Keep(ctx context.Context, write func(io.Writer) error) error
	// Kept returns what is kept, if it belongs to the archive as it is now; nil:
	// nothing. It stays as it is until release is called.
	Kept(context.Context) (data *io.SectionReader, release func(), err error)
	// Scratch returns a new file, which is gone when it is closed, for most of what
	// is remembered; nil: there is none, and all stays in memory.
	Scratch() (*os.File, error)
	// GroupedAfter gives page the grouped items whose ids are above one, a few
	// at a time, as [GroupArchive.GroupWindow] does.
	GroupedAfter(ctx context.Context, id int64, page func([]news.Item) error) error
}

// errUnread is what place meets when a part of what is remembered cannot be read.
var errUnread = errors.New("remember the grouping window")

// What is kept is written when what it lacks has become too much to read again
// at every start: a share of it, since all of it is written. A process that
// goes on needs it only when it has ended.
const (
	leastUnkept  = 256
	unkeptShare  = 128
	unkeptLater  = 8
	keptHeadSize = 6 * 8
)

// KeepIn has what is remembered of the window kept by k from one process to
// the next, for processes that have the same version.
//
// A process that goes on from there decides as the one would that kept it: what
// items said is as of the time when the window was last read whole, a quarter
// of its length ago at most. What is in the window is the same for one that has
// to read it.
func (g *Grouping) KeepIn(k Keeper, version string) {
	g.keeper, g.version, g.least = k, xxhash.Sum64String(version), leastUnkept
}

// recall takes up what another process kept, and adds what was grouped since.
// It reports whether that is the window from since on.
func (g *Grouping) recall(ctx context.Context, since time.Time, decided int64) (bool, error) {
	if g.keeper == nil {
		return false, nil
	}
	data, release, err := g.keeper.Kept(ctx)
	if err != nil {
		g.log.LogAttrs(ctx, slog.LevelWarn, "what was remembered could not be read", slog.Any("err", err))
		return false, nil
	}
	g.release = release
	// For whoever drops a Grouping without Rest.
	g.dropped = runtime.AddCleanup(g, func(release func()) { release() }, release)
	if data == nil || data.Size() < keptHeadSize {
		return false, nil
	}
	var h [keptHeadSize / 8]int64
	if err := binary.Read(io.NewSectionReader(data, 0, keptHeadSize), binary.LittleEndian, &h); err != nil {
		return false, nil
	}
	if h[0] != int64(g.version) || h[1] != int64(g.window) || h[2] != since.UnixMicro() || h[3] != decided {
		return false, nil
	}
	grouper, err := dedupe.Restore(io.NewSectionReader(data, keptHeadSize, data.Size()-keptHeadSize), g.options(ctx))
	if err != nil {
		g.log.LogAttrs(ctx, slog.LevelDebug, "what was remembered is not used", slog.Any("err", err))
		return false, nil
	}
	g.covered, g.unkept, g.last = int(h[5]), 0, h[4]
	err = g.keeper.GroupedAfter(ctx, g.last, g.learn(grouper))
	if err != nil {
		return false, fmt.Errorf("read what was grouped since: %w", err)
	}
	g.grouper, g.since, g.decided = grouper, since, decided
	return true, nil
}

// keep has what is remembered kept, if that pays by now. That it cannot be is
// told, and costs the next process time.
func (g *Grouping) keep(ctx context.Context) {
	share := unkeptShare
	if g.kept {
		share = unkeptLater
	}
	if g.keeper == nil || g.grouper == nil || g.unkept < max(g.least, g.covered/share) {
		return
	}
	n := g.grouper.Len()
	err := g.keeper.Keep(ctx, func(w io.Writer) error {
		var head []byte
		for _, x := range []int64{int64(g.version), int64(g.window), g.since.UnixMicro(), g.decided, g.last, int64(n)} {
			head = binary.LittleEndian.AppendUint64(head, uint64(x))
		}
		if _, err := w.Write(head); err != nil {
			return err
		}
		return g.grouper.Save(w)
	})
	if err != nil {
		g.log.LogAttrs(ctx, slog.LevelWarn, "what is remembered could not be kept", slog.Any("err", err))
		g.unkept, g.kept = 0, true // not tried again, for as long, at every pass
		return
	}
	g.covered, g.unkept, g.kept = n, 0, true
}

// options are those of a new grouper. Without a scratch file it takes more memory
// and is told alike.
func (g *Grouping) options(ctx context.Context) dedupe.Options {
	o := dedupe.Options{Window: g.window}
	if g.keeper == nil {
		return o
	}
	f, err := g.keeper.Scratch()
	if err != nil {
		g.log.LogAttrs(ctx, slog.LevelWarn, "all that is remembered stays in memory", slog.Any("err", err))
	}
	if f != nil {
		g.scratch, o.Aside = f, f
	}
	return o
}

// learn returns what adds items of the archive to a grouper.
func (g *Grouping) learn(grouper *dedupe.Grouper) func([]news.Item) error {
	return func(items []news.Item) error {
		for _, it := range items {
			grouper.Add(article(it), it.Story, it.CopyOf)
			g.note(it.ID)
		}
		if err := grouper.Err(); err != nil {
			return fmt.Errorf("%w: %w", errUnread, err)
		}
		return nil
	}
}

// note counts an item that is remembered and not kept yet.
func (g *Grouping) note(id int64) {
	g.unkept++
	g.last = max(g.last, id)
}

// Rest lets go of what is remembered, and of the memory it takes, until the next
// item has to be placed: from what was kept then, else from the archive. As with
// a process that starts, that changes nothing but the time it takes. Whoever has no
// more use for g calls it last, and not while Run or Alongside does its work: a
// scratch file would take room on the disk until the collector comes by.
func (g *Grouping) Rest() { g.forget() }

// forget drops what is remembered.
func (g *Grouping) forget() {
	if g.grouper != nil {
		g.grouper.Close()
		g.grouper = nil
	}
	g.dropped.Stop()
	g.release()
	g.release = func() {}
	if g.scratch != nil {
		g.scratch.Close()
		g.scratch = nil
	}
	g.covered, g.unkept, g.last = 0, 0, 0
}
