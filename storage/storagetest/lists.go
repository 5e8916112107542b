package storagetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newsroom fills an archive with stories of many kinds and returns their
// UIDs, newest first.
func (a archive) newsroom() []string {
	a.Helper()
	a.sync(Source("a", 1), Source("b", 2), Source("c", 3))
	var want []string
	for n := range 60 {
		source := string(rune('a' + n%3))
		it := Item(source, fmt.Sprint("k", n), n/4) // four share a time
		it.Language = []string{"en", "pt-BR", "pt"}[n%7%3]
		if n%2 == 0 {
			it = Filed(it, "even", "all-of-it")
		} else {
			it = Filed(it, "all-of-it")
		}
		if n%5 == 0 {
			it.Places = []news.Place{{Country: "BR"}}
		}
		a.commit(source, it)
		want = append(want, fmt.Sprint("uid-", source, "-k", n))
	}
	a.alone()
	slices.Reverse(want)
	return want
}

func pagesCoverStories(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	want := a.newsroom()
	for _, q := range []news.Query{{}, {Categories: []string{"all-of-it"}}, {Languages: []string{"en", "pt"}}, {Sources: []string{"a", "b", "c"}}} {
		for _, limit := range []int{1, 7, 60, 100} {
			q.Limit, q.After = limit, news.Cursor{}
			var got []string
			for {
				stories, err := s.Stories(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, st := range stories {
					got = append(got, st.UID)
					q.After = news.Cursor{Published: st.Published, ID: st.ID}
				}
				if len(stories) < limit {
					break
				}
			}
			equal(t, fmt.Sprintf("pages of %d of %+v", limit, q), got, want)
		}
	}
}

func pagesCoverItems(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.newsroom()
	seen := map[int64]int{}
	q := news.Query{Limit: 7}
	for last := (news.Cursor{Published: Start.AddDate(9, 0, 0)}); ; {
		items, err := s.Items(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range items {
			seen[it.ID]++
			if it.Published.After(last.Published) {
				t.Errorf("Items: %v comes after %v", it.Published, last.Published)
			}
			last = news.Cursor{Published: it.Published, ID: it.ID}
		}
		q.After = last
		if len(items) < 7 {
			break
		}
	}
	var each []int64
	if err := s.EachItem(t.Context(), news.Query{}, func(it news.Item) error {
		each = append(each, it.ID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	equal(t, "EachItem", each, slices.Sorted(maps.Keys(seen)))
	if len(each) != 60 {
		t.Errorf("EachItem gave %d items, want 60", len(each))
	}
	stop := errors.New("stop")
	if err := s.EachItem(t.Context(), news.Query{}, func(news.Item) error { return stop }); err != stop {
		t.Errorf("EachItem: %v, want the error of the function", err)
	}
}

func queryFields(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	br, us := Filed(Item("a", "br", 1), "x"), Filed(Item("b", "us", 20), "y")
	br.Language, br.Places = "pt-BR", []news.Place{{Country: "BR"}}
	us.Places = []news.Place{{Country: "US"}}
	a.commit("a", br)
	a.commit("b", us)
	a.place(news.Placement{Item: a.id("a", "br"), NewUID: "u"}, news.Placement{Item: a.id("b", "us"), NewUID: "u"})
	for _, tt := range []struct {
		name string
		q    news.Query
		want bool
	}{
		{"a value of one item", news.Query{Categories: []string{"y"}}, true},
		{"two values of one item", news.Query{Categories: []string{"x"}, Countries: []string{"BR"}}, true},
		{"all of one item", news.Query{Categories: []string{"x"}, Countries: []string{"BR"}, Languages: []string{"pt"}, Sources: []string{"a"}}, true},
		{"values of two items", news.Query{Categories: []string{"x"}, Countries: []string{"US"}}, false},
		{"the language of one, the source of the other", news.Query{Languages: []string{"pt"}, Sources: []string{"b"}}, false},
		{"alternatives", news.Query{Categories: []string{"x", "no"}, Countries: []string{"US", "BR"}}, true},
		{"a value that nothing has", news.Query{Categories: []string{"no"}}, false},
		{"a language includes its regions", news.Query{Languages: []string{"pt"}}, true},
		{"a region does not include the language", news.Query{Languages: []string{"pt-PT"}}, false},
		{"a language is not a prefix of letters", news.Query{Languages: []string{"p"}}, false},
		{"seen since", news.Query{Since: Start.Add(20 * time.Minute)}, true},
		{"nothing seen since", news.Query{Since: Start.Add(21 * time.Minute)}, false},
		{"seen since, by another source", news.Query{Since: Start.Add(20 * time.Minute), Sources: []string{"a"}}, false},
		{"words and a field of one item", news.Query{Text: "title BR", Countries: []string{"BR"}}, true},
		{"words of one, a field of the other", news.Query{Text: "us", Countries: []string{"BR"}}, false},
	} {
		if got := len(a.uids(tt.q)) == 1; got != tt.want {
			t.Errorf("%s: Stories(%+v) found = %v, want %v", tt.name, tt.q, got, tt.want)
		}
		items, err := s.Items(t.Context(), tt.q)
		if err != nil || (len(items) > 0) != tt.want {
			t.Errorf("%s: Items(%+v) = %d, %v, want any = %v", tt.name, tt.q, len(items), err, tt.want)
		}
	}
	br.Places, br.Hash = nil, "corrected"
	a.commit("a", br)
	if n, known := a.counts().Countries["BR"]; n != 0 || !known {
		t.Errorf("a country that lost its last story is counted as %d, known %v; want 0, so that its feed stays", n, known)
	}
}

// What a text selects is what a search for it finds, before the items are in
// the index as well as after.
func queryText(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	one, two := Filed(Item("a", "one", 1), "wages"), Item("a", "two", 60*24)
	one.Title, one.Summary, one.Content = "ЗАБАСТОВКА à l’école: Straße", "100% of_the Café 労働組合", "<p>the mini<b>mum</b> wage, at last"
	one.Places = []news.Place{{Country: "BD"}}
	two.Title, two.Summary, two.Content, two.Language = "Wage of a minimum of dockers", "", "", "pt-BR"
	three := Item("b", "three", 60*48)
	three.Title, three.Summary, three.Content = "Lockout", "", "<p>Nothing but football"
	a.commit("a", one, two)
	a.commit("b", three)
	a.alone()
	for _, indexed := range []bool{false, true} {
		if indexed {
			a.index()
		}
		for text, want := range map[string]string{
			"":                                   "three two one",
			"забастовка":                         "one",
			"ECOLE cafe":                         "one",
			"забастовка lockout":                 "",
			"組合":                                 "one",
			"100% of_the":                        "one",
			"1000%":                              "",
			"' OR 1=1":                           "",
			"minimum wage":                       "two one",
			`"minimum wage"`:                     "one",
			"minimu":                             "",
			"minimu*":                            "two one",
			"wage -dockers":                      "one",
			"-wage":                              "three",
			"lockout OR dockers":                 "three two",
			"source:b OR category:wages":         "three one",
			"country:bd":                         "one",
			"language:pt":                        "two",
			"-language:pt wage":                  "one",
			"after:2025-03-05":                   "three two",
			"after:2025-03-05 before:2025-03-06": "two",
			"source:nobody":                      "",
		} {
			var got []string
			for _, uid := range a.uids(news.Query{Text: text, Limit: 100}) {
				got = append(got, strings.TrimPrefix(uid, "uid-a-"))
			}
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], "uid-b-")
			}
			if strings.Join(got, " ") != want {
				t.Errorf("indexed %v: Stories(%q) = %q, want %q", indexed, text, got, want)
			}
		}
	}
	two.Title, two.Hash = "Wage of dockers", "changed"
	a.commit("a", two)
	equal(t, "Stories after a change, which the index has not seen", a.uids(news.Query{Text: "minimum wage"}), []string{"uid-a-one"})
	page := a.uids(news.Query{Text: "wage", Limit: 1})
	equal(t, "first page", page, []string{"uid-a-two"})
	st, err := s.Story(t.Context(), page[0])
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "second page", a.uids(news.Query{Text: "wage", Limit: 1, After: news.Cursor{Published: st.Published, ID: st.ID}}), []string{"uid-a-one"})
	equal(t, "one of each source", a.uids(news.Query{Text: "wage OR lockout", PerSource: 1}), []string{"uid-b-three", "uid-a-two"})
}

func perSource(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.newsroom()
	led := map[string]int{}
	stories, err := s.Stories(t.Context(), news.Query{PerSource: 3, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range stories {
		led[st.LeadItem().Source]++
	}
	equal(t, "stories by the source that leads", led, map[string]int{"a": 3, "b": 3, "c": 3})
}

// perDay compares the counts of days with the stories themselves.
func perDay(t *testing.T, a archive) {
	t.Helper()
	from := time.Unix(0, 0).UTC()
	for value := range a.counts().Categories {
		stories, err := a.Stories(t.Context(), news.Query{Categories: []string{value}, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var want []news.DayCount
		for _, st := range slices.Backward(stories) {
			day := st.Published.UTC().Truncate(24 * time.Hour)
			if n := len(want); n > 0 && want[n-1].Day.Equal(day) {
				want[n-1].Stories++
			} else {
				want = append(want, news.DayCount{Day: day, Stories: 1})
			}
		}
		got, err := a.PerDay(t.Context(), value, from)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "stories of "+value+" per day", got, want)
		late, err := a.PerDay(t.Context(), value, want[len(want)-1].Day.Add(5*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "stories of "+value+" on the last day", late, want[len(want)-1:])
	}
}

func countsAgree(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.newsroom()
	perDay(t, a)
	if err := s.Hide(t.Context(), a.id("a", "k0"), "desk", ""); err != nil {
		t.Fatal(err)
	}
	c := a.counts()
	if c.Stories != 59 || c.Items != 60 {
		t.Errorf("Counts = %d stories, %d items, want 59 and 60: one item is hidden", c.Stories, c.Items)
	}
	for value, n := range c.Categories {
		equal(t, "stories of "+value, len(a.uids(news.Query{Categories: []string{value}, Limit: 100})), n)
	}
	for value, n := range c.Languages {
		equal(t, "stories in "+value, len(a.uids(news.Query{Languages: []string{value}, Limit: 100})), n)
	}
	for value, n := range c.Sources {
		equal(t, "stories of "+value, len(a.uids(news.Query{Sources: []string{value}, Limit: 100})), n)
	}
	for value, n := range c.Countries {
		equal(t, "stories about "+value, len(a.uids(news.Query{Countries: []string{value}, Limit: 100})), n)
	}
	equal(t, "kinds", []int{len(c.Categories), len(c.Countries), len(c.Languages), len(c.Sources)}, []int{2, 1, 3, 3})
}

func changesNameCuts(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	a.commit("a", Filed(Item("a", "k", 1), "x"), Filed(Item("a", "l", 2), "z"))
	a.alone()
	all, err := s.Changes(t.Context(), 0)
	if err != nil || len(all.Stories) != 2 || len(all.Categories) != 2 {
		t.Errorf("Changes(0) = %+v, %v, want both stories", all, err)
	}
	if none, err := s.Changes(t.Context(), all.Seq); err != nil || !none.Empty() || none.Seq != all.Seq {
		t.Errorf("Changes(%d) = %+v, %v, want nothing", all.Seq, none, err)
	}
	it := Filed(Item("a", "k", 1), "y")
	it.ID, it.Hash = a.id("a", "k"), "other"
	a.commit("a", it)
	got, err := s.Changes(t.Context(), all.Seq)
	want := news.Changes{Seq: all.Seq + 1, Stories: []int64{a.story("uid-a-k").ID}, Categories: []string{"x", "y"},
		Languages: []string{"en"}, Sources: []string{"a"}}
	equal(t, "Changes", got, want)
	equal(t, "Changes: error", err, nil)
}

func settingsAndEditions(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	ctx := t.Context()
	for _, want := range []string{"", "one", "two"} {
		if want != "" {
			if err := s.SetSetting(ctx, "k", want); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Setting(ctx, "k")
		if err != nil || got != want {
			t.Errorf("Setting = %q, %v, want %q", got, err, want)
		}
	}
	want := map[string]news.EditionState{
		"/feeds/all": {Path: "/feeds/all", Hash: "2", Updated: Start}, "/feeds/x": {Path: "/feeds/x", Hash: "1", Updated: Start},
	}
	before := news.EditionState{Path: "/feeds/x", Hash: "0"}
	for _, states := range [][]news.EditionState{
		{before, before}, {before, want["/feeds/x"], {Path: "/feeds/all", Hash: "1"}}, // sorted and not, a path twice in a row
		{{Path: "/feeds/all", Hash: "1"}, before, want["/feeds/x"]}, {want["/feeds/all"]}, nil,
	} {
		if err := a.SaveEditions(ctx, states); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Editions(ctx)
	equal(t, "Editions", got, want)
	equal(t, "Editions: error", err, nil)
	some := []string{"/feeds/none"}
	for n := range 300 { // more than one list holds
		some = append(some, fmt.Sprintf("/%d", n))
	}
	got, err = s.EditionsOf(ctx, append(some, "/feeds/x"))
	equal(t, "EditionsOf", got, map[string]news.EditionState{"/feeds/x": want["/feeds/x"]})
	equal(t, "EditionsOf: error", err, nil)
	got, err = s.EditionsOf(ctx, nil)
	equal(t, "EditionsOf none", got, map[string]news.EditionState{})
	equal(t, "EditionsOf none: error", err, nil)
}
