package admin

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/rightswire/rightswire/news"
)

// loginView is the login's page.
type loginView struct {
	Next    string // page to go on to; "": the first one
	Wrong   string // what was wrong; "": nothing
	ByProxy bool   // there is no password: a proxy lets people in
}

// loginPage asks for name and password.
func (d *Desk) loginPage(w http.ResponseWriter, r *http.Request) error {
	return d.askPassword(w, http.StatusOK, r.URL.Query().Get("next"), "")
}

func (d *Desk) askPassword(w http.ResponseWriter, status int, next, wrong string) error {
	if next = ownPath(next); next == home {
		next = ""
	}
	return d.render(w, status, "login.html", frame{Title: "Log in", Page: loginView{next, wrong, d.opt.Login.People == nil}})
}

// login opens a session for whoever knows a name and its password. What was
// typed is put on record nowhere: people type passwords into the wrong field.
func (d *Desk) login(w http.ResponseWriter, r *http.Request) error {
	if err := readForm(w, r, smallForm); err != nil {
		return err
	}
	next := r.PostFormValue("next")
	client := clientOf(r, d.opt.Login.ProxyFrom)
	if wait := d.throttle.take(client); wait > 0 {
		return d.tooMany(w, next, wait)
	}
	select {
	case d.hashing <- struct{}{}:
	case <-r.Context().Done():
		return r.Context().Err()
	}
	p := whoIs(d.people(r.Context()), r.PostFormValue("username"), r.PostFormValue("password"))
	<-d.hashing
	if p == nil {
		d.note(r, news.AuditEntry{What: "login", Error: "wrong name or password"})
		return d.askPassword(w, http.StatusUnauthorized, next, "The name or the password is wrong.")
	}
	d.throttle.clear(client)
	d.sessions.begin(w, r, p.Name, p.tag())
	d.note(r, news.AuditEntry{Who: p.Name, What: "login"})
	w.Header().Set("Location", ownPath(next))
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// tooMany says when the next password may be tried; no password is looked at.
func (d *Desk) tooMany(w http.ResponseWriter, next string, wait time.Duration) error {
	seconds := int(wait.Seconds()) + 1
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return d.askPassword(w, http.StatusTooManyRequests, next, fmt.Sprintf("Too many passwords were tried. Wait %d seconds.", seconds))
}

// logout ends the session on the server, and takes the cookie back: browsers
// keep pages in memory for the way back, and let go of them when it changes.
func (d *Desk) logout(w http.ResponseWriter, v *visit) error {
	d.record(v, done{}, nil)
	d.sessions.end(w, v.Request)
	w.Header().Set("Location", "/admin/login")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// note puts something on record that needs no login.
func (d *Desk) note(r *http.Request, e news.AuditEntry) {
	e.At, e.From = d.opt.Now(), clientOf(r, d.opt.Login.ProxyFrom).Addr().String()
	level := slog.LevelInfo
	if e.Error != "" {
		level = slog.LevelWarn
	}
	d.opt.Log.LogAttrs(r.Context(), level, "the desk acted", slog.String("who", e.Who), slog.String("from", e.From),
		slog.String("what", e.What), slog.String("object", e.Object), slog.String("err", e.Error))
	if err := d.opt.Audit.AddAudit(detached(r), e); err != nil {
		d.opt.Log.LogAttrs(r.Context(), slog.LevelError, "what the desk did was not put on record", slog.Any("err", err))
	}
}
