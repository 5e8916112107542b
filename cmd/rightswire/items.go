package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newItems is the command "items".
func newItems(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "items",
		Short: "The archive: list, search, show, correct and hide items",
		Long: `The archive of everything that sources sent, newest first. With --json each item
is one line whose keys stay as they are, for scripts.`,
	}
	cmd.AddCommand(newItemsList(a), newItemsSearch(a), newItemsShow(a), newItemsFile(a), newItemsHide(a), newItemsUnhide(a))
	return cmd
}

// itemLine is a line of "items list --json"; its keys are a contract.
type itemLine struct {
	ID         int64    `json:"id"`
	Source     string   `json:"source"`
	GUID       string   `json:"guid"`
	URL        string   `json:"url"`
	Title      string   `json:"title"`
	Summary    string   `json:"summary"`
	Content    string   `json:"content_html"`
	Author     string   `json:"author"`
	Published  string   `json:"published"` // as it is sorted by
	Updated    string   `json:"updated"`
	FirstSeen  string   `json:"first_seen"`
	Language   string   `json:"language"`
	Categories []string `json:"categories"`
	Countries  []string `json:"countries"`
	Story      int64    `json:"story"`
	EntryID    string   `json:"entry_id"` // as published
}

// lineOf turns an item into its line.
func lineOf(it news.Item) itemLine {
	l := itemLine{
		ID: it.ID, Source: it.Source, GUID: it.GUID, URL: it.URL, Title: it.Title, Summary: it.Summary,
		Content: it.Content, Author: it.Author, Published: stamp(it.Published), Updated: stamp(it.Updated),
		FirstSeen: stamp(it.FirstSeen), Language: it.Language, Story: it.Story, EntryID: it.EntryID,
		Categories: []string{}, Countries: []string{},
	}
	for _, f := range it.Filings {
		l.Categories = append(l.Categories, f.Category)
	}
	for _, p := range it.Places {
		l.Countries = append(l.Countries, p.Country)
	}
	return l
}

// itemFlags are the flags that select items.
type itemFlags struct {
	query       news.Query
	all, asJSON bool
}

// bind adds the flags to a command that lists items.
func (f *itemFlags) bind(a *app, cmd *cobra.Command) {
	f.bindQuery(a, cmd)
	cmd.Flags().BoolVar(&f.all, "all", false, "all of them, in the order they came")
}

// bindQuery adds the flags that any list of the archive has.
func (f *itemFlags) bindQuery(a *app, cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.query.Categories, "category", nil, "only these categories (`ids`)")
	cmd.Flags().StringSliceVar(&f.query.Countries, "country", nil, "only these countries (ISO `codes`)")
	cmd.Flags().StringSliceVar(&f.query.Languages, "language", nil, "only these languages (`tags`)")
	cmd.Flags().StringSliceVar(&f.query.Sources, "source", nil, "only these sources (`ids`)")
	offer(cmd, "category", a.completeCategory)
	offer(cmd, "source", a.completeSource)
	cmd.Flags().IntVar(&f.query.Limit, "limit", 50, "how many at most")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "one JSON object a line")
}

