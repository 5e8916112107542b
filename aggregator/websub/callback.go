package websub

import (
	"crypto/hmac"
	"crypto/sha1" // hubs sign with it; an HMAC does not need more of a hash
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Message is what a hub sent of a topic, signed.
type Message struct {
	Source string
	Topic  string
	Body   []byte
	Header http.Header // the request's
}

// maxChallenge bounds what we repeat at a stranger's wish.
const maxChallenge = 4 << 10

// ServeHTTP is the callback: GET asks whether we meant it, POST brings news.
// The last segment of the path is the token.
func (s *Subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sub, ok, err := s.find(r.Context(), path.Base(r.URL.Path))
	switch {
	case err != nil:
		s.o.Logger.ErrorContext(r.Context(), "subscription was not found out", slog.Any("err", err))
		http.Error(w, "try again", http.StatusServiceUnavailable)
	case !ok:
		http.Error(w, "no such subscription", http.StatusNotFound)
	case r.Method == http.MethodGet:
		s.confirm(w, r, sub)
	case r.Method == http.MethodPost:
		s.take(w, r, sub)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

// confirm answers a hub that asks whether the wish was ours (W3C WebSub section
// 5.3). It was if we asked for exactly this topic a short while ago; we never
// ask to be dropped, so nobody else can have us dropped. Saying no is the hub's
// right at any time (section 5.2).
func (s *Subscriber) confirm(w http.ResponseWriter, r *http.Request, sub news.Subscription) {
	q, now := r.URL.Query(), s.o.Now()
	challenge := q.Get("hub.challenge")
	switch {
	case q.Get("hub.topic") != sub.Topic:
		http.Error(w, "not what was asked for", http.StatusNotFound)
		return
	case q.Get("hub.mode") == "denied":
		sub.Denied, sub.Expires = now, time.Time{}
	case q.Get("hub.mode") == "subscribe" && !sub.Asked.IsZero() && now.Sub(sub.Asked) < patience && challenge != "" && len(challenge) <= maxChallenge:
		lease := s.o.Lease
		if n, err := strconv.ParseInt(q.Get("hub.lease_seconds"), 10, 32); err == nil && n > 0 {
			lease = min(lease, time.Duration(n)*time.Second)
		}
		sub.Denied, sub.Expires = time.Time{}, now.Add(lease)
	default:
		http.Error(w, "not what was asked for", http.StatusNotFound)
		return
	}
	if err := s.o.Store.SaveSubscription(r.Context(), sub); err != nil {
		s.o.Logger.ErrorContext(r.Context(), "subscription was not stored", slog.String("source", sub.Source), slog.Any("err", err))
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	// The hub's own words, which must not be anything in a browser.
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	io.WriteString(w, challenge) // who hung up will ask again
}

// take takes a message in. One that is not signed with our secret is dropped
// without a word, so that nobody learns by trying (W3C WebSub section 8).
func (s *Subscriber) take(w http.ResponseWriter, r *http.Request, sub news.Subscription) {
	if !sub.Active(s.o.Now()) {
		http.Error(w, "no such subscription", http.StatusGone)
		return
	}
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	default:
		later(w)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.o.MaxBody))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		http.Error(w, "at most "+strconv.FormatInt(tooLarge.Limit, 10)+" bytes", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(w, "the message ended early", http.StatusBadRequest)
		return
	}
	if !signed(r.Header.Get("X-Hub-Signature"), sub.Secret, body) {
		s.o.Logger.WarnContext(r.Context(), "unsigned message was dropped", slog.String("source", sub.Source))
		w.WriteHeader(http.StatusAccepted)
		return
	}
	if err := s.o.Deliver(r.Context(), Message{sub.Source, sub.Topic, body, r.Header}); err != nil {
		later(w)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// later makes a hub send again what could not be taken in.
func later(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "60")
	http.Error(w, "try again", http.StatusServiceUnavailable)
}

// methods are the hashes that a signature may name.
var methods = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}

// signed reports whether a signature, "method=hex", is the secret's for a body.
// The comparison takes the same time whatever is wrong with it.
func signed(signature, secret string, body []byte) bool {
	method, value, _ := strings.Cut(signature, "=")
	h, known := methods[strings.ToLower(strings.TrimSpace(method))]
	got, err := hex.DecodeString(strings.TrimSpace(value))
	if !known || err != nil || secret == "" {
		return false
	}
	mac := hmac.New(h, []byte(secret))
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}
