package publisher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

const (
	maxArrivals = 5000 // reports that came last, whose stories are read once for all cuts
	maxLate     = 500  // of a cut, the newest, that are looked at
)

// late gives items with old dates that came only now a place at the end of
// the edition (F41): readers know entries by their ids, and an item that was
// never in the feed is one that its readers never get. Of those that came after
// the last entry of the edition did, the latest get it.
func (r *run) late(ctx context.Context, l *list) error {
	room := r.b.opt.Items / 5
	if len(l.edition) < r.b.opt.Items || room == 0 {
		return nil
	}
	// The newest arrival stands in for the clock: the same archive gives the
	// same edition whenever it is built (F02).
	since := slices.MaxFunc(l.edition, func(a, b *listed) int { return cmp.Compare(a.seen, b.seen) }).seen.time().Add(-r.b.opt.LateWindow)
	// Not before the last entry came: the news of a busy cut would be all that is
	// looked at.
	tail := l.edition[len(l.edition)-1]
	for _, t := range []time.Time{l.Query.Since, (tail.seen + 1).time()} {
		if t.After(since) {
			since = t
		}
	}
	came, err := r.arrived(ctx, l.spec, since, tail)
	if err != nil {
		return fmt.Errorf("list late stories of %s: %w", l.Path, err)
	}
	came = slices.DeleteFunc(came, func(a *listed) bool { return a.seen <= tail.seen })
	slices.SortFunc(came, func(a, b *listed) int { return cmp.Or(cmp.Compare(b.seen, a.seen), newestFirst(a, b)) })
	late, err := r.really(ctx, l.Query, since, came, room)
	if err != nil {
		return fmt.Errorf("read late stories of %s: %w", l.Path, err)
	}
	keep := len(l.edition) - len(late)
	l.edition = sorted(append(l.edition[:keep:keep], late...))
	return nil
}

// arrived returns the newest stories behind tail of which a report has come
// since a time, and which a cut may well hold.
func (r *run) arrived(ctx context.Context, s spec, since time.Time, tail *listed) ([]*listed, error) {
	q := s.Query
	if err := r.readArrivals(ctx); err != nil {
		return nil, err
	}
	var marks []news.StoryMark
	if q.Text != "" || since.Before(r.arrivals.from) {
		// A walk through the whole list, which is why it is the exception: for
		// cuts that have been quiet for long.
		q.Since, q.After, q.PerSource, q.Limit = since, news.Cursor{Published: tail.published.time(), ID: tail.id}, 0, maxLate
		var err error
		if marks, err = r.b.archive.StoryMarks(ctx, q); err != nil {
			return nil, err
		}
		return r.listings(ctx, marks, s.titled())
	}
	for _, a := range r.arrivals.of(q) {
		behind := cmp.Or(cmp.Compare(momentOf(a.Published), tail.published), cmp.Compare(a.ID, tail.id)) < 0
		if behind && !a.Seen.Before(since) && meets(q.Categories, a.Categories) && meets(q.Countries, a.Countries) && speaks(q.Languages, a.Languages) && meets(q.Sources, a.Sources) {
			marks = append(marks, a.StoryMark)
		}
	}
	slices.SortFunc(marks, func(a, b news.StoryMark) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(b.ID, a.ID))
	})
	return r.listings(ctx, marks[:min(len(marks), maxLate)], s.titled())
}

// arrivals are the stories that came last.
type arrivals struct {
	read   bool
	all    []news.Arrival
	source map[string][]news.Arrival // the same by source, in small letters
	from   time.Time                 // all that came since are there
}

// of returns those that a query may select: there are hundreds of cuts of one
// source, and most of them have few.
func (a arrivals) of(q news.Query) []news.Arrival {
	if len(q.Sources) == 1 {
		return a.source[strings.ToLower(q.Sources[0])]
	}
	return a.all
}

// readArrivals reads them once per build.
func (r *run) readArrivals(ctx context.Context) error {
	if r.arrivals.read {
		return nil
	}
	all, from, err := r.b.archive.Arrivals(ctx, maxArrivals)
	r.arrivals = arrivals{read: err == nil, all: all, source: map[string][]news.Arrival{}, from: from}
	for _, a := range all {
		for _, s := range a.Sources {
			s = strings.ToLower(s)
			r.arrivals.source[s] = append(r.arrivals.source[s], a)
		}
	}
	return err
}

// says returns what compares the text of a query; nil if nothing can.
func (r *run) says() func(text string, it news.Item) bool {
	if r.b.opt.Volumes == nil {
		return nil
	}
	return r.b.opt.Volumes.Matches
}

// really returns the first n of the stories that a query does select by a
// report that has come since a time.
func (r *run) really(ctx context.Context, q news.Query, since time.Time, ls []*listed, n int) ([]*listed, error) {
	var out []*listed
	for part := range slices.Chunk(ls, max(n, 1)) {
		ids := make([]int64, len(part))
		for i, l := range part {
			ids[i] = l.id
		}
		stories, err := r.b.archive.FindStories(ctx, ids, func(_, _ string) bool { return q.Text != "" })
		if err != nil {
			return nil, err
		}
		for _, s := range stories {
			items := slices.DeleteFunc(slices.Clone(s.Items), func(it news.Item) bool { return it.FirstSeen.Before(since) })
			if len(items) == 0 || !held(q, items, r.says()) {
				continue
			}
			if out = append(out, r.entries[s.ID]); len(out) == n {
				return out, nil
			}
		}
	}
	return out, nil
}
