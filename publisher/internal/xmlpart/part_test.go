package xmlpart

import (
	"encoding/xml"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sameAsLibrary says that a text is written as encoding/xml writes it.
func sameAsLibrary(t interface{ Fatalf(string, ...any) }, s string) {
	type element struct {
		XMLName xml.Name `xml:"e"`
		A       string   `xml:"a,attr,omitempty"`
		B       string   `xml:"b"`
		C       string   `xml:"c,omitempty"`
		D       struct {
			Text string `xml:",cdata"`
		} `xml:"d"`
	}
	v := element{A: s, B: s, C: s}
	v.D.Text = s
	want, err := Encode(v, "    ")
	if err != nil {
		t.Fatalf("encoding/xml: %v", err)
	}
	got := Write(func(p *Part) {
		p.Raw("\n    <e")
		p.Attribute("a", s)
		p.Raw(">")
		p.Element("      ", "b", s)
		p.Optional("      ", "c", s)
		p.Raw("\n      <d>")
		p.CDATA(s)
		p.Raw("</d>\n    </e>")
	})
	if got != want {
		t.Fatalf("%q is written as %q, encoding/xml has %q", s, got, want)
	}
}

var texts = []string{"", "a", `<&>"'`, "\x00\x08\t\n\r\x1f\x7f\u0085", "\ufffd\ufffe\uffff", "\xff\xed\xa0\x80\xe2\x82", "]]>", "a]]>]]>b]]", "\U0001fffe", "عمال"}

func TestTextsAreWrittenAsTheLibraryHasThem(t *testing.T) {
	for _, s := range texts {
		sameAsLibrary(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		sameAsLibrary(t, rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text"))
	})
}

func FuzzText(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { sameAsLibrary(t, s) })
}

func TestATimeIsWrittenInUTC(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 123456000, time.FixedZone("", 3600))
	got := Write(func(p *Part) { p.Time("  ", "updated", at, "2006-01-02T15:04:05.999999Z07:00") })
	if want := "\n  <updated>2026-03-04T11:00:00.123456Z</updated>"; got != want {
		t.Errorf("Time writes %q, want %q", got, want)
	}
}

// What comes out of one Write is not changed by the next one.
func TestWriteReturnsBytesOfItsOwn(t *testing.T) {
	first := Write(func(p *Part) { p.Raw("first") })
	Write(func(p *Part) { p.Raw("other") })
	if first != "first" {
		t.Errorf("the first text became %q", first)
	}
}
