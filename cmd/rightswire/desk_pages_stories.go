package main

import (
	"context"
	"strconv"

	"github.com/rightswire/rightswire/admin"
	"github.com/rightswire/rightswire/news"
)

// deskStories is what the desk's pages see of stories and decide about them.
type deskStories struct{ *deskPages }

// Stories implements [admin.Stories].
func (d deskStories) Stories(ctx context.Context, q news.Query) ([]news.Story, error) {
	return d.store.Stories(ctx, q)
}

// Story implements [admin.Stories].
func (d deskStories) Story(ctx context.Context, what string) (s admin.StoryFile, err error) {
	if s.Story, err = findStory(ctx, d.store, what); err != nil {
		return s, err
	}
	if s.Hidden, err = d.store.HiddenOf(ctx, s.ID); err != nil {
		return s, err
	}
	s.Decisions, err = d.store.Decisions(ctx, s.ID)
	return s, err
}

// Split implements [admin.Stories].
func (d deskStories) Split(ctx context.Context, item int64, who string) (int64, error) {
	made, _, err := splitItem(ctx, d.store, item, who)
	return made, d.done(err)
}

// Merge implements [admin.Stories].
func (d deskStories) Merge(ctx context.Context, into int64, from, who string) error {
	_, _, err := mergeInto(ctx, d.store, strconv.FormatInt(into, 10), from, who)
	return d.done(err)
}

// Pin implements [admin.Stories].
func (d deskStories) Pin(ctx context.Context, story, item int64, who string) error {
	_, err := pinItem(ctx, d.store, strconv.FormatInt(story, 10), item, who)
	return d.done(err)
}

// done asks the daemon to publish, unless nothing was done.
func (d *deskPages) done(err error) error {
	if err == nil {
		d.changed()
	}
	return err
}
