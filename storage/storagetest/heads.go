package storagetest

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// headsAgree holds marks, heads and arrivals against whole stories.
func headsAgree(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.newsroom()
	// A story with a second report, of another category, that does not lead.
	joins := Filed(Item("c", "joins", 50), "odd", "even")
	a.commit("c", joins)
	all, err := s.Stories(t.Context(), news.Query{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	old := all[len(all)-1]
	if err := s.Place(t.Context(), []news.Placement{{Item: a.id("c", "joins"), Story: old.ID}}); err != nil {
		t.Fatal(err)
	}
	for _, q := range []news.Query{{Limit: 100}, {Limit: 7}, {Categories: []string{"even"}, Languages: []string{"pt"}, Limit: 100}, {Countries: []string{"BR"}, Since: Start.Add(5 * time.Minute), Limit: 100}} {
		a.agree(q)
	}
	a.arrivals(old.ID)
}

// agree holds what lists are given of the stories of a query against whole ones.
func (a archive) agree(q news.Query) {
	a.Helper()
	stories, err := a.Stories(a.Context(), q)
	a.must(err)
	marks, err := a.StoryMarks(a.Context(), q)
	a.must(err)
	var wantMarks []news.StoryMark
	var wantHeads []news.StoryHead
	var ids []int64
	for _, st := range stories {
		m := news.StoryMark{ID: st.ID, Changed: st.Changed, Published: st.Published}
		wantMarks, wantHeads, ids = append(wantMarks, m), append(wantHeads, head(st, m)), append(ids, st.ID)
	}
	equal(a.T, "marks", marks, wantMarks)
	a.shown(ids, stories) // first, before the names are known
	heads, err := a.StoryHeads(a.Context(), append(ids, 99999))
	a.must(err)
	equal(a.T, "heads", heads, wantHeads)
}

// labelsAgree has the labels of items in another order than that in which the
// archive met them first.
func labelsAgree(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("c", 3))
	one, two := Filed(Item("c", "one", 1), "x", "y", "z"), Filed(Item("c", "two", 2), "z", "x")
	one.Places, two.Places = []news.Place{{Country: "BR"}, {Country: "AR"}}, []news.Place{{Country: "AR"}, {Country: "BR"}}
	a.commit("c", one, two, Filed(Item("c", "early", 3), "x"), Filed(Item("c", "single", 5), "y"), Item("c", "none", 6))
	a.commit("a", Filed(Item("a", "lead", 4), "z", "y"))
	a.place(news.Placement{Item: a.id("c", "early"), NewUID: "both"}, news.Placement{Item: a.id("a", "lead"), NewUID: "both"})
	a.alone()
	a.agree(news.Query{Limit: 100})
	a.must(s.Hide(t.Context(), a.id("c", "early"), "me", "wrong"))
	a.agree(news.Query{Limit: 100})
}

// head is what a list has to know of a story.
func head(st news.Story, m news.StoryMark) news.StoryHead {
	lead := st.LeadItem()
	h := news.StoryHead{StoryMark: m, UID: st.UID, Title: lead.Title, Language: lead.Language, Source: lead.Source, FirstSeen: lead.FirstSeen, Updated: st.Updated}
	for _, it := range st.Items {
		for _, f := range it.Filings {
			if !slices.Contains(h.Categories, f.Category) {
				h.Categories = append(h.Categories, f.Category)
			}
		}
	}
	return h
}

// shown holds what readers are shown of stories against the whole ones.
func (a archive) shown(ids []int64, whole []news.Story) {
	for name, wants := range map[string]func(source, summary string) bool{
		"all": nil, "none": func(string, string) bool { return false }, "of one source": func(source, summary string) bool { return source == "c" && summary != "" },
	} {
		var want []news.Story
		for _, st := range whole {
			st.Items = slices.Clone(st.Items)
			for i, it := range st.Items {
				st.Items[i] = news.Item{
					ID: it.ID, Source: it.Source, Key: it.Key, GUID: it.GUID, URL: it.URL, Title: it.Title, Language: it.Language, Published: it.Published,
					FirstSeen: it.FirstSeen, Story: it.Story, CopyOf: it.CopyOf, Summary: it.Summary, Author: it.Author, Image: it.Image, Enclosures: it.Enclosures,
				}
				if wants == nil || wants(it.Source, it.Summary) {
					st.Items[i].Content = it.Content
				}
				for _, f := range it.Filings {
					st.Items[i].Filings = append(st.Items[i].Filings, news.Filing{Category: f.Category})
				}
				for _, p := range it.Places {
					st.Items[i].Places = append(st.Items[i].Places, news.Place{Country: p.Country})
				}
			}
			st.Pin = 0
			want = append(want, st)
		}
		got, err := a.FindStories(a.Context(), append(slices.Clone(ids), 99999), wants)
		a.must(err)
		equal(a.T, "stories with the content of "+name, got, want)
	}
}

// arrivals checks what came last: items were seen at the minutes 0 to 14, four
// each, and one more for the story joined at 50.
func (a archive) arrivals(joined int64) {
	a.Helper()
	for _, tt := range []struct {
		name    string
		limit   int
		stories int
		from    time.Time
	}{
		{"one report", 1, 1, Start.Add(14*time.Minute + time.Microsecond)},
		{"the items of a minute that has no room are left out", 7, 1 + 4, Start.Add(13*time.Minute + time.Microsecond)},
		{"everything", 61, 60, time.Time{}},
	} {
		got, from, err := a.Arrivals(a.Context(), tt.limit)
		if err != nil {
			a.Fatal(err)
		}
		if len(got) != tt.stories || !from.Equal(tt.from) {
			a.Errorf("%s: %d stories since %v, want %d since %v", tt.name, len(got), from, tt.stories, tt.from)
		}
		i := slices.IndexFunc(got, func(x news.Arrival) bool { return x.ID == joined })
		if i < 0 {
			a.Errorf("%s: the joined story is not there", tt.name)
			continue
		}
		x := got[i]
		slices.Sort(x.Categories)
		slices.SortFunc(x.Sources, cmp.Compare)
		equal(a, "categories", x.Categories, []string{"all-of-it", "even", "odd"})
		equal(a, "sources", x.Sources, []string{"a", "c"})
		if !x.Seen.Equal(Start.Add(50 * time.Minute)) {
			a.Errorf("%s: seen %v", tt.name, x.Seen)
		}
	}
}
