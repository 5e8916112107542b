package feed

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// census counts what speaks for UTF-8 in a document that is not valid UTF-8,
// and what speaks against it. A run is a stretch of bytes beyond ASCII.
type census struct {
	good  int       // sequences of several bytes that are valid UTF-8
	whole int       // those of them in runs that hold nothing else, [rare] ones left out
	bad   int       // bytes that belong to none
	leads [256]bool // first bytes of the sequences that count as whole
}

// takeCensus counts the runs of body. The beginning of a character at the end
// of a text is no bad byte where other characters begin alike: it was cut.
func takeCensus(body []byte) *census {
	c := new(census)
	var cuts [256]int
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		start, bad, good, usual := i, 0, 0, 0
		for i < len(body) && body[i] >= utf8.RuneSelf {
			if n := cutLength(body[i:]); n > 0 {
				cuts[body[i]] += n
				i += n
				continue
			}
			r, size := utf8.DecodeRune(body[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				bad++
			case rare(r):
				good++
			default:
				good++
				usual++
			}
			i += size
		}
		c.good += good
		c.bad += bad
		if bad == 0 {
			c.whole += usual
			c.noteLeads(body[start:i])
		}
	}
	for lead, n := range cuts {
		if !c.leads[lead] {
			c.bad += n
		}
	}
	return c
}

// noteLeads notes how the characters of a run begin.
func (c *census) noteLeads(run []byte) {
	for len(run) > 0 {
		r, size := utf8.DecodeRune(run)
		if r != utf8.RuneError && !rare(r) {
			c.leads[run[0]] = true
		}
		run = run[size:]
	}
}

// mostly reports whether the document is UTF-8 but for some damage: twice as
// many sequences as bad bytes are in no text of another encoding, even if a
// label says so. In texts of many languages that were written in their old
// encodings there was at most one sequence for each three bad bytes.
func (c *census) mostly() bool { return c.good > 2*c.bad }

// mixed reports whether the document is UTF-8 with foreign pieces in it, where
// no label says otherwise. What tells is the runs that are UTF-8 throughout.
// In an old encoding they are rare by far: a letter with an accent stands
// alone, and is no sequence; a word of another script, or a sentence in
// Chinese, would need to be one by chance from its first byte to its last. In
// old texts there was one such sequence for fifty bad bytes at most, and in the
// worst of short ones; pasting leaves more than one for eight.
func (c *census) mixed() bool { return c.whole*8 > c.bad }

// rare reports whether a character says nothing about the encoding: few texts
// have it, but capitals before a quotation mark in windows-1252 look like it,
// such as the last two of «LIBERTÉ».
func rare(r rune) bool { return r < 0xa0 || r >= 0x180 && r < 0x300 || r >= 0x700 && r < 0x800 }

// cutLength returns how many bytes at the beginning of b are a character that
// a program cut in two when it shortened a text; 0 if none are.
func cutLength(b []byte) int {
	n := 0
	for n < len(b) && n < utf8.UTFMax && b[n] >= utf8.RuneSelf && !utf8.FullRune(b[:n+1]) {
		n++
	}
	if n == 0 || n == len(b) || bytes.IndexByte([]byte("<&[]\".\\ \t\r\n"), b[n]) >= 0 || bytes.HasPrefix(b[n:], []byte("…")) {
		return n
	}
	return 0
}

// mend reads a document that is UTF-8 but for some bytes. Those are read in
// another encoding, run by run where most of a run is not UTF-8, because
// a sequence in such a run is one by chance. Characters that were cut go.
func (c *census) mend(body []byte, other encoding.Encoding) []byte {
	dec := other.NewDecoder()
	foreign := func(out, b []byte) []byte {
		if t, err := dec.Bytes(b); err == nil && utf8.Valid(t) {
			return append(out, t...)
		}
		return out
	}
	out := make([]byte, 0, len(body)+len(body)/16)
	for i := 0; i < len(body); {
		n := runLength(body[i:])
		if n == 0 {
			out = append(out, body[i])
			i++
			continue
		}
		if c.foreign(body[i:], n) {
			out = foreign(out, body[i:i+n])
			i += n
			continue
		}
		for end := i + n; i < end; {
			r, size := utf8.DecodeRune(body[i:])
			switch cut := cutLength(body[i:]); {
			case cut > 0 && c.leads[body[i]]:
				size = cut
			case r == utf8.RuneError && size == 1:
				size = badLength(body[i:end]) // together: two may be one character
				out = foreign(out, body[i:i+size])
			default:
				out = append(out, body[i:i+size]...)
			}
			i += size
		}
	}
	return out
}

// badLength returns how many bytes at the beginning of b, the first of which is,
// belong to no sequence.
func badLength(b []byte) int {
	n := 1
	for n < len(b) {
		if r, size := utf8.DecodeRune(b[n:]); r != utf8.RuneError || size > 1 {
			break
		}
		n++
	}
	return n
}

// runLength returns the length of the run at the beginning of b.
func runLength(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= utf8.RuneSelf {
		n++
	}
	return n
}

// foreign reports whether most bytes of the run of n bytes at the beginning of
// b are no UTF-8.
func (c *census) foreign(b []byte, n int) bool {
	good, bad := 0, 0
	for i := 0; i < n; {
		if cut := cutLength(b[i:]); cut > 0 && c.leads[b[i]] {
			i += cut
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good += size
		}
		i += size
	}
	return bad > good
}

// others returns what of body is left without the runs that are UTF-8.
func (c *census) others(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for i := 0; i < len(body); {
		n := runLength(body[i:])
		switch {
		case n == 0:
			out = append(out, body[i])
			n = 1
		case c.foreign(body[i:], n):
			out = append(out, body[i:i+n]...)
		}
		i += n
	}
	return out
}

// fallback is the encoding of what is not UTF-8: the label's, if there is one
// of single bytes or pairs, or what the language is usually in, or
// windows-1252, as browsers have it.
func (c *census) fallback(body []byte, labels []label, t tongue) encoding.Encoding {
	for _, l := range labels {
		if l.name != "utf-8" {
			return l.enc
		}
	}
	name := "windows-1252"
	if best := t.settle(c.others(body)); best.name != "" {
		name = best.name
	}
	enc, _ := charset.Lookup(name)
	return enc
}
