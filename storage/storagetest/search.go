package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/storage"
)

// index brings the search index up to date.
func (a archive) index() (items int) {
	a.Helper()
	for {
		n, more, err := a.Index(a.Context())
		if err != nil {
			a.Fatal(err)
		}
		if items += n; !more {
			return items
		}
	}
}

// found returns the UIDs of the stories that a query finds.
func (a archive) found(text string) []string {
	a.Helper()
	f, err := a.Search(a.Context(), search.Parse(text), 0, 100)
	if err != nil {
		a.Fatalf("Search(%q): %v", text, err)
	}
	var uids []string
	for _, st := range f.Stories {
		uids = append(uids, st.UID)
	}
	if f.Total != len(uids) {
		a.Errorf("Search(%q) found %d of %d", text, len(uids), f.Total)
	}
	return uids
}

// matched returns the keys of the items that a query finds.
func (a archive) matched(text string, limit int) (keys []string) {
	a.Helper()
	err := a.EachMatch(a.Context(), search.Parse(text), limit, func(it news.Item) error {
		keys = append(keys, it.Key)
		return nil
	})
	if err != nil {
		a.Fatalf("EachMatch(%q): %v", text, err)
	}
	return keys
}

// texts stores items with the given titles and texts, each a story of its own.
func (a archive) texts(texts ...[2]string) {
	a.Helper()
	var items []news.Item
	for i, text := range texts {
		it := Item("a", fmt.Sprint("k", i), i)
		it.Title, it.Summary, it.Content = text[0], "", text[1]
		items = append(items, it)
	}
	a.sync(Source("a", 1))
	a.commit("a", items...)
	a.alone()
	a.index()
}

func searchScripts(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.texts(
		[2]string{"Élèves en grève à l’école", "<p>Une marche <b>paci</b>fique</p><p>de l&#39;été"},
		[2]string{"外卖骑手罢工要求提高最低工资", "<p>上海的工人星期一走上街头。</p>"},
		[2]string{"ストライキ中の港湾労働者", "<p>賃金の引き上げを求めた。</p>"},
		[2]string{"แรงงานข้ามชาติเรียกร้องค่าแรงขั้นต่ำ", ""},
		[2]string{"إضراب عُمّال الموانئ", "<p>طالبوا برفع الأجور</p>"},
		[2]string{"मज़दूरों की हड़ताल", ""},
		[2]string{"택배노동자들은 파업했다", ""},
		[2]string{"ЗАБАСТОВКА шахтёров", ""},
	)
	for text, want := range map[string]string{
		"eleves": "uid-a-k0", "ÉCOLE": "uid-a-k0", "pacifique": "uid-a-k0", "paci": "", `"greve a l'ecole"`: "uid-a-k0", "marche*": "uid-a-k0", "élev*": "uid-a-k0", "fiquede": "",
		"罢工": "uid-a-k1", "最低工资": "uid-a-k1", "工罢": "", "资": "uid-a-k1", "罢工 上海": "uid-a-k1", `"罢工上海"`: "",
		"労働者": "uid-a-k2", "\uff7d\uff84\uff97\uff72\uff77": "uid-a-k2", "賃金": "uid-a-k2",
		"ค่าแรง": "uid-a-k3", "ขั้นต่ำ": "uid-a-k3", "คาแรง": "",
		"عمال": "uid-a-k4", "عُمّال": "uid-a-k4", "اضراب": "uid-a-k4", "الاجور": "uid-a-k4", "إضراب الموانئ": "uid-a-k4",
		"हड़ताल": "uid-a-k5", "हड": "", "मज़दूर*": "uid-a-k5",
		"노동자": "uid-a-k6", "забастовка": "uid-a-k7",
	} {
		if got := a.found(text); len(got) > 1 || len(got) == 1 && got[0] != want || len(got) == 0 && want != "" {
			t.Errorf("Search(%q) found %q, want %q", text, got, want)
		}
	}
}

