package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/diff"
	"github.com/rightswire/rightswire/storage"
)

// withdrawnLine says in JSON why an item is hidden.
type withdrawnLine struct {
	At  string `json:"at"`
	By  string `json:"by"` // desk or source
	Why string `json:"why"`
}

// revisionLine is in JSON what an item said before.
type revisionLine struct {
	At      string `json:"at"` // when it stopped saying so
	Title   string `json:"title"`
	Summary string `json:"summary"`
	URL     string `json:"url"`
}

// historyOf returns what became of an item since it came, as lines of JSON.
func historyOf(ctx context.Context, store *storage.Store, it news.Item) (*withdrawnLine, []revisionLine, error) {
	revs, err := store.Revisions(ctx, it.ID)
	if err != nil {
		return nil, nil, err
	}
	w, err := store.Withdrawal(ctx, it.ID)
	if err != nil || w.By == "" {
		return nil, revisionLines(revs), err
	}
	return &withdrawnLine{At: stamp(w.At), By: string(w.By), Why: w.Why}, revisionLines(revs), nil
}

// revisionLines turns revisions into what is printed of them.
func revisionLines(revs []news.Revision) []revisionLine {
	lines := make([]revisionLine, 0, len(revs))
	for _, r := range revs {
		lines = append(lines, revisionLine{At: stamp(r.At), Title: r.Title, Summary: r.Summary, URL: r.URL})
	}
	return lines
}

// decisionsOf returns what the desk decided about an item or its story.
func decisionsOf(ctx context.Context, store *storage.Store, it news.Item) ([]news.Decision, error) {
	out := []news.Decision{}
	all, err := store.Decisions(ctx, it.Story)
	for _, d := range all {
		if d.Item == it.ID || d.Story == it.Story {
			out = append(out, d)
		}
	}
	return out, err
}

// explainChanges prints whether an item is hidden, and what it said before.
func explainChanges(ctx context.Context, w io.Writer, store *storage.Store, it news.Item) error {
	wd, err := store.Withdrawal(ctx, it.ID)
	if err != nil {
		return err
	}
	if wd.By != "" {
		fmt.Fprintf(w, "  hidden     since %s, %s\n", stamp(wd.At), whoHid(wd))
	}
	revs, err := store.Revisions(ctx, it.ID)
	if err != nil {
		return err
	}
	printRevisions(w, "  ", it, revs)
	return nil
}

// explainDecisions prints what the desk decided about an item and its story.
func explainDecisions(ctx context.Context, w io.Writer, store *storage.Store, it news.Item) error {
	if it.Story == 0 {
		return nil
	}
	ds, err := decisionsOf(ctx, store, it)
	for _, d := range ds {
		fmt.Fprintf(w, "  desk       %s\n", sentenceOf(d))
	}
	return err
}

// whoHid says in words who withdrew an item and why.
func whoHid(w news.Withdrawal) string {
	who := "by the desk"
	if w.By == news.BySource {
		who = "by its own source"
	}
	if w.Why != "" {
		who += ": " + w.Why
	}
	return who
}

// sentenceOf says in words what the desk did.
func sentenceOf(d news.Decision) string {
	text := fmt.Sprintf("%s %s: %s", stamp(d.At), d.Who, d.What)
	if d.Item != 0 {
		text += fmt.Sprintf(" item %d", d.Item)
	}
	if d.Story != 0 {
		text += fmt.Sprintf(" (story %d)", d.Story)
	}
	if d.Note != "" {
		text += ", " + d.Note
	}
	return text
}

// printRevisions prints how an item changed, one change after another.
func printRevisions(w io.Writer, indent string, it news.Item, revs []news.Revision) {
	for i, r := range revs {
		fmt.Fprintf(w, "%schanged    %s\n", indent, stamp(r.At))
		for _, line := range changed(r, after(it, revs, i)) {
			fmt.Fprintf(w, "%s           - %s\n", indent, line)
		}
	}
}

// after is what an item said after a revision.
func after(it news.Item, revs []news.Revision, i int) news.Revision {
	if i+1 < len(revs) {
		return revs[i+1]
	}
	return news.Revision{URL: it.URL, Title: it.Title, Summary: it.Summary, Content: it.Content}
}

// changed says in a line for each part what an item said before and after.
func changed(before, after news.Revision) (lines []string) {
	for _, f := range [][3]string{
		{"headline", before.Title, after.Title}, {"summary", before.Summary, after.Summary},
		{"text", feed.PlainText(before.Content), feed.PlainText(after.Content)}, {"address", before.URL, after.URL},
	} {
		if d := wordDiff(f[1], f[2]); d != "" {
			lines = append(lines, f[0]+": "+d)
		}
	}
	if lines == nil {
		lines = []string{"in what is not kept"}
	}
	return lines
}

// maxDiff bounds one difference as it is printed, in characters.
const maxDiff = 600

// wordDiff marks a difference as "git diff --word-diff" does; "" if there is
// none.
func wordDiff(before, after string) string {
	var out []string
	for _, p := range diff.Words(before, after) {
		switch p.Op {
		case diff.Removed:
			out = append(out, "[-"+p.Text+"-]")
		case diff.Added:
			out = append(out, "{+"+p.Text+"+}")
		case diff.Gap:
			out = append(out, "…")
		default:
			out = append(out, p.Text)
		}
	}
	return clip(strings.Join(out, " "), maxDiff)
}
