package publisher

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// NewFile returns a finished file with its ETag. modified is the newest
// change of what it says, to the second as HTTP can tell; zero if unknown.
func NewFile(path, mediaType string, body []byte, modified time.Time) *File {
	if cap(body) > len(body)+len(body)/8 {
		body = bytes.Clone(body) // it stays for long, and a grown buffer is up to twice its size
	}
	return newFile(path, mediaType, body, modified)
}

// newFile is [NewFile] for bytes that are where they are to be.
func newFile(path, mediaType string, body []byte, modified time.Time) *File {
	return &File{Path: path, Type: mediaType, Body: body, ETag: etagOf(body), Modified: modified.UTC().Truncate(time.Second)}
}

// etagOf is the ETag of what holds these bytes.
func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// NewLazyFile returns a file whose bytes make makes whenever they are asked
// for. key is a hash of everything that goes into them: with the same key make
// has to give the same bytes, or the ETag is not strong.
func NewLazyFile(path, mediaType, key string, make func() ([]byte, error), modified time.Time) *File {
	return &File{Path: path, Type: mediaType, ETag: `"` + key[:24] + `"`, Modified: modified.UTC().Truncate(time.Second), from: appender(func(dst []byte) ([]byte, error) {
		body, err := make()
		return append(dst, body...), err
	})}
}

// maker makes the bytes of a file: the same ones every time. Of one that is an
// expecter too, see [File.Expect].
type maker interface {
	append(dst []byte) ([]byte, error)
}

type expecter interface{ expect() }

// appender is a function that makes bytes.
type appender func(dst []byte) ([]byte, error)

func (a appender) append(dst []byte) ([]byte, error) { return a(dst) }

// Bytes returns what the file holds, made now if it was not before: then it
// costs some tenths of a millisecond and is not kept. It is safe for
// concurrent use. The bytes are shared: do not change them.
func (f *File) Bytes() ([]byte, error) {
	if f.Body != nil || f.from == nil {
		return f.Body, nil
	}
	return f.AppendTo(nil)
}

// AppendTo appends what the file holds to dst: who asks for the bytes of many
// files, one after the other, lends them the same memory. On an error dst is as
// it was.
func (f *File) AppendTo(dst []byte) ([]byte, error) {
	if f.Body != nil || f.from == nil {
		return append(dst, f.Body...), nil
	}
	body, err := f.from.append(dst)
	if err != nil {
		return dst, FileError{Path: f.Path, Err: err}
	}
	return body, nil
}

// Expect says that Bytes or AppendTo is going to be called once: what files are
// made of is then read together.
func (f *File) Expect() {
	if x, ok := f.from.(expecter); ok {
		x.expect()
	}
}

// errNotText is why a file with bytes that are no UTF-8 is not published.
var errNotText = errors.New("not UTF-8")

// verify looks at an encoded edition as a reader would, before it takes the
// place of the last good one (F39).
func verify(ext string, body []byte) error {
	if !utf8.Valid(body) {
		return errNotText
	}
	if ext == "json" {
		if !json.Valid(body) {
			return errors.New("not JSON")
		}
		return nil
	}
	return wellFormed(body)
}

// indexFile returns where the page of a site path is stored.
func indexFile(path string) string {
	if strings.HasSuffix(path, "/") {
		return path + "index.html"
	}
	return path
}

// mediaType is the type of a feed or page at a path.
func mediaType(path string) string {
	for _, f := range Formats {
		if strings.HasSuffix(path, "."+f.Ext) {
			return f.Type
		}
	}
	return pageType
}

// IsFeed reports whether a site path is one that a feed can have: an edition
// that changes, in one of the [Formats].
func IsFeed(path string) bool {
	name, ok := strings.CutPrefix(path, "/feeds/")
	if !ok || strings.HasPrefix(name, "archive/") {
		return false
	}
	return slices.ContainsFunc(Formats, func(f Format) bool { return strings.HasSuffix(name, "."+f.Ext) })
}
