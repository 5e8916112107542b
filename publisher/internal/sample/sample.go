// Package sample makes the editions that the tests of every encoder share, so
// that the three formats are held to the same odd cases.
package sample

import (
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func edition(entries ...publisher.Entry) publisher.Edition {
	ed := publisher.Edition{
		Site:    publisher.SiteInfo{Title: "Test wire", Description: "Every desk at once", URL: "https://wire.example", Language: "en", Contact: "desk@wire.example", Version: "1.2.3", TTL: 15 * time.Minute},
		Cut:     publisher.Cut{Path: "/feeds/unions-strikes", Page: "/category/unions-strikes/", Title: "Unions & strikes", Description: "Who stops work, and why"},
		ID:      publisher.EditionID("/feeds/unions-strikes"),
		Title:   "Unions & strikes - Test wire",
		Updated: time.Unix(0, 0).UTC(),
		Entries: entries,
	}
	for _, e := range entries {
		if e.Updated.After(ed.Updated) {
			ed.Updated = e.Updated
		}
	}
	return ed
}

// Empty is an edition that never held anything.
func Empty() publisher.Edition { return edition() }

// Hub is an empty edition that is pushed through a hub.
func Hub() publisher.Edition {
	ed := edition()
	ed.Site.Hub = "https://hub.example/"
	return ed
}

// Gone is an edition that has lost two stories.
func Gone() publisher.Edition {
	ed := edition(Plain(1))
	ed.Deleted = []publisher.Deleted{
		{ID: "urn:uuid:00000000-0000-4000-8000-000000000009", When: noon, Why: "Now part of urn:uuid:00000000-0000-4000-8000-000000000001"},
		{ID: "urn:uuid:00000000-0000-4000-8000-000000000008", When: noon.Add(-time.Hour), Why: "Withdrawn."},
	}
	return ed
}

// Volume is an archive document between two others.
func Volume() publisher.Edition {
	ed := edition(Plain(1), Plain(2), Plain(3))
	ed.Volume, ed.PrevVolume, ed.NextVolume = "/feeds/archive/unions-strikes/2.atom", "/feeds/archive/unions-strikes/1.atom", "/feeds/archive/unions-strikes/3.atom"
	return ed
}

// Plain is an entry without oddities; n tells it from others.
func Plain(n int) publisher.Entry {
	at := noon.Add(-time.Duration(n) * time.Hour)
	return publisher.Entry{
		ID: fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", n), Title: fmt.Sprintf("Dockers stop work at pier %d", n),
		URL: fmt.Sprintf("https://alpha.example/news/%d?a=1&b=2", n), StoryURL: fmt.Sprintf("https://wire.example/story/00000000-0000-4000-8000-%012d/", n),
		Author: "Ana Díaz", Summary: "They have been without pay since May.",
		Content:   "<p>They have been without pay since May.</p>\n<p>Source: <a href=\"https://alpha.example/\">Alpha &amp; Co</a></p>",
		Published: at, Updated: at.Add(123456 * time.Microsecond), Language: "en",
		Source:     publisher.Outlet{ID: "alpha", Title: "Alpha & Co", FeedURL: "https://alpha.example/feed.xml?x=1&y=2", Homepage: "https://alpha.example/", Language: "en"},
		Categories: []publisher.Label{{Term: "unions-strikes", Scheme: "https://wire.example/category/", Label: "Unions & strikes"}, {Term: "labor", Scheme: "https://wire.example/category/", Label: "Labor"}},
		Countries:  []publisher.Label{{Term: "CL", Scheme: "https://wire.example/country/", Label: "Chile"}},
	}
}

// Fifty is an edition of the usual size.
func Fifty() publisher.Edition {
	var entries []publisher.Entry
	for n := range 50 {
		e := Plain(n + 1)
		e.Content = strings.Repeat("<p>A paragraph of <em>some</em> length, as a news agency writes it: not long, not short.</p>\n", 12) + e.Content
		entries = append(entries, e)
	}
	return edition(entries...)
}

// Odd is an edition with one entry for each line of an encoder that an
// ordinary entry does not need. The names say which.
func Odd() publisher.Edition {
	arabic := Plain(1)
	arabic.Title, arabic.Language, arabic.Author = "إضراب عمال الموانئ \u200f(حيفا)", "ar", ""
	arabic.Source = publisher.Outlet{ID: "beta", Title: "بيتا", FeedURL: "https://beta.example/feed", Language: "ar"} // no homepage

	markup := Plain(2)
	markup.Title = `Why <b>"AT&T"</b> &amp; others <script>alert(1)</script> write </title>`
	markup.Summary = "5 < 6 && 7 > 6, says <Ana>"
	markup.Author = "<i>Ana</i> & Bea"

	media := Plain(3)
	media.Image = "https://alpha.example/p.jpg?w=1&h=2"
	media.Enclosures = []news.Enclosure{
		{URL: "https://alpha.example/p.pdf", Type: "application/pdf", Length: 10},
		{URL: "https://alpha.example/a.mp3", Type: "audio/mpeg", Length: 1 << 33},
		{URL: "https://alpha.example/v", Type: "", Length: 0},
	}

	covered := Plain(4)
	covered.Coverage = []publisher.Coverage{
		{Outlet: publisher.Outlet{ID: "beta", Title: "Beta", FeedURL: "https://beta.example/feed", Homepage: "https://beta.example/"}, Title: "Estibadores en huelga", URL: "https://beta.example/4", Language: "es", Published: noon},
		{Outlet: publisher.Outlet{ID: "gamma", Title: "Gamma"}, Title: "Dockers stop", Copy: true},
	}

	covered.Updated = covered.Published.Add(90 * time.Minute) // corrected since

	controls := Plain(5)
	controls.Title = "A\x00B\x0bC\ufffeD\u0085E\xffF\ufffdG"
	controls.Summary = "one\r\ntwo\x08\ufdd0"
	controls.Content = "<p>one\r\ntwo\x00\x08 ]]> three\xc3</p>"

	bare := publisher.Entry{ID: "urn:uuid:00000000-0000-4000-8000-000000000006", Title: "Headline only", URL: "https://gamma.example/6",
		StoryURL: "https://wire.example/story/6/", Content: "<p>Source: Gamma</p>", Published: noon.Add(-6 * time.Hour), Updated: noon.Add(-6 * time.Hour), Source: publisher.Outlet{ID: "gamma", Title: "Gamma", FeedURL: "https://gamma.example/atom"}}

	ours := Plain(7) // an item without an address of its own: the story page is its link
	ours.URL, ours.Language = ours.StoryURL, "und"
	return edition(arabic, markup, media, covered, controls, bare, ours)
}

// Any draws an edition with any text and any time anywhere.
func Any(t *rapid.T) publisher.Edition {
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
		rapid.SampledFrom([]string{"", "]]>", "<![CDATA[", "\x00", "\ufffe", "\ud7ff", "\xed\xa0\x80", "&#8;", "<b>", "--", "en"}))
	at := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos"))
	})
	s := func(name string) string { return text.Draw(t, name) }
	outlet := func() publisher.Outlet {
		return publisher.Outlet{ID: s("id"), Title: s("title"), FeedURL: s("feed"), Homepage: s("home"), Language: s("language")}
	}
	var entries []publisher.Entry
	for range rapid.IntRange(0, 3).Draw(t, "entries") {
		e := publisher.Entry{
			ID: s("id"), Title: s("title"), URL: s("url"), StoryURL: s("story"), Author: s("author"), Summary: s("summary"), Content: s("content"),
			Published: at.Draw(t, "published"), Updated: at.Draw(t, "updated"), Language: s("language"), Source: outlet(), Image: s("image"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "n") {
			e.Coverage = append(e.Coverage, publisher.Coverage{Outlet: outlet(), Title: s("title"), URL: s("url"), Language: s("language"), Published: at.Draw(t, "at")})
			e.Categories = append(e.Categories, publisher.Label{Term: s("term"), Scheme: s("scheme"), Label: s("label")})
			e.Countries = append(e.Countries, publisher.Label{Term: s("term"), Scheme: s("scheme"), Label: s("label")})
			e.Enclosures = append(e.Enclosures, news.Enclosure{URL: s("url"), Type: s("type"), Length: rapid.Int64().Draw(t, "length")})
		}
		entries = append(entries, e)
	}
	return publisher.Edition{
		Site: publisher.SiteInfo{Title: s("site"), Description: s("description"), URL: s("url"), Language: s("language"), Contact: s("contact"), Hub: s("hub"), Version: s("version"), TTL: time.Duration(rapid.Int64().Draw(t, "ttl"))},
		Cut:  publisher.Cut{Path: s("path"), Page: s("page"), Title: s("title"), Description: s("description"), Language: s("language")},
		ID:   s("id"), Title: s("title"), Updated: at.Draw(t, "updated"), Entries: entries,
	}
}
