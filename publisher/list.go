package publisher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
)

// batch is how many stories are asked for at a time; maxExtra bounds how many
// batches are read to find other sources behind the flood of one.
const (
	batch    = 200
	maxExtra = 4
)

// list is what a cut holds now.
type list struct {
	spec
	all     []*listed // newest first, as deep as its pages go
	edition []*listed // what its feeds hold, newest first
	chart   *Chart    // of a category that has stories
	fits    int       // how many of edition surely have room in it; 0: not counted yet
}

// pager reads the stories of a cut batch by batch.
type pager struct {
	r      *run
	q      news.Query
	titled bool
	done   bool
}

// next returns up to n further stories.
func (p *pager) next(ctx context.Context, n int) ([]*listed, error) {
	p.q.Limit = n
	marks, err := p.r.b.archive.StoryMarks(ctx, p.q)
	if err != nil {
		return nil, err
	}
	p.done = len(marks) < n
	if len(marks) > 0 {
		last := marks[len(marks)-1]
		p.q.After = news.Cursor{Published: last.Published, ID: last.ID}
	}
	return p.r.listings(ctx, marks, p.titled)
}

// load reads what a cut holds.
func (r *run) load(ctx context.Context, s spec) (*list, error) {
	depth := max(r.b.opt.Items, r.b.opt.Items*s.pages)
	p := &pager{r: r, q: s.Query, titled: s.titled()}
	p.q.After, p.q.PerSource = news.Cursor{}, 0
	l := &list{spec: s}
	for len(l.all) < depth && !p.done {
		more, err := p.next(ctx, min(batch, depth-len(l.all)))
		if err != nil {
			return nil, fmt.Errorf("list stories of %s: %w", s.Path, err)
		}
		l.all = append(l.all, more...)
	}
	if err := r.draw(ctx, l); err != nil {
		return nil, err
	}
	pool := slices.Clone(l.all)
	limit := r.b.opt.PerSource
	if s.uncapped {
		limit = 0
	}
	for range maxExtra {
		if p.done || limit == 0 || capped(pool, limit) >= r.b.opt.Items {
			break
		}
		more, err := p.next(ctx, batch)
		if err != nil {
			return nil, fmt.Errorf("list stories of %s: %w", s.Path, err)
		}
		pool = append(pool, more...)
	}
	if l.edition = fair(pool, r.b.opt.Items, limit); slices.Equal(l.edition, l.all) {
		l.edition = l.all // as of most sources
	}
	if p.done && len(pool) <= r.b.opt.Items {
		return l, nil // everything there is has its place
	}
	return l, r.late(ctx, l)
}

// capped counts how many entries a cap per source leaves.
func capped(ls []*listed, limit int) int {
	n, led := 0, map[string]int{}
	for _, l := range ls {
		if led[l.source]++; led[l.source] <= limit {
			n++
		}
	}
	return n
}

// fair picks the n newest entries, at most limit led by one source while
// others wait (F34). Places that nobody else wants go to the sources that
// were held back, to each as many as to the others: the cap shortens no
// edition and hides no report that there is room for. limit 0 means no cap.
func fair(ls []*listed, n, limit int) []*listed {
	ls = sorted(slices.Clone(ls))
	if limit <= 0 || len(ls) <= n {
		return ls[:min(n, len(ls))]
	}
	for capped(ls, limit) < n {
		limit++ // ends at n at the latest, since there are more than n entries
	}
	out, led := make([]*listed, 0, n), map[string]int{}
	for _, l := range ls {
		if led[l.source]++; led[l.source] <= limit && len(out) < n {
			out = append(out, l)
		}
	}
	return out
}

// newest returns the latest change among entries; the epoch if there are
// none (F10).
func newest(ls []*listed) time.Time {
	var m moment
	for _, l := range ls {
		m = max(m, l.updated)
	}
	return m.time()
}
