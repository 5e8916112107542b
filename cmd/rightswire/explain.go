package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newExplain is the command "explain".
func newExplain(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain ITEM-OR-URL",
		Short: "Say why an item is where it is",
		Long: `Says for any item, by its id or its address, which terms filed it, which places
it is about and why, what it was grouped with, what was repaired and what was
changed on the way in, what it said before it was corrected, and what the desk
decided about it.

With --json it prints one object an item, with the keys id, source, title, url,
canonical, key, guid, first_seen, published, claimed, language, repairs, tags,
filings (id, score, why, by), places (country, score, why), story (null, or
id, entry_id, published, why, reports, outlets, coverage), withdrawn (null, or
at, by, why), revisions (at, title, summary, url: what it said until then),
decisions (at, who, what, item, story, note) and rulings (category, said, at,
who: what the desk said about its filing, the last about a category holds; said
is in, out or undecided).`,
		Example: `  rightswire explain 4711
  rightswire explain https://news.example/2026/strike`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd.Context(), args[0], asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object an item")
	return cmd
}

// explain finds the items that are meant and explains each.
func (a *app) explain(ctx context.Context, what string, asJSON bool) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	store, err := a.openStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	if asJSON {
		err = explainJSON(ctx, a.out, store, what)
	} else {
		err = explainAll(ctx, a.out, store, what)
	}
	return errors.Join(err, store.Close())
}

// explainAll explains every item that the argument names: one by id, or each
// source's item with that address.
func explainAll(ctx context.Context, w io.Writer, store *storage.Store, what string) error {
	items, err := findItems(ctx, store, what)
	if err != nil {
		return err
	}
	for i, it := range items {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := explainItem(ctx, w, store, it); err != nil {
			return err
		}
	}
	return nil
}

// findItems returns the items an id or an address stands for, whole.
func findItems(ctx context.Context, store *storage.Store, what string) ([]news.Item, error) {
	if id, err := strconv.ParseInt(what, 10, 64); err == nil {
		it, err := store.Item(ctx, id)
		return []news.Item{it}, noItem(id, err)
	}
	if uid := uidIn(what); uid != "" {
		if _, err := store.StoryID(ctx, uid); err == nil {
			return nil, fmt.Errorf("%s is a story, not an item; \"rightswire stories show %s\" lists its reports", what, what)
		}
	}
	canonical := dedupe.Canonical(what)
	if canonical == "" {
		return nil, usagef("%q is neither an item's id nor an http or https address", what)
	}
	items, err := store.AtAddress(ctx, canonical)
	if err == nil && len(items) == 0 {
		err = fmt.Errorf("no item has the address %s (compared as %s): no source has sent it, or it was left out; \"rightswire sources show ID\" tells what a source's polls left out", what, canonical)
	}
	return items, err
}

// explainItem prints everything that was decided about one item.
func explainItem(ctx context.Context, w io.Writer, store *storage.Store, it news.Item) error {
	fmt.Fprintf(w, "item %d of %s: %s\n", it.ID, it.Source, it.Title)
	fmt.Fprintf(w, "  address    %s\n", dash(it.URL))
	if it.Canonical != it.URL {
		fmt.Fprintf(w, "  compared   as %s\n", dash(it.Canonical))
	}
	fmt.Fprintf(w, "  identity   %s (the feed's own id: %s)\n", it.Key, dash(it.GUID))
	fmt.Fprintf(w, "  first seen %s\n", stamp(it.FirstSeen))
	fmt.Fprintf(w, "  published  %s%s\n", stamp(it.Published), claimed(it))
	fmt.Fprintf(w, "  language   %s\n", it.Language)
	for _, r := range it.Repairs {
		fmt.Fprintf(w, "  repaired   %s\n", r)
	}
	if len(it.Tags) > 0 {
		fmt.Fprintf(w, "  tags       %s\n", strings.Join(it.Tags, ", "))
	}
	rulings, err := store.Rulings(ctx, it.ID)
	if err != nil {
		return err
	}
	explainFilings(w, it, rulings)
	if err := explainChanges(ctx, w, store, it); err != nil {
		return err
	}
	if err := explainStory(ctx, w, store, it); err != nil {
		return err
	}
	return explainDecisions(ctx, w, store, it)
}

