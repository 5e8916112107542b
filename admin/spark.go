package admin

import (
	"fmt"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// Spark is a small chart of a source's latest polls, the newest at the right: a
// bar for each that brought news, a low mark for each that failed.
type Spark struct {
	Width, Height int
	Bars          []SparkBar
	Label         string // the chart in words
}

// SparkBar is one poll of a [Spark].
type SparkBar struct {
	X, Y, H int
	Bad     bool
}

const (
	sparkStep   = 4 // a bar and the gap beside it, in units of the picture
	sparkHeight = 20
	sparkTop    = 18 // of the highest bar
)

// spark draws polls, given with the newest first.
func spark(polls []news.Poll) Spark {
	polls = slices.Clone(polls[:min(len(polls), recentPolls)])
	slices.Reverse(polls)
	s := Spark{Width: sparkStep * recentPolls, Height: sparkHeight}
	most, items, failed := 1, 0, 0
	for _, p := range polls {
		most, items = max(most, p.New), items+p.New
		if p.Outcome == news.OutcomeFailed {
			failed++
		}
	}
	x := s.Width - sparkStep*len(polls)
	for _, p := range polls {
		bad := p.Outcome == news.OutcomeFailed
		h := 1 // asked, and nothing new
		switch {
		case bad:
			h = 4
		case p.New > 0:
			h = max(3, p.New*sparkTop/most)
		}
		s.Bars = append(s.Bars, SparkBar{X: x, Y: sparkHeight - h, H: h, Bad: bad})
		x += sparkStep
	}
	s.Label = fmt.Sprintf("last %s: %s, %d failed", many(len(polls), "poll"), many(items, "new item"), failed)
	return s
}
