package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newItemsHide is the command "items hide".
func newItemsHide(a *app) *cobra.Command {
	var why string
	cmd := &cobra.Command{
		Use:   "hide ID",
		Short: "Withdraw an item from every feed and page",
		Long: `Takes an item out of every feed, list and page, and keeps it out, whatever its
feed goes on listing. Its story goes on with the reports of others; of a story
that has none, the page goes away and Atom feeds carry a tombstone (RFC 6721).
The feed of corrections says that a report of that outlet was withdrawn, and
why if you say so, but repeats neither its headline nor its text. Nothing is
deleted: "rightswire items unhide" brings it back.` + deskNote,
		Example: `  rightswire items hide 4711
  rightswire items hide 4711 --why "it names a minor"`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.completeItem),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := itemID(args[0])
			if err != nil {
				return err
			}
			return a.hide(cmd.Context(), id, why)
		},
	}
	cmd.Flags().StringVar(&why, "why", "", "the `reason`, as readers of the corrections will see it")
	return cmd
}

// hide withdraws an item for the desk.
func (a *app) hide(ctx context.Context, id int64, why string) error {
	return a.withStore(ctx, false, func(store *storage.Store) error {
		before, err := store.Withdrawal(ctx, id)
		if err != nil {
			return err
		}
		if err := store.Hide(ctx, id, deskHand(), why); err != nil {
			return noItem(id, err)
		}
		if before.By == news.BySource {
			fmt.Fprintf(a.out, "item %d is hidden, its headline in the corrections too; its own source has withdrawn it, so it stays away\n", id)
			return nil
		}
		fmt.Fprintf(a.out, "item %d is hidden; \"rightswire items unhide %d\" brings it back\n", id, id)
		return nil
	})
}

// newItemsUnhide is the command "items unhide".
func newItemsUnhide(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "unhide ID",
		Short: "Bring back an item that the desk has hidden",
		Long: `Brings back an item that "rightswire items hide" took out. Its story is published
under the id that it always had. What its own source has withdrawn stays away.` + deskNote,
		Example:           "  rightswire items unhide 4711",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.completeHidden),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := itemID(args[0])
			if err != nil {
				return err
			}
			return a.unhide(cmd.Context(), id)
		},
	}
}

// unhide lifts what the desk did.
func (a *app) unhide(ctx context.Context, id int64) error {
	return a.withStore(ctx, false, func(store *storage.Store) error {
		err := store.Unhide(ctx, id, deskHand())
		if errors.Is(err, storage.ErrBySource) {
			return fmt.Errorf("item %d was withdrawn by its own source; it stays away", id)
		}
		if err != nil {
			return noItem(id, err)
		}
		fmt.Fprintf(a.out, "item %d is shown\n", id)
		return nil
	})
}
