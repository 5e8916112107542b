package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// The desk sees who subscribes, until when and who cannot be reached, and
// nothing of an address but its host.
func TestHubList(t *testing.T) {
	a := newsroomFor(t, "")
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	a.now = func() time.Time { return now }
	list := func(json bool) string {
		t.Helper()
		var out bytes.Buffer
		a.out = &out
		root := newHubList(a)
		root.SetContext(t.Context())
		root.SetArgs([]string{})
		if json {
			root.SetArgs([]string{"--json"})
		}
		if err := root.Execute(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got := list(false); got != "nobody subscribes\n" {
		t.Errorf("before the first run: %q", got)
	}

	store, err := storage.Open(t.Context(), filepath.Join(filepath.Dir(a.config), "rightswire.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const topic = "https://wire.example.org/feeds/all.atom"
	add := func(host, mode string, expires time.Time) {
		t.Helper()
		r := news.HubRequest{At: now, Mode: mode, Topic: topic, Callback: "https://" + host + "/private-token", Host: host, Secret: "hush", Lease: time.Hour}
		if err := store.AddHubRequest(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if expires.IsZero() {
			return
		}
		waiting, err := store.HubRequests(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := store.ConfirmHubRequest(t.Context(), waiting[len(waiting)-1], expires, "hash"); err != nil {
			t.Fatal(err)
		}
	}
	add("b.example", news.HubSubscribe, now.Add(48*time.Hour))
	add("a.example", news.HubSubscribe, now.Add(time.Hour))
	add("over.example", news.HubSubscribe, now)
	add("c.example", news.HubSubscribe, time.Time{})
	add("d.example", news.HubUnsubscribe, time.Time{})
	if err := store.SaveHubDelivery(t.Context(), news.HubSubscription{Topic: topic, Callback: "https://b.example/private-token", Failures: 3, Failing: now, NotBefore: now.Add(4 * time.Minute)}); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}

	const want = `HOST       FEED                                     STATE                    ENDS   FAILURES  NEXT TRY
a.example  https://wire.example.org/feeds/all.atom  active                   in 1h  0         -
b.example  https://wire.example.org/feeds/all.atom  failing                  in 2d  3         in 4m
c.example  https://wire.example.org/feeds/all.atom  waiting to be confirmed  -      0         -
d.example  https://wire.example.org/feeds/all.atom  waiting to be ended      -      0         -
`
	if got := list(false); got != want {
		t.Errorf("hub list:\n%s\nwant\n%s", got, want)
	}
	lines := list(true)
	if !strings.Contains(lines, `{"host":"b.example","topic":"`+topic+`","state":"failing","expires":"2026-03-06T12:00:00Z","failures":3,"next":"2026-03-04T12:04:00Z","signed":true}`) {
		t.Errorf("hub list --json:\n%s", lines)
	}
	if strings.Contains(lines, "private-token") || strings.Contains(lines, "hush") {
		t.Errorf("hub list tells a secret:\n%s", lines)
	}
}
