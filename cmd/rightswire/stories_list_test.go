package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
)

func TestStoriesAreListedPageByPageUntilThereAreEnough(t *testing.T) {
	const all = 3*storiesPage + 7
	// Newest first, the last id first; every tenth has two outlets.
	read := func(_ context.Context, q news.Query) (page []news.Story, err error) {
		for id := int64(all); id > 0 && len(page) < q.Limit; id-- {
			if q.After.ID != 0 && id >= q.After.ID {
				continue
			}
			st := news.Story{ID: id, Published: time.Unix(id, 0), Items: []news.Item{{Source: "a"}, {Source: "a"}}}
			if id%10 == 0 {
				st.Items[1].Source = "b"
			}
			page = append(page, st)
		}
		return page, nil
	}
	for _, tt := range []struct {
		name                          string
		limit, outlets                int
		want, first, last, wantsPages int
	}{
		{"a page is enough", 50, 1, 50, all, all - 49, 1},
		{"exactly a page", storiesPage, 1, storiesPage, all, all - storiesPage + 1, 1},
		{"two pages and one story", 2*storiesPage + 1, 1, 2*storiesPage + 1, all, all - 2*storiesPage, 3},
		{"more than there are", 10_000, 1, all, all, 1, 4},
		{"few are of several outlets", 30, 2, 30, all / 10 * 10, all/10*10 - 290, 2},
		{"none is of so many", 30, 3, 0, 0, 0, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []int
			pages := 0
			f := storyFlags{itemFlags: itemFlags{query: news.Query{Limit: tt.limit}}, outlets: tt.outlets}
			err := f.each(t.Context(), func(ctx context.Context, q news.Query) ([]news.Story, error) {
				pages++
				return read(ctx, q)
			}, func(st news.Story) error { got = append(got, int(st.ID)); return nil })
			if err != nil || len(got) != tt.want || pages != tt.wantsPages {
				t.Fatalf("each gave %d stories in %d pages, %v, want %d in %d", len(got), pages, err, tt.want, tt.wantsPages)
			}
			if tt.want > 0 && (got[0] != tt.first || got[len(got)-1] != tt.last) {
				t.Errorf("each gave %d to %d, want %d to %d", got[0], got[len(got)-1], tt.first, tt.last)
			}
			if !slices.IsSortedFunc(got, func(a, b int) int { return b - a }) {
				t.Error("each does not give the newest first")
			}
		})
	}
}
