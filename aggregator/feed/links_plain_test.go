package feed

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// plainURL says what the parser says, or nothing.
func TestPlainURLAgrees(t *testing.T) {
	pieces := []string{
		"http://", "https://", "HTTP://", "//", "/", "a.example", "A.example", "a.example:80", "a.example:", "user@", "..", "/./", "/../", "/a", "b.html", "?", "?q=1", "&c=d", "#f", "#",
		"%20", "%2f", "%", " ", "é", ":", ";", "@", "$", "*", "'", "(", "~", "+", ",", "[::1]", "-", ".", "mailto:x", "javascript:y",
	}
	bases := []string{"https://b.example/x/y", "https://b.example", "http://B.example/", "http://b.example:8080/x?y#z", "https://u@b.example/", "", "/x"}
	rng := rand.New(rand.NewPCG(1, 2))
	plain := 0
	for range 50_000 {
		var b strings.Builder
		b.WriteString([]string{"", "/a", "https://a.example"}[rng.IntN(3)])
		for range 1 + rng.IntN(5) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		plain += agreesOnURL(t, b.String(), bases[rng.IntN(len(bases))])
	}
	if plain < 1000 {
		t.Errorf("%d of 50000 addresses needed no parser, want 1000 at least", plain)
	}
}

// agreesOnURL compares both for one address and returns 1 if plainURL had an
// answer.
func agreesOnURL(t *testing.T, ref, base string) int {
	t.Helper()
	if ref = strings.TrimSpace(ref); ref == "" {
		return 0
	}
	got, ok := plainURL(ref, []string{base})
	if !ok {
		return 0
	}
	if want := parsedURL(ref, []string{base}); got != want {
		t.Errorf("plainURL(%q, %q) = %q, want %q", ref, base, got, want)
	}
	return 1
}

func FuzzPlainURL(f *testing.F) {
	f.Add("/a/b?c=d", "https://a.example/x")
	f.Fuzz(func(t *testing.T, ref, base string) { agreesOnURL(t, ref, base) })
}
