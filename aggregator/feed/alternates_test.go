package feed

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAlternatesAreTheFeedsThatAPageNames(t *testing.T) {
	const base = "https://a.example/news/"
	for _, tt := range []struct {
		name, page string
		want       []string
	}{
		{"none", `<html><head><title>x</title></head></html>`, nil},
		{"relative to the page", `<link rel=alternate type=application/rss+xml href=rss.xml>`, []string{"https://a.example/news/rss.xml"}},
		{"relative to its base", `<base href="https://b.example/x/"><link rel=alternate type=application/rss+xml href=rss.xml>`, []string{"https://b.example/x/rss.xml"}},
		{"each once, in order", `<link rel="alternate" type="application/atom+xml" href="/2"><link rel="alternate" type="application/rss+xml" href="/1"><link rel="alternate" type="application/rss+xml" href="/2">`,
			[]string{"https://a.example/2", "https://a.example/1"}},
		{"in capitals, with parameters", `<LINK REL="Alternate Home" TYPE="Application/Feed+JSON; charset=utf-8" HREF="/f">`, []string{"https://a.example/f"}},
		{"other links are none", `<link rel=stylesheet type=application/rss+xml href=/a><link rel=alternate type=text/html href=/b><link rel=alternate href=/c><link rel=alternate type=application/rss+xml>`, nil},
		{"no other scheme", `<link rel=alternate type=application/rss+xml href="javascript:x"><link rel=alternate type=application/rss+xml href="feed://a.example/x">`, nil},
		{"not in a comment or a script", `<!--<link rel=alternate type=application/rss+xml href=/a>--><script>"<link rel=alternate type=application/rss+xml href=/b>"</script>`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, a := range Alternates([]byte(tt.page), base) {
				got = append(got, a.URL)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestAlternatesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, `<link rel=alternate type=application/rss+xml href=/%d>`, i)
	}
	if n := len(Alternates([]byte(b.String()), "https://a.example/")); n != maxAlternates {
		t.Errorf("%d feeds, want %d", n, maxAlternates)
	}
	far := strings.Repeat(" ", maxPage) + `<link rel=alternate type=application/rss+xml href=/x>`
	if got := Alternates([]byte(far), "https://a.example/"); len(got) != 0 {
		t.Errorf("found %v beyond the limit", got)
	}
	Alternates([]byte("<link "+strings.Repeat("x", 2<<20)), "") // ends
}
