package dedupe

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
)

func TestLead(t *testing.T) {
	full := news.Item{URL: "https://a.example/x", Content: strings.Repeat("x", 600)}
	item := func(id int64, source string, change func(*news.Item)) news.Item {
		it := full
		it.ID, it.Source, it.Published = id, source, day
		if change != nil {
			change(&it)
		}
		return it
	}
	rank := func(source string) int { return map[string]int{"union": 1, "aggregator": 9}[source] }
	tests := []struct {
		name  string
		items []news.Item
		want  int64
	}{
		{"rank comes first", []news.Item{item(1, "aggregator", nil), item(2, "paper", nil), item(3, "union", func(it *news.Item) { it.Content = "" })}, 3},
		{"no rank counts as 5", []news.Item{item(1, "aggregator", nil), item(2, "paper", nil)}, 2},
		{"an original before its copy", []news.Item{item(1, "paper", func(it *news.Item) { it.CopyOf = 2 }), item(2, "daily", nil)}, 2},
		{"the more complete one", []news.Item{item(1, "paper", func(it *news.Item) { it.Content = "" }), item(2, "daily", nil)}, 2},
		{"one that has an address", []news.Item{item(1, "paper", func(it *news.Item) { it.URL = "" }), item(2, "daily", nil)}, 2},
		{"the earlier one", []news.Item{item(1, "paper", nil), item(2, "daily", func(it *news.Item) { it.Published = day.Add(-time.Hour) })}, 2},
		{"the lower id", []news.Item{item(2, "paper", nil), item(1, "daily", nil)}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 10 {
				rand.Shuffle(len(tt.items), func(i, j int) { tt.items[i], tt.items[j] = tt.items[j], tt.items[i] })
				if got := tt.items[Lead(tt.items, rank)].ID; got != tt.want {
					t.Errorf("Lead chose item %d, want %d", got, tt.want)
				}
			}
		})
	}
	if got := Lead(nil, nil); got != -1 {
		t.Errorf("Lead(nil) = %d, want -1", got)
	}
}

// The published ids of every archive depend on this value: if this test fails,
// the change is wrong, not the test.
func TestUIDNeverChanges(t *testing.T) {
	if got, want := UID("un-news-women", "https://news.example/1"), "5af9b3ce-913f-58ab-bf66-3c5f4d7f3577"; got != want {
		t.Errorf("UID = %s, want %s", got, want)
	}
	if UID("a", "b/c") == UID("a/b", "c") || UID("a", "b") == UID("b", "a") {
		t.Error("UID gives two items one id")
	}
}
