package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

func itemIsReadAsStored(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := news.Item{
		Source: "a", Key: "k", GUID: "tag:a,2025:1", URL: "https://a.example/1?x=%F0#y", Canonical: "https://a.example/1",
		Title: "Título 👷", Summary: "s", Content: "<p>\x00 not trusted here</p>", Author: "Á", Language: "pt-BR",
		Published: Start.Add(-time.Hour), Updated: Start, FirstSeen: Start.Add(time.Minute), Claimed: "yesterday",
		Image:      "https://a.example/i.png",
		Enclosures: []news.Enclosure{{URL: "https://a.example/a.mp3", Type: "audio/mpeg", Length: 12}},
		Tags:       []string{"strike", "paro"}, Repairs: []string{"date", "entity"},
		RawHash: "r", Hash: "h",
		Filings: []news.Filing{
			{Category: "unions", Score: 2.5, Why: []string{"strong term \"paro\"", "tag"}, By: news.ByRules},
			{Category: "labor", By: news.ByImply},
			{Category: "arrests", Score: 9, By: news.BySource},
		},
		Places: []news.Place{{Country: "BR", Score: 2, Why: "named"}, {Country: "AR", Score: 3}},
	}
	long := Item("a", "long", 1)
	long.Content = strings.Repeat("<p>A long text, kept as it came: \x00 ü 👷</p>\n", 200)
	bare := news.Item{Source: "a", Key: "bare", Title: "only a title", Language: "und",
		Published: time.Unix(0, 0).UTC(), Updated: Start, FirstSeen: Start, Filings: []news.Filing{{Category: "unions", By: news.ByTag}}}
	a.commit("a", it, bare, long)
	for _, want := range []news.Item{it, bare, long} {
		got := a.item("a", want.Key)
		equal(t, "Item", drop(got), want)
	}
	a.place(news.Placement{Item: a.id("a", "k"), NewUID: "11111111-2222-4333-8444-555555555555", Why: "alone"})
	got := a.item("a", "k")
	if got.Story == 0 || got.EntryID != "urn:uuid:11111111-2222-4333-8444-555555555555" {
		t.Errorf("Item: story %d, entry id %q, want them after Place", got.Story, got.EntryID)
	}
	if _, err := s.Item(t.Context(), 99); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Item(99): %v, want ErrNotFound", err)
	}
}

// drop clears what the store gives.
func drop(it news.Item) news.Item {
	it.ID, it.Story, it.EntryID = 0, 0, ""
	return it
}

