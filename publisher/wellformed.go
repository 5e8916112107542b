package publisher

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// What is wrong with a document that is no well-formed XML.
var (
	errTorn      = errors.New("the document ends too early")
	errTag       = errors.New("a tag is not as it must be")
	errReference = errors.New("an & starts no reference")
	errCharacter = errors.New("a character that XML does not have")
)

// declaration is how every document of ours starts.
const declaration = `<?xml version="1.0" encoding="UTF-8"?>`

// wellFormed reads an XML document to its end as a reader would: tags match,
// attributes are quoted and said once, & and < stand for nothing else, and
// there is one root element. It knows what our encoders write and refuses the
// rest, a DOCTYPE above all; it is many times quicker than encoding/xml, which
// matters because every edition is read (F39).
func wellFormed(body []byte) error {
	x := &scan{rest: bytes.TrimPrefix(body, []byte(declaration))}
	for len(x.rest) > 0 {
		if err := x.step(); err != nil {
			return fmt.Errorf("not well-formed at byte %d: %w", len(body)-len(x.rest), err)
		}
	}
	if len(x.open) > 0 || !x.rooted {
		return fmt.Errorf("not well-formed: %w", errTorn)
	}
	return nil
}

// scan is how far a document has been read.
type scan struct {
	rest   []byte
	open   [][]byte // names of the elements around here
	rooted bool     // the root element has begun
}

// step reads the text up to the next tag, and the tag.
func (x *scan) step() error {
	text := x.rest
	if i := bytes.IndexByte(text, '<'); i >= 0 {
		text = text[:i]
	}
	if len(x.open) == 0 && len(bytes.TrimSpace(text)) > 0 {
		return errTag // text outside the root
	}
	if err := characters(text, true); err != nil {
		return err
	}
	if bytes.Contains(text, []byte("]]>")) {
		return errCharacter
	}
	x.rest = x.rest[len(text):]
	switch {
	case len(x.rest) == 0:
		return nil
	case bytes.HasPrefix(x.rest, []byte(cdata)) && len(x.open) > 0:
		return x.cdata()
	case bytes.HasPrefix(x.rest, []byte("</")):
		return x.end()
	}
	return x.start()
}

const cdata = "<![CDATA["

// cdata reads text that stands for itself.
func (x *scan) cdata() error {
	body, rest, ok := bytes.Cut(x.rest[len(cdata):], []byte("]]>"))
	if !ok {
		return errTorn
	}
	x.rest = rest
	return characters(body, false)
}

func (x *scan) end() error {
	name, rest, ok := bytes.Cut(x.rest[2:], []byte(">"))
	if !ok {
		return errTorn
	}
	if len(x.open) == 0 || !bytes.Equal(name, x.open[len(x.open)-1]) {
		return errTag
	}
	x.open, x.rest = x.open[:len(x.open)-1], rest
	return nil
}

func (x *scan) start() error {
	if len(x.open) == 0 && x.rooted {
		return errTag // a second root
	}
	name, rest := word(x.rest[1:])
	if len(name) == 0 {
		return errTag
	}
	x.rooted = true
	var seen [8][]byte // attributes; no element of ours has more
	for n := 0; ; n++ {
		switch {
		case bytes.HasPrefix(rest, []byte(">")):
			x.open, x.rest = append(x.open, name), rest[1:]
			return nil
		case bytes.HasPrefix(rest, []byte("/>")):
			x.rest = rest[2:]
			return nil
		case !bytes.HasPrefix(rest, []byte(" ")) || n == len(seen):
			return errTag
		}
		var err error
		if seen[n], rest, err = attribute(rest[1:]); err != nil {
			return err
		}
		for _, other := range seen[:n] {
			if bytes.Equal(other, seen[n]) {
				return errTag
			}
		}
	}
}

// attribute reads name="value".
func attribute(b []byte) (name, rest []byte, err error) {
	name, rest = word(b)
	if len(name) == 0 || !bytes.HasPrefix(rest, []byte(`="`)) {
		return nil, nil, errTag
	}
	value, rest, ok := bytes.Cut(rest[2:], []byte(`"`))
	if !ok {
		return nil, nil, errTorn
	}
	if bytes.IndexByte(value, '<') >= 0 {
		return nil, nil, errTag
	}
	return name, rest, characters(value, true)
}

// word reads a name. All of ours are ASCII.
func word(b []byte) (name, rest []byte) {
	n := 0
	for n < len(b) && (b[n]|0x20 >= 'a' && b[n]|0x20 <= 'z' || n > 0 && (b[n] >= '0' && b[n] <= '9' || strings.IndexByte(":-_.", b[n]) >= 0)) {
		n++
	}
	return b[:n], b[n:]
}

// characters looks at text, which is UTF-8; with references, every & must
// start one.
func characters(text []byte, references bool) error {
	for i, c := range text {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xef && noncharacter(text[i:]) {
			return errCharacter
		}
		if c == '&' && references && !reference(text[i+1:]) {
			return errReference
		}
	}
	return nil
}

// noncharacter reports whether UTF-8 starts with U+FFFE or U+FFFF.
func noncharacter(b []byte) bool {
	return len(b) >= 3 && b[1] == 0xbf && b[2] >= 0xbe
}

// reference reports whether what follows an & makes it one of the five
// entities of XML, or a character by number. Which character is not looked
// at: encoders write numbers for quotes and white space only.
func reference(b []byte) bool {
	name, _, ok := bytes.Cut(b[:min(len(b), 10)], []byte(";"))
	if !ok {
		return false
	}
	switch string(name) {
	case "lt", "gt", "amp", "quot", "apos", "#xA", "#xD", "#x9", "#34", "#39", "#x26", "#x3C", "#x3E":
		return true
	}
	return false
}
