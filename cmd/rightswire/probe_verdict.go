package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/config/sourcelist"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
)

// verdict is what a look at a source came to.
type verdict string

// The verdicts. Unreachable says nothing of the source: others may well reach
// it, and what is censored here is not dead.
const (
	works       verdict = "works"
	moved       verdict = "moved"       // works, by way of a redirect
	duplicate   verdict = "duplicate"   // works, and brings what another source brings
	dead        verdict = "dead"        // 404, 410
	notAFeed    verdict = "not-a-feed"  // a page, or something else
	unreachable verdict = "unreachable" // from here: no name, no connection, no answer, no trust, no entry
	busy        verdict = "busy"        // 429, 503
	broken      verdict = "broken"      // a feed that cannot be read, or a server that says it has an error
	notAsked    verdict = "not-asked"   // nothing is known yet
)

// bad reports whether somebody should look after the source.
func (v verdict) bad() bool {
	return v == dead || v == notAFeed || v == unreachable || v == busy || v == broken
}

// verdicts are all of them in the order of the summary, with the words for it.
var verdicts = []struct {
	verdict verdict
	one     string
	more    string
}{
	{works, "works", "work"}, {moved, "moved", "moved"}, {duplicate, "is a duplicate", "are duplicates"},
	{dead, "is dead", "are dead"}, {notAFeed, "is not a feed", "are not feeds"}, {unreachable, "cannot be reached from here", "cannot be reached from here"},
	{busy, "is too busy", "are too busy"}, {broken, "is broken", "are broken"}, {notAsked, "was not asked", "were not asked"},
}

// probeLine is a line of "sources probe --json" and "check --probe --json"; its
// keys stay.
type probeLine struct {
	Source  string   `json:"source"`
	Verdict verdict  `json:"verdict"`
	Status  int      `json:"status"` // of HTTP; 0: no answer came
	Items   int      `json:"items"`  // in the document
	Error   string   `json:"error"`
	Note    string   `json:"note"`
	MovedTo string   `json:"moved_to"`     // "" unless a permanent redirect leads there
	Of      string   `json:"duplicate_of"` // id of the source that brings the same
	Feeds   []string `json:"feeds"`        // what is there instead of a feed names these
	Asked   string   `json:"asked"`        // when; "": never
	Again   string   `json:"again"`        // it was not asked now, and may be then; "": it was

	from   string   // where the answer came from
	listed []string // which of Feeds other sources have, in words
}

// judge says what a poll came to.
func judge(s news.Source, st news.SourceState, p news.Poll, saw sight) probeLine {
	l := probeLine{Source: s.ID, Verdict: works, Status: p.Status, Items: p.Seen, Error: p.Error, Note: p.Note, Feeds: []string{}, Asked: stamp(p.At), from: p.URL}
	if p.At.IsZero() {
		l.Verdict = notAsked
		return l
	}
	if st.Proposal != "" {
		l.Feeds = append(l.Feeds, st.Proposal)
	}
	if p.Outcome == news.OutcomeFailed {
		l.Verdict = failure(health.CauseOf(p.Status, p.Error))
		for _, f := range saw.feeds {
			if !slices.Contains(l.Feeds, f) && l.Verdict == notAFeed {
				l.Feeds = append(l.Feeds, f)
			}
		}
		return l
	}
	if to := fetch.Redact(cmp.Or(saw.permanent, st.Moved)); to != "" && to != s.URL {
		l.Verdict, l.MovedTo = moved, to
	}
	return l
}

// failure is the verdict for a cause.
func failure(c health.Cause) verdict {
	switch {
	case c.FromHere():
		return unreachable
	case c == health.CauseGone:
		return dead
	case c == health.CauseNotAFeed:
		return notAFeed
	case c == health.CauseBusy:
		return busy
	}
	return broken
}

// markDuplicates finds the sources of a report that bring what another source
// of the list brings: the answer came from the same address, or was the same to
// the byte. The one whose configured address that is counts, else the first.
func markDuplicates(lines []probeLine, sources []news.Source, states map[string]news.SourceState) {
	first := map[string]string{} // source by address and by hash
	for _, s := range sources {
		if key := sourcelist.Same(s.URL); first[key] == "" && s.Status != news.Paused {
			first[key] = s.ID
		}
	}
	// Sources that the report leaves out count as well, by what they brought
	// last; of two alike the earlier in the list is the one to keep.
	told := map[string]probeLine{}
	for _, l := range lines {
		told[l.Source] = l
	}
	for _, s := range sources {
		l, is := told[s.ID]
		st := states[s.ID]
		stays := l.Verdict == works || !is && s.Status != news.Paused && st.Moved == ""
		if hash := st.BodyHash; hash != "" && stays && first[hash] == "" {
			first[hash] = s.ID
		}
	}
	for i := range lines {
		l := &lines[i]
		if l.Verdict != works && l.Verdict != moved {
			continue
		}
		keys := []string{sourcelist.Same(l.from)}
		if hash := states[l.Source].BodyHash; hash != "" {
			keys = append(keys, hash)
		}
		for _, key := range keys {
			if of := first[key]; of != "" && of != l.Source {
				l.Verdict, l.Of = duplicate, of
				break
			}
		}
		for _, key := range keys {
			if first[key] == "" && l.Of == "" {
				first[key] = l.Source
			}
		}
	}
}

