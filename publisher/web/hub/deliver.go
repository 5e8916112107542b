package hub

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/rightswire/rightswire/news"
)

// How long a failed delivery waits to be tried again: twice as long each time,
// and up to half more, so that those who failed together do not come back
// together.
const (
	backoffMin = time.Minute
	backoffMax = 6 * time.Hour
)

// maxFailures ends a subscription too, should the clock be of no use.
const maxFailures = 100

func (h *Hub) deliverHealthy(ctx context.Context) (time.Time, error) {
	if err := h.o.Store.ExpireHub(ctx, h.o.Now()); err != nil {
		return time.Time{}, err
	}
	return h.deliverAll(ctx, func(s news.HubSubscription) bool { return s.Failures == 0 })
}

func (h *Hub) deliverFailing(ctx context.Context) (time.Time, error) {
	return h.deliverAll(ctx, func(s news.HubSubscription) bool { return s.Failures > 0 })
}

// deliverAll sends to every subscription of a lane what it is owed, if its time
// has come. It returns when the next one is due; zero: nobody is owed anything.
func (h *Hub) deliverAll(ctx context.Context, mine func(news.HubSubscription) bool) (due time.Time, err error) {
	owed, _, err := h.owed(ctx, mine)
	if err != nil {
		return due, err
	}
	err = byHost(ctx, h, owed, func(s news.HubSubscription) string { return s.Host }, h.deliver)
	if err != nil {
		return due, err
	}
	owed, due, err = h.owed(ctx, mine)
	if len(owed) > 0 {
		due = h.o.Now() // a host that was slow, or a feed that changed meanwhile
	}
	return due, err
}

// owed lists the subscriptions of a lane that are owed something now, those
// that failed less often first, and says when the next will be.
func (h *Hub) owed(ctx context.Context, mine func(news.HubSubscription) bool) (owed []news.HubSubscription, next time.Time, err error) {
	subs, err := h.o.Store.HubSubscriptions(ctx)
	if err != nil {
		return nil, next, err
	}
	now := h.o.Now()
	for _, s := range subs {
		f, ok := h.topic(s.Topic)
		switch {
		case !mine(s) || !s.Expires.After(now) || ok && f.ETag == s.Sent || !ok && !h.gone(s.Topic):
		case s.NotBefore.After(now):
			if next.IsZero() || s.NotBefore.Before(next) {
				next = s.NotBefore
			}
		default:
			owed = append(owed, s)
		}
	}
	slices.SortStableFunc(owed, func(a, b news.HubSubscription) int { return a.Failures - b.Failures })
	return owed, next, nil
}

// deliver sends a feed as it is now (W3C WebSub section 7), and keeps how that
// went. A subscription to a feed that is no more ends.
func (h *Hub) deliver(ctx context.Context, s news.HubSubscription) (answered bool, err error) {
	f, ok := h.topic(s.Topic)
	if !ok {
		return h.end(ctx, s, "this feed is no more")
	}
	payload, err := f.Bytes()
	if err != nil {
		return true, err
	}
	head := http.Header{
		"Content-Type": {f.Type},
		// One header for both (section 7).
		"Link": {"<" + h.URL() + `>; rel="hub", <` + s.Topic + `>; rel="self"`},
	}
	if s.Secret != "" {
		mac := hmac.New(sha256.New, []byte(s.Secret))
		mac.Write(payload)
		head.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil))) // section 7.1
	}
	a := h.call(ctx, http.MethodPost, s.Callback, head, payload)
	if err := ctx.Err(); err != nil {
		return false, err // our own end is no failure of the callback
	}
	h.o.Logger.LogAttrs(ctx, slog.LevelDebug, "feed was sent", slog.String("feed", f.Path), slog.String("host", s.Host), slog.Int("status", a.status))
	switch {
	case a.ok():
		if s.Failures > 0 {
			defer wake(h.healthy) // its lane is another now, and the feed may have changed meanwhile
		}
		s.Sent, s.Failures, s.Failing, s.NotBefore = f.ETag, 0, time.Time{}, time.Time{}
		return true, h.o.Store.SaveHubDelivery(ctx, s)
	case a.status == http.StatusGone:
		return true, h.o.Store.EndHubSubscription(ctx, s)
	}
	return h.fail(ctx, s, a)
}

// fail keeps that a delivery failed. The subscription lives on, and so does the
// wish to deliver, until its lease ends (section 7) or it has failed for so
// long that the hub denies it (section 5.2).
func (h *Hub) fail(ctx context.Context, s news.HubSubscription, a answer) (answered bool, err error) {
	now := h.o.Now()
	if s.Failures == 0 {
		s.Failing = now
		defer wake(h.failing)
	}
	if s.Failures++; now.Sub(s.Failing) >= h.o.Limits.GiveUp || s.Failures >= maxFailures {
		h.o.Logger.LogAttrs(ctx, slog.LevelInfo, "subscription was ended, its callback takes nothing", slog.String("host", s.Host), slog.Int("failures", s.Failures))
		return h.end(ctx, s, "deliveries to this callback have failed for too long")
	}
	s.NotBefore = now.Add(max(h.jitter(backoff(s.Failures)), a.retry))
	return a.reached(), h.o.Store.SaveHubDelivery(ctx, s)
}

// backoff is how long the delivery after so many failures waits.
func backoff(failures int) time.Duration {
	return min(backoffMin<<min(failures-1, 20), backoffMax)
}

// end ends a subscription and tells its callback. Told first: a kill in between
// tells it twice.
func (h *Hub) end(ctx context.Context, s news.HubSubscription, reason string) (answered bool, err error) {
	if answered, err = h.deny(ctx, s.Topic, s.Callback, reason); err != nil {
		return answered, err
	}
	return answered, h.o.Store.EndHubSubscription(ctx, s)
}
