package admin

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"sync"
	"time"
)

// maxSessions bounds what is remembered; beyond it the one that was silent
// longest ends.
const maxSessions = 1000

// session is somebody who has logged in.
//
// Sessions are kept in memory, under the hash of their id: a restart logs
// everybody out, and neither a copy of the database nor one of the memory's
// keys lets anybody in.
type session struct {
	who   string
	tag   string // of the password that it was opened with; "": a proxy vouches
	token string // proves that a form is one of ours (S35)
	made  time.Time
	seen  time.Time

	say notice // for the next page
}

// notice is what the next page says about the last action.
type notice struct {
	Text string
	Bad  bool
}

// sessions are all that are open.
type sessions struct {
	cookie    string
	secure    bool
	idle, max time.Duration
	now       func() time.Time

	mu   sync.Mutex
	open map[[sha256.Size]byte]*session
}

func newSessions(l Login, now func() time.Time) *sessions {
	s := &sessions{cookie: "rightswire", secure: l.Secure, idle: l.Idle, max: l.Max, now: now, open: map[[sha256.Size]byte]*session{}}
	if s.secure {
		s.cookie = "__Host-rightswire" // no other host and no path can set it
	}
	return s
}

// begin opens a session and hands its id to the browser. An id that the
// browser had before is never taken over, and its session ends (S36).
func (s *sessions) begin(w http.ResponseWriter, r *http.Request, who, tag string) *session {
	s.end(w, r)
	id := rand.Text() + rand.Text()
	now := s.now()
	ses := &session{who: who, tag: tag, token: rand.Text() + rand.Text(), made: now, seen: now}
	s.mu.Lock()
	s.makeRoom()
	s.open[sha256.Sum256([]byte(id))] = ses
	s.mu.Unlock()
	http.SetCookie(w, s.bake(id, 0))
	return ses
}

// makeRoom drops sessions that have ended, and the most silent one if there
// are too many.
func (s *sessions) makeRoom() {
	var oldest [sha256.Size]byte
	var at time.Time
	for key, ses := range s.open {
		if s.over(ses) {
			delete(s.open, key)
		} else if at.IsZero() || ses.seen.Before(at) {
			oldest, at = key, ses.seen
		}
	}
	if len(s.open) >= maxSessions {
		delete(s.open, oldest)
	}
}

func (s *sessions) over(ses *session) bool {
	now := s.now()
	return now.Sub(ses.seen) >= s.idle || now.Sub(ses.made) >= s.max
}

// of returns the open session that a request belongs to; nil: none.
func (s *sessions) of(r *http.Request) *session {
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return nil
	}
	key := sha256.Sum256([]byte(c.Value))
	s.mu.Lock()
	defer s.mu.Unlock()
	ses := s.open[key]
	if ses == nil {
		return nil
	}
	if s.over(ses) {
		delete(s.open, key)
		return nil
	}
	ses.seen = s.now()
	return ses
}

// end closes the session of a request, here and in the browser.
func (s *sessions) end(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie(s.cookie); err == nil {
		s.drop(r)
		http.SetCookie(w, s.bake("", -1))
	}
}

func (s *sessions) bake(id string, age int) *http.Cookie {
	return &http.Cookie{
		Name: s.cookie, Value: id, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode,
	}
}

// tell leaves a notice for the next page of a session.
func (s *sessions) tell(ses *session, n notice) {
	s.mu.Lock()
	ses.say = n
	s.mu.Unlock()
}

// told takes the notice away.
func (s *sessions) told(ses *session) notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := ses.say
	ses.say = notice{}
	return n
}

// proves reports whether a form holds the token of the session.
func (ses *session) proves(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(ses.token)) == 1
}

// drop closes the session of a request on the server; the browser keeps an id
// that opens nothing.
func (s *sessions) drop(r *http.Request) {
	if c, err := r.Cookie(s.cookie); err == nil {
		s.mu.Lock()
		delete(s.open, sha256.Sum256([]byte(c.Value)))
		s.mu.Unlock()
	}
}