// claimed says what the feed said about the date when we did not take it.
func claimed(it news.Item) string {
	if it.Claimed == "" {
		return ""
	}
	return fmt.Sprintf(" (the feed says %q, which is unreadable, absurd or in the future)", it.Claimed)
}

// hands says in words who filed an item.
var hands = map[news.By]string{
	news.ByRules: "the taxonomy's terms", news.BySource: "the source's own default category",
	news.ByTag: "the publisher's own tag", news.ByDesk: "the desk",
	news.ByModel: "the learned layer",
}

// explainFilings prints categories and countries with their reasons.
func explainFilings(w io.Writer, it news.Item, rulings []news.Ruling) {
	if len(it.Filings) == 0 && len(rulings) == 0 {
		fmt.Fprintln(w, "  filed      under no category: no term of the taxonomy scored enough")
	}
	for _, f := range it.Filings {
		if f.By == news.ByImply {
			fmt.Fprintf(w, "  filed      %s, follows from another category: %s\n", f.Category, strings.Join(f.Why, ", "))
			continue
		}
		fmt.Fprintf(w, "  filed      %s,%s by %s%s\n", f.Category, points(f), cmp.Or(hands[f.By], string(f.By)), ruledBy(f, rulings))
		for _, why := range f.Why {
			fmt.Fprintf(w, "             - %s\n", why)
		}
	}
	explainRulings(w, rulings)
	for _, p := range it.Places {
		fmt.Fprintf(w, "  country    %s, %.1f points: %s\n", p.Country, p.Score, p.Why)
	}
}

// points says how many points a filing has; a desk needs none, and the model may
// do without.
func points(f news.Filing) string {
	if f.Score == 0 && (f.By == news.ByDesk || f.By == news.ByModel) {
		return ""
	}
	return fmt.Sprintf(" %.1f points,", f.Score)
}

// explainStory prints what the item was grouped with.
func explainStory(ctx context.Context, w io.Writer, store *storage.Store, it news.Item) error {
	if it.Story == 0 {
		fmt.Fprintln(w, "  story      none yet: the next run groups it")
		return nil
	}
	story, err := store.FindStory(ctx, it.Story)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "  story      %d, published as %s since %s\n", story.ID, story.EntryID(), stamp(story.Published))
	if it.StoryWhy != "" {
		fmt.Fprintf(w, "  grouped    %s\n", it.StoryWhy)
	}
	switch {
	case len(story.Items) == 0:
		fmt.Fprintln(w, "  coverage   nothing of the story is shown")
		return nil
	case len(story.Items) == 1 && story.Lead == it.ID:
		fmt.Fprintln(w, "  coverage   1 report, by this source alone")
		return nil
	}
	fmt.Fprintf(w, "  coverage   %s by %s", news.Count(len(story.Items), "report"), news.Count(outlets(story), "outlet"))
	if story.SingleSource() {
		fmt.Fprint(w, ", all by this source")
	}
	fmt.Fprintln(w)
	for _, other := range story.Items {
		fmt.Fprintf(w, "  coverage   %s: item %d of %s, %s\n", role(story, other), other.ID, other.Source, other.Title)
	}
	return nil
}

// outlets counts the sources that carry a story.
func outlets(story news.Story) int { return len(sourcesOf(story)) }

// sourcesOf returns the sources that carry a story, that of the lead first.
func sourcesOf(story news.Story) []string {
	sources := []string{}
	for _, it := range story.Items {
		if !slices.Contains(sources, it.Source) {
			sources = append(sources, it.Source)
		}
	}
	return sources
}

// role is what an item is to its story.
func role(story news.Story, it news.Item) string {
	switch {
	case it.ID == story.Lead:
		return "leads"
	case it.CopyOf != 0:
		return "copy"
	}
	return "also"
}
