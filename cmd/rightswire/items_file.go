package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newItemsFile is the command "items file".
func newItemsFile(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "file ID +CATEGORY -CATEGORY...",
		Short: "Correct what an item is filed under, for good",
		Long: `Puts an item into categories (+) and takes it out of others (-). A correction
stays: no update of the item, no changed taxonomy and no new model undoes it, and
the last word about a category counts. Umbrellas follow. "rightswire rules train"
learns from every corrected item, from what it is filed under then, so look at
the whole list that is printed. The next publish shows the correction.`,
		Example: `  rightswire items file 4711 +wages-work-life -unions-strikes`,
		Args:    cobra.MinimumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usagef("%q is not an item's id; \"rightswire items list\" shows them", args[0])
			}
			return a.fileItem(cmd.Context(), id, args[1:])
		},
	}
	// "-unions-strikes" is no flag; flags stand before the id.
	cmd.Flags().SetInterspersed(false)
	return cmd
}

// fileItem corrects the filing of one item.
func (a *app) fileItem(ctx context.Context, id int64, signed []string) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	in, out, err := signs(cfg, signed)
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
	it, err := correct(ctx, store, cfg.Taxonomy(), id, in, out)
	if errors.Is(err, news.ErrNotFound) {
		err = fmt.Errorf("there is no item %d; \"rightswire items list\" shows what there is", id)
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	return a.printItem(it, false)
}

// signs reads +category and -category.
func signs(cfg *config.Config, args []string) (in, out []string, err error) {
	var ids []string
	for _, c := range cfg.Categories {
		ids = append(ids, c.ID)
	}
	for _, arg := range args {
		sign, id := arg[:min(1, len(arg))], arg[min(1, len(arg)):]
		switch {
		case sign != "+" && sign != "-":
			return nil, nil, usagef("%q: write +%s to file the item there, or -%s to take it out", arg, arg, arg)
		case !slices.Contains(ids, id) && sign == "+":
			return nil, nil, usagef("there is no category %q%s", id, config.DidYouMean(id, ids))
		case slices.Contains(in, id) || slices.Contains(out, id):
			return nil, nil, usagef("%s stands there twice", id)
		case sign == "+":
			in = append(in, id)
		default:
			out = append(out, id)
		}
	}
	return in, out, nil
}

// correct stores a correction and returns the item as it is filed now.
func correct(ctx context.Context, store *storage.Store, t news.Taxonomy, id int64, in, out []string) (news.Item, error) {
	it, err := store.Item(ctx, id)
	if err != nil {
		return news.Item{}, err
	}
	for _, c := range out {
		if !slices.ContainsFunc(it.Filings, func(f news.Filing) bool { return f.Category == c }) {
			return news.Item{}, usagef("item %d is not filed under %s; it is under %s", id, c, dash(strings.Join(lineOf(it).Categories, ", ")))
		}
	}
	if err := store.Correct(ctx, id, withUmbrellas(t, it.Filings, in, out)); err != nil {
		return news.Item{}, err
	}
	return store.Item(ctx, id)
}

// withUmbrellas makes a correction of what a desk said and of what follows from
// it: an umbrella comes with the first category of its group and goes with the
// last one.
func withUmbrellas(t news.Taxonomy, filings []news.Filing, in, out []string) storage.Correction {
	var c storage.Correction
	c.Out = slices.Clone(out)
	group := map[string]string{}
	for _, cat := range t.Categories {
		group[cat.ID] = cat.Group
		if cat.Umbrella {
			c.Umbrellas = append(c.Umbrellas, cat.ID)
		}
	}
	for _, id := range in {
		c.In = append(c.In, news.Filing{Category: id, Why: []string{"put there by the desk"}})
	}
	now := map[string]bool{} // groups of what the item is filed under from now on
	for _, id := range in {
		now[group[id]] = true
	}
	for _, f := range filings {
		if !slices.Contains(out, f.Category) {
			now[group[f.Category]] = true
		}
	}
	for _, u := range c.Umbrellas {
		at := slices.IndexFunc(filings, func(f news.Filing) bool { return f.Category == u })
		said := slices.Contains(in, u) || slices.Contains(out, u)
		switch {
		case said:
		case now[u] && at < 0:
			c.In = append(c.In, news.Filing{Category: u, Why: []string{"takes in what the desk has put there"}})
		case !now[u] && at >= 0 && follows(filings[at]):
			c.Out = append(c.Out, u)
		}
	}
	return c
}

// follows reports whether an umbrella's filing is there because of another one
// alone.
func follows(f news.Filing) bool {
	return f.By == news.ByImply || f.By == news.ByDesk && slices.ContainsFunc(f.Why, func(w string) bool { return strings.HasPrefix(w, "takes in") })
}
