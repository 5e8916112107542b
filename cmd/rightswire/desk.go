package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/dedupe"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// deskNote ends the help of every command that decides something: what becomes
// of it, and when.
const deskNote = `

It works beside a running daemon, which publishes the change at the next tick of
schedule.publish; without one, "rightswire publish" or the next run does.
Published ids never change. Who did what and when is kept: "rightswire stories
show" tells.`

// withStore opens the database of the configuration for fn, and closes it.
func (a *app) withStore(ctx context.Context, readOnly bool, fn func(*storage.Store) error) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	// Opening for writing would make a database where there is none.
	store, err := a.openStore(ctx, cfg, true)
	if err == nil && !readOnly {
		if err = store.Close(); err == nil {
			store, err = a.openStore(ctx, cfg, false)
		}
	}
	if err != nil {
		return err
	}
	return errors.Join(fn(store), store.Close())
}

// deskHand is who is at the desk, as the operating system knows them.
func deskHand() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}

// itemID reads an item's id from the command line.
func itemID(arg string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id < 1 {
		return 0, usagef("%q is not an item's id; \"rightswire items list\" shows them", arg)
	}
	return id, nil
}

// noItem says that there is no item with an id, if that is what the error is.
func noItem(id int64, err error) error {
	if errors.Is(err, news.ErrNotFound) {
		return fmt.Errorf("there is no item %d; \"rightswire items list\" shows what there is", id)
	}
	return err
}

// findStory returns the story that a number, an entry id, the address of its
// page or that of one of its reports stands for. A story that was merged into
// another stands for that one; one of which nothing is visible has no items.
func findStory(ctx context.Context, store *storage.Store, what string) (news.Story, error) {
	id, err := strconv.ParseInt(what, 10, 64)
	if err != nil {
		id, err = storyNumber(ctx, store, what)
	}
	if err != nil {
		return news.Story{}, err
	}
	st, err := store.FindStory(ctx, id)
	if errors.Is(err, news.ErrNotFound) {
		return st, missingError(fmt.Sprintf("there is no story %d; \"rightswire explain\" tells the story of an item", id))
	}
	return st, err
}

// storyNumber finds a story by its entry id or an address.
func storyNumber(ctx context.Context, store *storage.Store, what string) (int64, error) {
	if uid := uidIn(what); uid != "" {
		id, err := store.StoryID(ctx, uid)
		if errors.Is(err, news.ErrNotFound) {
			err = fmt.Errorf("no story is or was published as urn:uuid:%s", uid)
		}
		return id, err
	}
	if dedupe.Canonical(what) == "" {
		return 0, usagef("%q is neither a story's number nor its entry id nor an http or https address", what)
	}
	items, err := findItems(ctx, store, what)
	if err != nil {
		return 0, err
	}
	story := int64(0)
	for _, it := range items {
		switch {
		case it.Story == 0:
		case story != 0 && story != it.Story:
			return 0, fmt.Errorf("the reports at %s are in stories %d and %d; name one of them", what, story, it.Story)
		default:
			story = it.Story
		}
	}
	if story == 0 {
		return 0, fmt.Errorf("the report at %s has no story yet: the next run groups it", what)
	}
	return story, nil
}

// uidIn returns the UID in an entry id or in the address of a story's page; ""
// if there is none.
func uidIn(what string) string {
	if _, after, ok := strings.Cut(what, "/story/"); ok {
		what, _, _ = strings.Cut(after, "/")
	}
	id, err := uuid.Parse(what)
	if err != nil || len(what) < 36 {
		return ""
	}
	return id.String()
}

// completeItem proposes the latest items, with their titles.
func (a *app) completeItem(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return a.fromStore(cmd, typed, func(ctx context.Context, store *storage.Store, add func(int64, string)) error {
		items, err := store.Items(ctx, news.Query{})
		for _, it := range items {
			add(it.ID, it.Source+": "+it.Title)
		}
		return err
	})
}

// completeHidden proposes the items that are hidden of the latest corrections.
func (a *app) completeHidden(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return a.fromStore(cmd, typed, func(ctx context.Context, store *storage.Store, add func(int64, string)) error {
		cs, err := store.Corrections(ctx, 200)
		for _, c := range cs {
			if c.Withdrawn.By == news.ByDesk {
				add(c.Item.ID, c.Item.Source+": "+c.Item.Title)
			}
		}
		return err
	})
}

// completeStory proposes the latest stories, with the titles of their leads.
func (a *app) completeStory(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	return a.fromStore(cmd, typed, func(ctx context.Context, store *storage.Store, add func(int64, string)) error {
		stories, err := store.Stories(ctx, news.Query{})
		for _, st := range stories {
			add(st.ID, st.LeadItem().Title)
		}
		return err
	})
}

// completePinned proposes stories first, then the items of the one named.
func (a *app) completePinned(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return a.completeStory(cmd, args, typed)
	case 1:
		return a.fromStore(cmd, typed, func(ctx context.Context, store *storage.Store, add func(int64, string)) error {
			st, err := findStory(ctx, store, args[0])
			for _, it := range st.Items {
				add(it.ID, it.Source+": "+it.Title)
			}
			return err
		})
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// fromStore proposes what walk finds in the archive. What goes wrong proposes
// nothing: this is no place to complain.
func (a *app) fromStore(cmd *cobra.Command, typed string, walk func(context.Context, *storage.Store, func(int64, string)) error) ([]string, cobra.ShellCompDirective) {
	var out []string
	err := a.withStore(cmd.Context(), true, func(store *storage.Store) error {
		return walk(cmd.Context(), store, func(id int64, title string) {
			if n := strconv.FormatInt(id, 10); strings.HasPrefix(n, typed) {
				out = append(out, cobra.CompletionWithDesc(n, clip(title, 60)))
			}
		})
	})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// missingError says in its own words that something is not there; to errors.Is it
// is [news.ErrNotFound].
type missingError string

func (e missingError) Error() string { return string(e) }

// Is gives errors.Is the meaning.
func (missingError) Is(target error) bool { return target == news.ErrNotFound }
