// Package xmlpart writes one element of a larger XML document.
//
// It is a room of its own because RSS and Atom share it: an entry is written
// once and put into every edition that it stands in, and has to look there as
// if the document had been written in one go.
package xmlpart

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"sync"
)

// scratch are the buffers that elements are written to. A bufio.Writer stands
// between, since encoding/xml would allocate one of its own each time.
var scratch = sync.Pool{New: func() any {
	s := &sheet{}
	s.w = bufio.NewWriterSize(&s.buf, 8<<10)
	return s
}}

type sheet struct {
	buf bytes.Buffer
	w   *bufio.Writer
}

// Encode writes v on lines of its own, indented by indent and two spaces per
// level, from the newline before its first line on and without one after its
// last.
func Encode(v any, indent string) (string, error) {
	s := scratch.Get().(*sheet)
	defer scratch.Put(s)
	s.buf.Reset()
	s.w.Reset(&s.buf)
	s.buf.WriteByte('\n')
	enc := xml.NewEncoder(s.w)
	enc.Indent(indent, "  ")
	if err := enc.Encode(v); err != nil {
		return "", fmt.Errorf("encode element: %w", err)
	}
	return s.buf.String(), nil
}

// Raw are elements that were written before.
type Raw struct {
	XML string `xml:",innerxml"`
}

// Join puts elements one after the other.
func Join(parts []string) Raw { return Raw{XML: strings.Join(parts, "")} }
