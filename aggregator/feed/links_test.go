package feed

import (
	"net/url"
	"testing"
)

func TestWebURL(t *testing.T) {
	const base = "https://a.example/news/index.html"
	tests := []struct{ name, in, want string }{
		{"absolute stays", "http://b.example/x?y=1&z=2#f", "http://b.example/x?y=1&z=2#f"},
		{"relative to the base", "../x", "https://a.example/x"},
		{"relative to the scheme", "//b.example/x", "https://b.example/x"},
		{"a query of the base", "?p=2", "https://a.example/news/index.html?p=2"},
		{"spaces and line breaks", " /a b\n/c ", "https://a.example/a%20b/c"},
		{"non-ASCII is encoded", "/права?q=труд", "https://a.example/%D0%BF%D1%80%D0%B0%D0%B2%D0%B0?q=%D1%82%D1%80%D1%83%D0%B4"},
		{"what is encoded stays", "/%D0%BF%20?q=a%26b", "https://a.example/%D0%BF%20?q=a%26b"},
		{"a percent sign that encodes nothing", "/100%/x?y=%zz", "https://a.example/100%25/x?y=%25zz"},
		{"a host in another script", "https://пример.example/", "https://xn--e1afmkfd.example/"},
		{"a host with a port in another script", "https://пример.example:8080/x", "https://xn--e1afmkfd.example:8080/x"},
		{"brackets and pipes", "/a|b{c}", "https://a.example/a%7Cb%7Bc%7D"},
		{"no scripts", "javascript:alert(1)", ""},
		{"no scripts behind a host", "javascript://a.example/%0aalert(1)", ""},
		{"no scripts with a line break in the scheme", "java\nscript:alert(1)", ""},
		{"no data", "data:text/html,x", ""},
		{"no mail", "mailto:a@b.example", ""},
		{"no files", "file:///etc/passwd", ""},
		{"no empty host", "http:///x", ""},
		{"no opaque", "http:x", ""},
		{"no host that cannot be", "http://a b.example/", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := webURL(tt.in, base); got != tt.want {
				t.Errorf("webURL(%q, %q) = %q, want %q", tt.in, base, got, tt.want)
			}
		})
	}
	if got := webURL("/x"); got != "" {
		t.Errorf("webURL(%q) without a base = %q, want none", "/x", got)
	}
}

func TestResolveSrcset(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"widths", "a.png 1x, /b.png 2x", "https://a.example/n/a.png 1x, https://a.example/b.png 2x"},
		{"a comma in an address", "a,b.png 100w, c.png 200w", "https://a.example/n/a%2Cb.png 100w, https://a.example/n/c.png 200w"},
		{"no descriptor", "a.png, b.png", "https://a.example/n/a.png, https://a.example/n/b.png"},
		{"scripts are left out", "javascript:x 1x, a.png 2x", "https://a.example/n/a.png 2x"},
		{"nonsense for a descriptor", "a.png onerror=x", "https://a.example/n/a.png"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := resolveSrcset(tt.in, "https://a.example/n/"); got != tt.want {
				t.Errorf("resolveSrcset(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// Whatever goes in: what comes out is a web address in ASCII that stays the
// same.
func FuzzWebURL(f *testing.F) {
	for _, s := range []string{"http://a.example/x", "//b/ü", "%zz", "http://[::1]:80/", "javascript:x", "http://пример/", `\\evil`, "http://a\\@b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := webURL(s, "https://base.example/dir/")
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			t.Errorf("webURL(%q) = %q, which parses to %+v, %v", s, got, u, err)
		}
		for i := range len(got) {
			if got[i] <= ' ' || got[i] >= 0x7f || got[i] == '"' || got[i] == '<' || got[i] == '>' {
				t.Errorf("webURL(%q) = %q, which holds %q", s, got, got[i])
			}
		}
		if again := webURL(got); again != got {
			t.Errorf("webURL(%q) = %q, and of that %q", s, got, again)
		}
	})
}