func searchLanguage(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 2))
	item := func(source, key string, n int, language, title string, categories ...string) news.Item {
		it := Filed(Item(source, key, n*24*60), categories...)
		it.Title, it.Summary, it.Content, it.Language = title, "", "", language
		return it
	}
	one := item("a", "one", 1, "en", "Dock strike over minimum wage", "wages")
	one.Places = []news.Place{{Country: "BD"}}
	a.commit("a", one, item("a", "two", 2, "pt-BR", "Minimum hours, wage and a football match", "wages", "sport"))
	a.commit("b", item("b", "three", 3, "pt", "Lockout at the docks"), item("b", "four", 4, "en", "Football"))
	a.alone()
	a.index()
	for text, want := range map[string][]string{
		"":                                       {"four", "three", "two", "one"},
		"minimum wage":                           {"two", "one"},
		`"minimum wage"`:                         {"one"},
		"wage -football":                         {"one"},
		"-football":                              {"three", "one"},
		"-football -strike":                      {"three"},
		"strike OR lockout":                      {"three", "one"},
		"strike OR lockout dock*":                {"three", "one"},
		"strike OR -football":                    {"three", "one"},
		"strike OR source:b":                     {"four", "three", "one"},
		"wage OR football source:a OR source:b":  {"four", "two", "one"},
		"source:b":                               {"four", "three"},
		"-source:b":                              {"two", "one"},
		"source:nobody":                          nil,
		"-source:nobody football":                {"four", "two"},
		"category:wages":                         {"two", "one"},
		"category:wages -category:sport":         {"one"},
		"country:bd OR language:pt":              {"three", "two", "one"},
		"language:pt-br":                         {"two"},
		"language:PT":                            {"three", "two"},
		"after:2025-03-06":                       {"four", "three", "two"},
		"before:2025-03-06":                      {"one"},
		"after:2025-03-06 before:2025-03-07":     {"two"},
		"-after:2025-03-06":                      {"one"},
		"before:2025":                            nil,
		"title : ^strike NEAR(a, b) \" AND ) OR": nil,
		"'; DROP TABLE item; --":                 nil,
	} {
		if got := a.matched(text, 50); !slices.Equal(got, want) {
			t.Errorf("EachMatch(%q) = %q, want %q", text, got, want)
		}
	}
	equal(t, "EachMatch, one", a.matched("football", 1), []string{"four"})
	equal(t, "EachMatch, all", a.matched("football", 0), []string{"two", "four"})
}

func searchFollows(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.texts([2]string{"Alpha", "beta"}, [2]string{"Gamma", "delta"})
	step := func(what string, items int, word string, want ...string) {
		t.Helper()
		if n := a.index(); n != items {
			t.Errorf("%s: Index took in or out %d items, want %d", what, n, items)
		}
		equal(t, what+": "+word, a.found(word), want)
	}
	step("nothing changed", 0, "alpha", "uid-a-k0")
	it := a.item("a", "k0")
	it.Title, it.Hash = "Epsilon", "other"
	a.commit("a", it)
	equal(t, "before the index has come so far: alpha", a.found("alpha"), []string{"uid-a-k0"})
	f, err := s.Search(t.Context(), search.Parse("alpha"), 0, 9)
	if err != nil || f.Behind != 1 {
		t.Errorf("Search before Index says that it is %d stories behind, %v; want 1", f.Behind, err)
	}
	step("corrected", 1, "alpha")
	step("corrected", 0, "epsilon", "uid-a-k0")
	if err := s.Hide(t.Context(), it.ID, "desk", ""); err != nil {
		t.Fatal(err)
	}
	equal(t, "hidden, before Index", a.found("epsilon"), []string(nil))
	step("hidden", 1, "epsilon")
	if err := s.Unhide(t.Context(), it.ID, "desk"); err != nil {
		t.Fatal(err)
	}
	step("brought back", 1, "epsilon", "uid-a-k0")
	if err := s.Remove(t.Context(), it.ID, ""); err != nil {
		t.Fatal(err)
	}
	equal(t, "removed, before Index", a.found("epsilon"), []string(nil))
	step("removed", 0, "epsilon")
	step("removed", 0, "gamma", "uid-a-k1")
	a.place(news.Placement{Item: a.id("a", "k1"), NewUID: "elsewhere"})
	step("moved to another story", 0, "gamma", "elsewhere")
}

