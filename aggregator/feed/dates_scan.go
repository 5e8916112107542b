package feed

import (
	"unicode"
)

// dateToken is a number, a word or a sign of a date.
type dateToken struct {
	word   string // folded; "" for a number or a sign
	num    int
	digits int  // how many digits the number has; 0 if it is none
	sign   byte // ':', '+', '-', '/', '.', …; 0 for a number or a word
	tight  bool // no space before it
}

// scanDate splits a date into tokens.
func scanDate(text string) []dateToken {
	var toks []dateToken
	tight := false
	rs := []rune(text)
	for i := 0; i < len(rs); {
		r := rs[i]
		if d := digit(r); d >= 0 {
			tok := dateToken{tight: tight}
			for i < len(rs) && digit(rs[i]) >= 0 && tok.digits < 18 {
				tok.num = tok.num*10 + digit(rs[i])
				tok.digits++
				i++
			}
			toks, tight = append(toks, tok), true
			continue
		}
		if unicode.IsLetter(r) || unicode.Is(unicode.M, r) {
			j := i
			for j < len(rs) && (unicode.IsLetter(rs[j]) || unicode.Is(unicode.M, rs[j]) || rs[j] == '.' && j+1 < len(rs) && unicode.IsLetter(rs[j+1])) {
				j++
			}
			toks = append(toks, dateToken{word: fold(string(rs[i:j])), tight: tight})
			i, tight = j, true
			continue
		}
		if unicode.IsSpace(r) || r == ',' || r == '،' || r == 0x200e || r == 0x200f {
			tight = false
			i++
			continue
		}
		if r == '−' || r == '–' {
			r = '-'
		}
		if r < 0x80 {
			toks = append(toks, dateToken{sign: byte(r), tight: tight})
		}
		i, tight = i+1, true
	}
	return toks
}

// digit returns the value of a decimal digit of any script, or -1.
func digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	// Unicode keeps the digits of a script together, zero first.
	zero := r
	for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	return int(r - zero)
}
