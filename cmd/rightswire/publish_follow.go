package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
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
	now, trust := w.app.now(), sameMaker(last, mark) && deliver.Exists(to)
	if trust && sameConfig(last, mark) {
		of, record, release := w.siteRecord(ctx)
		defer release()
		if of.Mark == last && recently(of.Whole, now, w.cfg.Publish.Verify.Std()) {
			site, state, err := w.publishAfter(ctx, to, of.State, following(record, release), func(o *publisher.Options) { o.Recall = w.recall })
			if !errors.Is(err, publisher.ErrRecord) && !errors.Is(err, deliver.ErrAstray) {
				return w.notePublished(ctx, site, err, publication{mark, of.Whole, state}, to)
			}
			w.app.log.LogAttrs(ctx, slog.LevelInfo, "the site is looked at as a whole", slog.String("to", to), slog.Any("why", err))
		}
		release()
	}
	// The folder that was delivered to last holds what the database says of it.
	site, state, err := w.publishAfter(ctx, to, "", (*publisher.Builder).Build, func(o *publisher.Options) { o.Trust = trust })
	return w.notePublished(ctx, site, err, publication{mark, now, state}, to)
}

// recently reports whether a time is no further back than a while, and not to
// come either.
func recently(at, now time.Time, while time.Duration) bool {
	return !now.Before(at) && now.Sub(at) < while
}

// delivered is what a process brought to a place last; the zero value: nothing.
type delivered struct {
	site  *publisher.Site
	to    string
	whole time.Time // when every file there was looked at last
	state string    // see [deliver.Report]
}

// next brings a site to a place, and looks at every file there if it is not
// known what is there, or was not done for as long as publish.verify.
func (d *delivered) next(ctx context.Context, w *wire, verify time.Duration, site *publisher.Site, to string) (deliver.Report, error) {
	last, now := *d, w.app.now()
	*d = delivered{}
	part, opt := site, w.delivery(to)
	if last.to == to && recently(last.whole, now, verify) {
		part, opt.After = site.Since(last.site), last.state
	}
	res, err := deliver.Deliver(ctx, part, opt)
	if errors.Is(err, deliver.ErrAstray) {
		part = site
		res, err = deliver.Deliver(ctx, site, opt)
	}
	if part == site {
		last.whole = now
	}
	if err == nil {
		*d = delivered{site, to, last.whole, res.State}
	}
	return res, err
}

// following makes what a record lacks, and calls release as soon as that is read.
func following(record []byte, release func()) buildHow {
	return func(b *publisher.Builder, ctx context.Context) (*publisher.Site, publisher.Report, error) {
		return b.Follow(ctx, record, release)
	}
}

// recall reads what is known of some of the published files.
func (w *wire) recall(ctx context.Context, paths []string) (map[string]news.EditionState, error) {
	states, err := w.store.EditionsOf(ctx, paths)
	if len(w.published) == 0 {
		w.published = states // the builder is done with them when they are changed
	} else {
		maps.Copy(w.published, states)
	}
	return states, err
}

// publication is what is noted of one beside the record of its site.
type publication struct {
	Mark  string    // see [publishedKey]
	Whole time.Time // when every file was looked at last
	State string    // that the place was left in; see [deliver.Report]
}

// notePublished notes what was published to a place, unless that failed.
func (w *wire) notePublished(ctx context.Context, site *publisher.Site, err error, of publication, to string) error {
	if err != nil {
		return err
	}
	if err := w.store.SetSetting(ctx, placeKey, deliver.Stamp(to)); err != nil {
		return err
	}
	if err := w.store.SetSetting(ctx, publishedKey, of.Mark); err != nil {
		return err
	}
	err = w.store.KeepSite(ctx, func(out io.Writer) error {
		if err := json.NewEncoder(out).Encode(of); err != nil { // one line
			return err
		}
		return site.Record(out)
	})
	if err != nil {
		w.app.log.LogAttrs(ctx, slog.LevelWarn, "what was published is not remembered; the next run looks at all of it", slog.Any("err", err))
	}
	return nil
}

// siteRecord returns the record of the site that was published last, and what is
// noted of that; the zero value if there is none. The caller calls release, more
// than once if it likes.
func (w *wire) siteRecord(ctx context.Context) (of publication, record []byte, release func()) {
	data, free, err := w.store.KeptSite(ctx)
	if err != nil {
		w.app.log.LogAttrs(ctx, slog.LevelWarn, "what was published is not known; all of it is looked at", slog.Any("err", err))
		return of, nil, func() {}
	}
	note, record, _ := bytes.Cut(data, []byte("\n"))
	if json.Unmarshal(note, &of) != nil {
		of = publication{}
	}
	return of, record, func() { free(); free = func() {} }
}

// sameMaker reports whether two marks of [publishedKey] are of the same place
// and of the same build of this program: another one may write the same news in
// other words.
func sameMaker(last, mark string) bool {
	was, is := strings.SplitN(last, " ", 3), strings.SplitN(mark, " ", 3)
	return len(was) == 3 && len(is) == 3 && was[2] == is[2]
}

// sameConfig reports whether two marks are of the same configuration.
func sameConfig(last, mark string) bool {
	_, was, _ := strings.Cut(last, " ")
	_, is, _ := strings.Cut(mark, " ")
	return was == is
}
