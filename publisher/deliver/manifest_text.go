package deliver

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// The manifest of a large site names hundreds of thousands of files, and every
// delivery reads and writes it: encoding/json took a tenth of one that had
// little else to do. What is written here is what json.MarshalIndent writes, and
// what is not written as it writes is left to encoding/json to read.

const (
	beforeHash = ": {\n  \"hash\": "
	between    = ",\n "
)

// edit is what becomes of a file in the manifest.
type edit struct {
	name string
	record
	gone bool // it is not in there any more
}

// blanks say nothing of files but their names, which are sorted.
func blanks(names iter.Seq[string]) iter.Seq[edit] {
	return func(yield func(edit) bool) {
		for name := range names {
			if !yield(edit{name: name}) {
				return
			}
		}
	}
}

// write writes the manifest with edits, in the order of their names: one of a
// name that it lacks adds it. It holds no more than a page of it in memory.
func (m *manifest) write(to io.Writer, edits iter.Seq[edit]) (state string, err error) {
	sum := xxhash.New()
	out := bufio.NewWriterSize(io.MultiWriter(to, sum), 64<<10)
	before := "{\n "
	begin := func() {
		_, _ = out.WriteString(before) // Flush returns its errors
		before = between
	}
	copied := 0
	copyTo := func(end int) {
		if copied < end {
			begin()
			// Not Copy: a text that others have cut short meanwhile ends like one
			// that is whole.
			entries, size := m.entries(copied, end)
			if n, e := io.CopyN(out, entries, size); e != nil {
				err = fmt.Errorf("copy %d of %d bytes of the manifest: %w", n, size, e)
			}
		}
		copied = end
	}
	var buf []byte
	for e := range edits {
		n, there := m.find(e.name, copied)
		copyTo(n)
		if there {
			copied++
		}
		if e.gone {
			continue
		}
		begin()
		buf = e.append(append(appendText(buf[:0], e.name), ": "...))
		_, _ = out.Write(buf)
	}
	copyTo(len(m.at))
	if before == between {
		_ = out.WriteByte('\n')
	} else {
		_ = out.WriteByte('{')
	}
	_ = out.WriteByte('}')
	err = errors.Join(err, m.failed(), out.Flush())
	return stateOf(sum.Sum64()), err
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

// unquote returns what a JSON string says, without the quotes around it.
func unquote(s []byte) []byte {
	if bytes.IndexByte(s, '\\') < 0 {
		return s
	}
	out, escaped := make([]byte, 0, len(s)), false
	for _, c := range s {
		switch {
		case c == '\\' && !escaped:
			escaped = true
			continue
		case escaped && c != '"' && c != '\\':
			text := ""
			_ = json.Unmarshal([]byte(`"`+string(s)+`"`), &text) // json.Marshal wrote it
			return []byte(text)
		default:
			out = append(out, c)
		}
		escaped = false
	}
	return out
}

// parse reads what write wrote; false for anything else. Only if any is set it
// takes texts with escapes other than those of quotes, and must take them.
func parse(from io.ReaderAt, size int64, any bool) (*manifest, bool) {
	m, sum := &manifest{from: from, size: size}, xxhash.New()
	text, p := io.TeeReader(io.NewSectionReader(from, 0, size), sum), &parser{any: any}
	buf, left := make([]byte, 2*longest), size
	if any {
		buf = make([]byte, size) // an entry may be of any length
	}
	more := func() bool {
		if left == 0 {
			return false
		}
		kept := copy(buf, p.rest)
		n, err := io.ReadFull(text, buf[kept:min(int64(len(buf)), int64(kept)+left)])
		p.rest = buf[:kept+n]
		left -= int64(n)
		return err == nil && n > 0
	}
	if more(); !p.skip("{") {
		return nil, false
	}
	var last []byte
	for i := 0; left > 0 || len(p.rest) > 0; i++ {
		for len(p.rest) < longest && more() { // so that the next is there as a whole
		}
		m.sum = sum.Sum64()
		if end := "\n}"; left == 0 && (i > 0 && string(p.rest) == end || i == 0 && string(p.rest) == end[1:]) {
			return m, true
		}
		if i > 0 && !p.skip(",") || !p.skip("\n ") {
			return nil, false
		}
		m.at = append(m.at, size-left-int64(len(p.rest)))
		name, ok := p.text()
		if name = unquote(name); !ok || i > 0 && bytes.Compare(name, last) <= 0 || string(name) == manifestName || !p.skip(beforeHash) {
			return nil, false
		}
		last = append(last[:0], name...) // where it stands others will
		w, ok := p.record()
		if !ok {
			return nil, false
		}
		if len(w.sum) == 0 {
			m.blanks = append(m.blanks, i)
		}
	}
	return nil, false
}

// longest is more than any file takes in a manifest that a delivery wrote.
const longest = 32 << 10

// written is a record as it is written: its texts are parts of what was read, and
// have to be unquoted.
type written struct {
	hash, tag, sum           []byte
	size, modified, revision int64
	headers                  [3][]byte
}

// record is what is written.
func (w *written) record() record {
	text := func(s []byte) string { return string(unquote(s)) }
	return record{
		Hash: text(w.hash), looks: looks{Size: w.size, Modified: w.modified, Tag: text(w.tag)}, Sum: text(w.sum), Revision: w.revision,
		headers: headers{Type: text(w.headers[0]), Cache: text(w.headers[1]), Encoding: text(w.headers[2])},
	}
}

// parser is what is left to read.
type parser struct {
	rest []byte
	any  bool // it is well formed, whatever escapes there are
}

func (p *parser) skip(text string) bool {
	if len(p.rest) < len(text) || string(p.rest[:len(text)]) != text {
		return false
	}
	p.rest = p.rest[len(text):]
	return true
}

// record reads from the value of "hash" on.
func (p *parser) record() (w written, ok bool) {
	if w.hash, ok = p.text(); !ok || !p.skip(",\n  \"size\": ") {
		return w, false
	}
	if w.size, ok = p.number(); !ok || !p.skip(",\n  \"modified\": ") {
		return w, false
	}
	if w.modified, ok = p.number(); !ok {
		return w, false
	}
	if p.skip(",\n  \"tag\": ") {
		if w.tag, ok = p.text(); !ok {
			return w, false
		}
	}
	if !p.skip(",\n  \"sha256\": ") {
		return w, false
	}
	if w.sum, ok = p.text(); !ok {
		return w, false
	}
	if p.skip(",\n  \"revision\": ") {
		if w.revision, ok = p.number(); !ok {
			return w, false
		}
	}
	for i, key := range [...]string{",\n  \"type\": ", ",\n  \"cache\": ", ",\n  \"encoding\": "} {
		if p.skip(key) {
			if w.headers[i], ok = p.text(); !ok {
				return w, false
			}
		}
	}
	return w, p.skip("\n }")
}

// text reads a JSON string, without the quotes around it.
func (p *parser) text() ([]byte, bool) {
	if !p.skip(`"`) {
		return nil, false
	}
	s := p.rest
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			p.rest = s[i+1:]
			return s[:i], true
		case c == '\\':
			if i++; !p.any && (i == len(s) || s[i] != '"' && s[i] != '\\') {
				return nil, false
			}
		case !p.any && (c < ' ' || c >= utf8.RuneSelf): // does not mean itself
			return nil, false
		}
	}
	return nil, false
}

// number reads an integer as strconv writes it.
func (p *parser) number() (int64, bool) {
	end := 0
	for end < len(p.rest) && (p.rest[end] == '-' || p.rest[end] >= '0' && p.rest[end] <= '9') {
		end++
	}
	digits := string(p.rest[:end])
	p.rest = p.rest[end:]
	if d := strings.TrimPrefix(digits, "-"); len(d) > 1 && d[0] == '0' || digits == "-0" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil
}
