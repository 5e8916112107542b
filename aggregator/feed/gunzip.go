package feed

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

var gzipMagic = []byte("\x1f\x8b\x08") // RFC 1952 section 2.3

// gunzip returns what is in a gzip file, which sitemaps are as files of their
// own (sitemap.xml.gz), and other bytes as they are. More than limit bytes
// inside are an error. What arrived of a file that ends early is returned.
func gunzip(body []byte, limit int) ([]byte, error) {
	if !bytes.HasPrefix(body, gzipMagic) {
		return body, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case len(out) > limit:
		return nil, fmt.Errorf("gzip: more than %d bytes inside", limit)
	case err != nil && len(out) == 0:
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return out, nil
}
