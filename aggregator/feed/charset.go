package feed

import (
	"bytes"
	"mime"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// toUTF8 decides the encoding of body and returns its text as valid UTF-8 and
// the WHATWG name of the encoding. The order is: byte order mark, zero bytes
// of UTF-16 and UTF-32, the Content-Type's charset, the XML declaration, the
// bytes themselves. A label that the bytes contradict is overruled; what the
// bytes leave open is settled by the language that the source is said to be in,
// or else by the one that the document says it is in.
//
// UTF-7 is in no list that is asked here and therefore never decoded (S23).
func toUTF8(body []byte, contentType, language string, rep *repairs) ([]byte, string) {
	if name, skip := wideEncoding(body); name != "" {
		return decodeWide(body[skip:], name, rep), name
	}
	if rest, ok := bytes.CutPrefix(body, []byte("\xef\xbb\xbf")); ok {
		body = rest
		if utf8.Valid(body) {
			return body, "utf-8"
		}
	}
	labels := labelled(body, contentType)
	if utf8.Valid(body) {
		return validUTF8(body, labels, rep)
	}
	return notUTF8(body, labels, tongueOf(language, body), rep)
}

// notUTF8 reads bytes that are not valid UTF-8 throughout.
func notUTF8(body []byte, labels []label, t tongue, rep *repairs) ([]byte, string) {
	c := takeCensus(body)
	otherwise := len(labels) > 0 && !slices.ContainsFunc(labels, func(l label) bool { return l.name == "utf-8" })
	if c.mostly() || !otherwise && c.mixed() {
		rep.add(repairBytes)
		return c.mend(body, c.fallback(body, labels, t)), "utf-8"
	}
	for i, l := range labels {
		if l.name == "utf-8" {
			continue
		}
		if text, bad := decodeWith(l.enc, body); bad == 0 && !t.contradicts(text, body) {
			if i > 0 {
				rep.add(repairEncoding)
			}
			return text, l.name
		}
	}
	return guess(body, labels, t, rep)
}

// label is an encoding that somebody claimed for the document.
type label struct {
	name string
	enc  encoding.Encoding
}

var declaration = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[^<]{0,64}<\?[xX][mM][lL][^>]{0,200}?encoding\s*=\s*["']?\s*([A-Za-z0-9._:\-]{2,40})`)
})

// labelled returns the claimed encodings, the strongest claim first.
func labelled(body []byte, contentType string) []label {
	var ls []label
	add := func(s string) {
		enc, name := charset.Lookup(strings.TrimSpace(s))
		// The wide encodings leave zero bytes, which were looked for before:
		// here their labels are lies. "replacement" stands for encodings that
		// are only ever used to attack.
		if enc == nil || name == "replacement" || strings.HasPrefix(name, "utf-16") {
			return
		}
		for _, l := range ls {
			if l.name == name {
				return
			}
		}
		ls = append(ls, label{name, enc})
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		add(params["charset"])
	} else if _, after, ok := strings.Cut(strings.ToLower(contentType), "charset="); ok {
		add(strings.Trim(after, `"'; `))
	}
	if m := declaration().FindSubmatch(body[:min(len(body), 512)]); m != nil {
		add(string(m[1]))
	}
	return ls
}

// validUTF8 names the encoding of bytes that are valid UTF-8, which other
// encodings almost never are by chance unless they write ASCII only.
func validUTF8(body []byte, labels []label, rep *repairs) ([]byte, string) {
	for _, l := range labels {
		// ISO-2022-JP hides everything behind escapes in seven bits.
		if l.name == "iso-2022-jp" && bytes.IndexByte(body, 0x1b) >= 0 {
			if text, bad := decodeWith(l.enc, body); bad == 0 {
				return text, l.name
			}
		}
	}
	if text := escapedJapanese(body); text != nil {
		rep.add(repairEncoding)
		return text, "iso-2022-jp"
	}
	if len(labels) == 0 || labels[0].name == "utf-8" {
		return body, "utf-8"
	}
	if slices.ContainsFunc(body, beyondASCII) {
		rep.add(repairEncoding)
		return body, "utf-8"
	}
	return body, labels[0].name
}

func beyondASCII(b byte) bool { return b >= utf8.RuneSelf }

// escapedJapanese reads ISO-2022-JP that nobody calls so; nil if it is none.
// Nothing else has the escape to two bytes in seven bits.
func escapedJapanese(body []byte) []byte {
	if i := bytes.IndexByte(body, 0x1b); i < 0 || !bytes.Contains(body[i:], []byte("\x1b$")) || slices.ContainsFunc(body, beyondASCII) {
		return nil
	}
	enc, _ := charset.Lookup("iso-2022-jp")
	text, bad := decodeWith(enc, body)
	if bad > 0 {
		return nil
	}
	return text
}

// guess reads bytes that are not UTF-8 and fit no label.
func guess(body []byte, labels []label, t tongue, rep *repairs) ([]byte, string) {
	settled := t.settle(body)
	for _, l := range labels {
		if l.name == "utf-8" || settled.name != "" {
			continue
		}
		if text, n := decodeWith(l.enc, body); n*50 < len(body) {
			rep.add(repairBytes)
			return text, l.name
		}
	}
	rep.add(repairEncoding)
	name := settled.name
	if name == "" {
		name = detect(body)
	}
	enc, _ := charset.Lookup(name)
	text, _ := decodeWith(enc, body)
	return text, name
}

// decodeWith decodes body and counts the replacement characters, which stand
// for bytes that mean nothing in the encoding.
func decodeWith(enc encoding.Encoding, body []byte) ([]byte, int) {
	text, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return nil, len(body)
	}
	return text, bytes.Count(text, []byte("\uFFFD"))
}
