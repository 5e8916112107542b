package storagetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// hubRequest is a wish of the callback /name at a host.
func hubRequest(mode, host, name string) news.HubRequest {
	return news.HubRequest{
		At: Start, Mode: mode, Topic: "https://wire.example/feeds/all.rss", Callback: "https://" + host + "/" + name, Host: host,
		Secret: "s " + name, Lease: time.Hour,
	}
}

// confirmed keeps a wish and confirms it at once.
func (a archive) confirmed(r news.HubRequest, sent string) {
	a.Helper()
	equal(a.T, "AddHubRequest", a.AddHubRequest(a.Context(), r), nil)
	list, err := a.HubRequests(a.Context())
	if err != nil || len(list) == 0 {
		a.Fatalf("HubRequests = %v, %v", list, err)
	}
	equal(a.T, "ConfirmHubRequest", a.ConfirmHubRequest(a.Context(), list[len(list)-1], r.At.Add(r.Lease), sent), nil)
}

func (a archive) hubSubscriptions(want ...news.HubSubscription) {
	a.Helper()
	got, err := a.HubSubscriptions(a.Context())
	if err != nil {
		a.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(news.HubSubscription{}, "ID"), cmpopts.EquateEmpty()); d != "" {
		a.Errorf("HubSubscriptions: -want +got\n%s", d)
	}
}

func hubKeepsSubscriptions(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	wish := hubRequest(news.HubSubscribe, "a.example", "1")
	a.confirmed(wish, "h1")
	sub := news.HubSubscription{Topic: wish.Topic, Callback: wish.Callback, Host: "a.example", Secret: "s 1", Expires: Start.Add(time.Hour), Sent: "h1"}
	a.hubSubscriptions(sub)

	sub.Failures, sub.Failing, sub.NotBefore = 3, Start, Start.Add(time.Minute)
	equal(t, "SaveHubDelivery", s.SaveHubDelivery(t.Context(), sub), nil)
	a.hubSubscriptions(sub)

	// Renewed: another secret and lease, and what was owed is still owed.
	wish.Secret, wish.Lease = "new", 2*time.Hour
	a.confirmed(wish, "h2")
	old := sub
	sub.Secret, sub.Expires, sub.Failures, sub.Failing, sub.NotBefore = "new", Start.Add(2*time.Hour), 0, time.Time{}, time.Time{}
	a.hubSubscriptions(sub)
	equal(t, "EndHubSubscription of what was renewed", s.EndHubSubscription(t.Context(), old), nil)
	a.hubSubscriptions(sub)

	a.confirmed(hubRequest(news.HubUnsubscribe, "a.example", "1"), "")
	a.hubSubscriptions()
	equal(t, "SaveHubDelivery after the end", s.SaveHubDelivery(t.Context(), sub), nil)
	a.hubSubscriptions()
}

func hubLeasesEnd(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	short, long := hubRequest(news.HubSubscribe, "a.example", "1"), hubRequest(news.HubSubscribe, "b.example", "2")
	long.Lease = 2 * time.Hour
	a.confirmed(short, "h")
	a.confirmed(long, "h")
	equal(t, "ExpireHub", s.ExpireHub(t.Context(), Start.Add(time.Hour)), nil)
	sub := news.HubSubscription{Topic: long.Topic, Callback: long.Callback, Host: "b.example", Secret: "s 2", Expires: Start.Add(2 * time.Hour), Sent: "h"}
	a.hubSubscriptions(sub)
	equal(t, "EndHubSubscription", s.EndHubSubscription(t.Context(), sub), nil)
	a.hubSubscriptions()
}

func hubRequestsWait(t *testing.T, s *storage.Store) {
	a := archive{t, s}
	first := hubRequest(news.HubSubscribe, "a.example", "1")
	equal(t, "AddHubRequest", s.AddHubRequest(t.Context(), first), nil)
	read, err := s.HubRequests(t.Context())
	if err != nil || len(read) != 1 {
		t.Fatalf("HubRequests = %v, %v", read, err)
	}
	first.ID = read[0].ID
	equal(t, "HubRequests", read[0], first)

	// The latest wish counts, and the end of the earlier one does not touch it.
	later := first
	later.Mode, later.At = news.HubUnsubscribe, Start.Add(time.Second)
	equal(t, "AddHubRequest again", s.AddHubRequest(t.Context(), later), nil)
	equal(t, "DropHubRequest of the earlier", s.DropHubRequest(t.Context(), first), nil)
	read, err = s.HubRequests(t.Context())
	if err != nil || len(read) != 1 || read[0].Mode != news.HubUnsubscribe {
		t.Fatalf("HubRequests = %v, %v, want the later wish", read, err)
	}

	a.confirmed(hubRequest(news.HubSubscribe, "b.example", "1"), "h")
	a.confirmed(hubRequest(news.HubSubscribe, "a.example", "2"), "h")
	all, ofHost, err := s.HubPlaces(t.Context(), "a.example")
	if all != 3 || ofHost != 2 || err != nil {
		t.Errorf("HubPlaces = %d, %d, %v, want 3, 2", all, ofHost, err)
	}
	for callback, want := range map[string]bool{"https://a.example/1": true, "https://a.example/2": true, "https://a.example/3": false} {
		if has, err := s.HubSubscribed(t.Context(), first.Topic, callback); has != want || err != nil {
			t.Errorf("HubSubscribed(%s) = %t, %v, want %t", callback, has, err, want)
		}
	}
	equal(t, "DropHubRequest", s.DropHubRequest(t.Context(), read[0]), nil)
	if read, err = s.HubRequests(t.Context()); err != nil || len(read) != 0 {
		t.Errorf("HubRequests = %v, %v, want none", read, err)
	}
}
