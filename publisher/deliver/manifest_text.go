package deliver

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// The manifest of a large site names hundreds of thousands of files, and every
// delivery reads and writes it: encoding/json took a tenth of one that had
// little else to do. What is written here is what json.MarshalIndent writes, and
// what is not written as it writes is left to encoding/json to read.

// encode writes the manifest; names that it lacks are in it with nothing said
// of them.
func (m manifest) encode(names ...string) ([]byte, error) {
	all := slices.AppendSeq(make([]string, 0, len(m)+len(names)), maps.Keys(m))
	all = append(all, names...)
	slices.Sort(all)
	all = slices.Compact(all)
	blank := make(map[string]bool, len(names))
	for _, name := range names {
		blank[name] = true
	}
	b := make([]byte, 0, 256*len(all)+8)
	b = append(b, '{')
	for i, name := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(append(b, "\n "...), name), ": "...)
		r := m[name]
		if blank[name] {
			r = record{}
		}
		b = r.append(b)
	}
	if len(all) > 0 {
		b = append(b, '\n')
	}
	return append(b, '}'), nil
}

// append writes a record, whose fields are in the order of the type.
func (r record) append(b []byte) []byte {
	b = appendText(append(b, "{\n  \"hash\": "...), r.Hash)
	b = strconv.AppendInt(append(b, ",\n  \"size\": "...), r.Size, 10)
	b = strconv.AppendInt(append(b, ",\n  \"modified\": "...), r.Modified, 10)
	if r.Tag != "" {
		b = appendText(append(b, ",\n  \"tag\": "...), r.Tag)
	}
	b = appendText(append(b, ",\n  \"sha256\": "...), r.Sum)
	if r.Revision != 0 {
		b = strconv.AppendInt(append(b, ",\n  \"revision\": "...), r.Revision, 10)
	}
	for _, f := range [...]struct{ key, value string }{{"type", r.Type}, {"cache", r.Cache}, {"encoding", r.Encoding}} {
		if f.value != "" {
			b = appendText(append(append(append(b, ",\n  \""...), f.key...), "\": "...), f.value)
		}
	}
	return append(b, "\n }"...)
}

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	at := len(b)
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c >= 0x7f || c == '<' || c == '>' || c == '&':
			text, _ := json.Marshal(s) // strings cannot fail
			return append(b[:at], text...)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// parse reads what encode wrote; false for anything else.
func parse(body []byte) (manifest, bool) {
	p := &parser{rest: body}
	m := make(manifest, bytes.Count(body, []byte("\n  \"hash\"")))
	if !p.skip("{") {
		return nil, false
	}
	for i := 0; !p.skip("\n}"); i++ {
		if i > 0 && !p.skip(",") {
			return nil, false
		}
		name, ok := "", p.skip("\n ")
		if ok {
			name, ok = p.text()
		}
		if !ok || !p.skip(": {\n  \"hash\": ") {
			return nil, false
		}
		r, ok := p.record()
		if !ok {
			return nil, false
		}
		m[name] = r
	}
	return m, len(p.rest) == 0
}

// parser is what is left to read.
type parser struct{ rest []byte }

func (p *parser) skip(text string) bool {
	if len(p.rest) < len(text) || string(p.rest[:len(text)]) != text {
		return false
	}
	p.rest = p.rest[len(text):]
	return true
}

// record reads from the value of "hash" on.
func (p *parser) record() (r record, ok bool) {
	if r.Hash, ok = p.text(); !ok || !p.skip(",\n  \"size\": ") {
		return r, false
	}
	if r.Size, ok = p.number(); !ok || !p.skip(",\n  \"modified\": ") {
		return r, false
	}
	if r.Modified, ok = p.number(); !ok {
		return r, false
	}
	if p.skip(",\n  \"tag\": ") {
		if r.Tag, ok = p.text(); !ok {
			return r, false
		}
	}
	if !p.skip(",\n  \"sha256\": ") {
		return r, false
	}
	if r.Sum, ok = p.text(); !ok {
		return r, false
	}
	if p.skip(",\n  \"revision\": ") {
		if r.Revision, ok = p.number(); !ok {
			return r, false
		}
	}
	for _, f := range [...]struct {
		key string
		to  *string
	}{{",\n  \"type\": ", &r.Type}, {",\n  \"cache\": ", &r.Cache}, {",\n  \"encoding\": ", &r.Encoding}} {
		if p.skip(f.key) {
			if *f.to, ok = p.text(); !ok {
				return r, false
			}
		}
	}
	return r, p.skip("\n }")
}

// text reads a JSON string without escapes but those of quotes.
func (p *parser) text() (string, bool) {
	if !p.skip(`"`) {
		return "", false
	}
	end := bytes.IndexByte(p.rest, '"')
	if end < 0 {
		return "", false
	}
	if bytes.IndexByte(p.rest[:end], '\\') < 0 {
		s := p.rest[:end]
		p.rest = p.rest[end+1:]
		return string(s), printable(s)
	}
	var s []byte
	for i := 0; i < len(p.rest); i++ {
		switch c := p.rest[i]; c {
		case '"':
			p.rest = p.rest[i+1:]
			return string(s), printable(s)
		case '\\':
			if i++; i == len(p.rest) || p.rest[i] != '"' && p.rest[i] != '\\' {
				return "", false
			}
			s = append(s, p.rest[i])
		default:
			s = append(s, c)
		}
	}
	return "", false
}

// printable reports whether a text means itself in JSON.
func printable(s []byte) bool {
	for _, c := range s {
		if c < ' ' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func (p *parser) number() (int64, bool) {
	end := 0
	for end < len(p.rest) && (p.rest[end] == '-' || p.rest[end] >= '0' && p.rest[end] <= '9') {
		end++
	}
	digits := p.rest[:end]
	n, err := strconv.ParseInt(string(digits), 10, 64)
	p.rest = p.rest[end:]
	return n, err == nil && strconv.FormatInt(n, 10) == string(digits)
}
