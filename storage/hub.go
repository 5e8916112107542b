package storage

import (
	"context"
	"time"

	"github.com/rightswire/rightswire/news"
)

// HubSubscriptions returns who gets our feeds sent, in no promised order.
func (s *Store) HubSubscriptions(ctx context.Context) (subs []news.HubSubscription, err error) {
	err = each(ctx, s.read, func(rows *rows) error {
		var sub news.HubSubscription
		var expires, failing, notBefore int64
		if err := rows.Scan(&sub.ID, &sub.Topic, &sub.Callback, &sub.Host, &sub.Secret, &expires, &sub.Sent, &sub.Failures, &failing, &notBefore); err != nil {
			return err
		}
		sub.Expires, sub.Failing, sub.NotBefore = fromStamp(expires), fromStamp(failing), fromStamp(notBefore)
		subs = append(subs, sub)
		return nil
	}, `SELECT id, topic, callback, host, secret, expires, sent, failures, failing, not_before FROM hub_subscription`)
	return subs, s.wrap("list subscriptions at our hub", err)
}

// HubRequests returns the wishes that wait to be confirmed, oldest first.
func (s *Store) HubRequests(ctx context.Context) (list []news.HubRequest, err error) {
	err = each(ctx, s.read, func(rows *rows) error {
		var r news.HubRequest
		var at, lease int64
		if err := rows.Scan(&r.ID, &at, &r.Mode, &r.Topic, &r.Callback, &r.Host, &r.Secret, &lease); err != nil {
			return err
		}
		r.At, r.Lease = fromStamp(at), time.Duration(lease)*time.Second
		list = append(list, r)
		return nil
	}, `SELECT id, at, mode, topic, callback, host, secret, lease FROM hub_request ORDER BY id`)
	return list, s.wrap("list requests to our hub", err)
}

// HubPlaces says how many places at our hub are taken, wishes included, and how
// many of them by callbacks at a host.
func (s *Store) HubPlaces(ctx context.Context, host string) (all, ofHost int, err error) {
	err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&all, &ofHost) }, `
SELECT (SELECT count(*) FROM hub_subscription) + (SELECT count(*) FROM hub_request),
  (SELECT count(*) FROM hub_subscription WHERE host = $1) + (SELECT count(*) FROM hub_request WHERE host = $2)`, host, host)
	return all, ofHost, s.wrap("count subscriptions at our hub", err)
}

// HubSubscribed reports whether a callback has a place for a topic, confirmed
// or not.
func (s *Store) HubSubscribed(ctx context.Context, topic, callback string) (has bool, err error) {
	err = each(ctx, s.read, func(rows *rows) error { return rows.Scan(&has) }, `
SELECT EXISTS (SELECT 1 FROM hub_subscription WHERE topic = $1 AND callback = $2)
  OR EXISTS (SELECT 1 FROM hub_request WHERE topic = $3 AND callback = $4)`, topic, callback, topic, callback)
	return has, s.wrap("find subscription at our hub", err)
}

// AddHubRequest keeps a wish until it is confirmed or dropped. An earlier one
// for the same topic and callback is forgotten.
func (s *Store) AddHubRequest(ctx context.Context, r news.HubRequest) error {
	return s.write(ctx, "store request to our hub", 0, func(t *txn) error {
		if _, err := t.exec(`DELETE FROM hub_request WHERE topic = $1 AND callback = $2`, r.Topic, r.Callback); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO hub_request (at, mode, topic, callback, host, secret, lease) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			stamp(r.At), r.Mode, r.Topic, r.Callback, r.Host, r.Secret, int64(r.Lease/time.Second))
		return err
	})
}

// DropHubRequest forgets a wish that was not confirmed; a later one for the
// same topic and callback stays.
func (s *Store) DropHubRequest(ctx context.Context, r news.HubRequest) error {
	return s.write(ctx, "drop request to our hub", 0, func(t *txn) error { return t.dropHubRequest(r) })
}

func (t *txn) dropHubRequest(r news.HubRequest) error {
	// An id may be given again once its row is gone.
	_, err := t.exec(`DELETE FROM hub_request WHERE id = $1 AND at = $2`, r.ID, stamp(r.At))
	return err
}

// ConfirmHubRequest does what a wish asked for: it adds, renews or ends a
// subscription. A new one counts the feed with hash sent as sent; one that is
// renewed stays owed what it was owed.
func (s *Store) ConfirmHubRequest(ctx context.Context, r news.HubRequest, expires time.Time, sent string) error {
	return s.write(ctx, "confirm request to our hub", 0, func(t *txn) error {
		if err := t.dropHubRequest(r); err != nil {
			return err
		}
		if r.Mode == news.HubUnsubscribe {
			_, err := t.exec(`DELETE FROM hub_subscription WHERE topic = $1 AND callback = $2`, r.Topic, r.Callback)
			return err
		}
		_, err := t.exec(`
INSERT INTO hub_subscription (topic, callback, host, secret, expires, sent) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (topic, callback) DO UPDATE SET secret = excluded.secret, expires = excluded.expires, failures = 0, failing = 0, not_before = 0`,
			r.Topic, r.Callback, r.Host, r.Secret, stamp(expires), sent)
		return err
	})
}

// SaveHubDelivery keeps how the last delivery went: Sent, Failures, Failing and
// NotBefore. A subscription that has ended meanwhile stays ended.
func (s *Store) SaveHubDelivery(ctx context.Context, sub news.HubSubscription) error {
	return s.write(ctx, "store delivery of our hub", 0, func(t *txn) error {
		_, err := t.exec(`UPDATE hub_subscription SET sent = $1, failures = $2, failing = $3, not_before = $4 WHERE topic = $5 AND callback = $6`,
			sub.Sent, sub.Failures, stamp(sub.Failing), stamp(sub.NotBefore), sub.Topic, sub.Callback)
		return err
	})
}

// EndHubSubscription ends a subscription, unless it was renewed since sub was
// read.
func (s *Store) EndHubSubscription(ctx context.Context, sub news.HubSubscription) error {
	return s.write(ctx, "end subscription at our hub", 0, func(t *txn) error {
		_, err := t.exec(`DELETE FROM hub_subscription WHERE topic = $1 AND callback = $2 AND expires = $3`, sub.Topic, sub.Callback, stamp(sub.Expires))
		return err
	})
}

// ExpireHub ends the subscriptions whose lease is over.
func (s *Store) ExpireHub(ctx context.Context, now time.Time) error {
	return s.write(ctx, "end leases at our hub", 0, func(t *txn) error {
		_, err := t.exec(`DELETE FROM hub_subscription WHERE expires <= $1`, stamp(now))
		return err
	})
}
