package aggregator_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// stories returns the story of each item as "source/key" -> the key of the
// item that founded it, so that ids of the archive do not matter.
func (w *wire) stories() map[string]string {
	w.t.Helper()
	founder := map[string]string{}
	items := w.items()
	for _, it := range items {
		founder["urn:uuid:"+dedupe.UID(it.Source, it.Key).String()] = it.Source + "/" + it.Key
	}
	of := map[string]string{}
	for _, it := range items {
		of[it.Source+"/"+it.Key] = founder[it.EntryID]
	}
	return of
}

// wireCopy is an agency's report as a desk prints it: under an address, a
// headline and a teaser of the desk's own.
func wireCopy(desk, head string) entry {
	own := map[string]string{
		"alpha": `Shipping lines have begun to divert containers from Chittagong, three freight brokers told our maritime desk yesterday, and
retailers in Hamburg, Rotterdam and Felixstowe fear empty shelves before Easter. One chain counts on air cargo, another has cancelled
its spring catalogue. Insurance premiums rose by a fifth. The port authority called such talk premature and pointed to cranes that
were delivered in December, each of which lifts thirty boxes an hour in calm weather and twenty when the monsoon blows.`,
		"beta": `Our reader Shirin, a nurse, wrote to us at dawn: her street smelled of pepper, children coughed on the roof, and nobody could
say when school would open again. Neighbours shared wet towels and lemons. By noon the mosque had put out water, the baker gave away
bread, and a lawyer from the third floor had written down eleven names on the back of an electricity bill, which she pinned to the
door of the clinic so that mothers who came to ask would find it even if the telephones went dead once more.`,
	}
	const report = `<p>Garment workers in Dhaka walked out of forty factories on Sunday after their employers refused to pay the
overtime that a court had awarded them in January, union officials and witnesses said. Police fired tear gas at a march towards
the ministry of labour, where the families of three workers who died in a boiler explosion last autumn had been waiting for a week.
The federation of garment unions said that it would not return to talks before the arrested organisers were released.</p>
<p>The labour secretary, speaking to reporters outside his office, called the stoppage illegal and announced that owners who had kept
their gates shut would be compensated from a fund set up after the collapse of a mill eleven years ago. A judge of the high court had
ordered that fund frozen in August. Two brands that buy from the district, a Spanish and a Swedish one, said through their agents that
orders already placed would be honoured whatever the length of the dispute, but declined to name the price they would pay.</p>
<p>Hospital records seen at the medical college list ninety injured people, of whom six had wounds from rubber pellets. A spokeswoman
for the industrial police denied that pellets had been issued. Video filmed from a balcony shows officers in helmets reloading short
guns beside a burning rickshaw while a woman with a megaphone pleads for calm. She was identified as Rehana Akter, an organiser who
was taken away in the evening and whose whereabouts her brother has been unable to learn.</p>
<p>The walkout is the fourth this year and the largest since the pandemic, when buyers cancelled garments worth three billion dollars
within a fortnight. Economists at the university reckon that the awarded overtime would raise costs by two per cent, roughly the sum
that exporters gained when the currency was devalued in the autumn.</p>`
	return entry{guid: desk + "-1", link: "https://" + desk + ".test/2026/03/" + desk, title: head,
		text: own[desk], content: report}
}

func TestWhatJoinsOneStory(t *testing.T) {
	at := func(link, title, text string) entry {
		return entry{guid: title, link: link, title: title, text: text}
	}
	quiet := func(n int) entry {
		return at("https://union.test/", []string{"Wages agreement signed at the shipyard", "Members elect a new board",
			"Summer school opens for registration", "Office closed on Friday"}[n], "")
	}
	for _, tt := range []struct {
		name string
		a, b []entry
		want map[string]string
	}{
		{"the same address at two sources", []entry{story("one")},
			[]entry{with(story("one"), func(e *entry) { e.guid = "b"; e.link += "?utm_source=b" })},
			map[string]string{"a/id-one": "a/id-one", "b/b": "a/id-one"}},
		{"an agency's report under two headlines", []entry{wireCopy("alpha", "Dhaka: forty factories shut")},
			[]entry{wireCopy("beta", "Tear gas in the streets of Bangladesh")},
			map[string]string{"a/alpha-1": "a/alpha-1", "b/beta-1": "a/alpha-1"}},
		{"other addresses and other news do not", []entry{at("https://a.test/1", "Nurses strike in Lagos over pay", "Hospitals treat emergencies only.")},
			[]entry{at("https://b.test/2", "Court frees Turkish journalist", "Judges found no evidence.")},
			map[string]string{"a/Nurses strike in Lagos over pay": "a/Nurses strike in Lagos over pay", "b/Court frees Turkish journalist": "b/Court frees Turkish journalist"}},
		{"a home page that stands as the address of every item", []entry{quiet(0), quiet(1)}, []entry{quiet(2), quiet(3)},
			map[string]string{"a/" + quiet(0).guid: "a/" + quiet(0).guid, "a/" + quiet(1).guid: "a/" + quiet(1).guid,
				"b/" + quiet(2).guid: "b/" + quiet(2).guid, "b/" + quiet(3).guid: "b/" + quiet(3).guid}},
		{"items without an address", []entry{{guid: "1", title: "Dockers vote"}}, []entry{{guid: "1", title: "Miners rest"}},
			map[string]string{"a/1": "a/1", "b/1": "b/1"}},
	} {
		// Whether the second source is polled in the same run, or by a process
		// that was started after the first one was grouped, must not matter.
		for _, runs := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, in %d runs", tt.name, runs), func(t *testing.T) {
				w := newWire(t)
				w.source("a", fetchtest.Answer{Body: rss(tt.a...)})
				if runs == 2 {
					w.run(aggregator.Selection{})
					if n := w.group(); n != len(tt.a) {
						t.Errorf("the first Grouping.Run placed %d, want %d", n, len(tt.a))
					}
					w.later(time.Hour)
				}
				w.source("b", fetchtest.Answer{Body: rss(tt.b...)})
				w.run(aggregator.Selection{})
				w.group()
				if d := cmp.Diff(tt.want, w.stories()); d != "" {
					t.Errorf("stories -want +got\n%s", d)
				}
			})
		}
	}
}

