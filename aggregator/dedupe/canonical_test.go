package dedupe

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCanonical(t *testing.T) {
	const want = "https://paper.example/2024/strike"
	tests := []struct{ name, in, want string }{
		{"the scheme does not matter", "http://paper.example/2024/strike", want},
		{"www does not matter", "https://www.paper.example/2024/strike", want},
		{"a numbered www does not matter", "https://www2.paper.example/2024/strike", want},
		{"the mobile host is the host", "https://m.paper.example/2024/strike", want},
		{"the amp host is the host", "https://amp.paper.example/2024/strike", want},
		{"a mobile label in second place goes too", "https://en.m.paper.example/x", "https://en.paper.example/x"},
		{"a site called m stays", "https://m.example/x", "https://m.example/x"},
		{"default ports go", "http://paper.example:80/2024/strike", want},
		{"other ports stay", "http://paper.example:8080/2024/strike", "https://paper.example:8080/2024/strike"},
		{"case of host and scheme", "HTTPS://Paper.EXAMPLE/2024/strike", want},
		{"case of path stays", "https://paper.example/2024/Strike", "https://paper.example/2024/Strike"},
		{"index file", "https://paper.example/2024/strike/index.html", want},
		{"trailing slash", "https://paper.example/2024/strike/", want},
		{"dot segments and doubled slashes", "https://paper.example/2024/./x/..//strike", want},
		{"fragment", "https://paper.example/2024/strike#comments", want},
		{"a route in the fragment stays", "https://paper.example/#!/2024/strike", "https://paper.example/#!/2024/strike"},
		{"session in the path", "https://paper.example/2024/strike;jsessionid=AB12", want},
		{"a session in the middle of a path", "https://paper.example/2024;jsessionid=AB12/strike;v=2", "https://paper.example/2024/strike;v=2"},
		{"a session as a segment", "https://paper.example/(S(lit3py55t21z5v55vlm25s55))/2024/strike", want},
		{"session in the query", "https://paper.example/2024/strike?PHPSESSID=ab12", want},
		{"a number that looks like a session name is an article", "https://paper.example/story?sid=1234", "https://paper.example/story?sid=1234"},
		{"campaign parameters", "https://paper.example/2024/strike?utm_source=rss&fbclid=1", want},
		{"campaign parameters in HTML spelling", "https://paper.example/2024/strike?utm_source=rss&amp;utm_medium=x", want},
		{"campaign parameters in the path", "https://paper.example/s&ref=rss&id=7", "https://paper.example/s?id=7"},
		{"a campaign behind an escaped question mark", "https://paper.example/2024/strike%3Futm_source=rss&fbclid=1", want},
		{"a campaign behind a second question mark", "https://paper.example/s?id=7?fbclid=1&utm_medium=x", "https://paper.example/s?id=7"},
		{"a campaign behind an escaped and", "https://paper.example/s?id=7%26utm_source%3Drss", "https://paper.example/s?id=7"},
		{"an and that was escaped twice", "https://paper.example/s?id=7&amp%3Butm_source=rss", "https://paper.example/s?id=7"},
		{"parameters between semicolons", "https://paper.example/s?utm_source=rss;id=7;fbclid=1", "https://paper.example/s?id=7"},
		{"a semicolon in a value", "https://paper.example/s?q=a;b", "https://paper.example/s?q=a;b"},
		{"a campaign in a route", "https://paper.example/#!/2024/strike?utm_source=rss&id=7", "https://paper.example/#!/2024/strike?id=7"},
		{"a quoted passage behind a route", "https://paper.example/#/2024/strike:~:text=walked", "https://paper.example/#/2024/strike"},
		{"an empty query", "https://paper.example/2024/strike?", want},
		{"ids stay", "https://paper.example/?p=12&utm_source=rss", "https://paper.example/?p=12"},
		{"pages stay", "https://paper.example/2024/strike?page=2", want + "?page=2"},
		{"parameters are put in order", "https://paper.example/s?b=2&a=1", "https://paper.example/s?a=1&b=2"},
		{"repeated parameters keep their order", "https://paper.example/s?t=2&t=1", "https://paper.example/s?t=2&t=1"},
		{"a parameter of one publisher goes there", "https://www.wsj.com/articles/x?mod=hp_lead", "https://wsj.com/articles/x"},
		{"and stays elsewhere", "https://paper.example/x?mod=hp_lead", "https://paper.example/x?mod=hp_lead"},
		{"ref with a name is a campaign", "https://paper.example/2024/strike?ref=newsletter", want},
		{"ref with a number may be an article", "https://paper.example/s?ref=8123", "https://paper.example/s?ref=8123"},
		{"ref on a code host is a branch", "https://github.com/a/b?ref=main", "https://github.com/a/b?ref=main"},
		{"amp folder at the end", "https://paper.example/2024/strike/amp/", want},
		{"amp folder in front", "https://paper.example/amp/2024/strike", want},
		{"a section called amp stays", "https://paper.example/amp/", "https://paper.example/amp"},
		{"amp extension", "https://paper.example/2024/strike.amp.html", want + ".html"},
		{"amp parameter", "https://paper.example/2024/strike?outputType=amp", want},
		{"amp cache", "https://paper-example.cdn.ampproject.org/c/s/paper.example/2024/strike", want},
		{"search engine's redirect", "https://www.google.com/url?sa=t&url=https%3A%2F%2Fpaper.example%2F2024%2Fstrike%3Futm_source%3Dx", want},
		{"search engine's amp viewer", "https://www.google.co.uk/amp/s/paper.example/2024/strike", want},
		{"link filter", "https://l.facebook.com/l.php?u=https%3A%2F%2Fpaper.example%2F2024%2Fstrike&h=AT0", want},
		{"archived copy", "https://web.archive.org/web/20240101000000/https://paper.example/2024/strike", want},
		{"feed proxy with the target behind a star", "http://us.rd.yahoo.com/rss/x/*http://paper.example/2024/strike", want},
		{"a wrapper without a target is itself", "https://www.google.com/url?sa=t", "https://google.com/url?sa=t"},
		{"escapes of plain letters", "https://paper.example/2024/%73trike", want},
		{"escapes in lower case", "https://paper.example/a%c3%a9", "https://paper.example/a%C3%A9"},
		{"an escaped slash is no slash", "https://paper.example/a%2Fb", "https://paper.example/a%2Fb"},
		{"raw letters are escaped", "https://paper.example/é", "https://paper.example/%C3%A9"},
		{"plus and %20 are both a space", "https://paper.example/s?q=a+b", "https://paper.example/s?q=a%20b"},
		{"a plus in a path is a plus", "https://paper.example/a+b", "https://paper.example/a+b"},
		{"punycode", "https://bücher.example/x", "https://xn--bcher-kva.example/x"},
		{"a user name", "https://me:pw@paper.example/2024/strike", want},
		{"quotes and space around it", " <https://paper.example/2024/strike> ", want},
		{"back slashes", `http:\\paper.example\2024\strike`, want},
		{"a doubled scheme", "http://https://paper.example/2024/strike", want},
		{"a stray percent sign", "https://paper.example/50%-more", "https://paper.example/50%25-more"},
		{"a video", "https://youtu.be/AbC?si=x", "https://youtube.com/watch?v=AbC"},
		{"front page", "https://www.paper.example", "https://paper.example/"},
		{"relative", "/2024/strike", ""},
		{"mail", "mailto:desk@paper.example", ""},
		{"no host", "https:///x", "https://x/"},
		{"script", "javascript:alert(1)", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Canonical(tt.in); got != tt.want {
				t.Errorf("Canonical(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// Parameters that tell articles apart survive whatever stands beside them.
func TestCanonicalKeepsIDs(t *testing.T) {
	names := []string{"id", "p", "page", "story", "article", "v", "storyId", "nid", "item", "newsid", "docid"}
	for _, site := range []string{"paper.example", "wsj.com", "nytimes.com", "bbc.co.uk", "lemonde.fr"} {
		for _, n := range names {
			a := Canonical("https://" + site + "/x?utm_source=rss&" + n + "=10001")
			b := Canonical("https://" + site + "/x?utm_source=rss&" + n + "=10002")
			if a == b {
				t.Errorf("parameter %s of %s: both addresses became %q", n, site, a)
			}
		}
	}
}

// anURL draws addresses out of the parts that the rules are about.
func anURL(t *rapid.T) string {
	pick := func(label string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label) }
	u := pick("scheme", "http://", "https://", "HTTP://", "http:\\\\")
	u += pick("host", "www.", "m.", "www2.amp.", "en.m.", "", "wap.www.") + pick("site", "paper.example", "news.co.uk", "google.com", "cdn.ampproject.org", "youtu.be", "bücher.example", "web.archive.org")
	u += pick("port", "", ":80", ":443", ":8080")
	for range rapid.IntRange(0, 4).Draw(t, "depth") {
		u += "/" + pick("segment", "amp", "index.html", "2024", "..", ".", "", "x.amp", "c", "s", "default.aspx", "a%2fb", "50%", "é", "url", "web", "a;sid=1", "http://b.example")
	}
	u += pick("slash", "", "/", "//")
	if rapid.Bool().Draw(t, "query") {
		u += "?" + pick("q1", "a=1", "utm_x=2", "", "amp", "id=%zz", "url=https://c.example/amp") + "&" + pick("q2", "b=+", "ref=x", "id=7", "amp;c=1", "=")
	}
	return u + pick("fragment", "", "#top", "#!/a/b", "#/x y", "#!")
}

func TestCanonicalIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := anURL(t)
		once := Canonical(u)
		if twice := Canonical(once); twice != once {
			t.Fatalf("Canonical(%q) = %q, and of that %q", u, once, twice)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"http://a.example/x?y=1#z", "https://www.google.com/url?url=http%3A%2F%2Fa.example", "http://[::1]:80/", "http://a/%", "//a", "http://http://a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Canonical(s)
		if c == "" {
			return
		}
		if again := Canonical(c); again != c {
			t.Errorf("Canonical(%q) = %q, and of that %q", s, c, again)
		}
		u, err := url.Parse(c)
		if err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("Canonical(%q) = %q, which is no https URL: %v", s, c, err)
		}
	})
}

// The embedded list has no line that is silently ignored.
func TestAddressListIsSound(t *testing.T) {
	for n, line := range strings.Split(rulesText, "\n") {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if line = strings.TrimSpace(line); f[0][0] == '[' && (line[len(line)-1] != ']' || strings.Count(line, "[") != 1) {
			t.Errorf("line %d: %q is no section", n+1, line)
		}
		if f[0] == "alias" && len(f) != 3 || f[0] == "segment" && len(f) != 3 || f[0] == "wrap" && len(f) < 3 || wordLines[f[0]] != 0 && len(f) < 2 {
			t.Errorf("line %d: %q is incomplete", n+1, line)
		}
		if strings.ContainsAny(line, "|*") && strings.Contains(line, " |") {
			t.Errorf("line %d: %q has a space in a list of values", n+1, line)
		}
	}
}

// Every rule says what it is for the people who keep the list.
func TestAddressListExplainsItself(t *testing.T) {
	for n, line := range strings.Split(rulesText, "\n") {
		rule, comment, _ := strings.Cut(line, "#")
		f := strings.Fields(rule)
		if len(f) == 0 || f[0][0] == '[' || f[0] == "alias" || f[0] == "segment" || f[0] == "wrap" || wordLines[f[0]] != 0 {
			continue
		}
		if strings.TrimSpace(comment) == "" {
			t.Errorf("line %d: %q has no comment that says what it is", n+1, rule)
		}
	}
}
