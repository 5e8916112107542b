package deliver

import (
	"fmt"
	"strings"

	"github.com/rightswire/rightswire/publisher/pack"
)

// Encoding is a compressed form that a web server sends instead of a file,
// without compressing it for every reader.
type Encoding string

// The encodings, as HTTP names them.
const (
	Gzip   Encoding = "gzip"
	Brotli Encoding = "br"
)

// ext is what the file beside the file is called, where nginx (gzip_static,
// brotli_static) and Caddy (precompressed) look for it.
func (e Encoding) ext() string {
	if e == Gzip {
		return ".gz"
	}
	return ".br"
}

// squeeze compresses.
func (e Encoding) squeeze(body []byte) ([]byte, error) {
	switch e {
	case Gzip:
		return pack.Gzip(body), nil
	case Brotli:
		return pack.Brotli(body), nil
	}
	return nil, fmt.Errorf("no such encoding: %q", e)
}

// plain returns the name of what a compressed form is made from, and any other
// name as it is. No file of a site ends like this by itself.
func plain(name string) string {
	for _, e := range []Encoding{Gzip, Brotli} {
		if of, ok := strings.CutSuffix(name, e.ext()); ok {
			return of
		}
	}
	return name
}
