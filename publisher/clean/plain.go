package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Most of what passes here is fit to be published as it is. The functions of
// this file find that out in one look at every byte, and write nothing.

// plain reports whether [Text] leaves s as it is; with line, whether [Line]
// does.
func plain(s string, line bool) bool {
	last, space := rune(0), line // a line begins with no space
	for i := 0; i < len(s); {
		c := s[i]
		if c > ' ' && c < 0x7f {
			i++
			last, space = 0, false
			continue
		}
		if c < utf8.RuneSelf {
			if c == 0x7f || c < ' ' && (line || c != '\t' && c != '\n') || space {
				return false
			}
			i++
			last, space = 0, line
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || !allowed(r) || half(last, r) || line && wide(r) {
			return false
		}
		i += n
		last, space = r, false
	}
	return s == "" || !space
}

// wide reports whether a character beyond ASCII, that is allowed, is white
// space to [Line].
func wide(r rune) bool { return r == 0xa0 || r >= 0x1680 && r <= 0x3000 && unicode.IsSpace(r) }

// directed reports whether s has a bidirectional control that [closeBidi] may
// change something for. All of them are three bytes that begin alike.
func directed(s string) bool {
	for i := 0; i < len(s); i++ {
		at := strings.IndexByte(s[i:], 0xe2)
		if at < 0 {
			return false
		}
		i += at
		if i+2 < len(s) && (s[i+1] == 0x80 && s[i+2] >= 0xaa && s[i+2] <= 0xae || s[i+1] == 0x81 && s[i+2] >= 0xa6 && s[i+2] <= 0xa9) {
			return true
		}
	}
	return false
}
