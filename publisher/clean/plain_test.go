package clean

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/segment"
	"pgregory.net/rapid"
)

// What the quick looks of plain.go and excerpt.go stand for, said the long way.

func fitToPublish(s string) bool {
	last := rune(0)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || !allowed(r) || half(last, r) {
			return false
		}
		i += n
		last = r
	}
	return true
}

func oneLine(s string) bool {
	space := true
	for _, r := range s {
		if r != ' ' && (unicode.IsSpace(r) || r == 0x2028 || r == 0x2029) || r == ' ' && space {
			return false
		}
		space = r == ' '
	}
	return s == "" || !space
}

func longTitle(s string, max int) string { return closeBidi(cut(Line(closeBidi(Line(s))), max)) }

func longExcerpt(s string, max int) string {
	s = Line(s)
	if max <= 0 || utf8.RuneCountInString(s) <= max {
		return closeBidi(s)
	}
	word, any := 0, 0
	seg, n, at := segment.NewWordSegmenterDirect([]byte(s)), 0, 0
	for seg.Segment() {
		b := seg.Bytes()
		if n += utf8.RuneCount(b); n > max-1 {
			break
		}
		at += len(b)
		any = at
		if seg.Type() != segment.None {
			word = at
		}
	}
	switch {
	case word > any/2:
		s = s[:word]
	case any > 0:
		s = s[:any]
	default:
		return closeBidi(cut(s, max))
	}
	return closeBidi(strings.TrimRight(s, " ") + "…")
}

// oddTexts are texts of what the rules of this package are about.
func oddTexts() *rapid.Generator[string] {
	parts := rapid.SampledFrom([]string{
		"a", "word", "It's", "3.5", "x_y", "e.g.", ":", " ", "  ", " ", " ", "\t", "\n", "\r", "\x00", "\x7f", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u3000", "\ufeff", "\ufffe", "\ufffd", "\xff", "\xe2", "\xe2\x80",
		"\u202a", "\u202e", "\u202f", "\u2029", "\u2066", "\u2069", "\u2065", "\u206a", "é", "e\u0301", "Ã", "¤", "Ã¤", "â€™", "إضراب", "罷工", "ひらがな", "カタ", "👩🏽‍🏭", "\u200d", "🇵🇹", "1,000", "…", "–", "\U0001fffe",
	})
	return rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOfN(parts, 0, 200), func(s []string) string { return strings.Join(s, "") }),
		rapid.Map(rapid.SliceOfN(parts, 0, 60), func(s []string) string { return strings.Join(s, " ") }))
}

func sameTheLongWay(t interface {
	Errorf(string, ...any)
	Helper()
}, s string, max int) {
	t.Helper()
	if got, want := plain(s, false), fitToPublish(s); got != want {
		t.Errorf("plain(%q, false) = %v, want %v", s, got, want)
	}
	if got, want := plain(s, true), fitToPublish(s) && oneLine(s); got != want {
		t.Errorf("plain(%q, true) = %v, want %v", s, got, want)
	}
	if got, want := directed(s), strings.ContainsFunc(s, func(r rune) bool { return r >= lre && r <= rlo || r >= lri && r <= pdi }); got != want {
		t.Errorf("directed(%q) = %v, want %v", s, got, want)
	}
	if got, want := Title(s, max), longTitle(s, max); got != want {
		t.Errorf("Title(%q, %d) = %q, want %q", s, max, got, want)
	}
	if got, want := Excerpt(s, max), longExcerpt(s, max); got != want {
		t.Errorf("Excerpt(%q, %d) = %q, want %q", s, max, got, want)
	}
	if got, want := URL(s), longURL(strings.TrimSpace(s)); got != want {
		t.Errorf("URL(%q) = %q, want %q", s, got, want)
	}
}

func TestQuickLooksFindWhatTheLongWayFinds(t *testing.T) {
	for _, s := range []string{"a\u2069b", "a\u202cb", "https://xn--0.example/", "https://xn--zzzzzzzzzzz/"} {
		sameTheLongWay(t, s, 0)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := oddTexts().Draw(t, "text")
		sameTheLongWay(t, s, rapid.IntRange(0, 200).Draw(t, "max"))
		sameTheLongWay(t, rapid.SampledFrom([]string{"https://", "http://"}).Draw(t, "scheme")+rapid.SampledFrom([]string{"a.example/", "A.example", "xn--a.example/", "a_b.-", ""}).Draw(t, "host")+s, 0)
		sameTheLongWay(t, rapid.StringMatching(`https?://[a-z0-9._-]{0,9}(/[A-Za-z0-9._~/-]{0,9})?(\?[a-z&=?+/]{0,6})?(#x?)?`).Draw(t, "address"), 0)
	})
}

func FuzzQuickLooks(f *testing.F) {
	for _, s := range []string{"a b", "a  b ", "gefÃ¤hrdet", "\u202ea\u2066", "https://a.example/x?y=1", strings.Repeat("It's a word, 3.5 of them. ", 20)} {
		f.Add(s, 40)
	}
	f.Fuzz(func(t *testing.T, s string, max int) { sameTheLongWay(t, s, max%500) })
}

func BenchmarkLine(b *testing.B) {
	for name, s := range map[string]string{
		"English": strings.Repeat("They have been without pay since May, says the report. ", 7) + "End", "Arabic": strings.Repeat("قدّمت رابطة عاملات المنازل عريضة تحمل ", 7) + "ا",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				Line(s)
			}
		})
		b.Run("excerpt of "+name, func(b *testing.B) {
			for b.Loop() {
				Excerpt(s, 160)
			}
		})
	}
}
