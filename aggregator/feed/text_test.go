package feed

import (
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"
)

func TestPlainText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"tags go", "<p>One</p><p>two <b>th</b>ree</p>", "One two three"},
		{"a line break parts words", "one<br>two", "one two"},
		{"references are decoded once", "AT&amp;T &lt;b&gt; &amp;lt;", "AT&T <b> &lt;"},
		{"scripts and styles are silent", "a<script>x</script><style>y</style>b", "ab"},
		{"white space collapses", " a \n\t b\u00a0c ", "a b c"},
		{"less-than in text", "3 < 4 and <5", "3 < 4 and <5"},
		{"an override goes, what is open is closed", "safe \u202egnp.exe\u2066", "safe gnp.exe\u2066\u2069"},
		{"a closer without an opener goes", "a\u2069b\u202cc", "abc"},
		{"direction marks stay", "\u200fحقوق\u200e", "\u200fحقوق\u200e"},
		{"no letter carries a tower", "Z" + strings.Repeat("\u0301", 500) + "o", "Z" + strings.Repeat("\u0301", maxMarks) + "o"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := PlainText(tt.in); got != tt.want {
				t.Errorf("PlainText(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestTitleText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"markup goes", "Workers <em>win</em>", "Workers win"},
		{"escaped once too often", "AT&amp;amp;T &amp;#8217;s", "AT&T ’s"},
		{"what HTML does not know is no markup", "List<String> in Java", "List<String> in Java"},
		{"scripts are silent", "a<script>alert(1)</script>b", "ab"},
		{"an ampersand alone", "Tom & Jerry; more", "Tom & Jerry; more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := titleText(tt.in); got != tt.want {
				t.Errorf("titleText(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestShorten(t *testing.T) {
	tests := []struct {
		name, in string
		n        int
		want     string
	}{
		{"short text stays", "one two", 7, "one two"},
		{"cut at a word's end", "one two three", 10, "one two…"},
		{"punctuation at the cut goes", "one two, three", 11, "one two…"},
		{"without spaces", "工人罢工要求提高工资", 5, "工人罢工…"},
		{"not inside a letter", "aaaae\u0301\u0301bbb", 7, "aaaa…"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shorten(tt.in, tt.n); got != tt.want {
				t.Errorf("shorten(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
			}
		})
	}
}

// tame leaves nothing to do for itself, and shorten keeps its promise.
func TestTextProperties(t *testing.T) {
	prop := func(s string, n uint8) bool {
		once := tame(s)
		short := shorten(once, int(n)+1)
		return tame(once) == once && utf8.RuneCountInString(short) <= int(n)+1+16
	}
	if err := quick.Check(prop, &quick.Config{MaxCount: 3000}); err != nil {
		t.Error(err)
	}
}
