package hub

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/web/client"
)

// What a request may be long.
const (
	maxForm     = 16 << 10
	maxCallback = 2 << 10
	maxSecret   = 199 // less than 200 bytes (W3C WebSub section 5.1)
)

// refusal is why a request is not accepted, in words for its developer.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

func bad(format string, args ...any) error {
	return refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// ServeHTTP takes a subscription request in (W3C WebSub section 5.1). 202 says
// that the callback will be asked; whatever it answers, nobody is told here.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	err := h.accept(w, r)
	var no refusal
	switch {
	case err == nil:
		say(w, http.StatusAccepted, "the callback will be asked")
	case errors.As(err, &no):
		if no.status == http.StatusTooManyRequests || no.status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "60")
		}
		say(w, no.status, no.text)
	case r.Context().Err() != nil:
		// Who asked hung up.
	default:
		h.o.Logger.LogAttrs(r.Context(), slog.LevelError, "request to the hub was not taken in", slog.Any("err", err))
		w.Header().Set("Retry-After", "60")
		say(w, http.StatusServiceUnavailable, "try again")
	}
}

// say answers with a line of plain text, which repeats nothing of the request.
func say(w http.ResponseWriter, status int, text string) {
	head := w.Header()
	head.Set("Content-Type", "text/plain; charset=utf-8")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // who hung up is no error of ours
}

func (h *Hub) accept(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return refusal{http.StatusMethodNotAllowed, "this is a WebSub hub; subscribe by POST, https://www.w3.org/TR/websub/#subscriber-sends-subscription-request"}
	}
	now := h.o.Now()
	if !h.clients.take(client.Of(r).String(), now) {
		return refusal{http.StatusTooManyRequests, "too many requests; try again later"}
	}
	if h.site.Load() == nil {
		return refusal{http.StatusServiceUnavailable, "the first edition is being made; try again later"}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return refusal{http.StatusUnsupportedMediaType, "send application/x-www-form-urlencoded"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return refusal{http.StatusRequestEntityTooLarge, "the request is too long, or ended early"}
	}
	wish, err := parse(string(body), h.o.Limits)
	if err != nil {
		return err
	}
	if _, ok := h.topic(wish.Topic); !ok {
		if wish.Mode == news.HubSubscribe {
			return refusal{http.StatusNotFound, "hub.topic is no feed of this site; take it from rel=self"}
		}
	}
	wish.At = now
	return h.admit(r, wish)
}

// admit keeps a wish if there is room for it.
func (h *Hub) admit(r *http.Request, wish news.HubRequest) error {
	// Whoever holds the callback's host did not ask for these requests, maybe.
	if !h.targets.take(wish.Host, wish.At) {
		return refusal{http.StatusTooManyRequests, "too many requests for callbacks at this host; try again later"}
	}
	ctx := r.Context()
	has, err := h.o.Store.HubSubscribed(ctx, wish.Topic, wish.Callback)
	if err != nil {
		return err
	}
	if !has {
		all, ofHost, err := h.o.Store.HubPlaces(ctx, wish.Host)
		switch {
		case err != nil:
			return err
		case ofHost >= h.o.Limits.PerHost:
			return refusal{http.StatusServiceUnavailable, "too many subscriptions at this callback's host"}
		case all >= h.o.Limits.Subscriptions:
			return refusal{http.StatusServiceUnavailable, "this hub is full"}
		}
	}
	if err := h.o.Store.AddHubRequest(ctx, wish); err != nil {
		return err
	}
	wake(h.requests)
	return nil
}

// parse reads the form of a request. What is not of WebSub in it does not
// count, and the first of several values does (W3C WebSub section 5.1).
func parse(body string, l Limits) (news.HubRequest, error) {
	form, err := url.ParseQuery(body)
	if err != nil {
		return news.HubRequest{}, bad("the form cannot be read")
	}
	r := news.HubRequest{
		Mode: form.Get("hub.mode"), Topic: form.Get("hub.topic"), Callback: form.Get("hub.callback"), Secret: form.Get("hub.secret"),
	}
	for _, key := range []string{"hub.mode", "hub.topic", "hub.callback"} {
		switch v := form.Get(key); {
		case v == "":
			return r, bad("%s is missing", key)
		case len(v) > maxCallback || !utf8.ValidString(v) || strings.ContainsFunc(v, func(c rune) bool { return c < ' ' || c == 0x7f }):
			return r, bad("%s is too long, or no text", key)
		}
	}
	switch r.Mode {
	case news.HubSubscribe:
	case news.HubUnsubscribe:
		r.Secret = ""
		r.Host, err = callbackHost(r.Callback)
		return r, err // hub.lease_seconds must not count
	case "publish":
		return r, bad("this hub serves one site, which needs no ping")
	default:
		return r, bad("hub.mode is neither subscribe nor unsubscribe")
	}
	if len(r.Secret) > maxSecret {
		return r, bad("hub.secret is not less than 200 bytes")
	}
	if r.Lease, err = lease(form.Get("hub.lease_seconds"), l); err != nil {
		return r, err
	}
	r.Host, err = callbackHost(r.Callback)
	return r, err
}

// lease returns what is granted to who asks for so many seconds; "" asks for
// none in particular.
func lease(seconds string, l Limits) (time.Duration, error) {
	if seconds == "" {
		return l.Lease, nil
	}
	if strings.Trim(seconds, "0123456789") != "" || strings.Trim(seconds, "0") == "" {
		return 0, bad("hub.lease_seconds is no positive decimal integer")
	}
	n, err := strconv.ParseInt(seconds, 10, 32)
	if err != nil { // more than a lifetime
		return l.LeaseMax, nil
	}
	return min(max(time.Duration(n)*time.Second, l.LeaseMin), l.LeaseMax), nil
}

// callbackHost returns the host of a callback that requests can be sent to.
// Whether its address is one of the inside is seen when it is dialled.
func callbackHost(callback string) (string, error) {
	u, err := url.Parse(callback)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Hostname(), ".") == "" || u.Opaque != "":
		return "", bad("hub.callback is no http or https URL")
	case u.User != nil:
		return "", bad("hub.callback holds a user name or password")
	case u.Fragment != "" || strings.HasSuffix(callback, "#"):
		return "", bad("hub.callback has a fragment")
	}
	return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), nil
}
