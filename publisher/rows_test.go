package publisher_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// Every feed is read to its end by a parser that is not ours, whatever the
// items say. Validators look at the demo and at the encoders' golden files.
func TestF01_EveryFeedIsWellFormed(t *testing.T) {
	site := build(t, hostile(), options())
	for _, path := range slices.Sorted(maps.Keys(site.Files)) {
		body := string(bytesOf(site.Files[path]))
		switch {
		case strings.HasSuffix(path, ".json"):
			if !json.Valid([]byte(body)) {
				t.Errorf("%s is no JSON", path)
			}
		case strings.HasSuffix(path, ".rss"), strings.HasSuffix(path, ".atom"), strings.HasSuffix(path, ".opml"):
			d := xml.NewDecoder(strings.NewReader(body))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s: %v", path, err)
				}
			}
		}
	}
}

// hostile is a newsroom whose items hold what must not be published. Items are
// sanitised before they are stored; what the publisher writes of its own is
// only text and web addresses.
func hostile() *newsroom {
	n := small()
	for i := range n.stories {
		it := &n.stories[i].Items[0]
		it.Title, it.Author = `Strike <script>steal()</script> & "more" ]]>`, `<img src=x onerror=steal()>`
		it.Summary = "A summary <iframe src='https://frame.example/'> \x00\x08 ￿"
		it.URL, it.Image = "javascript:steal()", "data:text/html,steal()"
		it.Enclosures = []news.Enclosure{{URL: "javascript:steal()", Type: "audio/mpeg"}}
	}
	return n
}

// No address that runs leaves the publisher as one, and no markup of a field
// that is text does.
func TestF26_FieldsThatAreTextHoldNoMarkup(t *testing.T) {
	site := build(t, hostile(), options())
	bad := regexp.MustCompile(`(?i)<(script|iframe|img)\b|(href|src|url)="(javascript|data):|"(javascript|data):`)
	for _, path := range slices.Sorted(maps.Keys(site.Files)) {
		if !strings.HasPrefix(path, "/feeds/") || strings.HasSuffix(path, ".html") || strings.HasSuffix(path, ".json") {
			continue
		}
		if hit := bad.FindString(string(bytesOf(site.Files[path]))); hit != "" {
			t.Errorf("%s holds %q", path, hit)
		}
	}
}

// What has no visible report is no entry, and a source that never had one adds
// nothing but its own empty feed.
func TestF40_AStoryWithoutReportsIsNoEntry(t *testing.T) {
	n := small()
	empty := story(9, "alpha", "labor", "en", noon)
	empty.Items = nil
	site := build(t, hollow{n, empty}, options())
	if got := read(t, site, "/feeds/all"); len(got.Items) != 3 {
		t.Errorf("%d entries, want the 3 that say something: %q", len(got.Items), got.titles())
	}
}

// hollow is a newsroom that lists one story more, of which nothing is visible.
type hollow struct {
	*newsroom
	empty news.Story
}

func (h hollow) StoryMarks(ctx context.Context, q news.Query) ([]news.StoryMark, error) {
	out, err := h.newsroom.StoryMarks(ctx, q)
	if q.After == (news.Cursor{}) && len(q.Sources) == 0 && len(out) < q.Limit {
		out = append(out, marksOf([]news.Story{h.empty})...)
	}
	return out, err
}

// A country or a language whose only story was corrected to be about something
// else keeps its feed: whoever has subscribed to it must not be told that there
// is none.
func TestF34_WhatLostItsLastStoryKeepsItsFeed(t *testing.T) {
	site := build(t, former{small()}, options())
	for _, cut := range []string{"/feeds/country/mw", "/feeds/language/ny"} {
		for _, f := range publisher.Formats {
			if site.Files[cut+"."+f.Ext] == nil {
				t.Errorf("%s.%s is gone", cut, f.Ext)
			}
		}
		if got := read(t, site, cut); len(got.Items) != 0 {
			t.Errorf("%s has %d items", cut, len(got.Items))
		}
	}
}

// former is a newsroom that once had a story about Malawi, in Chichewa.
type former struct{ *newsroom }

func (f former) Counts(ctx context.Context) (news.Counts, error) {
	c, err := f.newsroom.Counts(ctx)
	c.Countries["MW"], c.Languages["ny"] = 0, 0
	return c, err
}
