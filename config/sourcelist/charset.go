package sourcelist

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// declared finds the encoding that an XML declaration names.
var declared = regexp.MustCompile(`(?i)^\s*<\?xml[^>]*\sencoding\s*=\s*["']([a-z0-9_.:-]{1,40})["']`)

// oneByte are the encodings in which any bytes are a text: that bytes are
// valid UTF-8 too speaks against them.
var oneByte = regexp.MustCompile(`^(windows-125\d|iso-8859-\d+|macintosh|koi8-.|ibm866)$`)

// decode returns a file's text in UTF-8, without control characters, and the
// name of its encoding.
func decode(data []byte) ([]byte, string, error) {
	enc, name, skip := marked(data)
	if enc == nil {
		enc, name = guessed(data)
	}
	text := data[skip:]
	if name != "utf-8" {
		var err error
		if text, err = enc.NewDecoder().Bytes(text); err != nil {
			return nil, "", fmt.Errorf("%w: not readable as %s", ErrNotAList, name)
		}
	}
	// XML has no way to say most control characters, and some writers put
	// them in all the same.
	return bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0xFFFE || r == 0xFFFF || r == 0xFEFF {
			return -1
		}
		return r
	}, text), name, nil
}

// marked returns the encoding that a byte order mark, or the zeros between
// the letters of a text, give away; nil if there are none.
func marked(data []byte) (enc encoding.Encoding, name string, skip int) {
	for _, m := range []struct {
		mark string
		enc  encoding.Encoding
		name string
	}{
		{"\xef\xbb\xbf", unicode.UTF8, "utf-8"},
		{"\xff\xfe\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "utf-32le"},
		{"\x00\x00\xfe\xff", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "utf-32be"},
		{"\xff\xfe", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"},
		{"\xfe\xff", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be"},
	} {
		if bytes.HasPrefix(data, []byte(m.mark)) {
			return m.enc, m.name, len(m.mark)
		}
	}
	if len(data) < 4 {
		return nil, "", 0
	}
	switch first := binary.BigEndian.Uint32(data); {
	case first&0xff00ff00 == 0 && first != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "utf-16be", 0
	case first&0x00ff00ff == 0 && first != 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", 0
	}
	return nil, "", 0
}

// guessed returns the encoding that a file declares, unless its bytes know
// better, and without a word Windows' western one for what is no UTF-8.
func guessed(data []byte) (encoding.Encoding, string) {
	valid := utf8.Valid(data)
	label := ""
	if m := declared.FindSubmatch(data[:min(len(data), 1024)]); m != nil {
		label = string(m[1])
	}
	enc, name := charset.Lookup(label)
	switch {
	case enc != nil && strings.HasPrefix(name, "utf-16"), enc == nil, name == "utf-8", oneByte.MatchString(name) && valid:
		if valid {
			return unicode.UTF8, "utf-8"
		}
		enc, name = charset.Lookup("windows-1252")
	}
	return enc, name
}
