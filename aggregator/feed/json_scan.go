package feed

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// jsonParts is a JSON Feed cut at the places that matter, before any of it is
// decoded.
type jsonParts struct {
	members [][2][]byte // key and value of the top level, "items" excepted
	items   [][]byte    // the complete elements of "items"
	cut     int         // elements beyond the limit
}

// maxMember bounds a member of the top level, in bytes; maxNesting the depth.
const (
	maxMember  = 1 << 16
	maxNesting = 64
	maxMembers = 100
)

// scanJSON cuts text apart; ok is false if it is no object. A document that
// stops in the middle keeps its complete items.
func scanJSON(text []byte, rep *repairs) (parts jsonParts, ok bool) {
	s := jsonScanner{src: bytes.TrimSpace(text), repairs: rep}
	if len(s.src) == 0 || s.src[0] != '{' {
		return parts, false
	}
	s.pos = 1
	for len(parts.members) < maxMembers {
		key, more := s.element('}')
		if !more {
			break
		}
		s.space()
		if s.pos >= len(s.src) || s.src[s.pos] != ':' {
			s.repairs.add(repairJSON)
			break
		}
		s.pos++
		s.space()
		if string(key) == `"items"` && s.pos < len(s.src) && s.src[s.pos] == '[' {
			s.pos++
			for {
				item, more := s.element(']')
				if !more {
					break
				}
				parts.items = append(parts.items, item)
			}
			continue
		}
		value, more := s.element('}')
		if !more {
			break
		}
		if len(value) <= maxMember {
			parts.members = append(parts.members, [2][]byte{key, value})
		}
	}
	return parts, true
}

// jsonScanner walks over JSON values without decoding them.
type jsonScanner struct {
	src     []byte
	pos     int
	repairs *repairs
}

func (s *jsonScanner) space() {
	for s.pos < len(s.src) && strings.IndexByte(" \t\r\n", s.src[s.pos]) >= 0 {
		s.pos++
	}
}

// element returns the next value of an object or array, or a key; more is
// false behind the last one, at close, or where the document stops.
func (s *jsonScanner) element(close byte) (value []byte, more bool) {
	// Signs that begin no value are passed over, so that every call that
	// returns a value has moved on.
	for s.space(); s.pos < len(s.src); s.space() {
		c := s.src[s.pos]
		if c == close || strings.IndexByte(",:]}", c) < 0 {
			break
		}
		if c != ',' {
			s.repairs.add(repairJSON)
		}
		s.pos++
	}
	if s.pos >= len(s.src) {
		s.repairs.add(repairTruncated)
		return nil, false
	}
	if s.src[s.pos] == close {
		s.pos++
		return nil, false
	}
	from, depth := s.pos, 0
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; c {
		case '"':
			if !s.str() {
				s.repairs.add(repairTruncated)
				return nil, false
			}
			if depth == 0 {
				return s.src[from:s.pos], true
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // the end of what the value is in
				return bytes.TrimSpace(s.src[from:s.pos]), true
			}
			if depth--; depth == 0 {
				s.pos++
				return s.src[from:s.pos], true
			}
		case ',', ':':
			if depth == 0 {
				return bytes.TrimSpace(s.src[from:s.pos]), true
			}
		}
		if depth > maxNesting {
			s.repairs.add(repairDepth)
			s.pos = len(s.src)
			return nil, false
		}
		s.pos++
	}
	s.repairs.add(repairTruncated)
	return nil, false
}

// str moves behind the string that begins at pos, if it ends.
func (s *jsonScanner) str() bool {
	for s.pos++; s.pos < len(s.src); s.pos++ {
		switch s.src[s.pos] {
		case '\\':
			s.pos++
		case '"':
			s.pos++
			return true
		}
	}
	s.pos = len(s.src)
	return false
}

// limit keeps the newest n items.
func (p *jsonParts) limit(n int) {
	if len(p.items) <= n {
		return
	}
	dates := make([]time.Time, len(p.items))
	for i, it := range p.items {
		dates[i] = jsonDate(it)
	}
	p.cut = len(p.items) - n
	var kept [][]byte
	for i, k := range newest(dates, n) {
		if k {
			kept = append(kept, p.items[i])
		}
	}
	p.items = kept
}

// jsonDate finds an item's publication date without decoding the item.
func jsonDate(item []byte) time.Time {
	_, rest, ok := bytes.Cut(item, []byte(`"date_published"`))
	if !ok {
		return time.Time{}
	}
	parts := bytes.SplitN(rest[:min(len(rest), 80)], []byte{'"'}, 3)
	if len(parts) < 3 {
		return time.Time{}
	}
	t, _ := parseDate(string(parts[1]))
	return t
}

// newest reports which n of the dated things to keep. What has no date counts
// as old as the one before it: feeds put the newest first.
func newest(dates []time.Time, n int) []bool {
	order := make([]int, len(dates))
	var last time.Time
	for i := range dates {
		order[i] = i
		if dates[i].IsZero() {
			dates[i] = last
		}
		last = dates[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return dates[b].Compare(dates[a]) })
	keep := make([]bool, len(dates))
	for _, i := range order[:min(n, len(order))] {
		keep[i] = true
	}
	return keep
}
