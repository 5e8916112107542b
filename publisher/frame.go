package publisher

import (
	"bytes"
	"errors"
)

// Every edition is read to its end before it is published (F39), and a story
// stands in several of them, written once. So it is read once too: an edition
// is whole if what stands around its stories is, with something in the place of
// each that can stand only where a story can, and if each of the stories is.

// holes stand for a story. That of XML is an element, but no name of ours, and
// ends whatever CDATA it is in; that of JSON is no key, and no part of a string
// or a number.
var holes = map[string]string{
	"rss":  "<held-place><![CDATA[]]></held-place>",
	"atom": "<held-place><![CDATA[]]></held-place>",
	"json": `[""]`,
}

// verifyEdition is [verify] of an edition that has these entries.
func verifyEdition(ext string, body []byte, entries []Entry) error {
	if frame := frameOf(ext, body, entries); len(frame) < len(body) && verify(ext, frame) == nil {
		return nil
	}
	return verify(ext, body) // it says what is wrong, and where
}

// frameOf returns a document with holes where it has fragments of the entries
// that are known to be whole.
func frameOf(ext string, body []byte, entries []Entry) []byte {
	frame := make([]byte, 0, 4<<10)
	rest := body
	for i := range entries {
		for _, f := range entries[i].Memo.fragments(ext) {
			at := f.in(rest)
			if at < 0 || f.check(ext, rest[at:at+len(f.text)]) != nil {
				continue
			}
			frame = append(append(frame, rest[:at]...), holes[ext]...)
			rest = rest[at+len(f.text):]
			break
		}
	}
	return append(frame, rest...)
}

// in returns where a fragment stands in a document if it is the first that
// begins as it does; -1 otherwise.
func (f *fragment) in(doc []byte) int {
	at := bytes.Index(doc, []byte(f.text[:min(len(f.text), 12)]))
	if at < 0 || len(doc)-at < len(f.text) || string(doc[at:at+len(f.text)]) != f.text {
		return -1
	}
	return at
}

// errNotOne is why a fragment cannot be read apart from its document.
var errNotOne = errors.New("not one element or object")

// check reads a fragment unless that was done before. body is its text.
func (f *fragment) check(ext string, body []byte) error {
	f.read.Do(func() {
		first := byte('\n') // before it no document can begin with a declaration
		if ext == "json" {
			first = '{'
		}
		if len(body) == 0 || body[0] != first {
			f.err = errNotOne
			return
		}
		f.err = verify(ext, body)
	})
	return f.err
}
