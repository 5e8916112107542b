package pages

import (
	"testing"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

func TestS03OnlyWebAddressesAreLinkedTo(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/x?y#z":              "https://a.example/x?y#z",
		"http://a.example":                     "http://a.example",
		"javascript:alert(1)":                  "",
		"javascript://youtube.com/%0aalert(1)": "", // S04
		"data:text/html,x":                     "",
		"ftp://a.example/":                     "",
		"//a.example/":                         "",
		"/logout":                              "",
		"https://":                             "",
		"http://[::1":                          "",
		"":                                     "",
	} {
		if got := web(in); got != want {
			t.Errorf("web(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAnOutletCountsOnce(t *testing.T) {
	e := fixtureEntries()[0]
	e.Coverage = append(e.Coverage, e.Coverage[0], publisher.Coverage{Outlet: e.Source})
	if got := (&view{}).entry(e).Reach(); got != "4 outlets" {
		t.Errorf("reach of a story with two reports more of the same outlets = %q, want %q", got, "4 outlets")
	}
}

func TestAnItemWithoutAnAddressHasNoOriginal(t *testing.T) {
	p := fixturePages()[3]
	p.Entries = fixtureEntries()[:1]
	p.Entries[0].URL = p.Entries[0].StoryURL
	d := parse(t, "story", render(t, newRenderer(t), p))
	d.count(".onward", 0)
	d.count(".meta .outlet a", 0)
	d.text(".meta .outlet", "Harbour Dispatch")
}

func TestSectionsLeaveOutWhatTheBarHas(t *testing.T) {
	p := fixturePages()[0]
	p.Nav = append([]publisher.NavItem{{Title: "Latest", Path: "/", Current: true}, {Title: "Feeds", Path: "/feeds/"}}, p.Nav...)
	d := parse(t, "home", render(t, newRenderer(t), p))
	d.count(`.sections a[href="/"], .sections a[href="/feeds/"]`, 0)
	d.count(".sections a", len(p.Nav)-2)
}

func TestTimesAreUTCWhateverTheirZone(t *testing.T) {
	at := time.Date(2026, 11, 24, 1, 30, 0, 0, time.FixedZone("", 5*3600))
	if got, want := stamp(at), "23 Nov 2026, 20:30 UTC"; got != want {
		t.Errorf("stamp(%v) = %q, want %q", at, got, want)
	}
	if got, want := machine(at), "2026-11-23T20:30:00Z"; got != want {
		t.Errorf("machine(%v) = %q, want %q", at, got, want)
	}
	if got, want := longDay(at), "Monday, 23 November 2026"; got != want {
		t.Errorf("longDay(%v) = %q, want %q", at, got, want)
	}
}

func TestAnEntryOutOfOrderGetsADayOfItsOwn(t *testing.T) {
	es := fixtureEntries()
	got, err := (&view{r: newRenderer(t)}).days([]publisher.Entry{es[0], es[2], es[1]})
	if err != nil || len(got) != 3 || got[0].ID != "2026-11-24" || got[1].ID != "2026-11-23" || got[2].ID != "" {
		t.Errorf("days = %d with ids %q, %q, %q, want three and no id twice", len(got), got[0].ID, got[1].ID, got[2].ID)
	}
}

// A page of 50 stories is what a poll renders most of.
func BenchmarkRenderList(b *testing.B) {
	r, err := New()
	if err != nil {
		b.Fatal(err)
	}
	p := fixturePages()[0]
	for len(p.Entries) < 50 {
		p.Entries = append(p.Entries, p.Entries...)
	}
	p.Entries = p.Entries[:50]
	for b.Loop() {
		if _, err := r.Append(nil, p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRenderStory(b *testing.B) {
	r, err := New()
	if err != nil {
		b.Fatal(err)
	}
	p := fixturePages()[3]
	for b.Loop() {
		if _, err := r.Append(nil, p); err != nil {
			b.Fatal(err)
		}
	}
}
