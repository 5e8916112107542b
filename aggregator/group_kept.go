package aggregator

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
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
	// nothing. Grouping writes into it; it is there until release is called.
	Kept(context.Context) (data []byte, release func(), err error)
	// GroupedAfter gives page the grouped items whose ids are above one, a few
	// at a time, as [GroupArchive.GroupWindow] does.
	GroupedAfter(ctx context.Context, id int64, page func([]news.Item) error) error
}

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
	// A daemon that reads its configuration again drops its Grouping with what
	// it remembers.
	g.dropped = runtime.AddCleanup(g, func(release func()) { release() }, release)
	if len(data) < keptHeadSize {
		return false, nil
	}
	var h [6]int64
	for i := range h {
		h[i] = int64(binary.LittleEndian.Uint64(data[8*i:]))
	}
	if h[0] != int64(g.version) || h[1] != int64(g.window) || h[2] != since.UnixMicro() || h[3] != decided {
		return false, nil
	}
	grouper, err := dedupe.Restore(data[keptHeadSize:], dedupe.Options{Window: g.window})
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

// learn returns what adds items of the archive to a grouper.
func (g *Grouping) learn(grouper *dedupe.Grouper) func([]news.Item) error {
	return func(items []news.Item) error {
		for _, it := range items {
			grouper.Add(article(it), it.Story, it.CopyOf)
			g.note(it.ID)
		}
		return nil
	}
}

// note counts an item that is remembered and not kept yet.
func (g *Grouping) note(id int64) {
	g.unkept++
	g.last = max(g.last, id)
}

// Forget drops what is remembered: the next item to be placed has it read again,
// as the first one did.
func (g *Grouping) Forget() {
	g.grouper = nil
	g.dropped.Stop()
	g.release()
	g.release = func() {}
	g.covered, g.unkept, g.last = 0, 0, 0
}
