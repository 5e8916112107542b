package jsonpart

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// sameAsLibrary says that a text is written as encoding/json writes it.
func sameAsLibrary(t interface{ Errorf(string, ...any) }, s string) {
	for _, html := range []bool{false, true} {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(html)
		if err := enc.Encode(s); err != nil {
			t.Errorf("encoding/json: %v", err)
		}
		got := Write(func(p *Part) { p.String(s) })
		if html {
			p := ForHTML([]byte("x"))
			p.String(s)
			got = strings.TrimPrefix(string(p.Bytes()), "x")
		}
		if got != strings.TrimSuffix(want.String(), "\n") {
			t.Errorf("%q is written as %s, encoding/json has %s", s, got, want.String())
		}
	}
}

var texts = []string{"", "a", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "<&>", "\u2028\u2029\u2027\ufffd", "\xff\xed\xa0\x80\xe2\x80", "عمال", "👩🏽‍🏭"}

func TestStringsAreWrittenAsTheLibraryHasThem(t *testing.T) {
	for _, s := range texts {
		sameAsLibrary(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		sameAsLibrary(t, rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text"))
	})
}

func FuzzString(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { sameAsLibrary(t, s) })
}

func TestAFieldWithoutAValueCanBeLeftOut(t *testing.T) {
	got := Write(func(p *Part) {
		p.Field(`{"a":`, "")
		p.Optional(`,"b":`, "")
		p.Optional(`,"c":`, "<")
		p.Raw("}")
	})
	if want := `{"a":"","c":"<"}`; got != want {
		t.Errorf("Write = %s, want %s", got, want)
	}
}
