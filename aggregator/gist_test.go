package aggregator

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
)

func TestTextHashIgnoresCosmeticEdits(t *testing.T) {
	base := news.Item{
		Title: "Dockers' union wins 3.5% raise after strike", Summary: "The port of Durban reopened on Monday, the union said.",
		Content:   "<p>Some 14 workers were hurt. The raise of 3.5% starts in May; it took \"nine\" days - or 216 hours.</p>",
		Canonical: "https://a.example/1", URL: "https://a.example/1?utm_source=rss",
	}
	with := func(change func(*news.Item)) news.Item { it := base; change(&it); return it }
	replaced := func(pairs ...string) news.Item {
		return with(func(it *news.Item) {
			for _, s := range []*string{&it.Title, &it.Summary, &it.Content} {
				*s = strings.NewReplacer(pairs...).Replace(*s)
			}
		})
	}
	after := func(tail string) news.Item { return with(func(it *news.Item) { it.Content += "<p>" + tail + "</p>" }) }
	for _, tt := range []struct {
		name string
		it   news.Item
		same bool
	}{
		{"white space", replaced(" ", "  \n"), true},
		{"no-break spaces", replaced(" ", "\u00a0"), true},
		{"soft hyphens", replaced("workers", "work\u00aders"), true},
		{"markup", replaced("<p>", `<div class="x"><b>`, "</p>", "</b></div>"), true},
		{"tracking parameters", with(func(it *news.Item) { it.URL += "&fbclid=1" }), true},
		{"a query that is another at every request", with(func(it *news.Item) { it.Canonical += "?t=171" }), true},
		{"curly quotes", replaced(`"nine"`, "“nine”", "'", "’"), true},
		{"no quotes", replaced(`"`, ""), true},
		{"a dash", replaced(" - ", " — "), true},
		{"an ellipsis", replaced(".</p>", "…</p>"), true},
		{"a full stop at the end", replaced("said.", "said"), true},
		{"a capital letter", replaced("strike", "Strike"), true},
		{"fullwidth digits", replaced("216", "２１６"), true},
		{"a picture", replaced("</p>", `<img src="https://a.example/x.jpg"></p>`), true},
		{"a counter of views", after("1,234 views"), true},
		{"counters in a row", after("1.2k views | 3 comments · 15 shares"), true},
		{"a labelled counter", after("Comments: 12"), true},
		{"an age", after("Updated 3 hours ago"), true},
		{"an age since it was published", with(func(it *news.Item) { it.Summary = "Published 3 minutes ago. " + it.Summary }), true},
		{"an age in Spanish", after("hace 5 minutos"), true},
		{"a reading time", after("4 min read"), true},
		{"a date of the update", after("Last updated: 24 November 2026, 10:15 UTC"), true},

		{"another number", replaced("14 workers", "41 workers"), false},
		{"a decimal point", replaced("3.5%", "35%"), false},
		{"no percent sign", replaced("3.5%", "3.5"), false},
		{"a word", replaced("hurt", "killed"), false},
		{"a negation", replaced("were hurt", "were not hurt"), false},
		{"another day", replaced("Monday", "Tuesday"), false},
		{"a sentence more", after("The company denies it."), false},
		{"a number of comments in a sentence", after("The ministry received 1,500 comments."), false},
		{"an update with news", after("Updated: 15 workers are missing."), false},
		{"another address", with(func(it *news.Item) { it.Canonical = "https://a.example/2" }), false},
		{"a word that moves to the summary", with(func(it *news.Item) {
			it.Title, it.Summary = "Dockers' union wins 3.5% raise after", "strike "+it.Summary
		}), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if same := textHash(tt.it) == textHash(base); same != tt.same {
				t.Errorf("same = %t, want %t\n%s\n%s", same, tt.same, appendGist(nil, tt.it.Content), appendGist(nil, base.Content))
			}
		})
	}
}

// White space between two numbers is white space.
func TestGistTakesALineBreakForASpace(t *testing.T) {
	if a, b := string(appendGist(nil, "gates 12 14")), string(appendGist(nil, "gates 12\n\t14")); a != b || a != "gates 12 14" {
		t.Errorf("gists %q and %q, want gates 12 14", a, b)
	}
}

// A number that changes inside a sentence is never taken for a counter.
func TestGistKeepsNumbersOfSentences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.IntRange(0, 9999).Draw(t, "a"), rapid.IntRange(0, 9999).Draw(t, "b")
		word := rapid.SampledFrom([]string{"workers", "views", "days", "shares", "comments"}).Draw(t, "word")
		text := func(n int) string {
			return fmt.Sprintf("Police counted %d %s in the city on Monday, the ministry said.", n, word)
		}
		if same := string(appendGist(nil, text(a))) == string(appendGist(nil, text(b))); same != (a == b) {
			t.Fatalf("gists of %d and %d %s are the same: %t", a, b, word, same)
		}
	})
}

// Whatever a feed sends: a gist is valid text, holds no NUL, which stands
// between the parts of a hash, and spaces around it do not matter.
func FuzzGist(f *testing.F) {
	for _, seed := range []string{"Port of Lagos: 14 hurt", "1,204 views | 3 comments", "hace 5 minutos", "a\x00b\xff", "0\x000", "٣٥٪ — “x”…", "Updated: May 3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		gist := string(appendGist(nil, text))
		if strings.Contains(gist, "\x00") || !utf8.ValidString(gist) {
			t.Errorf("gist of %q is %q", text, gist)
		}
		if padded := string(appendGist(nil, "  "+text+" \n")); len(text) < counterReach && padded != gist {
			t.Errorf("gist of %q is %q, and %q with spaces around it", text, gist, padded)
		}
	})
}