// searchInBatches kills the indexer, so to say, after any number of batches:
// what is found in the end is the same.
func searchInBatches(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	const n = 2100
	for i := 0; i < n; i += 100 {
		var items []news.Item
		for j := range 100 {
			items = append(items, Item("a", fmt.Sprint("k", i+j), i+j))
		}
		a.commit("a", items...)
	}
	a.alone()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	done := 0
	for more := true; more; {
		if _, _, err := s.Index(ended); !errors.Is(err, context.Canceled) {
			t.Errorf("Index with a context that has ended: %v", err)
		}
		var items int
		var err error
		if items, more, err = s.Index(t.Context()); err != nil {
			t.Fatal(err)
		}
		if items > 1024 {
			t.Errorf("one call took in %d items", items)
		}
		done += items
	}
	if done != n {
		t.Errorf("Index took in %d items, want %d", done, n)
	}
	seen := map[string]bool{}
	for offset := 0; offset < n; offset += 50 {
		f, err := s.Search(t.Context(), search.Parse("summary"), offset, 50)
		if err != nil || f.Total != n || len(f.Stories) != 50 || f.More || f.Behind != 0 {
			t.Fatalf("Search from %d: %d of %d stories, %+v, %v", offset, len(f.Stories), f.Total, f.Behind, err)
		}
		for i, st := range f.Stories {
			seen[st.UID] = true
			if i > 0 && st.Published.After(f.Stories[i-1].Published) {
				t.Fatalf("story %s is newer than the one before", st.UID)
			}
		}
	}
	if len(seen) != n {
		t.Errorf("pages cover %d stories, want %d", len(seen), n)
	}
	if f, err := s.Search(t.Context(), search.Parse("summary"), n, 50); err != nil || len(f.Stories) != 0 {
		t.Errorf("Search beyond the end: %d stories, %v", len(f.Stories), err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if _, err := s.Search(late, search.Parse("summary"), 0, 9); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Search without time: %v", err)
	}
}

// A list of what a text selects compares what is new by itself, and has the
// index find the rest: both have to mean the same.
func scriptsAgree(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	words := [][2]string{ // as a report and as the desk writes it
		{"ёлка", "елка"}, {"елка", "Ёлка"}, {"Чайковский", "чайковскии"}, {"Αθήνα", "Αθηνα"}, {"ΣΊΣΥΦΟΣ", "σίσυφος"}, {"σίσυφος", "ΣΙΣΥΦΟΣ"},
		{"Malmö", "malmo"}, {"Việt", "viet"}, {"café", "cafe\u0301"}, {"عُمان", "عمان"}, {"한국", "한국"}, {"ガザ", "ガザ"}, {"हिन्दी", "हिन्दी"},
	}
	var texts [][2]string
	for _, w := range words {
		texts = append(texts, [2]string{w[0], ""})
	}
	a.texts(texts...)
	selected := func(text string) (uids []string) {
		marks, err := s.StoryMarks(t.Context(), news.Query{Text: text, Limit: 100})
		a.must(err)
		for _, m := range marks {
			uids = append(uids, fmt.Sprint(m.ID))
		}
		return uids
	}
	fresh := map[string][]string{}
	for _, w := range words {
		if fresh[w[1]] = selected(w[1]); len(fresh[w[1]]) == 0 {
			t.Errorf("%q does not select a new report that says %q", w[1], w[0])
		}
	}
	a.index()
	for _, w := range words {
		equal(t, "selected by the index for "+w[1], selected(w[1]), fresh[w[1]])
	}
}
