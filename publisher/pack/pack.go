// Package pack compresses finished files.
//
// It decides what is worth compressing and how hard, and nothing else: it
// knows neither requests nor folders.
package pack

import (
	"bytes"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// least is the size below which a header costs more than compression saves.
const least = 256

// Worth reports whether a file is worth compressing: text that is not tiny.
func Worth(mediaType string, size int) bool {
	t, _, _ := strings.Cut(mediaType, ";")
	return size >= least && (strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "xml") || strings.HasSuffix(t, "json"))
}

// Gzip compresses with gzip. The same bytes give the same bytes: the header
// carries neither name nor time.
func Gzip(b []byte) []byte {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil // the level is a constant that exists
	}
	if _, err := w.Write(b); err != nil || w.Close() != nil {
		return nil // a buffer does not fail
	}
	return buf.Bytes()
}

// Brotli compresses with Brotli, at a level that takes milliseconds for a
// feed: beyond it, time grows tenfold for a few percent.
func Brotli(b []byte) []byte {
	var buf bytes.Buffer
	w := brotli.NewWriterLevel(&buf, 6)
	if _, err := w.Write(b); err != nil || w.Close() != nil {
		return nil
	}
	return buf.Bytes()
}
