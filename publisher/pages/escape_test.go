package pages

import (
	"bytes"
	"html/template"
	"testing"
)

func TestS03_AddressesPassTheFilterOfTheTemplates(t *testing.T) {
	want := template.Must(template.New("").Parse(`<a href="{{.}}" title="{{.}}">{{.}}</a>`))
	for _, s := range append(oddities, hostile, "javascript:alert(1)", "JavaScript:x", "java/script:x", "data:x", "mailto:a@b", "HTTP:x", ":", "https://a.example/%2f%zz?a=1&b=+'") {
		var b bytes.Buffer
		if err := want.Execute(&b, s); err != nil {
			t.Fatal(err)
		}
		var m markup
		m.raw(`<a href="`)
		m.address(s)
		m.raw(`" title="`)
		m.text(s)
		m.raw(`">`)
		m.text(s)
		m.raw("</a>")
		if string(m) != b.String() {
			t.Errorf("%q is written as %s, want %s", s, m, b.String())
		}
	}
}

func TestAnAddressWithAPortIsPlain(t *testing.T) {
	for _, s := range []string{"http://127.0.0.1:8080", "https://a.example:8443/feeds/all.rss?x=1", "http://a/b"} {
		if !plainWeb(s) {
			t.Errorf("plainWeb(%q) = false", s)
		}
	}
}

func TestAnAddressThatNeedsReadingIsNotPlain(t *testing.T) {
	for _, s := range []string{"", "https://", "https:///x", "https://a:b/", "https://a:1b/", "https://:80/", "https://a:80:80/", "https://a:8-0", "https://?x", "https://a/%zz", "https://a b", "javascript://a/", "https://[::1"} {
		if plainWeb(s) {
			t.Errorf("plainWeb(%q) = true", s)
		}
	}
}
