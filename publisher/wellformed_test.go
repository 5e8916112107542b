package publisher

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
	"unicode/utf8"
)

const sound = `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <title type="html">A &amp;lt; B &#x26; C</title>
  <content type="html"><![CDATA[<p>a & b]]]]><![CDATA[></p>]]></content><link href="?a=1&amp;b=2"/>
</feed>
`

func TestWellFormed(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     error
	}{
		{"what encoders write", sound, nil},
		{"nothing", "", errTorn},
		{"only the declaration", declaration, errTorn},
		{"torn in a tag", `<a><b`, errTag},
		{"torn in an end tag", `<a></a`, errTorn},
		{"torn in an attribute", `<a b="c`, errTorn},
		{"torn in CDATA", `<a><![CDATA[x]]</a>`, errTorn},
		{"torn between elements", `<a><b></b>`, errTorn},
		{"crossed tags", `<a><b></a></b>`, errTag},
		{"an end without a start", `</a>`, errTag},
		{"two roots", `<a/><b/>`, errTag},
		{"text after the root", `<a/>b`, errTag},
		{"an attribute twice", `<a b="1" b="2"/>`, errTag},
		{"an attribute without quotes", `<a b=1/>`, errTag},
		{"a tag in an attribute", `<a b="<c>"/>`, errTag},
		{"a bare ampersand", `<a>b & c</a>`, errReference},
		{"an entity of HTML", `<a>&nbsp;</a>`, errReference},
		{"the end of CDATA outside it", `<a>]]></a>`, errCharacter},
		{"a control character", "<a>\x08</a>", errCharacter},
		{"a control character in CDATA", "<a><![CDATA[\x08]]></a>", errCharacter},
		{"a noncharacter", "<a>\ufffe</a>", errCharacter},
		{"a document type", `<!DOCTYPE a><a/>`, errTag},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := wellFormed([]byte(tt.in)); !errors.Is(err, tt.want) {
				t.Errorf("wellFormed(%q) = %v, want %v", tt.in, err, tt.want)
			}
		})
	}
}

// A document cut short anywhere is never taken for a whole one.
func TestF39_NoBeginningOfADocumentIsWellFormed(t *testing.T) {
	whole := bytes.TrimRight([]byte(sound), "\n")
	for n := 1; n < len(whole); n++ {
		if wellFormed(whole[:n]) == nil {
			t.Errorf("wellFormed takes the first %d bytes for a document: %q", n, whole[:n])
		}
	}
}

// What we call well-formed, encoding/xml reads too.
func FuzzWellFormed(f *testing.F) {
	for _, s := range []string{sound, `<a b="c" d='e'>&lt;</a>`, `<a:b-c xmlns:a="x">é</a:b-c>`, "<a>\ufffe</a>", `<a><!-- b --></a>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if !utf8.Valid(in) || wellFormed(in) != nil {
			return
		}
		for dec := xml.NewDecoder(bytes.NewReader(in)); ; {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("wellFormed(%q) = nil, encoding/xml says %v", in, err)
			}
		}
	})
}
