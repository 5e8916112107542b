package news_test

import (
	"testing"

	"github.com/rightswire/rightswire/news"
)

// A value alone is a change too: whoever skips it shows a list that is no
// longer so.
func TestChangesAreEmptyOnlyWithoutStoriesAndValues(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    news.Changes
		want bool
	}{
		{"only a counter", news.Changes{Seq: 7}, true},
		{"a story", news.Changes{Stories: []int64{1}}, false},
		{"a category", news.Changes{Categories: []string{"labor"}}, false},
		{"a country", news.Changes{Countries: []string{"QA"}}, false},
		{"a language", news.Changes{Languages: []string{"pt"}}, false},
		{"a source", news.Changes{Sources: []string{"bbc"}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.c.Empty(); got != tt.want {
				t.Errorf("%+v.Empty() = %t, want %t", tt.c, got, tt.want)
			}
		})
	}
}