// maxFine is how many sources that simply work are listed.
const maxFine = 50

// printProbe is the table for people, and the sum of it. Of a long list it
// leaves out what needs nobody's eye.
func (a *app) printProbe(lines []probeLine) error {
	tab := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	count := map[verdict]int{}
	for _, l := range lines {
		count[l.Verdict]++
	}
	for _, l := range lines {
		if l.Verdict == works && count[works] > maxFine {
			continue
		}
		word := string(l.Verdict)
		if l.Verdict.bad() {
			word = strings.ToUpper(word)
		}
		fmt.Fprintf(tab, "%s\t%s\t%s\n", l.Source, word, l.detail())
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(a.out, "%s: %s\n", news.Count(len(lines), "source"), sumUp(count))
	if count[works] > maxFine && err == nil {
		_, err = fmt.Fprintln(a.out, "Those that work are not listed; \"rightswire sources list\" has them.")
	}
	switch {
	case err != nil || count[unreachable] == 0:
	case count[unreachable] == len(lines) && len(lines) > 2:
		_, err = fmt.Fprintln(a.out, "Nobody could be reached: see first whether this machine is on the network, and whether fetch.proxy works.")
	default:
		_, err = fmt.Fprintln(a.out, "What cannot be reached from here need not be dead: try its address in another country, and give it a proxy: if it answers there.")
	}
	return err
}

// sumUp says how many sources have which verdict.
func sumUp(count map[verdict]int) string {
	var sum []string
	for _, v := range verdicts {
		switch n := count[v.verdict]; {
		case n == 1:
			sum = append(sum, "1 "+v.one)
		case n > 1:
			sum = append(sum, fmt.Sprintf("%d %s", n, v.more))
		}
	}
	return strings.Join(sum, ", ")
}

// detail says in a few words what there is to know.
func (l probeLine) detail() string {
	parts := []string{news.Count(l.Items, "item")}
	switch {
	case l.Verdict == notAsked:
		parts = []string{"nothing is known of it yet"}
	case l.Verdict.bad():
		parts = []string{brief(l.Error)}
	case l.Status == http.StatusNotModified:
		parts = []string{"nothing new"}
	}
	if l.Of != "" {
		parts = append(parts, "the same as "+l.Of)
	}
	if l.MovedTo != "" {
		parts = append(parts, "moved for good to "+l.MovedTo)
	}
	if len(l.Feeds) > 0 && !strings.Contains(l.Error, l.Feeds[0]) {
		parts = append(parts, "there is a feed at "+strings.Join(l.Feeds[:min(len(l.Feeds), 3)], ", "))
	}
	parts = append(parts, l.listed...)
	// What the ledger's note says of moves and other feeds is said already.
	if l.Note != "" && l.MovedTo == "" && len(l.Feeds) == 0 {
		parts = append(parts, clip(l.Note, 160))
	}
	if l.Again != "" {
		when := "asked " + l.Asked + ", "
		if l.Asked == "" {
			when = ""
		}
		parts = append(parts, when+"not again before "+l.Again)
	}
	return strings.Join(parts, "; ")
}

// witness is a guest that remembers what polls do not store.
type witness struct {
	next aggregator.Fetcher
	mu   sync.Mutex
	saw  map[string]sight // by the address that was asked
}

// sight is what was seen at an address.
type sight struct {
	permanent string   // where permanent redirects led
	feeds     []string // that a page named
}

// Get implements [aggregator.Fetcher].
func (w *witness) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	res, err := w.next.Get(ctx, r)
	if err != nil || r.Page {
		return res, err
	}
	s := sight{permanent: res.Permanent}
	if start := bytes.ToLower(res.Body[:min(len(res.Body), 2048)]); bytes.Contains(start, []byte("<html")) || bytes.Contains(start, []byte("<!doctype html")) {
		for _, alt := range append(feed.Alternates(res.Body, res.URL), feed.HeaderAlternates(res.Header, res.URL)...) {
			s.feeds = append(s.feeds, fetch.Redact(alt.URL))
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.saw == nil {
		w.saw = map[string]sight{}
	}
	w.saw[r.URL] = s
	return res, nil
}

// at returns what was seen at an address.
func (w *witness) at(address string) sight {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.saw[address]
}
