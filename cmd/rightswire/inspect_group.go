package main

import (
	"encoding/json"
	"time"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/news"
)

// newInspectGroup is "inspect group".
func newInspectGroup(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "group [FILE]",
		Short: "Say which articles are copies and which report one event",
		Long: `Reads articles from FILE or standard input, one JSON object per line, in time
order:

  {"id","title","text","url","source","published","language"}

and prints {"id","copy_of","story"} for each: the id of the article it copies
or null, and the number of its story. Memory stays bounded: what is older than
the window, or too many articles ago, is forgotten.`,
		Example: "  rightswire inspect group articles.jsonl",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			stage, err := newGroupStage(groupItems)
			if err != nil {
				return err
			}
			return a.answerLines(cmd.Context(), args, asJSON(stage.answer))
		},
	}
}

// groupLine is an article as "inspect group" reads it.
type groupLine struct {
	identified
	Title     string `json:"title"`
	Text      string `json:"text"`
	URL       string `json:"url"`
	Source    string `json:"source"`
	Published string `json:"published"`
	Language  string `json:"language"`
}

// groupAnswer is what "inspect group" prints for an article.
type groupAnswer struct {
	ID     json.RawMessage `json:"id"`
	CopyOf json.RawMessage `json:"copy_of"` // null: an original
	Story  int64           `json:"story"`
}

// groupWindow is how far apart two articles of one story can be, and
// groupItems how many articles are remembered at most.
const (
	groupWindow = 96 * time.Hour
	groupItems  = 250_000
)

// groupStage groups one article after the other.
type groupStage struct {
	places  *classify.Classifier
	grouper *dedupe.Grouper
	n       int64 // articles so far
	clock   time.Time
	// The ids as they were given, by number, in a ring as long as the memory.
	names []json.RawMessage
	items int // its length
}

func newGroupStage(items int) (*groupStage, error) {
	places, err := classify.New(news.Taxonomy{}) // no categories: only what an article is about
	if err != nil {
		return nil, err
	}
	return &groupStage{places: places, grouper: dedupe.NewGrouper(dedupe.Options{Window: groupWindow, MaxItems: items}), items: items}, nil
}

// answer says what an article is a copy of and which story it belongs to.
func (s *groupStage) answer(l groupLine) any {
	s.n++
	art := l.article(s.n)
	for _, p := range s.places.Classify(classify.Article{Title: l.Title, Text: l.Text, URL: l.URL, Language: l.Language}).Places {
		art.Places = append(art.Places, p.Country)
	}
	m := s.grouper.Match(art)
	story := m.Story
	if story == 0 {
		story = s.n
	}
	s.grouper.Add(art, story, m.CopyOf)
	if art.Published.After(s.clock) {
		s.clock = art.Published
		s.grouper.Forget(s.clock.Add(-groupWindow))
	}
	answer := groupAnswer{ID: l.ID, Story: story}
	// A text that is copied for months, or has no date, may be of an article
	// whose id is not known any more.
	if m.CopyOf != 0 && s.n-m.CopyOf <= int64(s.items) {
		answer.CopyOf = s.names[(m.CopyOf-1)%int64(s.items)]
	}
	if len(s.names) < s.items {
		s.names = append(s.names, nil)
	}
	s.names[(s.n-1)%int64(s.items)] = l.ID
	return answer
}

// article turns a line into what grouping looks at, under the number n.
func (l *groupLine) article(n int64) dedupe.Article {
	return dedupe.Article{
		ID: n, Title: l.Title, Text: l.Text, Canonical: dedupe.Canonical(l.URL),
		Source: l.Source, Language: l.Language, Published: groupTime(l.Published),
	}
}

// groupTime reads RFC 3339 or a bare date; zero when it is neither.
func groupTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
