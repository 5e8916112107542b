package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newItemsFile is the command "items file".
func newItemsFile(a *app) *cobra.Command {
	var forget []string
	cmd := &cobra.Command{
		Use:   "file ID [+CATEGORY]... [-CATEGORY]... [--forget CATEGORY]...",
		Short: "Correct what an item is filed under, for good",
		Long: `Puts an item into categories (+) and takes it out of others (-). A correction
stays: no update of the item, no changed taxonomy and no new model undoes it, and
the last word about a category counts. --forget takes your word about a category
back: the taxonomy and the model decide again, at once. Umbrellas follow from
their categories, so one cannot be taken out while such a category is there.
"rightswire rules train" learns from every corrected item, from what it is filed
under then, so look at the whole list that is printed. The next publish shows
the correction; "rightswire explain" tells who said what, and when.`,
		Example: `  rightswire items file 4711 +wages-work-life -unions-strikes
  rightswire items file 4711 --forget unions-strikes`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: first(a.completeItem),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := itemID(args[0])
			if err != nil {
				return err
			}
			signed, more, err := forgotten(args[1:])
			if err != nil {
				return err
			}
			return a.fileItem(cmd.Context(), id, signed, append(forget, more...))
		},
	}
	// "-unions-strikes" is no flag: flags stand before the id, and --forget
	// behind it too.
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringArrayVar(&forget, "forget", nil, "take back what was said about a `category`; repeatable")
	return cmd
}

// forgotten picks --forget out of the arguments behind the id.
func forgotten(args []string) (signed, forget []string, err error) {
	for i := 0; i < len(args); i++ {
		switch value, is := strings.CutPrefix(args[i], "--forget="); {
		case is:
			forget = append(forget, value)
		case args[i] != "--forget":
			signed = append(signed, args[i])
		case i+1 == len(args):
			return nil, nil, usagef("--forget needs a category: --forget wages")
		default:
			i++
			forget = append(forget, args[i])
		}
	}
	return signed, forget, nil
}

// deskWords is what the desk says about the filing of one item.
type deskWords struct{ in, out, forget []string }

// fileItem corrects the filing of one item.
func (a *app) fileItem(ctx context.Context, id int64, signed, forget []string) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	said, err := signs(cfg, id, signed, forget)
	if err != nil {
		return err
	}
	if err := a.archiveThere(cfg); err != nil {
		return err
	}
	store, err := a.openStore(ctx, cfg, false)
	if err != nil {
		return err
	}
	it, err := a.correct(ctx, store, cfg, id, deskHand(), said)
	err = noItem(id, err)
	var story news.Story
	if err == nil && it.Story != 0 && len(said.out) > 0 {
		story, err = store.FindStory(ctx, it.Story)
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	for _, c := range said.out {
		if stays := strings.TrimSpace(story.StaysUnder(c)); stays != "" {
			fmt.Fprintln(a.err, "note:", stays)
		}
	}
	return a.printItem(it, false)
}

// signs reads +category and -category, and what is to be forgotten.
func signs(cfg *config.Config, item int64, args, forget []string) (said deskWords, err error) {
	var ids []string
	for _, c := range cfg.Categories {
		ids = append(ids, c.ID)
	}
	if len(args)+len(forget) == 0 {
		return said, usagef("item %d: say what to change: +CATEGORY files it there, -CATEGORY takes it out, --forget CATEGORY lets the taxonomy decide again; \"rightswire explain %d\" tells what it is filed under and why", item, item)
	}
	said.forget = forget
	for i, id := range forget {
		if slices.Contains(forget[:i], id) {
			return said, usagef("%s stands there twice", id)
		}
	}
	for _, arg := range args {
		sign, id := arg[:min(1, len(arg))], arg[min(1, len(arg)):]
		switch {
		case sign != "+" && sign != "-":
			return said, usagef("%q: write +%s to file the item there, -%s to take it out, or --forget %s to let the taxonomy decide", arg, arg, arg, arg)
		case !slices.Contains(ids, id) && sign == "+":
			return said, usagef("there is no category %q%s", id, config.DidYouMean(id, ids))
		case slices.Contains(said.in, id) || slices.Contains(said.out, id) || slices.Contains(forget, id):
			return said, usagef("%s stands there twice", id)
		case sign == "+":
			said.in = append(said.in, id)
		default:
			said.out = append(said.out, id)
		}
	}
	return said, nil
}

// correct stores a correction and returns the item as it is filed now.
func (a *app) correct(ctx context.Context, store *storage.Store, cfg *config.Config, id int64, who string, said deskWords) (news.Item, error) {
	it, err := store.Item(ctx, id)
	if err != nil {
		return news.Item{}, err
	}
	t := cfg.Taxonomy()
	for _, c := range said.out {
		if !isFiled(it.Filings, c) {
			return news.Item{}, usagef("item %d is not filed under %s; it is under %s", id, c, dash(strings.Join(lineOf(it).Categories, ", ")))
		}
	}
	fix := storage.Correction{Who: who, Out: said.out, Forget: said.forget}
	for _, c := range said.in {
		fix.In = append(fix.In, news.Filing{Category: c, Why: []string{"put there by the desk"}})
	}
	if len(said.forget) > 0 {
		if fix.Restore, err = a.undecided(ctx, store, cfg, it, said.forget); err != nil {
			return news.Item{}, err
		}
	}
	if err := withUmbrellas(t, it, &fix); err != nil {
		return news.Item{}, err
	}
	if err := store.Correct(ctx, id, fix); err != nil {
		return news.Item{}, err
	}
	return store.Item(ctx, id)
}

// undecided returns what the taxonomy and the model file an item under of the
// categories about which the desk takes its word back.
func (a *app) undecided(ctx context.Context, store *storage.Store, cfg *config.Config, it news.Item, forget []string) ([]news.Filing, error) {
	rulings, err := store.Rulings(ctx, it.ID)
	if err != nil {
		return nil, err
	}
	holds := map[string]bool{}
	for _, r := range rulings {
		holds[r.Category] = r.Said != news.SaidUndecided
	}
	for _, c := range forget {
		if !holds[c] {
			return nil, usagef("the desk has said nothing about item %d and %s; \"rightswire explain %d\" tells what it has said", it.ID, c, it.ID)
		}
	}
	c, err := a.classifier(cfg, cfg.Taxonomy())
	if err != nil {
		return nil, err
	}
	r := replay{classifier: c, sources: sourcesByID(cfg)}
	var out []news.Filing
	for _, f := range r.classify(it).Filings {
		if slices.Contains(forget, f.Category) {
			out = append(out, f)
		}
	}
	return out, nil
}

// isFiled reports whether an item is filed under a category.
func isFiled(filings []news.Filing, category string) bool {
	return slices.ContainsFunc(filings, func(f news.Filing) bool { return f.Category == category })
}
