package admin

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
)

// oneStory is story 1 with items 1 and 2; others are elsewhere.
type oneStory struct{ split []int64 }

func (s *oneStory) Stories(context.Context, news.Query) ([]news.Story, error) { return nil, nil }
func (s *oneStory) Merge(context.Context, int64, string, string) error        { return nil }
func (s *oneStory) Pin(context.Context, int64, int64, string) error           { return nil }

func (s *oneStory) Story(context.Context, string) (StoryFile, error) {
	return StoryFile{Story: news.Story{ID: 1, Items: []news.Item{{ID: 1, Title: "One"}}}, Hidden: []news.Item{{ID: 2, Title: "Two"}}}, nil
}

func (s *oneStory) Split(_ context.Context, item int64, _ string) (int64, error) {
	s.split = append(s.split, item)
	return 7, nil
}

func TestSplitTakesReportsOfTheStoryOnly(t *testing.T) {
	for _, tt := range []struct {
		name, item, want string
		split            bool
	}{
		{"a report", "1", "Item 1 is story 7 of its own now.", true},
		{"a hidden report", "2", "Item 2 is story 7 of its own now.", true},
		{"a report of another story", "3", "Item 3 is not in story 1 (any more)", false},
		{"no number", "three", "Item 0 is not in story 1 (any more)", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &oneStory{}
			w := newBench(t, func(o *Options) { o.Stories = s }).browser().in()
			w.send("/admin/stories/1/split", url.Values{"item": {tt.item}})
			if a := w.get("/admin/stories/1"); !strings.Contains(a.body, tt.want) {
				t.Errorf("the page does not say %q:\n%s", tt.want, a.body)
			}
			if len(s.split) > 0 != tt.split {
				t.Errorf("split were %v", s.split)
			}
		})
	}
}

// withdrawn is an item that is hidden already.
type withdrawn struct{ Items }

func (withdrawn) Explain(context.Context, int64) (Explained, error) {
	return Explained{Item: news.Item{ID: 4, Title: "Four"}, Withdrawn: news.Withdrawal{By: "ana", Why: "it names a minor"}}, nil
}
func (withdrawn) Hide(context.Context, int64, string, string) error { return nil }
func (withdrawn) Categories() []news.Category                       { return nil }

func TestTheRecordSaysThatAnItemWasHiddenBefore(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Items = withdrawn{} })
	b.browser().in().send("/admin/items/4/hide", url.Values{"why": {"the family asked"}})
	if e := b.record.last(); e.Before != "hidden: it names a minor" || e.After != "hidden: the family asked" {
		t.Errorf("record = %+v, want both reasons", e)
	}
}
