package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/digest"
)

// digestWire is a newsroom that posts its digest on Mondays at seven to a hook,
// at a time of its own. restart gives it a new process.
func digestWire(t *testing.T, hook *fetchtest.Origin, now *time.Time) (w *wire, restart func()) {
	t.Helper()
	t.Setenv("RW_HOOK", "key of the hook")
	d, _ := testDaemon(t, "site: {url: 'https://wire.example', contact: desk@example.org}\nfetch: {allow: [127.0.0.0/8], per_domain: {gap: 0s}}\n"+
		"schedule: {digest: '0 7 * * MON'}\ndigest: {webhook: {url: '"+hook.URL("/hook")+"', secret: $RW_HOOK}}\nsources: []\n")
	d.wire.app.now = func() time.Time { return *now }
	return d.wire, func() { d.wire.digests = newDigests(d.wire) }
}

// posted returns the ids of the digests that a hook was sent.
func posted(hook *fetchtest.Origin) (ids []string) {
	for _, r := range hook.Requests("/hook") {
		ids = append(ids, r.Header.Get("Rightswire-Delivery"))
	}
	return ids
}

// A digest is sent once for each due time, whatever is restarted, and not for
// those that were due before the wire knew of digests.
func TestADigestIsSentOnce(t *testing.T) {
	hook := fetchtest.New(t).On("/hook", fetchtest.Answer{Status: http.StatusNoContent})
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) // a Sunday
	w, restart := digestWire(t, hook, &now)
	tick := func(at time.Time, want int, when string) {
		t.Helper()
		now = at
		restart()
		if err := w.digests.send(t.Context(), w.cfg); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		if got := posted(hook); len(got) != want {
			t.Fatalf("%s: sent %q, want %d", when, got, want)
		}
	}
	monday := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	tick(now, 0, "the first tick of all")
	tick(monday.Add(-time.Second), 0, "before it is due")
	tick(monday, 1, "when it is due")
	tick(monday.Add(time.Minute), 1, "a minute later")
	tick(monday.Add(6*24*time.Hour), 1, "before it is due again")
	tick(monday.Add(7*24*time.Hour+3*time.Hour), 2, "after an outage over the due time")
	tick(monday.Add(21*24*time.Hour), 3, "after one over two due times")
	if got := slices.Compact(posted(hook)); len(got) != 3 {
		t.Errorf("ids %q, want one for each", got)
	}
	var d digest.Digest
	r := hook.Requests("/hook")[2]
	if err := json.Unmarshal([]byte(r.Body), &d); err != nil || !d.From.Equal(monday.Add(7*24*time.Hour)) || !d.Until.Equal(monday.Add(21*24*time.Hour)) {
		t.Errorf("digest from %v until %v, %v; want all since the one before", d.From, d.Until, err)
	}
	mac := hmac.New(sha256.New, []byte("key of the hook"))
	mac.Write([]byte(r.Body))
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); r.Header.Get("Rightswire-Signature") != want || r.Method != http.MethodPost {
		t.Errorf("%s signed %q, want %q", r.Method, r.Header.Get("Rightswire-Signature"), want)
	}
}

// A hook that fails is tried again, ever more seldom, with the same digest;
// one that refuses is not, and after a day nobody is.
func TestADigestIsTriedAgain(t *testing.T) {
	monday := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		status []int
		ticks  int // minutes
		want   int
		fails  bool // the last try
	}{
		{"a hook that is well again gets it", []int{503, 500, 204}, 60, 3, false},
		{"a hook that refuses is not asked again", []int{403}, 60, 1, true},
		{"a redirect is a refusal", []int{302}, 60, 1, true},
		{"a hook that stays down is asked ever more seldom, for a day", []int{500}, 3 * 24 * 60, 8, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var answers []fetchtest.Answer
			for _, s := range tt.status {
				answers = append(answers, fetchtest.Answer{Status: s, Header: map[string]string{"Location": "/elsewhere"}})
			}
			hook := fetchtest.New(t).On("/hook", answers...)
			now := monday.Add(-time.Hour)
			w, restart := digestWire(t, hook, &now)
			w.digests.send(t.Context(), w.cfg)
			for m := range tt.ticks {
				now = monday.Add(time.Duration(m) * time.Minute)
				if m%60 == 0 {
					restart()
				}
				before := len(posted(hook))
				if err := w.digests.send(t.Context(), w.cfg); err == nil && tt.fails && len(posted(hook)) > before {
					t.Fatal("no error is returned")
				}
			}
			got := posted(hook)
			if len(got) != tt.want || len(slices.Compact(got)) != 1 {
				t.Errorf("asked %d times for %q, want %d for one digest", len(got), slices.Compact(got), tt.want)
			}
		})
	}
}

