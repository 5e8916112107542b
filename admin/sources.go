package admin

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Sources is what the desk sees of its sources and does to them.
type Sources interface {
	// Sources returns every source in the order of the configuration's files, to
	// choose from.
	Sources(ctx context.Context) ([]SourceLine, error)
	// Complete makes a source of the list one that can be shown: addresses without
	// the passwords that may be in them, no headers, no proxy.
	Complete(l SourceLine) SourceLine
	// Source returns one, complete. It returns an error that wraps [news.ErrNotFound] if
	// the list has none with that id.
	Source(ctx context.Context, id string) (SourceLine, error)
	// Recent returns the latest polls of some sources, at most n of each, the
	// newest first: when they were, what came of them, how many items were new.
	Recent(ctx context.Context, ids []string, n int) (map[string][]news.Poll, error)
	// Ledger returns a source's latest polls whole, the newest first.
	Ledger(ctx context.Context, id string, limit int) ([]news.Poll, error)
	// Preview returns what a proposed source has sent, the newest first.
	Preview(ctx context.Context, id string) ([]news.Item, error)
	// SetStatus, SetFields and RemoveSource change the source list as the
	// commands do. The fields are by their names in the file; nothing is changed
	// if one of them does not hold what it was.
	SetStatus(ctx context.Context, id string, status news.Status) (SourceEdit, error)
	SetFields(ctx context.Context, id string, fields map[string]FieldEdit) (SourceEdit, error)
	RemoveSource(ctx context.Context, id string) (SourceEdit, error)
}

// SourceEdit is a change of the source list that was made.
type SourceEdit struct {
	File string // that was changed; "" if there was nothing to change
	Diff string // as "diff -u" writes it
}

// SourceLine is a source with what its polls have taught us.
type SourceLine struct {
	news.Source
	State    news.SourceState
	InUse    string // address at which it is asked
	Expected string // how often the schedule expects news, such as "3 items a day"; "" if it does not know

	worry int // place of its Health among healths, once it is known
}

// Health is one word for how a source is doing.
func (l SourceLine) Health() string { return l.health() }

func (l *SourceLine) health() string {
	st := &l.State
	switch {
	case l.Status == news.Paused, l.Status == news.Proposed:
		return string(l.Status)
	case st.Gone > 0 && st.NextDue.IsZero():
		return "gone"
	case st.LastPoll.IsZero():
		return "new"
	case st.Error != "":
		return "failing"
	case st.Moved != "" && st.Moved != st.Learned:
		return "moving"
	}
	return "fine"
}

// healths are the words of [SourceLine.Health], what needs the desk first.
var healths = []string{"failing", "gone", "moving", "new", "fine", "paused", "proposed"}

// sourcesView is the page of all sources.
type sourcesView struct {
	Rows   []sourceRow
	All    int // in the list
	Found  int // of them that the filter lets through
	Counts []healthCount
	Words  string // what the filter looks for
	Health string // "": any
	Sort   string
	Sorts  []sorting
	Next   string // address of the next page; "": none
}

type healthCount struct {
	Health string
	N      int
}

// sourceRow is one line of the list.
type sourceRow struct {
	SourceLine
	Spark Spark
	Seen  string // how often news came, by the latest polls
}

// sorting is an order of the list.
type sorting struct {
	Name, Title string
	less        func(a, b *SourceLine) int
}

// sortings are the orders of the list; all of them end with the id, which makes
// them orders of places to go on from.
var sortings = []sorting{
	{"trouble", "trouble first", func(a, b *SourceLine) int {
		return cmp.Or(cmp.Compare(a.worry, b.worry), cmp.Compare(b.State.Failures, a.State.Failures))
	}},
	{"name", "name", func(a, b *SourceLine) int {
		return cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
	}},
	{"new", "latest news", func(a, b *SourceLine) int { return b.State.LastNew.Compare(a.State.LastNew) }},
	{"quiet", "longest without news", func(a, b *SourceLine) int { return a.State.LastNew.Compare(b.State.LastNew) }},
	{"next", "next poll", func(a, b *SourceLine) int { return a.State.NextDue.Compare(b.State.NextDue) }},
}

const (
	sourceRows  = 50
	recentPolls = 40 // that the small charts show
)

// sourcesPage lists the sources.
func (d *Desk) sourcesPage(w http.ResponseWriter, v *visit) error {
	all, err := d.opt.Sources.Sources(v.Context())
	if err != nil {
		return err
	}
	q := v.URL.Query()
	page := sourcesView{All: len(all), Words: q.Get("q"), Health: q.Get("health"), Sort: q.Get("sort"), Sorts: sortings}
	page.Counts = countHealth(all)
	rows := page.choose(all, q.Get("after"))
	if len(rows) > sourceRows {
		rows = rows[:sourceRows]
		page.Next = page.address(*rows[sourceRows-1])
	}
	ids := make([]string, len(rows))
	for i, l := range rows {
		ids[i] = l.ID
	}
	recent, err := d.opt.Sources.Recent(v.Context(), ids, recentPolls)
	if err != nil {
		return err
	}
	for _, l := range rows {
		page.Rows = append(page.Rows, sourceRow{d.opt.Sources.Complete(*l), spark(recent[l.ID]), seen(recent[l.ID])})
	}
	return d.page(w, v, "sources.html", "Sources", page)
}

