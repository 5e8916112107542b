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
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/gorilla/feeds"
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

// Document appends a document to dst, with elements that were written before as
// the last ones in its body; end is how it ends after them.
func Document(dst []byte, doc feeds.XmlFeed, elements []string, end string) ([]byte, error) {
	s := scratch.Get().(*sheet)
	defer scratch.Put(s)
	s.buf.Reset()
	s.w.Reset(&s.buf)
	if err := errors.Join(feeds.WriteXML(doc, s.w), s.w.Flush()); err != nil {
		return dst, fmt.Errorf("encode document: %w", err)
	}
	head, ok := bytes.CutSuffix(s.buf.Bytes(), []byte(end))
	if !ok {
		return dst, fmt.Errorf("encode document: it does not end in %q", end)
	}
	size := s.buf.Len() + 1
	for _, e := range elements {
		size += len(e)
	}
	dst = append(slices.Grow(dst, size), head...)
	for _, e := range elements {
		dst = append(dst, e...)
	}
	return append(append(dst, end...), '\n'), nil
}
