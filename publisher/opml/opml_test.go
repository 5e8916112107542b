package opml_test

import (
	"encoding/xml"
	"flag"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/internal/sample"
	"github.com/rightswire/rightswire/publisher/opml"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var head = opml.Head{Title: "Sources of Test & wire", Owner: "Test wire", Email: "desk@wire.example", URL: "https://wire.example"}

func TestF38_Golden(t *testing.T) {
	sources, err := opml.Sources(head, []news.Source{
		{ID: "a", Title: "Alpha & <b>Co</b>", URL: "https://user:secret@alpha.example/feed?a=1&b=2", Homepage: "https://alpha.example/", Language: "en", Kind: "news", Categories: []string{"labor", "unions-strikes"}},
		{ID: "b", Title: "", URL: "https://bücher.example/feed", Kind: "union", Language: "und"},
		{ID: "c", Title: "Another of Alpha", URL: "https://alpha.example/other", Kind: "news"},
		{ID: "d", Title: "The same again", URL: "https://alpha.example/other", Kind: "news"},
		{ID: "e", Title: "Script", URL: "javascript:alert(1)", Kind: "news"},
		{ID: "f", Title: "Not ours yet", URL: "https://proposed.example/", Status: news.Proposed},
		{ID: "h", Title: "No feed", URL: "https://delta.example/news-sitemap.xml", Type: news.TypeSitemap},
		{ID: "g", Title: "Of no kind", URL: "https://gamma.example/", Homepage: "javascript:alert(1)"},
	})
	if err != nil {
		t.Fatal(err)
	}
	sample.Golden(t, *update, "sources.opml", sources)
	if strings.Contains(string(sources), "secret") {
		t.Error("a password is published") // S15
	}
	empty, err := opml.Feeds(opml.Head{Title: "Feeds"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	sample.Golden(t, *update, "empty.opml", empty)
}

func TestAnyListIsWellFormed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"\x00", "\ufffe", "\xff", "]]>", "https://a.example/"}))
		s := func(name string) string { return text.Draw(rt, name) }
		var groups []opml.Group
		for range rapid.IntRange(0, 2).Draw(rt, "groups") {
			g := opml.Group{Title: s("group")}
			for range rapid.IntRange(0, 3).Draw(rt, "feeds") {
				g.Feeds = append(g.Feeds, opml.Feed{Title: s("title"), Description: s("description"), URL: s("url"), Page: s("page"), Language: s("language"), Category: s("category")})
			}
			groups = append(groups, g)
		}
		got, err := opml.Feeds(opml.Head{Title: s("title"), Owner: s("owner"), Email: s("mail"), URL: s("url")}, groups)
		if err != nil {
			rt.Fatal(err)
		}
		var d struct {
			Body struct {
				Outlines []struct{} `xml:"outline"`
			} `xml:"body"`
		}
		if err := xml.Unmarshal(got, &d); err != nil || len(d.Body.Outlines) == 0 {
			rt.Fatalf("%v, %d outlines in %q", err, len(d.Body.Outlines), got)
		}
		if r, bad := sample.Forbidden(got); bad {
			rt.Fatalf("U+%04X in %q", r, got)
		}
	})
}
