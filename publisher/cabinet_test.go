package publisher_test

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// cabinet keeps the volumes of a newsroom in memory.
type cabinet struct {
	*newsroom
	entered int64
	in      map[string]map[int64]int // by cut and story: the volume that it is in
	uids    map[int64]string
	docs    map[string][]news.Volume
	hidden  []string       // headlines of reports that were withdrawn
	lost    map[int64]bool // stories that lost a report since they were bound
}

func newCabinet(n *newsroom) *cabinet {
	return &cabinet{newsroom: n, in: map[string]map[int64]int{}, uids: map[int64]string{}, docs: map[string][]news.Volume{}, lost: map[int64]bool{}}
}

func (c *cabinet) Arrived(_ context.Context, limit int, _ bool) ([]news.Story, int64, error) {
	var out []news.Story
	for _, s := range c.stories {
		if s.Changed > c.entered {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b news.Story) int { return int(a.Changed - b.Changed) })
	if len(out) > limit {
		return out[:limit], out[limit-1].Changed, nil
	}
	return out, c.seq, nil
}

func (c *cabinet) Enter(_ context.Context, cuts map[string][]int64, upTo int64) error {
	for path, ids := range cuts {
		if c.in[path] == nil {
			c.in[path] = map[int64]int{}
		}
		for _, id := range ids {
			if _, known := c.in[path][id]; !known {
				c.in[path][id] = 0
			}
		}
	}
	c.entered = upTo
	return nil
}

// Matches looks for the text in the headline.
func (c *cabinet) Matches(text string, it news.Item) bool { return strings.Contains(it.Title, text) }

func (c *cabinet) Waiting(context.Context) (map[string][]int64, error) {
	out := map[string][]int64{}
	for path, in := range c.in {
		for id, n := range in {
			if n == 0 {
				out[path] = append(out[path], id)
			}
		}
		slices.Sort(out[path])
	}
	return out, nil
}

func (c *cabinet) LastVolumes(context.Context) (map[string]int, error) {
	out := map[string]int{}
	for path, docs := range c.docs {
		out[path] = len(docs)
	}
	return out, nil
}

func (c *cabinet) AddVolume(_ context.Context, v news.Volume) error {
	if v.N != len(c.docs[v.Cut])+1 {
		return errors.New("not the next one")
	}
	c.docs[v.Cut] = append(c.docs[v.Cut], v)
	for _, id := range v.Stories {
		c.in[v.Cut][id] = v.N
	}
	return nil
}

func (c *cabinet) Void(context.Context) ([]news.VoidEntry, error) {
	var out []news.VoidEntry
	for path, in := range c.in {
		for id, n := range in {
			i, there := c.at[id]
			if s, gone := c.changed[id]; gone && !there {
				s.Lead = 0
				out = append(out, news.VoidEntry{Cut: path, N: n, Story: s})
			} else if there && c.lost[id] && n > 0 {
				out = append(out, news.VoidEntry{Cut: path, N: n, Story: c.stories[i]})
			}
		}
	}
	slices.SortFunc(out, func(a, b news.VoidEntry) int {
		return 4*strings.Compare(a.Cut, b.Cut) + 2*min(1, max(-1, a.N-b.N)) + int(min(1, max(-1, a.Story.ID-b.Story.ID)))
	})
	return out, nil
}

func (c *cabinet) ReviseVolume(_ context.Context, v news.Volume) error {
	for _, id := range v.Stories {
		if _, there := c.at[id]; there {
			c.in[v.Cut][id] = 0
		} else {
			delete(c.in[v.Cut], id)
		}
	}
	if v.N > 0 {
		c.docs[v.Cut][v.N-1] = v
	}
	return nil
}

func (c *cabinet) Volume(_ context.Context, cut string, n int) (news.Volume, error) {
	if n > len(c.docs[cut]) {
		return news.Volume{}, news.ErrNotFound
	}
	return c.docs[cut][n-1], nil
}

func (c *cabinet) ListVolumes(context.Context) ([]news.Volume, error) {
	var out []news.Volume
	for _, docs := range c.docs {
		out = append(out, docs...)
	}
	return out, nil
}
