package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// What the desk does to stories, by command or on its pages; who says who.

// splitItem gives an item a story of its own and returns its number and id.
func splitItem(ctx context.Context, store *storage.Store, id int64, who string) (made int64, uid string, err error) {
	it, err := store.Item(ctx, id)
	if err != nil {
		return 0, "", noItem(id, err)
	}
	if it.Story == 0 {
		return 0, "", fmt.Errorf("item %d has no story yet: the next run groups it", id)
	}
	uid, err = store.Split(ctx, id, who, func(n int) string { return splitUID(it, n) })
	if errors.Is(err, storage.ErrAlone) {
		return 0, "", fmt.Errorf("item %d is a story of its own already: it is the only report of story %d", id, it.Story)
	}
	if err != nil {
		return 0, "", err
	}
	made, err = store.StoryID(ctx, uid)
	return made, uid, err
}

// mergeInto makes one story part of another, both named as on the command line,
// and returns them as they were.
func mergeInto(ctx context.Context, store *storage.Store, first, second, who string) (into, from news.Story, err error) {
	if into, err = findStory(ctx, store, first); err != nil {
		return into, from, err
	}
	if from, err = findStory(ctx, store, second); err != nil {
		return into, from, err
	}
	err = store.Merge(ctx, into.ID, from.ID, who)
	if errors.Is(err, storage.ErrSameStory) {
		err = fmt.Errorf("%s and %s are one story already, %d", first, second, into.ID)
	}
	return into, from, err
}

// pinItem lets an item lead a story, 0 ends that, and returns the story as it is
// then.
func pinItem(ctx context.Context, store *storage.Store, what string, item int64, who string) (news.Story, error) {
	st, err := findStory(ctx, store, what)
	if err != nil {
		return st, err
	}
	err = store.Pin(ctx, st.ID, item, who)
	if errors.Is(err, storage.ErrNotInStory) {
		return st, fmt.Errorf("item %d is not in story %d, or hidden; \"rightswire stories show %d\" shows what is", item, st.ID, st.ID)
	}
	if err != nil {
		return st, err
	}
	return store.FindStory(ctx, st.ID)
}
