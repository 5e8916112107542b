package fetch

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// maxLayers bounds codings within codings (S19).
const maxLayers = 3

// maxWindow bounds what a zstd frame makes us remember. RFC 9659 allows no
// more for a content coding.
const maxWindow = 8 << 20

// decoders keeps decoders between requests: a gzip reader is 40 KB that every
// poll would otherwise allocate.
type decoders struct {
	buf, gzip, brotli, zstd sync.Pool
}

// stack is a row of decoders over a body; r is the outermost.
type stack struct {
	r    *bufio.Reader
	done []func()
}

// close gives the decoders back.
func (s *stack) close() {
	for i := len(s.done) - 1; i >= 0; i-- {
		s.done[i]()
	}
}

// open lays decoders over r for the values of Content-Encoding. The stack has
// to be closed, also on an error.
//
// Labels lie in both directions, so the first bytes have the last word: plain
// text stays plain text under any label, and gzip without one is unpacked
// (feed.xml.gz served as a file).
func (d *decoders) open(r io.Reader, encoding []string) (*stack, error) {
	s := &stack{}
	d.push(s, r)
	codings := splitCodings(encoding)
	if len(codings) > maxLayers {
		return s, fmt.Errorf("%w: %d layers", ErrEncoding, len(codings))
	}
	layers := 0
	for i := len(codings) - 1; i >= 0; i-- { // the last one was applied last
		if plain(s.r) {
			return s, nil
		}
		if err := d.decode(s, codings[i]); err != nil {
			return s, err
		}
		layers++
	}
	for isGzip(s.r) {
		if layers++; layers > maxLayers {
			return s, fmt.Errorf("%w: more than %d layers", ErrEncoding, maxLayers)
		}
		if err := d.decode(s, "gzip"); err != nil {
			return s, err
		}
	}
	return s, nil
}

// splitCodings returns the codings in the order they were applied.
func splitCodings(values []string) []string {
	var out []string
	for _, v := range values {
		for c := range strings.SplitSeq(v, ",") {
			switch c = strings.ToLower(strings.TrimSpace(c)); c {
			case "", "identity", "none", "utf-8":
			default:
				out = append(out, c)
			}
			if len(out) > maxLayers {
				return out
			}
		}
	}
	return out
}

// push puts a buffer on top of the stack, over r.
func (d *decoders) push(s *stack, r io.Reader) {
	b, _ := d.buf.Get().(*bufio.Reader)
	if b == nil {
		b = bufio.NewReader(r)
	} else {
		b.Reset(r)
	}
	s.r = b
	s.done = append(s.done, func() { b.Reset(nil); d.buf.Put(b) })
}

// decode puts the decoder of one coding on top of the stack.
func (d *decoders) decode(s *stack, coding string) error {
	switch coding {
	case "gzip", "x-gzip":
		z, _ := d.gzip.Get().(*gzip.Reader)
		if z == nil {
			z = new(gzip.Reader)
		}
		s.done = append(s.done, func() { d.gzip.Put(z) })
		m := &members{src: s.r, z: z}
		if err := m.next(); err != nil {
			return err
		}
		d.push(s, m)
	case "br":
		z, _ := d.brotli.Get().(*brotli.Reader)
		if z == nil {
			z = new(brotli.Reader)
		}
		s.done = append(s.done, func() { d.brotli.Put(z) })
		if err := z.Reset(s.r); err != nil {
			return err
		}
		d.push(s, z)
	case "zstd":
		return d.unzstd(s)
	case "deflate":
		z, err := inflate(s.r)
		if err != nil {
			return err
		}
		d.push(s, z)
	default:
		return fmt.Errorf("%w: %.40q", ErrEncoding, coding)
	}
	return nil
}

// unzstd puts a zstd decoder on top of the stack. It works in the caller's
// goroutine, so that one that is left in the pool keeps none running.
func (d *decoders) unzstd(s *stack) error {
	z, _ := d.zstd.Get().(*zstd.Decoder)
	if z == nil {
		var err error
		if z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow)); err != nil {
			return err
		}
	}
	s.done = append(s.done, func() {
		if z.Reset(nil) == nil {
			d.zstd.Put(z)
		}
	})
	if err := z.Reset(s.r); err != nil {
		return err
	}
	d.push(s, z)
	return nil
}

// inflate reads "deflate", which is zlib (RFC 9110 section 8.4.1.2), and from
// some servers the bare stream inside it.
func inflate(r *bufio.Reader) (io.Reader, error) {
	head, _ := r.Peek(2)
	if len(head) == 2 && head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}

// isGzip looks at the first bytes: the magic, and the only method there is.
func isGzip(r *bufio.Reader) bool {
	head, _ := r.Peek(3)
	return bytes.Equal(head, []byte{0x1f, 0x8b, 8})
}

// plain reports whether the stream starts like a document: markup or JSON,
// after white space and a byte order mark, and only text for a while.
func plain(r *bufio.Reader) bool {
	head, _ := r.Peek(32)
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	text := bytes.TrimLeft(head, " \t\r\n")
	if len(text) < 2 || !bytes.ContainsRune([]byte("<{["), rune(text[0])) {
		return false
	}
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c >= 0x7f {
			return false
		}
	}
	return true
}

// members reads the members of a gzip stream one after another. What follows
// the last one and is no member, padding or a stray newline, is not ours: the
// document before it was checked by its sum.
type members struct {
	src *bufio.Reader
	z   *gzip.Reader
}

func (m *members) next() error {
	if err := m.z.Reset(m.src); err != nil {
		return err
	}
	m.z.Multistream(false)
	return nil
}

func (m *members) Read(p []byte) (int, error) {
	for { // bounded by the wire: each round takes a member off it
		n, err := m.z.Read(p)
		if n > 0 && err == io.EOF {
			err = nil
		}
		if n > 0 || err != io.EOF {
			return n, err
		}
		if !isGzip(m.src) {
			return 0, io.EOF
		}
		if err := m.next(); err != nil {
			return 0, err
		}
	}
}
