package storagetest

import (
	"errors"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

func subscriptionsAreFound(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	a.sync(Source("a", 1), Source("b", 1))
	sub := news.Subscription{Source: "b", Hub: "h", Topic: "t", Token: "one", Secret: "s", Asked: Start, Expires: Start.Add(time.Hour), Denied: Start.Add(time.Minute)}
	equal(t, "SaveSubscription", s.SaveSubscription(t.Context(), sub), nil)
	sub.Token, sub.Expires = "two", time.Time{}
	equal(t, "SaveSubscription again", s.SaveSubscription(t.Context(), sub), nil)
	got, err := s.Subscription(t.Context(), "two")
	equal(t, "Subscription", got, sub)
	equal(t, "Subscription: error", err, nil)
	if _, err := s.Subscription(t.Context(), "one"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Subscription of a token that was replaced: %v, want ErrNotFound", err)
	}
	if err := s.SaveSubscription(t.Context(), news.Subscription{Source: "nobody", Token: "x"}); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("SaveSubscription of a source that is not there: %v, want ErrNotFound", err)
	}
	a.sync(Source("a", 1)) // what is no source of ours any more has no callback
	if _, err := s.Subscription(t.Context(), "two"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("Subscription of a removed source: %v, want ErrNotFound", err)
	}
	subs, err := s.Subscriptions(t.Context())
	equal(t, "Subscriptions", len(subs), 0)
	equal(t, "Subscriptions: error", err, nil)
}
