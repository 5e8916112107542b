package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/storage/storagetest"
)

// press is a wire that is fed item by item and publishes for real.
type press struct {
	t   testing.TB
	w   *wire
	now time.Time
}

// replayed is when the news of these tests happens.
var replayed = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// newPress returns a wire that reads the sources, the first ranked best.
func newPress(t testing.TB, sources ...string) *press {
	t.Helper()
	var conf strings.Builder
	conf.WriteString("site: {title: Test, url: \"https://wire.example.org\", contact: desk@example.org}\npublish: {per_source: 0}\nsources:\n")
	for i, id := range sources {
		fmt.Fprintf(&conf, "  - {id: %s, title: Outlet %[1]s, url: \"https://%[1]s.example/rss\", rank: %d}\n", id, 1+i%9)
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(conf.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	storagetest.Put(t, filepath.Join(filepath.Dir(path), "rightswire.db"))
	p := &press{t: t, now: replayed}
	a := &app{out: io.Discard, err: io.Discard, config: path, logFormat: "text", logLevel: "error", now: func() time.Time { return p.now }}
	if err := a.openLog(); err != nil {
		t.Fatal(err)
	}
	cfg, err := a.load()
	if err != nil {
		t.Fatal(err)
	}
	if p.w, err = a.open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.w.close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// report is an item of a source, published some minutes after the start.
func report(source, key, title, text string, minutes int) news.Item {
	at, url := replayed.Add(time.Duration(minutes)*time.Minute), "https://"+source+".example/"+key
	return news.Item{
		Source: source, Key: key, GUID: key, URL: url, Canonical: url, Title: title, Summary: clip(text, 300), Content: "<p>" + text + "</p>",
		Language: "en", Published: at, Updated: at, RawHash: title + text, Hash: title + text,
	}
}

// poll stores what came in, each in a poll of its source.
func (p *press) poll(items ...news.Item) {
	p.t.Helper()
	for _, it := range items {
		it.FirstSeen = p.now
		err := p.w.store.CommitPoll(p.t.Context(), news.PollResult{
			Poll: news.Poll{Source: it.Source, At: p.now, Outcome: news.OutcomeNew}, State: news.SourceState{Source: it.Source}, Items: []news.Item{it},
		})
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// group puts what came into stories.
func (p *press) group() {
	p.t.Helper()
	if _, err := p.w.grouping.Run(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

// publish groups and builds the site.
func (p *press) publish() *publisher.Site {
	p.t.Helper()
	p.group()
	site, report, err := p.w.build(p.t.Context(), (*publisher.Builder).Build, nil)
	if err == nil {
		err = report.Err()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return site
}

// seenEntry is an entry as a reader of the JSON feed sees it.
type seenEntry struct {
	ID, Title string
	Wire      struct {
		Source   struct{ Title string }
		Coverage []struct{ Source struct{ Title string } }
	} `json:"_rightswire"`
}

// outlets are the titles of all sources that an entry credits.
func (e seenEntry) outlets() []string {
	all := []string{e.Wire.Source.Title}
	for _, c := range e.Wire.Coverage {
		all = append(all, c.Source.Title)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// entries returns the entries of the feed of everything.
func entries(t testing.TB, site *publisher.Site) []seenEntry {
	t.Helper()
	var feed struct{ Items []seenEntry }
	if err := json.Unmarshal(site.Files["/feeds/all.json"].Body, &feed); err != nil {
		t.Fatal(err)
	}
	return feed.Items
}

// allIDs returns the ids of the entries of the feed of everything, as each of
// the three formats has them.
func allIDs(t testing.TB, site *publisher.Site) []string {
	t.Helper()
	var rss struct {
		Items []struct {
			GUID string `xml:"guid"`
		} `xml:"channel>item"`
	}
	var atom struct {
		Entries []struct {
			ID string `xml:"id"`
		} `xml:"entry"`
	}
	for path, into := range map[string]any{"/feeds/all.rss": &rss, "/feeds/all.atom": &atom} {
		if err := xml.Unmarshal(site.Files[path].Body, into); err != nil {
			t.Fatal(err)
		}
	}
	var byFormat [3][]string
	for _, e := range entries(t, site) {
		byFormat[0] = append(byFormat[0], e.ID)
	}
	for _, e := range rss.Items {
		byFormat[1] = append(byFormat[1], e.GUID)
	}
	for _, e := range atom.Entries {
		byFormat[2] = append(byFormat[2], e.ID)
	}
	if !slices.Equal(byFormat[0], byFormat[1]) || !slices.Equal(byFormat[0], byFormat[2]) {
		t.Errorf("ids differ between JSON %q, RSS %q and Atom %q", byFormat[0], byFormat[1], byFormat[2])
	}
	return byFormat[0]
}

// collapse is one event as five outlets tell it, and as two more print what the
// first of them, an agency, wrote.
func collapse() []news.Item {
	const wired = `DHAKA, March 2 - At least 27 garment workers were killed when a boiler exploded at the Rupali Apparel factory in Gazipur on Monday, the
fire service said. The blast tore through the third floor of the nine-storey building shortly after the morning shift began, and rescuers were
still searching the rubble for 14 people who were reported missing. The factory makes shirts for the retailers Nordmann and Casa Lind.
Union leader Shireen Akhter said that workers had complained about the boiler for weeks. "They were told to go back to their machines," she
said. The inspector of factories, Golam Kibria, said that the boiler's licence had run out in August. Police detained the manager, Abdul Halim.`
	return []news.Item{
		report("agency", "a1", "Boiler explosion kills 27 at Rupali Apparel garment factory in Gazipur, Bangladesh", wired, 10),
		report("daily", "d1", "27 dead as boiler explodes at Rupali Apparel in Gazipur", `A boiler explosion at the Rupali Apparel factory in Gazipur, Bangladesh, killed 27
garment workers on Monday morning. Fire service crews dug for 14 missing people in the third floor of the building. Shireen Akhter of the garment workers' union said the boiler had been
reported as faulty; inspector Golam Kibria confirmed that its licence had expired in August. The manager, Abdul Halim, is in detention.`, 25),
		report("union", "u1", "Rupali Apparel: 27 garment workers killed in Gazipur boiler explosion", `We mourn 27 garment workers who were killed at Rupali Apparel in Gazipur, Bangladesh, when a boiler exploded
on the third floor on Monday. 14 are missing. Their union, led by Shireen Akhter, had warned of the boiler for weeks. Brands Nordmann and Casa Lind, who buy from Rupali Apparel, must pay compensation.
The licence of the boiler ran out in August, inspector Golam Kibria says.`, 40),
		report("rights", "r1", "Bangladesh: Rupali Apparel boiler explosion in Gazipur that killed 27 was preventable", `The deaths of 27 garment workers in the boiler explosion at Rupali Apparel in Gazipur, Bangladesh, could
have been prevented. The boiler's licence expired in August, according to inspector of factories Golam Kibria. Union leader Shireen Akhter says workers who complained were sent back. 14 people are missing
on the third floor. Nordmann and Casa Lind, who source from the factory, should disclose their audits.`, 55),
		report("radio", "o1", "Gazipur: 27 killed in boiler explosion at garment factory Rupali Apparel", `Rescuers in Gazipur, Bangladesh, are looking for 14 garment workers after a boiler exploded on the third floor of Rupali Apparel on Monday and killed
at least 27 people. The fire service said that the search will go on through the night. Police hold the manager, Abdul Halim. Shireen Akhter, who leads the union, spoke of weeks of complaints about the boiler.`, 70),
		report("north", "n1", "Boiler explosion kills 27 at Rupali Apparel garment factory in Bangladesh", wired, 20),
		report("south", "s1", "At least 27 garment workers killed in boiler blast at Rupali Apparel, Gazipur", wired, 35),
	}
}

// One event, told by five outlets and two that copy, in a hundred orders and
// split over several runs: one story with one id for ever, and every outlet
// credited. Where every run publishes, the id is that of the earliest report
// among those of the first run, as it must be: readers have it from then on.
// Where nothing is published until all are in, it is the same in any order.
func TestF07_OneEventIsOneStoryInAnyOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: groups one report after the other")
	}
	everybody := []string{"agency", "daily", "union", "rights", "radio", "north", "south"}
	var want []string
	for _, id := range everybody {
		want = append(want, "Outlet "+id)
	}
	slices.Sort(want)
	r := rand.New(rand.NewPCG(7, 7))
	final := map[string]bool{} // ids where nothing was published in between
	for order := range 100 {
		items := collapse()
		r.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		runs := 1 + r.IntN(4)
		each := order%2 == 0 // publish after each run
		p := newPress(t, everybody...)
		ids := map[string]bool{}
		var last *publisher.Site
		for n, part := range split(r, items, runs) {
			p.now = replayed.Add(time.Duration(2+n) * time.Hour)
			p.poll(part...)
			p.group()
			if each || n == runs-1 {
				last = p.publish()
				for _, id := range allIDs(t, last) {
					ids[id] = true
				}
			}
		}
		got := entries(t, last)
		if len(got) != 1 || len(ids) != 1 {
			var arrived []string
			for _, it := range items {
				arrived = append(arrived, it.Source)
			}
			t.Fatalf("order %d (%v) in %d runs: %d stories, ids %v, want one and one", order, arrived, runs, len(got), ids)
		}
		if o := got[0].outlets(); !slices.Equal(o, want) {
			t.Errorf("order %d in %d runs: outlets %q, want %q", order, runs, o, want)
		}
		if got[0].Wire.Source.Title != "Outlet agency" {
			t.Errorf("order %d in %d runs: %s leads, want the best ranked source", order, runs, got[0].Wire.Source.Title)
		}
		if !each || runs == 1 {
			final[got[0].ID] = true
		}
	}
	if len(final) != 1 {
		t.Errorf("published once all were in, the story has the ids %v, want one whatever the order", final)
	}
}

// split cuts items into n runs, none of them empty.
func split(r *rand.Rand, items []news.Item, n int) [][]news.Item {
	at := r.Perm(len(items) - 1)[:n-1]
	slices.Sort(at)
	var out [][]news.Item
	from := 0
	for _, i := range at {
		out = append(out, items[from:i+1])
		from = i + 1
	}
	return append(out, items[from:])
}

// A correction, a change of the lead, a split, a merge, a pin and a hidden
// report change no id that was published, in any format, and no reader sees an
// entry twice.
func TestF06_NothingThatHappensToAStoryChangesItsID(t *testing.T) {
	p := newPress(t, "agency", "daily", "union", "rights", "radio", "north", "south")
	items := collapse()
	p.now = replayed.Add(2 * time.Hour)
	p.poll(items[2], items[4]) // union and radio
	other := report("rights", "x1", "Court in Nairobi frees tea pickers' organiser", "A court in Nairobi freed Mercy Wanjiru, who organises tea pickers in Kericho, after nine days without charge.", 30)
	p.poll(other)
	ids := allIDs(t, p.publish())
	if len(ids) != 2 {
		t.Fatalf("ids = %q, want two stories", ids)
	}
	story := func(source string) (st news.Story, it news.Item) {
		t.Helper()
		err := p.w.store.EachItem(t.Context(), news.Query{Sources: []string{source}}, func(x news.Item) error {
			it = x
			return nil
		})
		if err == nil {
			st, err = p.w.store.FindStory(t.Context(), it.Story)
		}
		if err != nil {
			t.Fatal(err)
		}
		return st, it
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	made := func(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }
	event, tea := ids[slices.IndexFunc(ids, func(id string) bool { st, _ := story("union"); return st.EntryID() == id })], ""
	for _, id := range ids {
		if id != event {
			tea = id
		}
	}
	var splitOff string
	for _, step := range []struct {
		name string
		do   func()
		want []string // ids, beside that of the event
	}{
		{"a better source takes the lead", func() { p.poll(items[0]) }, []string{tea}},
		{"a correction", func() {
			_, it := story("agency")
			it.Title, it.Hash, it.RawHash, it.Updated = "Boiler blast kills 31 at Rupali Apparel", "31", "31", p.now
			p.poll(it)
		}, []string{tea}},
		{"copies come", func() { p.poll(items[5], items[6]) }, []string{tea}},
		{"a pin", func() { st, it := story("radio"); ok(p.w.store.Pin(t.Context(), st.ID, it.ID, "ann")) }, []string{tea}},
		{"the founder is hidden", func() { _, it := story("union"); ok(p.w.store.Hide(t.Context(), it.ID, "ann", "")) }, []string{tea}},
		{"a split", func() {
			_, it := story("radio")
			uid, err := p.w.store.Split(t.Context(), it.ID, "ann", made)
			ok(err)
			splitOff = "urn:uuid:" + uid
		}, []string{tea, "split"}},
		{"a merge", func() {
			into, _ := story("agency")
			from, _ := story("radio")
			ok(p.w.store.Merge(t.Context(), into.ID, from.ID, "ann"))
		}, []string{tea}},
	} {
		p.now = p.now.Add(time.Hour)
		step.do()
		want := []string{event}
		for _, id := range step.want {
			if id == "split" {
				id = splitOff
			}
			want = append(want, id)
		}
		got := allIDs(t, p.publish())
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("after %s: ids %q, want %q", step.name, got, want)
		}
	}
	// The tombstone says which entry is gone, and that nothing else is.
	atom := string(p.publish().Files["/feeds/all.atom"].Body)
	if n := strings.Count(atom, "<at:deleted-entry "); n != 1 || !strings.Contains(atom, `<at:deleted-entry ref="`+splitOff+`"`) {
		t.Errorf("%d tombstones, want one, of %s", n, splitOff)
	}
}

// updated moves with a correction, and with nothing that is cosmetic: F09.
func TestF09_UpdatedMovesWithCorrectionsOnly(t *testing.T) {
	p := newPress(t, "agency")
	it := collapse()[0]
	p.poll(it)
	first := entries(t, p.publish())
	stored, err := p.w.store.Items(t.Context(), news.Query{})
	if err != nil || len(stored) != 1 {
		t.Fatal(err, len(stored))
	}
	again := stored[0]
	p.now = p.now.Add(time.Hour)
	again.RawHash, again.Updated = "bumped", p.now
	p.poll(again)
	site := p.publish()
	if !strings.Contains(string(site.Files["/feeds/all.json"].Body), `"date_modified": "2026-03-02T06:10:00`) {
		t.Errorf("a bumped date moved updated:\n%.900s", site.Files["/feeds/all.json"].Body)
	}
	again.Hash, again.Title = "changed", "Boiler blast kills 31"
	p.poll(again)
	site = p.publish()
	if !strings.Contains(string(site.Files["/feeds/all.json"].Body), `"date_modified": "2026-03-02T07:00:00`) {
		t.Errorf("a correction did not move updated:\n%.900s", site.Files["/feeds/all.json"].Body)
	}
	if got := entries(t, site); got[0].ID != first[0].ID {
		t.Errorf("id %s after a correction, want %s", got[0].ID, first[0].ID)
	}
}
