package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/feeds"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news/health"
	"github.com/rightswire/rightswire/publisher"
)

// The private feed's address is healthPrefix, the token, and healthSuffix.
const (
	healthPrefix = "/health/"
	healthSuffix = ".atom"
)

// What the feed holds: how far back, and how many spells at most.
const (
	healthFeedAge = 60 * 24 * time.Hour
	healthFeedMax = 200
)

// healthFeed serves what has begun and ended with the sources to whoever knows
// its address. It is on the public listener, because the readers that a desk
// uses, and all that read in a browser, cannot reach the other one; its address
// is the secret, and stands in no page, no sitemap and no robots.txt.
//
// The zero value has no feed.
type healthFeed struct {
	// now is the hash of the token and the address of the site; nil: no feed.
	now atomic.Pointer[healthAddress]
}

type healthAddress struct {
	token [sha256.Size]byte
	site  string
	title string
}

// set takes over what a configuration says. A token that it drops leads
// nowhere from this moment on.
func (h *healthFeed) set(cfg *config.Config) {
	if cfg.Health.FeedToken == "" {
		h.now.Store(nil)
		return
	}
	h.now.Store(&healthAddress{sha256.Sum256([]byte(cfg.Health.FeedToken)), strings.TrimRight(cfg.Site.URL, "/"), cfg.Site.Title})
}

// mount puts the feed beside the site. Any other token is answered by the site,
// as every address that does not exist.
func (h *healthFeed) mount(site http.Handler, w *wire) http.Handler {
	h.set(w.cfg)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		at := h.now.Load()
		if at == nil || !at.is(r.URL.Path) || r.Method != http.MethodGet && r.Method != http.MethodHead {
			site.ServeHTTP(rw, r)
			return
		}
		at.serve(rw, r, w)
	})
}

// is reports whether a path is the feed's. The hashes are compared in constant
// time: they tell nobody how much of a guess was right.
func (a *healthAddress) is(path string) bool {
	token, ok := strings.CutPrefix(path, healthPrefix)
	token, atom := strings.CutSuffix(token, healthSuffix)
	if !ok || !atom {
		return false
	}
	sum := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(sum[:], a.token[:]) == 1
}

func (a *healthAddress) serve(rw http.ResponseWriter, r *http.Request, w *wire) {
	body, err := a.render(r.Context(), w, r.URL.Path)
	if err != nil {
		w.app.log.LogAttrs(r.Context(), slog.LevelError, "health feed was not made", slog.Any("err", err))
		http.Error(rw, "the feed cannot be made now; try again later", http.StatusServiceUnavailable)
		return
	}
	sum := sha256.Sum256(body)
	h := rw.Header()
	h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	h.Set("Cache-Control", "private, no-cache") // RFC 9111: no shared cache may keep it
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(rw, r, "", time.Time{}, bytes.NewReader(body))
}

// render makes the feed (RFC 4287): an entry for what has begun, and one for
// its end.
func (a *healthAddress) render(ctx context.Context, w *wire, path string) ([]byte, error) {
	spells, err := w.store.Spells(ctx, w.app.now().Add(-healthFeedAge), healthFeedMax)
	if err != nil {
		return nil, err
	}
	// The id is made of the token and does not tell it.
	id := sha256.Sum256(fmt.Appendf(nil, "health feed %x", a.token))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	feed := &feeds.AtomFeed{
		Xmlns: "http://www.w3.org/2005/Atom", Title: a.title + ": health of the sources",
		Id:     fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:16]),
		Link:   &feeds.AtomLink{Href: a.site + path, Rel: "self", Type: "application/atom+xml"},
		Author: &feeds.AtomAuthor{AtomPerson: feeds.AtomPerson{Name: a.title}},
	}
	var latest time.Time
	for _, s := range spells {
		if !s.Ended.IsZero() {
			feed.Entries = append(feed.Entries, a.entry(s.EndUID(), "over: ", s.Ended, s.Ended, s.Finding, "It is over. It was said: "+s.Says))
			latest = later(latest, s.Ended)
		}
		feed.Entries = append(feed.Entries, a.entry(s.UID(), strings.ToUpper(s.Severity.String())+": ", s.Began, s.Told, s.Finding, s.Says+"\n\nWhat to do: "+s.Do))
		latest = later(latest, s.Told)
	}
	if latest.IsZero() {
		latest = time.Unix(0, 0) // an empty feed has to have a date, and always the same
	}
	feed.Updated = atomTime(latest)
	var b bytes.Buffer
	if err := feeds.WriteXML(feed, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (a *healthAddress) entry(id, head string, published, updated time.Time, f health.Finding, text string) *feeds.AtomEntry {
	name, link := f.Source, a.site+"/source/"+publisher.Slug(f.Source)+"/"
	if name == "" {
		name, link = "the wire", a.site+"/"
	}
	return &feeds.AtomEntry{
		Title: head + name + ": " + string(f.Kind), Id: id, Published: atomTime(published), Updated: atomTime(updated),
		Links: []feeds.AtomLink{{Href: link, Rel: "alternate"}}, Content: &feeds.AtomContent{Type: "text", Content: text},
	}
}

func atomTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
