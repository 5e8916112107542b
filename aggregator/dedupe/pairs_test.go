package dedupe

import (
	_ "embed"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

//go:embed testdata/address_pairs.txt
var pairsText string

// addressPair is two addresses and whether they are one article.
type addressPair struct {
	name string
	same bool
	urls []string
}

// addressPairs reads testdata/address_pairs.txt.
func addressPairs(t *testing.T) []addressPair {
	var out []addressPair
	for line := range strings.Lines(pairsText) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "", line[0] == '#':
		case line[0] == '\t':
			last := &out[len(out)-1]
			last.urls = append(last.urls, line[1:])
		default:
			label, name, ok := strings.Cut(line, ": ")
			if !ok || label != "same" && label != "different" {
				t.Fatalf("testdata/address_pairs.txt: %q says neither same nor different", line)
			}
			out = append(out, addressPair{name: name, same: label == "same"})
		}
	}
	return out
}

func TestCanonicalOfPairs(t *testing.T) {
	for _, p := range addressPairs(t) {
		t.Run(p.name, func(t *testing.T) {
			if len(p.urls) != 2 {
				t.Fatalf("%d addresses, want 2", len(p.urls))
			}
			a, b := Canonical(p.urls[0]), Canonical(p.urls[1])
			if a == "" || b == "" {
				t.Fatalf("no canonical form: %q and %q became %q and %q", p.urls[0], p.urls[1], a, b)
			}
			if (a == b) != p.same {
				t.Errorf("%q and %q became %q and %q; one article: %t, want %t", p.urls[0], p.urls[1], a, b, a == b, p.same)
			}
		})
	}
}

// tracking draws a parameter that is dropped on every site.
func tracking(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		"utm_source=rss", "UTM_Medium=feed", "fbclid=IwAR0", "newclid=1", "ref=newsletter", "source=rss_world", "CMP=share_btn_tw",
		"smid=tw-share", "sf12345678=1", "mc_eid=1a", "at_medium=RSS", "xtor=RSS-16", "amp=1", "print=true", "PHPSESSID=1a2b", "spm=a2g0o",
	}).Draw(t, "tracking")
}

// keepsRef are the sites on which "ref" is never tracking.
var keepsRef = map[string]bool{"github.com": true, "gitlab.com": true, "codeberg.org": true}

// An address keeps its content parameters, and only those, wherever and in
// whatever order tracking parameters stand between them.
func TestTrackingNeverMatters(t *testing.T) {
	hosts := knownHosts()
	joint := rapid.SampledFrom([]string{"&", "&amp;", "&#038;"})
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.SampledFrom(hosts).Filter(func(h string) bool { return !keepsRef[h] }).Draw(t, "host")
		base := "https://" + host + "/a/b"
		content := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"id=17", "article=1a", "story=20240501", "newsid=7", "nid=3"}), 1, 3, rapid.ID).Draw(t, "content")
		want := Canonical(base + "?" + strings.Join(content, "&"))
		for _, c := range content {
			if !strings.Contains(want, c) {
				t.Fatalf("Canonical lost %s of %s: %q", c, base, want)
			}
		}
		mixed := append([]string(nil), content...)
		for range rapid.IntRange(1, 5).Draw(t, "count") {
			mixed = append(mixed, tracking(t))
		}
		mixed = rapid.Permutation(mixed).Draw(t, "order")
		in := base + "?" + mixed[0]
		for _, p := range mixed[1:] {
			in += joint.Draw(t, "joint") + p
		}
		if got := Canonical(in); got != want {
			t.Fatalf("Canonical(%q) = %q, want %q", in, got, want)
		}
	})
}

// Whatever the text is, Canonical answers, and its answer is a fixed point.
func TestCanonicalOfAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(
			rapid.String(),
			rapid.Map(rapid.String(), func(s string) string { return "https://paper.example/" + s }),
			rapid.Map(rapid.String(), func(s string) string { return "https://paper.example/a?" + s }),
			rapid.Map(rapid.SliceOf(rapid.SampledFrom([]string{"https://", "a.example", "/", "?", "&", "#", "%3F", "%26", ";", "=", "utm_a", "ref", "rss", "amp;", "id", "7", "(S(", "))", "jsessionid"})), func(p []string) string { return "https://paper.example/" + strings.Join(p, "") }),
		).Draw(t, "text")
		once := Canonical(s)
		if twice := Canonical(once); once != "" && twice != once {
			t.Fatalf("Canonical(%q) = %q, and of that %q", s, once, twice)
		}
	})
}
