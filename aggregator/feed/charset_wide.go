package feed

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// wideEncoding recognises UTF-16 and UTF-32 by byte order mark or by the zero
// bytes around the first character of markup, and returns how much to skip.
func wideEncoding(b []byte) (name string, skip int) {
	has := func(s string) bool { return bytes.HasPrefix(b, []byte(s)) }
	switch {
	case has("\xff\xfe\x00\x00"):
		return "utf-32le", 4
	case has("\x00\x00\xfe\xff"):
		return "utf-32be", 4
	case has("\xff\xfe"):
		return "utf-16le", 2
	case has("\xfe\xff"):
		return "utf-16be", 2
	case len(b) < 4:
		return "", 0
	case b[0] == 0 && b[1] == 0 && b[2] == 0 && b[3] != 0:
		return "utf-32be", 0
	case b[0] != 0 && b[1] == 0 && b[2] == 0 && b[3] == 0:
		return "utf-32le", 0
	case b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0:
		return "utf-16be", 0
	case b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0:
		return "utf-16le", 0
	}
	return "", 0
}

// decodeWide decodes UTF-16 and UTF-32. A document that was cut inside a
// character loses that character only.
func decodeWide(b []byte, name string, rep *repairs) []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if strings.HasSuffix(name, "be") {
		order = binary.BigEndian
	}
	out := make([]byte, 0, len(b)/2+len(b)/8)
	if strings.HasPrefix(name, "utf-32") {
		for ; len(b) >= 4; b = b[4:] {
			out = utf8.AppendRune(out, rune(order.Uint32(b)))
		}
	} else {
		for ; len(b) >= 2; b = b[2:] {
			r := rune(order.Uint16(b))
			if utf16.IsSurrogate(r) && len(b) >= 4 {
				if pair := utf16.DecodeRune(r, rune(order.Uint16(b[2:]))); pair != utf8.RuneError {
					r, b = pair, b[2:]
				}
			}
			out = utf8.AppendRune(out, r)
		}
	}
	if len(b) > 0 {
		rep.add(repairTruncated)
	}
	return out
}
