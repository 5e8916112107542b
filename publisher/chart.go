package publisher

import (
	"context"
	"fmt"
	"time"
)

// Chart is how many stories there were on each day of some weeks.
type Chart struct {
	First  time.Time // the first day, midnight UTC
	Counts []int     // one for each day, the newest last
}

// chartDays is how far back charts go: four weeks, so that the days of the
// week can be told from the news.
const chartDays = 28

// draw counts what the chart of a category shows. It ends with the day of the
// newest story: a chart that ends today would change every page every day
// without any news (F02).
func (r *run) draw(ctx context.Context, l *list) error {
	if l.kind != kindCategory || len(l.all) == 0 {
		return nil
	}
	const day = 24 * time.Hour
	last := l.all[0].shown().Truncate(day)
	c := &Chart{First: last.Add(-(chartDays - 1) * day), Counts: make([]int, chartDays)}
	days, err := r.b.archive.PerDay(ctx, l.term, c.First)
	if err != nil {
		return fmt.Errorf("count stories of %s: %w", l.Path, err)
	}
	for _, d := range days {
		// One that is dated later than its arrival is not shown as such.
		if i := int(d.Day.Sub(c.First) / day); i >= 0 {
			c.Counts[min(i, chartDays-1)] += d.Stories
		}
	}
	l.chart = c
	return nil
}