func pollKeepsStateAndLedger(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	at := Start.Add(time.Hour)
	r := news.PollResult{
		Poll: news.Poll{Source: "a", At: at, Took: 1234 * time.Millisecond, Outcome: news.OutcomeFailed, Status: 503, URL: "u",
			Asked: "If-None-Match", Bytes: 1, Seen: 2, New: 3, Changed: 4, LeftOut: 5, Repairs: []string{"x"}, Note: "n",
			Error: "e", NextDue: at.Add(time.Hour), NextWhy: "backoff", Encoding: "utf-8"},
		State: news.SourceState{Source: "a", URL: "u", Moved: "m", MovedSince: at, MovedSeen: 2, ETag: `W/"x"`, LastModified: "lm",
			BodyHash: "bh", NextDue: at, NextWhy: "w", LastPoll: at, LastOK: at, LastNew: at, Failures: 3, Error: "e", Gone: 1,
			Rhythm: []byte{0, 1, 255}, NotBefore: at.Add(time.Minute), Busy: at.Add(2 * time.Minute), Confirmed: at.Add(3 * time.Minute),
			Learned: "l", Sought: true, Proposal: "p", Hub: "h", Topic: "t", Answer: 1234 * time.Millisecond},
	}
	if err := s.CommitPoll(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	states, err := s.States(t.Context())
	equal(t, "States", states, []news.SourceState{r.State, {Source: "b"}})
	equal(t, "States: error", err, nil)
	a.commit("b")
	for source, want := range map[string]int{"a": 1, "b": 1, "": 2} {
		polls, err := s.Ledger(t.Context(), source, 0)
		if err != nil || len(polls) != want {
			t.Errorf("Ledger(%q) = %d polls, %v, want %d", source, len(polls), err, want)
		}
	}
	polls, _ := s.Ledger(t.Context(), "", 2)
	if polls[0].Source != "b" {
		t.Errorf("Ledger: %q comes first, want the newest", polls[0].Source)
	}
	equal(t, "Ledger", polls[1], r.Poll)
}

func unknownSource(t *testing.T, s *storage.Store) {
	err := s.CommitPoll(t.Context(), Poll("nobody", Item("nobody", "k", 1)))
	if !errors.Is(err, news.ErrNotFound) {
		t.Errorf("CommitPoll of an unknown source: %v, want ErrNotFound", err)
	}
	items, err := s.Items(t.Context(), news.Query{})
	if err != nil || len(items) != 0 {
		t.Errorf("Items = %d, %v, want none", len(items), err)
	}
}

func updateKeepsFirstSeen(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	old := Item("a", "k", 1)
	a.commit("a", old)
	next := Item("a", "k2", 90)
	next.ID, next.Title = a.id("a", "k"), "Corrected"
	a.commit("a", next)
	got := a.item("a", "k")
	want := next
	want.Key, want.Published, want.FirstSeen = "k", old.Published, old.FirstSeen
	want.ID = got.ID
	equal(t, "Item", got, want)
	if a.id("a", "k2") != got.ID {
		t.Errorf("Known by the new key = %d, want %d", a.id("a", "k2"), got.ID)
	}
}

func updatedMovesWithHash(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Item("a", "k", 1)
	a.commit("a", it)
	it.ID, it.Updated, it.RawHash = a.id("a", "k"), Start.Add(time.Hour), "raw2"
	a.commit("a", it)
	if got := a.item("a", "k"); !got.Updated.Equal(Start.Add(time.Minute)) || got.RawHash != "raw2" {
		t.Errorf("same hash: updated %v, raw hash %q; want it unmoved and raw2", got.Updated, got.RawHash)
	}
	it.Hash = "hash2"
	a.commit("a", it)
	if got := a.item("a", "k"); !got.Updated.Equal(Start.Add(time.Hour)) {
		t.Errorf("other hash: updated %v, want %v", got.Updated, Start.Add(time.Hour))
	}
}

func keyStoredTwice(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Filed(Item("a", "k", 1), "x")
	a.commit("a", it, it)
	a.commit("a", it)
	items, err := s.Items(t.Context(), news.Query{})
	if err != nil || len(items) != 1 {
		t.Errorf("Items = %d, %v, want 1", len(items), err)
	}
}

func knownItems(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	a.commit("a", Item("a", "k1", 1), Item("a", "k2", 2))
	again := Item("a", "k1-new", 3)
	again.ID = a.id("a", "k1")
	a.commit("a", again)
	var probes []news.Probe
	for n := range 300 { // more than one list
		probes = append(probes, news.Probe{Key: fmt.Sprint("no", n), Canonical: fmt.Sprint("https://no/", n), Title: "no"})
	}
	canonical := "https://a.example/k2"
	probes = append(probes,
		news.Probe{Key: "k1"}, news.Probe{Key: "k1-new"},
		news.Probe{Key: "other", Canonical: canonical, Title: "Title of k2"},
		news.Probe{Key: "other2", Canonical: canonical, Title: "Another title"},
	)
	known, err := s.Known(t.Context(), "a", probes)
	if err != nil {
		t.Fatal(err)
	}
	k1, k2 := a.id("a", "k1"), a.id("a", "k2")
	var got []int64
	for _, k := range known[299:] {
		got = append(got, k.ID)
	}
	equal(t, "Known: ids", got, []int64{0, k1, k1, k2, 0})
	equal(t, "Known", known[302], news.Known{ID: k2, Key: "k2", RawHash: "raw-k2", Hash: "hash-k2"})
	if known, err := s.Known(t.Context(), "b", probes); err != nil || known[300].ID+known[302].ID != 0 {
		t.Errorf("Known of another source = %v, %v, want nothing", known[300:], err)
	}
}

func keysWin(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	daily := Item("a", "monday", 1)
	daily.Title = "Daily briefing"
	a.commit("a", daily)
	at := news.Probe{Canonical: daily.Canonical, Title: daily.Title}
	monday, tuesday := at, at
	monday.Key, tuesday.Key = "monday", "tuesday"
	known, err := s.Known(t.Context(), "a", []news.Probe{tuesday, monday})
	if err != nil || known[0].ID != 0 || known[1].ID == 0 {
		t.Errorf("Known = %v, %v; want tuesday unknown, for monday has the item", known, err)
	}
	known, err = s.Known(t.Context(), "a", []news.Probe{tuesday, {Key: "wednesday", Canonical: at.Canonical, Title: at.Title}})
	if err != nil || known[0].ID == 0 || known[1].ID != 0 {
		t.Errorf("Known = %v, %v; want one item for the first probe only", known, err)
	}
}

func otherSourceCannotChange(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	a.commit("a", Item("a", "k", 1))
	want := a.item("a", "k")
	theft := Item("b", "k", 2)
	theft.ID, theft.Title, theft.Hash = want.ID, "stolen", "stolen"
	a.commit("b", theft)
	equal(t, "Item", a.item("a", "k"), want)
	theft.ID, theft.URL, theft.Canonical = 0, want.URL, want.Canonical
	a.commit("b", theft)
	equal(t, "Item", a.item("a", "k"), want)
	if a.id("b", "k") == want.ID || a.id("b", "k") == 0 {
		t.Errorf("the other source's item has id %d, want one of its own", a.id("b", "k"))
	}
}

func removedStaysAway(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Item("a", "k", 1)
	a.commit("a", it, Item("a", "other", 2))
	alias := it
	alias.ID, alias.Key = a.id("a", "k"), "k-alias"
	a.commit("a", alias)
	a.alone()
	if err := s.Remove(t.Context(), a.id("a", "k"), "withdrawn"); err != nil {
		t.Fatal(err)
	}
	known, err := s.Known(t.Context(), "a", []news.Probe{{Key: "k"}, {Key: "k-alias"}, {Key: "new"}})
	equal(t, "Known", known, []news.Known{{Removed: true}, {Removed: true}, {}})
	equal(t, "Known: error", err, nil)
	alias.ID = 0
	a.commit("a", it, alias, Item("a", "new", 3))
	items, err := s.Items(t.Context(), news.Query{})
	if err != nil || len(items) != 2 {
		t.Errorf("Items = %d, %v, want other and new only", len(items), err)
	}
	if _, err := s.Story(t.Context(), "uid-a-k"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Story of the removed item: %v, want ErrNotFound", err)
	}
	equal(t, "Stories", a.uids(news.Query{}), []string{"uid-a-other"})
	if err := s.Remove(t.Context(), 99, ""); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Remove(99): %v, want ErrNotFound", err)
	}
}

