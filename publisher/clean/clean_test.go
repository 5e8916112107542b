package clean_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rightswire/rightswire/publisher/clean"
)

func TestF03_Text(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text is left alone", "a <b> & \"c\"\n\td", "a <b> & \"c\"\n\td"},
		{"controls go", "a\x00b\x08c\x0bd\x1fe\x7ff", "abcdef"},
		{"C1 controls go", "a\u0080b\u009fc", "abc"},
		{"NEL is a newline", "a\u0085b", "a\nb"},
		{"carriage returns become newlines", "a\r\nb\rc", "a\nb\nc"},
		{"noncharacters go", "a\ufffeb\uffffc\ufdd0d\U0001fffee\U0010ffff", "abcde"},
		{"bytes that are no UTF-8 are marked", "a\xffb\xed\xa0\x80", "a?b???"},
		{"the replacement character too", "a\ufffdb", "a?b"},
		{"what was encoded twice is mended", "Junge Sportler sind gefÃ¤hrdet, Vereine kÃ¼mmern sich nicht", "Junge Sportler sind gefährdet, Vereine kümmern sich nicht"},
		{"behind a capital letter too", "em SÃ£o Paulo, bien SÃ»r", "em São Paulo, bien Sûr"},
		{"also by way of Windows-1252", "Workersâ€™ rights â€” â€œnowâ€\u009d", "Workers’ rights — “now”"},
		{"with controls of Latin-1 in it", "Workers\u00e2\u0080\u0099 rights", "Workers’ rights"},
		{"three times", "cafÃƒÂ©", "café"},
		{"in another script", "Ð·Ð°Ð±Ð°Ñ\u0081Ñ‚Ð¾Ð²ÐºÐ°", "забастовка"},
		{"line by line", "gefÃ¤hrdet\nÄrger – “naïve” café", "gefährdet\nÄrger – “naïve” café"},
		{"capitals of Portuguese stay", "«GREVE AMANHû", "«GREVE AMANHû"},
		{"also alone", "GREVE AMANHû", "GREVE AMANHû"},
		{"a letter before an ellipsis stays", "Das macht Spaß…", "Das macht Spaß…"},
		{"and before a quotation mark", "CAFÉ” TRÊS’", "CAFÉ” TRÊS’"},
		{"and what stands beside it stays", "gefÃ¤hrdet — 罷工", "gefährdet — 罷工"},
		{"a half that became a space", "dijous.Â A Tarragona Ã les vuit, el mÃ©s gran", "dijous. A Tarragona à les vuit, el més gran"},
		{"what has no sign only if all is so", "Ð·Ð°Ð±Ð°Ñ\u0081Ñ‚Ð¾Ð²ÐºÐ° 罷", "Ð·Ð°Ð±Ð°ÑÑ‚Ð¾Ð²ÐºÐ° 罷"},
		{"a control between the halves", "gefÃ\u0000¤hrdet", "gefährdet"},
		{"a byte order mark goes", "\ufeffa", "a"},
		{"scripts and emoji stay", "إضراب 罷工 👩🏽‍🏭 e\u0301", "إضراب 罷工 👩🏽‍🏭 e\u0301"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean.Text(tt.in); got != tt.want {
				t.Errorf("Text(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// The W3C validator takes a language that it does not know for an error.
func TestF30_FeedLanguage(t *testing.T) {
	for in, want := range map[string]string{
		"en": "en", "pt-BR": "pt-BR", "zh-Hant": "zh-Hant", "haw": "haw", "pcm": "und", "ckb-Arab": "und", "xx": "und", "": "", "mul": "", "no tag": "",
	} {
		if got := clean.FeedLanguage(in); got != want {
			t.Errorf("FeedLanguage(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestF28_Title(t *testing.T) {
	tests := []struct {
		name, in, want string
		max            int
	}{
		{"white space is one space", " a\n\t b\u2028c\u00a0 d ", "a b c d", 0},
		{"direction marks stay", "a\u200e b\u200f c\u061c", "a\u200e b\u200f c\u061c", 0},
		{"overrides go", "a\u202eb\u202c\u202dc\u202c", "abc", 0},
		{"pairs stay", "\u2067a\u2069 \u202bb\u202c", "\u2067a\u2069 \u202bb\u202c", 0},
		{"what is open is closed, from the inside out", "\u2067a \u202bb", "\u2067a \u202bb\u202c\u2069", 0},
		{"what closes nothing goes", "a\u2069b\u202c", "ab", 0},
		{"what closes the wrong thing goes", "\u2067a\u202c b", "\u2067a b\u2069", 0},
		{"long ones are cut", "abcdefgh", "abcd…", 5},
		{"but not between a letter and its marks", "abcde\u0301\u0301\u0301fgh", "abcd…", 6},
		{"20,000 combining marks are cut", "a" + strings.Repeat("\u0301", 20_000), "…", 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean.Title(tt.in, tt.max); got != tt.want {
				t.Errorf("Title(%q, %d) = %q, want %q", tt.in, tt.max, got, tt.want)
			}
		})
	}
}

func TestF27_S03_URL(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"an address is left alone", "https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"},
		{"space around it goes", " https://a.example/ \n", "https://a.example/"},
		{"scheme and host in small letters", "HTTPS://A.Example/B", "https://a.example/B"},
		{"an IDN host in punycode", "https://bücher.example/ä?ö#ü", "https://xn--bcher-kva.example/%C3%A4?%C3%B6#%C3%BC"},
		{"what needs encoding is encoded", `https://a.example/a b[1]|"<>^` + "`{}", "https://a.example/a%20b%5B1%5D%7C%22%3C%3E%5E%60%7B%7D"},
		{"escapes stay", "https://a.example/%2F%e4?q=%20", "https://a.example/%2F%e4?q=%20"},
		{"a % that starts no escape", "https://a.example/100%?x=%zz", "https://a.example/100%25?x=%25zz"},
		{"user and password go", "https://user:secret@a.example:8443/", "https://a.example:8443/"},
		{"an IPv6 host", "http://[2001:db8::1]:80/a", "http://[2001:db8::1]:80/a"},
		{"not UTF-8", "https://a.example/\xff", "https://a.example/%FF"},
		{"nothing", "", ""},
		{"relative", "/a/b", ""},
		{"without a scheme", "//a.example/", ""},
		{"without a host", "https:///a", ""},
		{"mail", "mailto:a@b.example", ""},
		{"script", "javascript:alert(1)", ""},
		{"script behind a host", "javascript://a.example/%0aalert(1)", ""},
		{"script in disguise", " jAvAsCrIpT\t:alert(1)", ""},
		{"data", "data:text/html,<script>", ""},
		{"control characters", "https://a.example/\x00", ""},
		{"a newline in the host", "https://a.exa\nmple/", ""},
		{"quotes in the host", `https://a"onload=x.example/`, ""},
		{"a space in the host", "https://a b.example/", ""},
		{"endless", "https://a.example/" + strings.Repeat("x", 10_000), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := clean.URL(tt.in)
			if got != tt.want {
				t.Errorf("URL(%q) = %q, want %q", tt.in, got, tt.want)
			}
			if again := clean.URL(got); again != got {
				t.Errorf("URL(%q) = %q, want it unchanged", got, again)
			}
		})
	}
}

func TestF25_Excerpt(t *testing.T) {
	tests := []struct {
		name, in, want string
		max            int
	}{
		{"short enough", "One two three.", "One two three.", 20},
		{"cut at the end of a word", "One two three four", "One two…", 12},
		{"not in the middle of one", "One twothree", "One…", 8},
		{"punctuation goes with the cut", "One, two; three", "One, two…", 11},
		{"scripts without spaces", "日本の労働組合がストライキに入った", "日本の労働…", 6},
		{"one endless word", strings.Repeat("x", 50), "xxxxxxxxx…", 10},
		{"apostrophes belong to words", "They don't agree", "They…", 9},
		{"isolates are closed", "\u2067one two three", "\u2067one…\u2069", 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean.Excerpt(tt.in, tt.max); got != tt.want {
				t.Errorf("Excerpt(%q, %d) = %q, want %q", tt.in, tt.max, got, tt.want)
			}
		})
	}
}

func TestValues(t *testing.T) {
	tests := []struct{ call, got, want string }{
		{"Language(pt-BR)", clean.Language("pt-BR"), "pt-BR"},
		{"Language(zh-Hant-TW)", clean.Language("zh-Hant-TW"), "zh-Hant-TW"},
		{"Language(und)", clean.Language("und"), ""},
		{"Language(en\" x=\")", clean.Language(`en" x="`), ""},
		{"Language(english language)", clean.Language("english language"), ""},
		{"Language(-)", clean.Language("-"), ""},
		{"Language(e1)", clean.Language("e1"), ""},
		{"Mail(a@b.example)", clean.Mail(" a@b.example"), "a@b.example"},
		{"Mail(Ana)", clean.Mail("Ana <a@b.example>"), ""},
		{"MediaType(Audio/MPEG; x=y)", clean.MediaType("Audio/MPEG; x=y", ""), "audio/mpeg"},
		{"MediaType by name", clean.MediaType("", "https://a.example/x.MP3?a=b.pdf"), "audio/mpeg"},
		{"MediaType of nonsense", clean.MediaType("nonsense", "https://a.example/x"), "application/octet-stream"},
		{"NoTags", clean.NoTags("5 < 6 <b>x</b> <!-- a->b"), "5 < 6 ‹b›x‹/b› <!-- a->b"},
		{"First", clean.First("", " \x00", "a ", "b"), "a "},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s = %q, want %q", tt.call, tt.got, tt.want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"a\x00\u202e\xff", "\u2067\u202b x", "? \u202e ?", "? \u202e", "日本の労働", "\r\n\u0085", "👩🏽‍🏭"} {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, max int) {
		for name, got := range map[string]string{"Text": clean.Text(s), "Title": clean.Title(s, max), "Excerpt": clean.Excerpt(s, max)} {
			if !utf8.ValidString(got) || clean.Text(got) != got {
				t.Errorf("%s(%q, %d) = %q, which Text changes again", name, s, max, got)
			}
			if strings.ContainsAny(got, "\u202d\u202e") && name != "Text" {
				t.Errorf("%s(%q) = %q has an override", name, s, got)
			}
		}
		if got := clean.Title(s, 0); clean.Title(got, 0) != got {
			t.Errorf("Title(%q) = %q, and again %q", s, got, clean.Title(got, 0))
		}
	})
}

func FuzzURL(f *testing.F) {
	for _, s := range []string{"https://bücher.example/ä b?c=[d]#é", "http://a%zz/", "https://[::1%25eth0]/", "javascript://x/%0a", "https://a.example/\xff%", "http://" + strings.Repeat("\x84", 3000) + "AA", "http://a.example/" + strings.Repeat("\x84", 8000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean.URL(s)
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune("\"<>\\^`{|}", r) }) {
			t.Errorf("URL(%q) = %q (%v)", s, got, err)
		}
		if again := clean.URL(got); again != got {
			t.Errorf("URL(%q) = %q, and again %q", s, got, again)
		}
	})
}
