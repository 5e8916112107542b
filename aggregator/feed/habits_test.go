package feed

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGuessesBeginWithWhatTheSoftwareDoes(t *testing.T) {
	tests := []struct {
		name, page, base string
		want             []string // the first ones
	}{
		{"WordPress in a folder", `<link href="/wp-content/a.css">`, "https://a.example/blog/", []string{"https://a.example/blog/feed/", "https://a.example/blog/?feed=rss2", "https://a.example/feed/"}},
		{"a folder without a slash", `<meta name="generator" content="WordPress 6.4">`, "https://a.example/blog", []string{"https://a.example/blog/feed/"}},
		{"SPIP", `<meta name="generator" content="SPIP 4.2">`, "https://a.example/", []string{"https://a.example/spip.php?page=backend"}},
		{"Drupal", `<script data-drupal-selector="x">`, "https://a.example/node/1.html", []string{"https://a.example/node/rss.xml", "https://a.example/rss.xml"}},
		{"Ghost", `<meta name="generator" content="Ghost 5.8">`, "https://a.example", []string{"https://a.example/rss/"}},
		{"Hugo", `<meta name="generator" content="Hugo 0.1">`, "https://a.example/", []string{"https://a.example/index.xml"}},
		{"Jekyll", `<meta name="generator" content="Jekyll v4">`, "https://a.example/", []string{"https://a.example/feed.xml"}},
		{"nothing known", "<p>", "https://a.example/news", []string{"https://a.example/news/feed/", "https://a.example/feed/", "https://a.example/rss.xml"}},
		{"no web address", "<p>", "ftp://a.example/", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, g := range Guesses([]byte(tt.page), tt.base) {
				got = append(got, g.URL)
			}
			if d := cmp.Diff(tt.want, got[:min(len(got), len(tt.want))]); d != "" || tt.want == nil && got != nil {
				t.Errorf("Guesses -want +got\n%s", d)
			}
		})
	}
}

func TestGuessesAreFew(t *testing.T) {
	page := "/wp-content/ spip.php? data-drupal- " + strings.Repeat(`content="ghost content="hugo content="jekyll `, 9)
	if n := len(Guesses([]byte(page), "https://a.example/a/b/")); n != maxGuesses {
		t.Errorf("a page with every mark gives %d guesses, want %d", n, maxGuesses)
	}
}

func TestHeaderAlternatesAreFeedsOnly(t *testing.T) {
	h := http.Header{"Link": {
		`<https://a.example/wp-json/>; rel="https://api.w.org/", </feed>; rel="alternate"; type="application/rss+xml"; title="News, all"`,
		`</fr>; rel=alternate; hreflang=fr, <javascript:x>; rel=alternate; type="application/atom+xml"`,
	}}
	want := []Alternate{{URL: "https://a.example/feed", Type: "application/rss+xml", Title: "News, all"}}
	if d := cmp.Diff(want, HeaderAlternates(h, "https://a.example/x/")); d != "" {
		t.Errorf("HeaderAlternates -want +got\n%s", d)
	}
}
