package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/dedupe"
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
			in, done, err := lineInput(a.in, args)
			if err != nil {
				return err
			}
			defer done()
			return inspectGroup(in, a.out)
		},
	}
}

// groupLine is an article as "inspect group" reads it.
type groupLine struct {
	ID        json.RawMessage `json:"id"` // a string or a number, given back as it came
	Title     string          `json:"title"`
	Text      string          `json:"text"`
	URL       string          `json:"url"`
	Source    string          `json:"source"`
	Published string          `json:"published"`
	Language  string          `json:"language"`
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

// inspectGroup answers each line of in with one line.
func inspectGroup(in io.Reader, out io.Writer) error {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	g := dedupe.NewGrouper(dedupe.Options{Window: groupWindow, MaxItems: groupItems})
	// The ids as they were given, by number. A copy is always of a remembered
	// article, so a ring as long as the memory is enough.
	names := make([]json.RawMessage, 0, 1024)
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), 64<<20)
	var clock time.Time
	for n := int64(1); lines.Scan(); {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var l groupLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return fmt.Errorf("read article %d: %w", n, err)
		}
		art := l.article(n)
		m := g.Match(art)
		story := m.Story
		if story == 0 {
			story = n
		}
		g.Add(art, story, m.CopyOf)
		if art.Published.After(clock) {
			clock = art.Published
			g.Forget(clock.Add(-groupWindow))
		}
		if len(names) < groupItems {
			names = append(names, nil)
		}
		names[(n-1)%groupItems] = l.ID
		answer := groupAnswer{ID: l.ID, Story: story}
		if m.CopyOf != 0 {
			answer.CopyOf = names[(m.CopyOf-1)%groupItems]
		}
		if err := enc.Encode(answer); err != nil {
			return fmt.Errorf("write the answer for article %s: %w", l.ID, err)
		}
		n++
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read articles: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write answers: %w", err)
	}
	return nil
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
