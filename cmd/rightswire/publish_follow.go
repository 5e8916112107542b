package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
)

// publishOnto brings up to date what was delivered to publish.to under the mark
// last. If there is a record of it, only what has changed since is made, and the
// other files are not even looked at; but every file is now and then, in case
// somebody else has changed it.
func (w *wire) publishOnto(ctx context.Context, to, last, mark string) error {
	trust := sameMaker(last, mark) && deliver.Exists(to)
	now := w.app.now()
	if trust {
		record, whole, release := w.siteRecord(ctx, last)
		defer release()
		if every := w.cfg.Publish.Verify.Std(); record != nil && !now.Before(whole) && now.Sub(whole) < every {
			site, err := w.publishTo(ctx, to, following(record), func(o *publisher.Options) { o.Recall = w.recall })
			if !errors.Is(err, publisher.ErrRecord) && !errors.Is(err, deliver.ErrAstray) {
				return w.notePublished(ctx, site, err, mark, whole)
			}
			w.app.log.LogAttrs(ctx, slog.LevelInfo, "the site is looked at as a whole", slog.String("to", to), slog.Any("why", err))
		}
		release()
	}
	// The folder that was delivered to last holds what the database says of it.
	site, err := w.publishTo(ctx, to, (*publisher.Builder).Build, func(o *publisher.Options) { o.Trust = trust })
	return w.notePublished(ctx, site, err, mark, now)
}

// delivered is what a process brought to a place last; the zero value: nothing.
type delivered struct {
	site  *publisher.Site
	to    string
	whole time.Time // when every file there was looked at last
}

// deliverAfter brings a site to a place, and looks at every file there if it
// does not know what it left, or has not for as long as every.
func (w *wire) deliverAfter(ctx context.Context, last *delivered, site *publisher.Site, to string, every time.Duration) (deliver.Report, error) {
	now, whole, part := w.app.now(), last.whole, site
	if last.to == to && !now.Before(whole) && now.Sub(whole) < every {
		part = site.Since(last.site)
	}
	*last = delivered{}
	res, err := deliver.Deliver(ctx, part, w.delivery(to))
	if errors.Is(err, deliver.ErrAstray) {
		part = site
		res, err = deliver.Deliver(ctx, site, w.delivery(to))
	}
	if part == site {
		whole = now
	}
	if err == nil {
		*last = delivered{site, to, whole}
	}
	return res, err
}

// following makes what a record lacks.
func following(record []byte) buildHow {
	return func(b *publisher.Builder, ctx context.Context) (*publisher.Site, publisher.Report, error) {
		return b.Follow(ctx, record)
	}
}

// recall reads what is known of some of the published files.
func (w *wire) recall(ctx context.Context, paths []string) (map[string]news.EditionState, error) {
	states, err := w.store.EditionsOf(ctx, paths)
	maps.Copy(w.published, states)
	return states, err
}

// notePublished notes that a site was delivered, and when every file of it was
// looked at last.
func (w *wire) notePublished(ctx context.Context, site *publisher.Site, err error, mark string, whole time.Time) error {
	if err != nil {
		return err
	}
	if err := w.store.SetSetting(ctx, publishedKey, mark); err != nil {
		return err
	}
	err = w.store.KeepSite(ctx, func(out io.Writer) error {
		if _, err := fmt.Fprintf(out, "%q %d\n", mark, whole.UnixMicro()); err != nil {
			return err
		}
		return site.Record(out)
	})
	if err != nil {
		w.app.log.LogAttrs(ctx, slog.LevelWarn, "what was published is not remembered; the next run looks at all of it", slog.Any("err", err))
	}
	return nil
}

// siteRecord returns the record of the site that was delivered under a mark, and
// when all of it was looked at last; nil if there is none. The caller calls
// release, more than once if it likes.
func (w *wire) siteRecord(ctx context.Context, mark string) (record []byte, whole time.Time, release func()) {
	data, free, err := w.store.KeptSite(ctx)
	if err != nil {
		w.app.log.LogAttrs(ctx, slog.LevelWarn, "what was published is not known; all of it is looked at", slog.Any("err", err))
		return nil, whole, func() {}
	}
	release = func() { free(); free = func() {} }
	head, record, _ := bytes.Cut(data, []byte("\n"))
	quoted, at, _ := strings.Cut(string(head), "\" ")
	of, err1 := strconv.Unquote(quoted + "\"")
	micros, err2 := strconv.ParseInt(at, 10, 64)
	if errors.Join(err1, err2) != nil || of != mark {
		release()
		return nil, whole, release
	}
	return record, time.UnixMicro(micros), release
}

// sameMaker reports whether two marks of [publishedKey] are of the same place
// and of the same build of this program: another one may write the same news in
// other words.
func sameMaker(last, mark string) bool {
	was, is := strings.SplitN(last, " ", 3), strings.SplitN(mark, " ", 3)
	return len(was) == 3 && len(is) == 3 && was[2] == is[2]
}