// A process that is killed while it sends leaves the digest owed.
func TestADigestOutlivesAKill(t *testing.T) {
	hook := fetchtest.New(t).On("/hook", fetchtest.Answer{Status: http.StatusNoContent})
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	w, restart := digestWire(t, hook, &now)
	w.digests.send(t.Context(), w.cfg)
	now = now.Add(time.Hour)
	if m, err := w.digests.next(t.Context(), w.cfg); err != nil || len(m.ways) != 1 {
		t.Fatalf("next = %v, %v", m.ways, err)
	}
	restart() // and nothing was sent
	now = now.Add(time.Minute)
	if m, _ := w.digests.next(t.Context(), w.cfg); len(m.ways) != 0 {
		t.Error("two may send it at one time")
	}
	now = now.Add(10 * time.Minute)
	if err := w.digests.send(t.Context(), w.cfg); err != nil || len(posted(hook)) != 1 {
		t.Errorf("sent %d, %v, want 1", len(posted(hook)), err)
	}
}

// A digest that was taken while the program stops is not owed any more.
func TestADigestSentAtTheEndIsSettled(t *testing.T) {
	hook := fetchtest.New(t).On("/hook", fetchtest.Answer{Status: http.StatusNoContent})
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	w, restart := digestWire(t, hook, &now)
	w.digests.send(t.Context(), w.cfg)
	ctx, stop := context.WithCancel(t.Context())
	post := w.digests.post
	w.digests.post = roundTrip(func(r *http.Request) (*http.Response, error) {
		res, err := post.RoundTrip(r)
		stop()
		return res, err
	})
	now = now.Add(time.Hour)
	w.digests.send(ctx, w.cfg)
	restart()
	now = now.Add(time.Hour)
	if err := w.digests.send(t.Context(), w.cfg); err != nil || len(posted(hook)) != 1 {
		t.Errorf("sent %d times, %v, want once", len(posted(hook)), err)
	}
}

// One recipient that a mail server does not know keeps the digest from nobody
// else; and a mail that the server took is sent, though it hung up then.
func TestRecipientsAreSettledOneByOne(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	s := &mailServer{mode: "picky"}
	go func() {
		for c, err := ln.Accept(); err == nil; c, err = ln.Accept() {
			go s.talk(c)
		}
	}()
	d, _ := testDaemon(t, "site: {url: 'https://wire.example', contact: desk@example.org}\nschedule: {digest: '0 7 * * MON'}\nsources: []\n"+
		"digest: {mail: {to: [second@example.org, desk@example.org], server: '"+ln.Addr().String()+"', tls: none}}\n")
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	w := d.wire
	w.app.now = func() time.Time { return now }
	w.digests.send(t.Context(), w.cfg)
	now = now.Add(time.Hour)
	if err := w.digests.send(t.Context(), w.cfg); err == nil || !strings.Contains(err.Error(), "no such user") {
		t.Errorf("send = %v, want what the server said of the second one", err)
	}
	now = now.Add(time.Hour)
	if err := w.digests.send(t.Context(), w.cfg); err != nil {
		t.Errorf("an hour later: %v, want that nothing is owed", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got) != 1 || !strings.Contains(s.got[0], "RCPT TO:<desk@example.org>") {
		t.Errorf("mails came: %q, want one to the desk", s.got)
	}
}

func TestDigestWaitsForItsSchedule(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	cfg := config.Default()
	cfg.Digest.Webhook.URL, cfg.Schedule.Timezone = "https://hook.example/", "America/Lima"
	cfg.Sources = []news.Source{{ID: "b"}}
	for _, tt := range []struct {
		name string
		st   digestState
		now  time.Time
		due  time.Time // zero: as it was
	}{
		{"the first time sets the clock only", digestState{}, now, now},
		{"a long pause too", digestState{Due: now.Add(-40 * 24 * time.Hour)}, now, now},
		{"a clock that was wrong too", digestState{Due: now.Add(time.Hour)}, now, now},
		{"its zone counts", digestState{Due: now}, time.Date(2026, 11, 23, 11, 59, 0, 0, time.UTC), time.Time{}},
		{"when it is due there", digestState{Due: now, Sources: []string{"a"}}, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			st := tt.st
			changed, err := st.advance(&cfg, tt.now)
			if err != nil || changed == tt.due.IsZero() || changed && !st.Due.Equal(tt.due) {
				t.Errorf("advance = %v, %v, due %v", changed, err, st.Due)
			}
			if len(tt.st.Sources) > 0 && (len(st.Owed) != 1 || strings.Join(st.Before, " ") != "a" || strings.Join(st.Sources, " ") != "b") {
				t.Errorf("state %+v", st)
			}
		})
	}
}
