package storage

import (
	"context"
	"fmt"

	"github.com/rightswire/rightswire/news"
)

const subscriptions = `
SELECT s.name, b.hub, b.topic, b.token, b.secret, b.asked, b.expires, b.denied
FROM subscription b JOIN source s ON s.id = b.source_id WHERE s.removed = FALSE`

// Subscriptions returns what is known of the sources' places at WebSub hubs.
func (s *Store) Subscriptions(ctx context.Context) ([]news.Subscription, error) {
	subs, err := s.subscriptions(ctx, subscriptions+" ORDER BY s.id")
	return subs, s.wrap("list subscriptions", err)
}

// Subscription returns the one with a token, or [news.ErrNotFound].
func (s *Store) Subscription(ctx context.Context, token string) (news.Subscription, error) {
	subs, err := s.subscriptions(ctx, subscriptions+" AND b.token = $1", token)
	if err == nil && len(subs) == 0 {
		err = news.ErrNotFound
	}
	if err != nil {
		return news.Subscription{}, s.wrap("find subscription", err)
	}
	return subs[0], nil
}

func (s *Store) subscriptions(ctx context.Context, query string, args ...any) (subs []news.Subscription, err error) {
	err = each(ctx, s.read, func(rows *rows) error {
		var sub news.Subscription
		var asked, expires, denied int64
		if err := rows.Scan(&sub.Source, &sub.Hub, &sub.Topic, &sub.Token, &sub.Secret, &asked, &expires, &denied); err != nil {
			return err
		}
		sub.Asked, sub.Expires, sub.Denied = fromStamp(asked), fromStamp(expires), fromStamp(denied)
		subs = append(subs, sub)
		return nil
	}, query, args...)
	return subs, err
}

// SaveSubscription adds a source's place at a hub, or replaces it. It returns
// [news.ErrNotFound] if the source was never synced.
func (s *Store) SaveSubscription(ctx context.Context, sub news.Subscription) error {
	return s.write(ctx, fmt.Sprintf("store subscription of %q", sub.Source), 0, func(t *txn) error {
		id, err := s.sourceID(ctx, t, sub.Source)
		if err != nil {
			return err
		}
		_, err = t.exec(`
INSERT INTO subscription (source_id, hub, topic, token, secret, asked, expires, denied) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (source_id) DO UPDATE SET hub = excluded.hub, topic = excluded.topic, token = excluded.token, secret = excluded.secret,
  asked = excluded.asked, expires = excluded.expires, denied = excluded.denied`,
			id, sub.Hub, sub.Topic, sub.Token, sub.Secret, stamp(sub.Asked), stamp(sub.Expires), stamp(sub.Denied))
		return err
	})
}
