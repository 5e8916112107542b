package publisher_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// Every cut has a document for frames and a fragment, with the newest stories
// of its feed; an update that touches other cuts makes neither anew.
func TestEveryCutCanBeEmbedded(t *testing.T) {
	n := small()
	b := newBuilder(t, n, options())
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cuts := 0
	for path, f := range site.Files {
		cut, ok := strings.CutSuffix(path, ".atom")
		if !publisher.IsFeed(path) || !ok {
			continue
		}
		cuts++
		for _, dir := range []string{"/embed/", "/fragment/"} {
			e := site.Files[dir+strings.TrimPrefix(cut, "/feeds/")+".html"]
			if e == nil {
				t.Errorf("%s has none in %s", cut, dir)
				continue
			}
			shown := strings.Count(string(bytesOf(e)), `"StoryURL"`)
			if want := strings.Count(string(bytesOf(f)), "<entry"); shown != min(want, 10) {
				t.Errorf("%s lists %d stories, the feed has %d", e.Path, shown, want)
			}
		}
	}
	if cuts < 5 {
		t.Fatalf("only %d feeds were published", cuts)
	}
	next, _, err := b.Update(t.Context(), site)
	if err != nil || next != site {
		t.Fatalf("Update without news: %v", err)
	}
	n.put(story(9, "beta", "labor", "fr", noon))
	if next, _, err = b.Update(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	if a, b := site.Files["/embed/labor.html"], next.Files["/embed/labor.html"]; a.ETag == b.ETag {
		t.Error("news of a category does not change what shows it")
	}
	if a, b := site.Files["/embed/source/alpha.html"], next.Files["/embed/source/alpha.html"]; a != b {
		t.Error("what shows one source is made anew for news of another one")
	}
}

// What other sites show has an address that is for ever too (F42).
func TestF42_WhatIsEmbeddedMovesWithItsCut(t *testing.T) {
	site := build(t, strikes(), renamed())
	for path, want := range map[string]string{
		"/embed/walkouts.html": "/embed/strikes.html", "/fragment/walkouts/es.html": "/fragment/strikes/es.html", "/embed/cut/emirates.html": "/embed/cut/gulf.html", "/embed/walkouts.rss": "", "/embed/strikes.html": "",
	} {
		if to, forever := site.Elsewhere(path); to != want || forever != (want != "") {
			t.Errorf("Elsewhere(%q) = %q, %v; want %q for ever", path, to, forever, want)
		}
	}
	if f := site.Files["/embed/walkouts.html"]; f == nil || f.MovedTo != "/embed/strikes.html" || string(bytesOf(f)) != string(bytesOf(site.Files["/embed/strikes.html"])) {
		t.Errorf("a folder does not show the same at the old address: %+v", f)
	}
	if got := site.RetiredAs("/embed/old-topic.html"); got != "/category/old-topic/" {
		t.Errorf("RetiredAs = %q, want the page that says so", got)
	}
}

func TestFollowingMakesWhatOtherSitesShowWhileItHasTheStories(t *testing.T) {
	n := &newsroom{}
	for id := range int64(30) {
		n.put(story(id+1, "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Minute)))
	}
	place := &room{states: map[string]news.EditionState{}}
	place.take(t, build(t, n, options()))
	n.put(story(31, "alpha", "labor", "en", noon.Add(time.Hour)))
	opt := options()
	opt.Recall, opt.Aside = place.recall, &heap{}
	site, _, err := newBuilder(t, n, opt).Follow(t.Context(), place.record, nil)
	if err != nil {
		t.Fatal(err)
	}
	before, embeds := n.read.Load(), 0
	for path, f := range site.Files {
		if publisher.IsEmbed(path) && strings.HasSuffix(path, ".html") {
			embeds++
			if f.Expect(); !strings.Contains(string(bytesOf(f)), "31") {
				t.Errorf("%s lacks the new story", path)
			}
		}
	}
	if again := n.read.Load() - before; embeds == 0 || again > 0 {
		t.Errorf("%d stories were read again for %d files that other sites show", again, embeds)
	}
}
