package publisher

import (
	"context"
	"testing"

	"github.com/rightswire/rightswire/news"
)

// counted is an archive that counts the stories that are read.
type counted struct {
	Archive
	read int
}

func (c *counted) FindStories(_ context.Context, ids []int64, _ func(_, _ string) bool) (out []news.Story, _ error) {
	c.read += len(ids)
	for _, id := range ids {
		out = append(out, news.Story{ID: id, Items: []news.Item{{ID: id, Title: "x"}}})
	}
	return out, nil
}

// asking returns what asks a new cache for the stories from one number to another,
// and how many of them had to be read.
func asking(t *testing.T) (c *entryCache, ask func(from, to int64) int) {
	archive := &counted{}
	r := &run{b: &Builder{archive: archive}}
	return &r.cache, func(from, to int64) int {
		t.Helper()
		before := archive.read
		if entries, err := r.entriesOf(t.Context(), listedFrom(from, to)); err != nil || len(entries) != int(to-from) {
			t.Fatalf("entriesOf(%d to %d) = %d entries, %v", from, to, len(entries), err)
		}
		return archive.read - before
	}
}

func listedFrom(from, to int64) (ls []*listed) {
	for id := from; id < to; id++ {
		ls = append(ls, &listed{id: id})
	}
	return ls
}

func TestAnEntryIsKeptUntilItsLastFileIsMade(t *testing.T) {
	c, ask := asking(t)
	all := listedFrom(0, 100)
	for range 2 {
		c.expect(all, all[:50])
	}
	for i, want := range []int{50, 0, 50} { // the third was not expected
		if got := ask(0, 50); got != want {
			t.Errorf("file %d: %d entries were read, want %d", i, got, want)
		}
		if kept := len(c.entries); i == 1 && kept != 0 {
			t.Errorf("%d entries are kept that nobody is going to ask for", kept)
		}
	}
}

func TestEntriesThatWereAskedForLastAreKept(t *testing.T) {
	c, ask := asking(t)
	c.expect(listedFrom(0, 1), listedFrom(0, 1))
	c.expect(nil, listedFrom(0, 1)) // of one list: the first call says which stories count
	ask(0, 1)
	for from := int64(1); from < 4*entriesKept; from += 50 {
		ask(from, from+50)
		if n := len(c.entries); n > entriesKept || n != c.order.Len() {
			t.Fatalf("%d entries are kept, in a list of %d; want at most %d", n, c.order.Len(), entriesKept)
		}
		if got := ask(from, from+50); got != 0 {
			t.Fatalf("%d entries were read again at once", got)
		}
	}
	if ask(0, 1) != 1 {
		t.Error("what nobody has asked for lately is still there")
	}
}

func TestJobsOfOneListAreAlike(t *testing.T) {
	a, b := &list{}, &list{}
	jobs := []job{{list: a}, {list: a}, {list: b}, {}, {}, {list: b}}
	var got []int
	for len(jobs) > 0 {
		got = append(got, alike(jobs))
		jobs = jobs[alike(jobs):]
	}
	if len(got) != 5 || got[0] != 2 {
		t.Errorf("the jobs were taken in groups of %v, want 2 1 1 1 1", got)
	}
}
