package admin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/rightswire/rightswire/news"
)

// visit is one request of somebody who is logged in.
type visit struct {
	*http.Request
	session *session
	who     string
}

// refusal is an error that is the visitor's, with the status that says so.
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

func refuse(status int, format string, args ...any) error {
	return refusal{status, fmt.Sprintf(format, args...)}
}

// show registers a page.
func (d *Desk) show(mux *http.ServeMux, pattern string, page func(http.ResponseWriter, *visit) error) {
	mux.Handle(pattern, d.open(func(w http.ResponseWriter, r *http.Request) error {
		v := d.visitor(w, r)
		if v == nil {
			toLogin(w, r)
			return nil
		}
		return page(w, v)
	}))
}

// toLogin sends a visitor to the login, and on from there to a page that was
// asked for.
func toLogin(w http.ResponseWriter, r *http.Request) {
	to := "/admin/login"
	if next := ownPath(r.URL.RequestURI()); r.Method == http.MethodGet && next != home {
		to += "?" + url.Values{"next": {next}}.Encode()
	}
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// visitor returns who asks; nil: somebody who is not logged in, or whose
// password is another one by now.
func (d *Desk) visitor(w http.ResponseWriter, r *http.Request) *visit {
	ses := d.sessions.of(r)
	if who := d.vouched(r); who != "" {
		if ses == nil || ses.who != who || ses.tag != "" {
			ses = d.sessions.begin(w, r, who, "")
		}
		return &visit{r, ses, who}
	}
	if ses == nil {
		return nil
	}
	// A session that a proxy vouched for has nobody's tag: it ends with the
	// proxy's word.
	for _, p := range d.people(r.Context()) {
		if p.Name == ses.who && p.tag() == ses.tag {
			return &visit{r, ses, ses.who}
		}
	}
	d.sessions.end(w, r)
	return nil
}

// vouched returns the name that a proxy of ours gives; "" if none does.
func (d *Desk) vouched(r *http.Request) string {
	l := d.opt.Login
	if l.ProxyHeader == "" || !trusted(peer(r), l.ProxyFrom) {
		return ""
	}
	names := r.Header.Values(l.ProxyHeader)
	if len(names) != 1 || !ValidName(names[0]) { // two: somebody has added one in front
		return ""
	}
	return names[0]
}

// people returns who may log in by password: nobody if that cannot be read,
// which is logged.
func (d *Desk) people(ctx context.Context) []Person {
	if d.opt.Login.People == nil {
		return nil
	}
	list, err := d.opt.Login.People()
	if err != nil {
		d.opt.Log.LogAttrs(ctx, slog.LevelError, "nobody can log in to the desk's pages", slog.Any("err", err))
		return nil
	}
	return list
}

// done is what an action came to.
type done struct {
	object        string // such as "source my-union"
	before, after string // what it was and is, for the record
	say           string // to whoever did it
	to            string // page to go to; "": the one that the form was on
}

// action changes something. What it returns goes on record, also with an error.
type action func(v *visit) (done, error)

// act registers an action: a form that is posted by somebody who is logged in,
// on a page of theirs. limit bounds the form, in bytes.
func (d *Desk) act(mux *http.ServeMux, pattern string, limit int64, do action) {
	d.form(mux, pattern, limit, func(w http.ResponseWriter, v *visit) error {
		out, err := do(v)
		d.record(v, out, err)
		if err != nil {
			d.sessions.tell(v.session, notice{sentence(err.Error()), true})
		} else if out.say != "" {
			d.sessions.tell(v.session, notice{out.say, false})
		}
		to := out.to
		if to == "" {
			to = ownPath(v.PostFormValue("back"))
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusSeeOther)
		return nil
	})
}

// form registers a page that a form leads to, which is one of ours (S35).
func (d *Desk) form(mux *http.ServeMux, pattern string, limit int64, page func(http.ResponseWriter, *visit) error) {
	d.formOr(mux, pattern, limit, page, func(w http.ResponseWriter, r *http.Request) error {
		toLogin(w, r)
		return nil
	}, func(http.ResponseWriter, *visit) error {
		return refuse(http.StatusForbidden, "This form is not from a page of your session. Go back, reload the page and send it again.")
	})
}

// formOr is [Desk.form] that says what happens to a form of somebody who is not
// logged in, and to one of another session.
func (d *Desk) formOr(mux *http.ServeMux, pattern string, limit int64, page func(http.ResponseWriter, *visit) error,
	stranger func(http.ResponseWriter, *http.Request) error, foreign func(http.ResponseWriter, *visit) error) {
	mux.Handle(pattern, d.open(func(w http.ResponseWriter, r *http.Request) error {
		v := d.visitor(w, r)
		if v == nil {
			return stranger(w, r)
		}
		if err := readForm(w, r, limit); err != nil {
			return err
		}
		if !v.session.proves(r.PostFormValue("csrf_token")) {
			return foreign(w, v)
		}
		return page(w, v)
	}))
}

// editor registers the form of a long text. Sessions end during a long edit:
// what was written is not thrown away then, but shown again, and not saved. That
// is safe for a form of any origin, as it is what whoever is logged in then sees
// before they decide; and browsers' forms of other sites do not come so far.
func (d *Desk) editor(mux *http.ServeMux, pattern string, page func(http.ResponseWriter, *visit) error) {
	d.formOr(mux, pattern, textForm, page, func(http.ResponseWriter, *http.Request) error {
		return refuse(http.StatusForbidden, "Your session has ended, and nothing was saved. Your text is not lost: keep this page, log in in another tab, then reload this page and let the browser send the form again.")
	}, func(w http.ResponseWriter, v *visit) error {
		v.SetPathValue("deed", "check")
		d.sessions.tell(v.session, notice{"This text was sent from another session. Nothing was saved; look it over first.", true})
		return page(w, v)
	})
}

// readForm reads a form within its bounds.
func readForm(w http.ResponseWriter, r *http.Request, limit int64) error {
	large := refuse(http.StatusRequestEntityTooLarge, "This is more than %d KiB, which is more than this form takes.", limit>>10)
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close") // or the rest of it would be read
		return large
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(limit) // all of it in memory: no file is ever written
	} else {
		err = r.ParseForm()
	}
	if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
		return large
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "The form could not be read.")
	}
	return nil
}

// open adapts a handler that returns an error. It is the only place that turns
// an error into a status.
func (d *Desk) open(h func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		var no refusal
		switch {
		case err == nil, r.Context().Err() != nil:
		case errors.As(err, &no):
			d.sorry(w, r, no.status, no.text)
		case errors.Is(err, news.ErrNotFound):
			d.sorry(w, r, http.StatusNotFound, "There is no such page. What it was about may have gone.")
		default:
			d.opt.Log.LogAttrs(r.Context(), slog.LevelError, "page of the desk failed",
				slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("err", err))
			d.sorry(w, r, http.StatusInternalServerError, "This page could not be made. The log says why.")
		}
	})
}

// sentence makes a sentence of an error.
func sentence(s string) string {
	if s == "" {
		return s
	}
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:] + "."
}
