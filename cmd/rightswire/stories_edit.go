package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// newStoriesSplit is the command "stories split".
func newStoriesSplit(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "split ITEM",
		Short: "Take an item out of its story into one of its own",
		Long: `Takes a report that does not belong there out of its story, for good: grouping
never puts it back. It gets a story of its own with an id of its own; the story
that it leaves keeps its id. New reports join whichever of the two they belong
to.` + deskNote,
		Example:           "  rightswire stories split 4711",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.completeItem),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := itemID(args[0])
			if err != nil {
				return err
			}
			return a.split(cmd.Context(), id)
		},
	}
}

// split gives an item a story of its own.
func (a *app) split(ctx context.Context, id int64) error {
	return a.withStore(ctx, false, func(store *storage.Store) error {
		made, uid, err := splitItem(ctx, store, id, deskHand())
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "item %d is story %d of its own now, %s\n", id, made, news.Story{UID: uid}.EntryID())
		return nil
	})
}

// splitUID is the n-th candidate for the id of an item's own story: that of the
// story that it founds, unless it founded one and was split off that.
func splitUID(it news.Item, n int) string {
	if n == 0 {
		return storyUID(it.Source, it.Key)
	}
	return storyUID(it.Source, fmt.Sprintf("%s\x00split %d", it.Key, n))
}

// newStoriesMerge is the command "stories merge".
func newStoriesMerge(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "merge INTO FROM",
		Short: "Make one story part of another",
		Long: `Makes the second story part of the first, for good: its reports move there, and
so does every report that would join it later. The first keeps its id. The
second's is never given to another: its page leads to the first, and Atom feeds
say that its entry is gone.

Stories are named by number, entry id, or the address of their page or of one of
their reports.` + deskNote,
		Example:           "  rightswire stories merge 120 131\n  rightswire stories merge 120 https://news.example/2026/strike",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: upTo(2, a.completeStory),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.merge(cmd.Context(), args[0], args[1]) },
	}
}

// merge makes one story part of another.
func (a *app) merge(ctx context.Context, first, second string) error {
	return a.withStore(ctx, false, func(store *storage.Store) error {
		into, from, err := mergeInto(ctx, store, first, second, deskHand())
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "story %d is part of story %d now, %s\n", from.ID, into.ID, into.EntryID())
		fmt.Fprintf(a.out, "  from  %s\n  into  %s\n", dash(from.LeadItem().Title), dash(into.LeadItem().Title))
		return nil
	})
}

// newStoriesPin is the command "stories pin".
func newStoriesPin(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "pin STORY ITEM",
		Short: "Let a report lead its story, whatever comes",
		Long: `Lets one report lead its story until "rightswire stories unpin", instead of the
one of the best ranked source. While the report is hidden the others lead as
usual. The entry keeps its id.` + deskNote,
		Example:           "  rightswire stories pin 120 4711",
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.completePinned,
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := itemID(args[1])
			if err != nil {
				return err
			}
			return a.pin(cmd.Context(), args[0], id)
		},
	}
}

// newStoriesUnpin is the command "stories unpin".
func newStoriesUnpin(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "unpin STORY",
		Short:             "Let the best report lead a story again",
		Long:              `Ends "rightswire stories pin".` + deskNote,
		Example:           "  rightswire stories unpin 120",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: first(a.completeStory),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.pin(cmd.Context(), args[0], 0) },
	}
}

// pin lets an item lead a story; 0 ends that.
func (a *app) pin(ctx context.Context, what string, item int64) error {
	return a.withStore(ctx, false, func(store *storage.Store) error {
		st, err := pinItem(ctx, store, what, item, deskHand())
		if err != nil {
			return err
		}
		switch {
		case item != 0:
			fmt.Fprintf(a.out, "item %d leads story %d\n", item, st.ID)
		case st.Lead == 0:
			fmt.Fprintf(a.out, "nothing is pinned in story %d\n", st.ID)
		default:
			fmt.Fprintf(a.out, "nothing is pinned in story %d; item %d leads it\n", st.ID, st.Lead)
		}
		return nil
	})
}
