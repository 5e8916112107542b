package news

import "testing"

func TestAStoryStaysWhereOneOfItsReportsIs(t *testing.T) {
	in := func(id int64, category string) Item { return Item{ID: id, Filings: []Filing{{Category: category}}} }
	for name, tt := range map[string]struct {
		items []Item
		want  string
	}{
		"nobody carries it":  {[]Item{in(1, "press")}, ""},
		"another report":     {[]Item{in(1, "press"), in(28, "wages")}, " Story 7 stays under wages because of item 28."},
		"several":            {[]Item{in(1, "wages"), in(28, "wages")}, " Story 7 stays under wages because of items 1, 28."},
		"many are cut short": {[]Item{in(1, "wages"), in(2, "wages"), in(3, "wages"), in(4, "wages"), in(5, "wages"), in(6, "wages")}, " Story 7 stays under wages because of items 1, 2, 3, 4, 5, 1 more."},
	} {
		if got := (Story{ID: 7, Items: tt.items}).StaysUnder("wages"); got != tt.want {
			t.Errorf("%s: StaysUnder(wages) = %q, want %q", name, got, tt.want)
		}
	}
}