// That next to nothing is known of a source is not that nothing is, however many
// keys are asked for at once.
func littleIsKnown(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	proposed := Source("apart", 1)
	proposed.Status = news.Proposed
	a.sync(Source("removed", 1), Source("stored", 1), Source("new", 1), proposed)
	for _, source := range []string{"removed", "stored"} {
		a.commit(source, Item(source, "k7", 1))
	}
	if err := s.Remove(t.Context(), a.id("removed", "k7"), "withdrawn"); err != nil {
		t.Fatal(err)
	}
	apart := Poll("apart", Item("apart", "k7", 1))
	apart.Preview = true
	equal(t, "CommitPoll", s.CommitPoll(t.Context(), apart), nil)
	for _, tt := range []struct {
		source           string
		known, removed   bool
		storedAfterwards int
	}{{"removed", false, true, 19}, {"stored", true, false, 20}, {"new", false, false, 20}, {"apart", true, false, 20}} {
		var items []news.Item
		var probes []news.Probe
		for n := range 20 {
			it := Item(tt.source, fmt.Sprint("k", n), n)
			items, probes = append(items, it), append(probes, news.Probe{Key: it.Key, Canonical: it.Canonical, Title: it.Title})
		}
		known, err := s.Known(t.Context(), tt.source, probes)
		if err != nil || known[7].ID != 0 != tt.known || known[7].Removed != tt.removed || known[8] != (news.Known{}) {
			t.Errorf("Known of %s = %+v, %v; want %+v", tt.source, known[7:9], err, tt)
		}
		a.commit(tt.source, items...)
		a.alone()
		got, err := s.Items(t.Context(), news.Query{Sources: []string{tt.source}, Limit: 50})
		if err != nil || len(got) != tt.storedAfterwards {
			t.Errorf("%d items of %s, %v; want %+v", len(got), tt.source, err, tt)
		}
	}
}

// Ids stand in published addresses and in what readers keep: that of the
// newest item must not pass to the next when it is removed.
func idsAreGivenOnce(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	a.commit("a", Item("a", "old", 1), Item("a", "new", 2))
	gone := a.id("a", "new")
	if err := s.Remove(t.Context(), gone, "withdrawn"); err != nil {
		t.Fatal(err)
	}
	a.commit("a", Item("a", "next", 3))
	if got := a.id("a", "next"); got <= gone {
		t.Errorf("the item after a removed one has id %d, want one above %d", got, gone)
	}
}

func deskFilingStays(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1))
	it := Filed(Item("a", "k", 1), "old")
	it.Filings = append(it.Filings, news.Filing{Category: "desk", By: news.ByDesk})
	a.commit("a", it)
	it = Filed(it, "new", "desk")
	it.ID = a.id("a", "k")
	a.commit("a", it)
	got := map[string]news.By{}
	for _, f := range a.item("a", "k").Filings {
		got[f.Category] = f.By
	}
	equal(t, "Filings", got, map[string]news.By{"desk": news.ByDesk, "new": news.ByRules})
}