// newItemsList is the command "items list".
func newItemsList(a *app) *cobra.Command {
	var f itemFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List items, newest first",
		Long: `Lists items as they are stored, newest first, or with --all in the order they
came. Conditions of different kinds must all hold; of several values of one kind
any will do.

Of a proposed source, --source alone lists its preview: what would be published
if the desk accepted it. Such items have no number yet, and are in no other list.`,
		Example: `  rightswire items list --category unions-strikes --language es
  rightswire items list --all --json > archive.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.listItems(cmd.Context(), f) },
	}
	f.bind(a, cmd)
	return cmd
}

// listItems prints the items that the flags select.
func (a *app) listItems(ctx context.Context, f itemFlags) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	store, err := a.openStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	if err := f.check(ctx, cfg, store); err != nil {
		return errors.Join(err, store.Close())
	}
	if shown, err := a.listPreview(ctx, cfg, store, f); shown || err != nil {
		return errors.Join(err, store.Close())
	}
	each := func(fn func(news.Item) error) error { return eachOf(ctx, store, f.query, fn) }
	if f.all {
		each = func(fn func(news.Item) error) error { return store.EachItem(ctx, f.query, fn) }
	}
	return errors.Join(a.printItems(each, f.asJSON), store.Close())
}

// printItems prints the items that each gives.
func (a *app) printItems(each func(func(news.Item) error) error, asJSON bool) error {
	n := 0
	err := each(func(it news.Item) error {
		if n++; n == 1 && !asJSON {
			fmt.Fprintln(a.out, itemsHeader)
		}
		return a.printItem(it, asJSON)
	})
	if err == nil && n == 0 && !asJSON {
		fmt.Fprintln(a.err, "no item matches")
	}
	return err
}

// eachOf calls fn for one page of items.
func eachOf(ctx context.Context, store *storage.Store, q news.Query, fn func(news.Item) error) error {
	items, err := store.Items(ctx, q)
	if err != nil {
		return err
	}
	for _, it := range items {
		if err := fn(it); err != nil {
			return err
		}
	}
	return nil
}

// itemsHeader names what printItem prints for people.
const itemsHeader = `ID  PUBLISHED (UTC)   SOURCE  TITLE
    ADDRESS  [CATEGORIES] [COUNTRIES] LANGUAGE`

// printItem prints an item as a line, for machines or for people.
func (a *app) printItem(it news.Item, asJSON bool) error {
	if asJSON {
		return writeJSONLines(a.out, []itemLine{lineOf(it)})
	}
	l := lineOf(it)
	_, err := fmt.Fprintf(a.out, "%d  %s  %s  %s\n    %s  [%s] [%s] %s\n", it.ID, it.Published.Format("2006-01-02 15:04"),
		it.Source, cmp.Or(it.Title, "(no title)"), cmp.Or(it.URL, "(no address)"),
		cmp.Or(strings.Join(l.Categories, " "), "no category"), cmp.Or(strings.Join(l.Countries, " "), "no country"), inWords(it.Language))
	return err
}

// inWords is a language's tag, or says that there is none.
func inWords(tag string) string {
	if tag == "" || tag == "und" {
		return "language unknown"
	}
	return tag
}

// newItemsShow is the command "items show".
func newItemsShow(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show one item whole",
		Long: `Shows everything that is stored of an item; "rightswire explain" says why it is
filed and grouped as it is.`,
		Example: "  rightswire items show 4711\n  rightswire items show 4711 --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := itemID(args[0])
			if err != nil {
				return err
			}
			return a.showItem(cmd.Context(), id, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as a JSON object")
	return cmd
}

// showItem prints one item.
func (a *app) showItem(ctx context.Context, id int64, asJSON bool) error {
	return a.withStore(ctx, true, func(store *storage.Store) error {
		it, err := store.Item(ctx, id)
		if err != nil {
			return noItem(id, err)
		}
		if asJSON {
			return writeJSONLines(a.out, []itemLine{lineOf(it)})
		}
		printFields(a.out, lineOf(it))
		return nil
	})
}

// printFields prints an item for people, empty fields left out.
func printFields(w io.Writer, l itemLine) {
	rows := [][2]string{
		{"title", l.Title}, {"source", l.Source}, {"url", l.URL}, {"author", l.Author}, {"published", l.Published},
		{"updated", l.Updated}, {"first seen", l.FirstSeen}, {"language", l.Language},
		{"categories", strings.Join(l.Categories, ", ")}, {"countries", strings.Join(l.Countries, ", ")},
		{"guid", l.GUID}, {"entry id", l.EntryID}, {"summary", l.Summary}, {"content", l.Content},
	}
	for _, r := range rows {
		if r[1] != "" {
			fmt.Fprintf(w, "%-11s %s\n", r[0], r[1])
		}
	}
}
