// Package websub is the subscriber's side of WebSub (P46): it asks a hub for
// the news of a topic, proves to the hub that the wish was ours, and takes in
// what the hub sends if it carries our signature.
//
// It decides when a subscription is asked for and renewed and which messages
// are believed. It does not fetch (the hub is posted to through
// aggregator/fetch, behind its guard), does not read what was sent, and keeps
// nothing itself: the caller stores subscriptions and takes deliveries. It is
// a room of its own because it is the only place where strangers speak to us
// first, and because nothing else may depend on a hub: polling goes on, only
// slower.
package websub

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Store is what keeps subscriptions.
type Store interface {
	// Subscription returns the one with a token, or an error that wraps
	// [news.ErrNotFound].
	Subscription(ctx context.Context, token string) (news.Subscription, error)
	// SaveSubscription adds one or replaces the one of the same source.
	SaveSubscription(context.Context, news.Subscription) error
}

// The numbers whose option is zero.
const (
	defaultLease   = 10 * 24 * time.Hour
	defaultMaxBody = 15 << 20
	atOnce         = 4              // messages that are read and delivered at a time: each is MaxBody of memory
	patience       = 24 * time.Hour // until a request that was not confirmed, or was denied, is repeated
)

// Options configures a [Subscriber]. Callback, Store, Post, Deliver and Now
// are required.
type Options struct {
	Callback string // absolute URL under which the handler is reached, with a slash at its end
	Store    Store
	Post     func(ctx context.Context, src news.Source, hub string, form url.Values) error
	Deliver  func(ctx context.Context, m Message) error // an error, which the callee logs, makes the hub send again
	Lease    time.Duration                              // asked for, and the longest that is believed; 0: 10 days
	MaxBody  int64                                      // bytes of a message; 0: 15 MiB
	Now      func() time.Time
	Logger   *slog.Logger // nil: silent
}

// Subscriber keeps subscriptions alive and is the handler of their callbacks.
type Subscriber struct {
	o      Options
	places chan struct{} // one for each message that is being taken in
}

// New returns a Subscriber.
func New(o Options) *Subscriber {
	o.Lease, o.MaxBody = cmp.Or(o.Lease, defaultLease), cmp.Or(o.MaxBody, defaultMaxBody)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Subscriber{o, make(chan struct{}, atOnce)}
}

// Keep sees that a source is subscribed to what its publisher offers: it asks
// the hub when there is no subscription, when the offer has changed, and well
// before the lease ends. have is the subscription as stored; its zero value is
// none. asked says whether there was a request to the hub, answered or not:
// the caller counts them.
func (s *Subscriber) Keep(ctx context.Context, src news.Source, offer Offer, have news.Subscription) (asked bool, err error) {
	if err := ctx.Err(); err != nil || !offer.fit(src.URL) {
		return false, err
	}
	now, before := s.o.Now(), have.Asked
	if have.Hub != offer.Hub || have.Topic != offer.Topic {
		// A token of its own for each offer: what the old hub still sends, or
		// confirms, is nobody's. So is what the old secret signs. Asked stays:
		// a feed that names another hub each time must not make us ask them all.
		have = news.Subscription{
			Source: src.ID, Hub: offer.Hub, Topic: offer.Topic, Token: rand.Text(), Secret: rand.Text() + rand.Text(), Asked: before,
		}
	}
	if !s.due(have, now) {
		return false, nil
	}
	have.Asked = now
	// First the store: hubs ask back before they answer.
	if err := s.o.Store.SaveSubscription(ctx, have); err != nil {
		return false, fmt.Errorf("store subscription of %s: %w", src.ID, err)
	}
	err = s.o.Post(ctx, src, have.Hub, url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {have.Topic}, "hub.callback": {s.o.Callback + have.Token},
		"hub.secret": {have.Secret}, "hub.lease_seconds": {strconv.Itoa(int(s.o.Lease / time.Second))},
	})
	if err != nil && ctx.Err() != nil {
		err = errors.Join(err, s.takeBack(context.WithoutCancel(ctx), have, before))
	}
	if err != nil {
		return true, fmt.Errorf("subscribe %s: %w", src.ID, err)
	}
	return true, nil
}

// takeBack stores that a hub was not asked after all, unless it has answered:
// our end came first, and the next start must not wait a day.
func (s *Subscriber) takeBack(ctx context.Context, sub news.Subscription, before time.Time) error {
	now, err := s.o.Store.Subscription(ctx, sub.Token)
	if err != nil || !now.Expires.Equal(sub.Expires) || !now.Denied.Equal(sub.Denied) {
		return err
	}
	sub.Asked = before
	return s.o.Store.SaveSubscription(ctx, sub)
}

// due reports whether the hub has to be asked: at once at first, in the last
// third of a lease, and not more than once a day when it does not confirm.
func (s *Subscriber) due(sub news.Subscription, now time.Time) bool {
	switch {
	case sub.Asked.IsZero():
		return true
	case now.Sub(sub.Asked) < patience, now.Sub(sub.Denied) < patience:
		return false
	}
	return sub.Expires.Sub(now) < s.o.Lease/3
}

// find returns the subscription of a callback, ok only if we have it. What
// cannot be a token is not looked up: anybody may send it.
func (s *Subscriber) find(ctx context.Context, token string) (sub news.Subscription, ok bool, err error) {
	if !isToken(token) {
		return sub, false, nil
	}
	sub, err = s.o.Store.Subscription(ctx, token)
	if errors.Is(err, news.ErrNotFound) {
		return sub, false, nil
	}
	return sub, err == nil && sub.Token == token, err
}

// isToken reports whether a text has the shape that [rand.Text] gives.
func isToken(s string) bool {
	return len(s) == 26 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}