// countHealth says how many sources do how, and notes it at each of them.
func countHealth(all []SourceLine) []healthCount {
	n := make([]int, len(healths))
	for i := range all {
		all[i].worry = slices.Index(healths, all[i].health())
		n[all[i].worry]++
	}
	var out []healthCount
	for i, h := range healths {
		if n[i] > 0 {
			out = append(out, healthCount{h, n[i]})
		}
	}
	return out
}

// choose filters and sorts the list, and leaves out what comes before the page:
// everything up to the place that after names.
func (p *sourcesView) choose(all []SourceLine, after string) []*SourceLine {
	i := max(slices.IndexFunc(sortings, func(s sorting) bool { return s.Name == p.Sort }), 0)
	p.Sort = sortings[i].Name
	order := func(a, b *SourceLine) int { return cmp.Or(sortings[i].less(a, b), cmp.Compare(a.ID, b.ID)) }
	words := strings.Fields(strings.ToLower(p.Words))
	var found []*SourceLine
	for i := range all {
		l := &all[i]
		if (p.Health == "" || healths[l.worry] == p.Health) && l.has(words) {
			found = append(found, l)
		}
	}
	p.Found = len(found)
	slices.SortFunc(found, order)
	if from, ok := readPlace(after); ok {
		start, here := slices.BinarySearchFunc(found, &from, order)
		if here {
			start++
		}
		return found[start:]
	}
	return found
}

// has reports whether every word occurs in what the desk calls the source.
func (l *SourceLine) has(words []string) bool {
	if len(words) == 0 {
		return true
	}
	text := strings.ToLower(l.ID + "\n" + l.Title + "\n" + l.URL + "\n" + l.Language + "\n" + l.Kind + "\n" + strings.Join(l.Categories, "\n"))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// address is that of the page after a row.
func (p *sourcesView) address(last SourceLine) string {
	q := url.Values{"after": {writePlace(last)}, "sort": {p.Sort}}
	if p.Words != "" {
		q.Set("q", p.Words)
	}
	if p.Health != "" {
		q.Set("health", p.Health)
	}
	return home + "?" + q.Encode()
}

// writePlace names a place in every order of the list: what the orders compare.
// It is the place itself and no number of lines, so that a source that fails
// meanwhile moves no other to a page that was seen already.
func writePlace(l SourceLine) string {
	st := l.State
	text := fmt.Sprintf("%s\n%s\n%d %d %d\n%s", l.ID, l.Health(), st.Failures, micros(st.LastNew), micros(st.NextDue), l.Title)
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// micros is a time as a number; a time that is not set is before all others.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return -1 << 62
	}
	return t.UnixMicro()
}

func readPlace(s string) (l SourceLine, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(s)
	lines := strings.SplitN(string(text), "\n", 4)
	if err != nil || len(lines) != 4 {
		return l, false
	}
	var fresh, next int64
	if n, _ := fmt.Sscanf(lines[2], "%d %d %d", &l.State.Failures, &fresh, &next); n != 3 {
		return l, false
	}
	l.ID, l.Title = lines[0], lines[3]
	l.State.LastNew, l.State.NextDue = fromMicros(fresh), fromMicros(next)
	l.setHealth(lines[1])
	if l.worry = slices.Index(healths, l.health()); healths[l.worry] != lines[1] {
		return l, false
	}
	return l, true
}

func fromMicros(n int64) time.Time {
	if n == -1<<62 {
		return time.Time{}
	}
	return time.UnixMicro(n)
}

// setHealth makes a place's [SourceLine.Health] what it was.
func (l *SourceLine) setHealth(h string) {
	l.State.LastPoll = time.UnixMicro(1)
	switch h {
	case "paused", "proposed":
		l.Status = news.Status(h)
	case "gone":
		l.State.Gone, l.State.NextDue = 1, time.Time{}
	case "new":
		l.State.LastPoll = time.Time{}
	case "failing":
		l.State.Error = h
	case "moving":
		l.State.Moved = h
	}
}

// seen says how often news came, over the polls that are at hand.
func seen(polls []news.Poll) string {
	items := 0
	for _, p := range polls {
		items += p.New
	}
	if len(polls) < 2 {
		return ""
	}
	return fmt.Sprintf("%s in %s", many(items, "item"), span(polls[0].At.Sub(polls[len(polls)-1].At)))
}
