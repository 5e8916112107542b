package hub

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// verifyAll asks the callbacks of all wishes that wait whether they were meant
// (W3C WebSub section 5.3).
func (h *Hub) verifyAll(ctx context.Context) (due time.Time, err error) {
	list, err := h.o.Store.HubRequests(ctx)
	if err != nil {
		return due, err
	}
	err = byHost(ctx, h, list, func(r news.HubRequest) string { return r.Host }, h.verify)
	if err != nil {
		return due, err
	}
	if list, err = h.o.Store.HubRequests(ctx); len(list) > 0 {
		due = h.o.Now() // what came meanwhile, and what a slow host held up
	}
	return due, err
}

// verify asks once. Whatever else than the challenge comes back leaves
// everything as it was; who meant it asks again.
func (h *Hub) verify(ctx context.Context, r news.HubRequest) (answered bool, err error) {
	f, ok := h.topic(r.Topic)
	if r.Mode == news.HubSubscribe && !ok {
		answered, err = h.deny(ctx, r.Topic, r.Callback, "this feed is no more")
		if err != nil {
			return answered, err
		}
		return answered, h.o.Store.DropHubRequest(ctx, r)
	}
	asked := h.o.Now()
	challenge := rand.Text() + rand.Text()
	q := url.Values{"hub.mode": {r.Mode}, "hub.topic": {r.Topic}, "hub.challenge": {challenge}}
	if r.Mode == news.HubSubscribe {
		q.Set("hub.lease_seconds", strconv.FormatInt(int64(r.Lease/time.Second), 10))
	}
	a := h.call(ctx, http.MethodGet, appendQuery(r.Callback, q), nil, nil)
	if err := ctx.Err(); err != nil {
		return false, err // our own end says nothing about the callback
	}
	meant := a.ok() && subtle.ConstantTimeCompare(a.body, []byte(challenge)) == 1
	h.o.Logger.LogAttrs(ctx, slog.LevelDebug, "callback was asked", slog.String("host", r.Host), slog.String("mode", r.Mode),
		slog.Int("status", a.status), slog.Bool("meant", meant))
	if !meant {
		return a.reached(), h.o.Store.DropHubRequest(ctx, r)
	}
	var hash string
	if f != nil {
		hash = f.ETag
	}
	h.o.Logger.LogAttrs(ctx, slog.LevelInfo, "request to the hub was confirmed", slog.String("mode", r.Mode), slog.String("host", r.Host), slog.String("topic", r.Topic))
	// The lease counts from the request (section 5.3).
	return true, h.o.Store.ConfirmHubRequest(ctx, r, asked.Add(r.Lease), hash)
}

// deny tells a callback that its subscription is not possible any more (W3C
// WebSub section 5.2), once: whether it hears of it changes nothing.
func (h *Hub) deny(ctx context.Context, topic, callback, reason string) (answered bool, err error) {
	q := url.Values{"hub.mode": {"denied"}, "hub.topic": {topic}, "hub.reason": {reason}}
	a := h.call(ctx, http.MethodGet, appendQuery(callback, q), nil, nil)
	return a.reached(), ctx.Err()
}

// appendQuery puts parameters behind those that a callback has; none of those
// is changed (W3C WebSub section 5.1.1).
func appendQuery(callback string, q url.Values) string {
	switch {
	case !strings.Contains(callback, "?"):
		return callback + "?" + q.Encode()
	case strings.HasSuffix(callback, "?"), strings.HasSuffix(callback, "&"):
		return callback + q.Encode()
	}
	return callback + "&" + q.Encode()
}