// An article that another source links months later is the same article.
func TestAnAddressIsRememberedBeyondTheWindow(t *testing.T) {
	w := newWire(t)
	w.source("a", fetchtest.Answer{Body: bodyOne})
	w.run(aggregator.Selection{})
	w.group()
	w.later(90 * 24 * time.Hour)
	w.source("b", fetchtest.Answer{Body: rss(with(story("one"), func(e *entry) { e.guid = "b"; e.text = "" }))})
	w.run(aggregator.Selection{})
	w.group()
	items := w.items()
	if items[1].EntryID != items[0].EntryID || items[1].CopyOf != items[0].ID || items[0].CopyOf != 0 {
		t.Errorf("items = %+v, want the second to be a copy in the story of the first", items)
	}
	if want := fmt.Sprintf("same address as item %d (a)", items[0].ID); items[1].StoryWhy != want || items[0].StoryWhy != "" {
		t.Errorf("why = %q and %q, want none for the founder and %q", items[0].StoryWhy, items[1].StoryWhy, want)
	}
}

// failingPlace is an archive of which the n-th Place fails.
type failingPlace struct {
	aggregator.GroupArchive
	n, calls int
	asked    [][]news.Placement
}

func (f *failingPlace) Place(ctx context.Context, p []news.Placement) error {
	f.asked = append(f.asked, p)
	if f.calls++; f.calls == f.n {
		return errOdd
	}
	return f.GroupArchive.Place(ctx, p)
}

func TestAPlaceThatFailsLeavesItemsForTheNextRun(t *testing.T) {
	w := newWire(t)
	w.source("a", fetchtest.Answer{Body: bodyOne}, fetchtest.Answer{Body: rss(wireCopy("alpha", "Dhaka: forty factories shut"), story("two"))})
	w.source("b", fetchtest.Answer{Body: rss(with(story("two"), func(e *entry) { e.guid = "b" }))})
	w.run(aggregator.Selection{})
	archive := &failingPlace{GroupArchive: w.store, n: 2}
	g := aggregator.NewGrouping(archive, window, w.clock, slog.New(slog.DiscardHandler))
	if n, err := g.Run(t.Context()); n != 2 || err != nil {
		t.Fatalf("Run = %d, %v, want 2", n, err)
	}
	w.again()
	if n, err := g.Run(t.Context()); n != 0 || !errors.Is(err, errOdd) {
		t.Errorf("Run = %d, %v, want the archive's error", n, err)
	}
	if left, err := w.store.Ungrouped(t.Context(), 0); err != nil || len(left) != 2 || left[0].Story != 0 || left[0].EntryID != "" {
		t.Errorf("Ungrouped = %+v, %v, want the items that could not be placed", left, err)
	}
	if n, err := g.Run(t.Context()); n != 2 || err != nil {
		t.Errorf("Run = %d, %v, want 2", n, err)
	}
	// What was decided for nothing must not be taken for a fact.
	if d := cmp.Diff(archive.asked[1], archive.asked[2], cmpopts.IgnoreFields(news.Placement{}, "Story", "NewUID")); d != "" {
		t.Errorf("placements of the second try -first +second\n%s", d)
	}
	if d := cmp.Diff(map[string]string{"a/id-one": "a/id-one", "b/b": "b/b", "a/alpha-1": "a/alpha-1", "a/id-two": "b/b"}, w.stories()); d != "" {
		t.Errorf("stories -want +got\n%s", d)
	}
}

// A daemon's grouping lives as long as the daemon, and a nil logger is silent.
func TestAGroupingThatLivesOnKnowsItsOwnStories(t *testing.T) {
	w := newWire(t)
	g := aggregator.NewGrouping(w.store, window, w.clock, nil)
	var want = map[string]string{}
	for i := range 4 {
		id := fmt.Sprint("s", i)
		w.source(id, fetchtest.Answer{Body: rss(with(story("one"), func(e *entry) { e.guid = id }))})
		w.run(aggregator.Selection{})
		if n, err := g.Run(t.Context()); n != 1 || err != nil {
			t.Fatalf("Run %d = %d, %v, want 1", i, n, err)
		}
		want[id+"/"+id] = "s0/s0"
		w.later(time.Minute)
	}
	if d := cmp.Diff(want, w.stories()); d != "" {
		t.Errorf("stories -want +got\n%s", d)
	}
	for _, it := range w.items()[1:] {
		if first := w.items()[0]; it.CopyOf != first.ID {
			t.Errorf("item %d copies %d, want the original %d", it.ID, it.CopyOf, first.ID)
		}
	}
}

func TestAGroupingThatIsCancelledLeavesTheRest(t *testing.T) {
	w := newWire(t)
	w.source("a", fetchtest.Answer{Body: bodyTwo})
	w.run(aggregator.Selection{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := aggregator.NewGrouping(w.store, window, w.clock, nil).Run(ctx); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %d, %v, want the context's error", n, err)
	}
	if n := w.group(); n != 2 {
		t.Errorf("the next Run placed %d, want 2", n)
	}
}
