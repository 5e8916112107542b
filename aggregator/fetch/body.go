package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
)

const (
	// firstAlloc bounds what is allocated on the word of a Content-Length.
	firstAlloc = 1 << 20
	// usual is the size of a feed that does not say.
	usual = 32 << 10
	// largeBodies is how many bodies may be larger than firstAlloc at one
	// time, until they are released: feeds are small, and a limit of 15 MiB
	// times every request in flight would be a gigabyte.
	largeBodies = 8
	// expansion is how much larger a compressed feed usually becomes.
	expansion = 5
)

// body is what was read of a response.
type body struct {
	data      []byte
	wire      int64
	truncated bool
	room      room // its place among the large bodies, if it has one
}

// readBody reads and decompresses a body up to the limit (P44, S19, S20).
//
// A body that ends early is not an error as long as something arrived: feeds
// put the newest items first, and whole ones may be among what there is.
// What it returns without an error keeps its room until that is left.
func (c *Client) readBody(ctx context.Context, resp *http.Response) (b body, err error) {
	if resp.ContentLength > c.opt.MaxBody {
		return body{}, fmt.Errorf("%w: %d bytes announced", ErrTooLarge, resp.ContentLength)
	}
	w := &wire{r: resp.Body, left: c.opt.MaxBody + 1}
	read, size := readUpTo, resp.ContentLength
	if len(resp.Header["Content-Encoding"]) > 0 {
		read, size = readGuessed, size*expansion
	} else if size < 0 {
		read = readGuessed
	}
	room := room{large: c.large}
	defer func() {
		if err != nil {
			room.leave()
		}
	}()
	stack, err := c.decoders.open(w, resp.Header["Content-Encoding"])
	defer stack.close()
	var data []byte
	if err == nil {
		data, err = read(stack.r, c.opt.MaxBody, size, func() error { return room.enter(ctx) })
	}
	b = body{data: data, wire: w.n, room: room}
	switch {
	case err == nil:
		w.finish()
		b.truncated = w.err != nil
		return b, nil
	case errors.Is(err, ErrTooLarge), ctx.Err() != nil:
		return body{}, err // turn says which context it was
	case len(data) > 0:
		b.truncated = true
		return b, nil
	case w.err != nil:
		return body{}, fmt.Errorf("read body: %w", w.err)
	case errors.Is(err, ErrEncoding):
		return body{}, err
	}
	return body{}, fmt.Errorf("%w: %w", ErrEncoding, err)
}

// room is a place among the few large bodies.
type room struct {
	large chan struct{}
	in    bool
}

// enter waits for a place, unless it has one.
func (r *room) enter(ctx context.Context) error {
	if r.in {
		return nil
	}
	select {
	case r.large <- struct{}{}:
		r.in = true
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *room) leave() {
	if r.in {
		<-r.large
		r.in = false
	}
}

// wire counts what arrives, and remembers its own errors so that they can be
// told from those of the decoders above. Compressed bytes are bounded like
// decompressed ones: an endless row of empty gzip members never expands.
type wire struct {
	r    io.Reader
	n    int64
	left int64
	err  error
}

func (w *wire) Read(p []byte) (int, error) {
	if w.left <= 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > w.left {
		p = p[:w.left]
	}
	n, err := w.r.Read(p)
	w.n += int64(n)
	w.left -= int64(n)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// finish reads past the end of a document whose decoder knew it was the end.
// net/http keeps a connection only if it saw the end of the body itself.
func (w *wire) finish() {
	var tail [64]byte
	for w.err == nil {
		if n, err := w.Read(tail[:]); err != nil || n == len(tail) {
			return // more than a little: not worth the connection
		}
	}
}

// scratch holds buffers that bodies are read into whose size is not known
// beforehand, as it seldom is: while it grows, such a body would take up to three
// times its size, and keep up to twice as much.
var scratch = sync.Pool{New: func() any {
	b := make([]byte, 0, usual)
	return &b
}}

// maxScratch is the largest buffer that is kept.
const maxScratch = 256 << 10

// readGuessed is readUpTo for a body whose size is a guess or, if negative, not
// known at all.
func readGuessed(r io.Reader, limit, size int64, enlarge func() error) ([]byte, error) {
	if size > maxScratch {
		return readUpTo(r, limit, size, enlarge)
	}
	buf := scratch.Get().(*[]byte)
	data, err := readInto((*buf)[:0], r, limit, enlarge)
	if cap(data) > maxScratch {
		scratch.Put(buf) // data has outgrown it
		return data, err
	}
	if data != nil {
		*buf = data
	}
	data = bytes.Clone(data)
	scratch.Put(buf)
	return data, err
}

// readUpTo reads r to its end, or returns [ErrTooLarge] when that is more than
// limit bytes away. On another error it also returns what it has. Before it
// takes more than firstAlloc it asks enlarge, whose error ends it.
func readUpTo(r io.Reader, limit, size int64, enlarge func() error) ([]byte, error) {
	size = min(max(size, 512), limit, firstAlloc)
	// One more, so that a right guess meets its EOF without growing.
	return readInto(make([]byte, 0, size+1), r, limit, enlarge)
}

// readInto is readUpTo into a buffer that is there, and larger ones.
func readInto(buf []byte, r io.Reader, limit int64, enlarge func() error) ([]byte, error) {
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > limit:
			return nil, ErrTooLarge
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, err
		case len(buf) == cap(buf):
			if len(buf) > firstAlloc/2 {
				if err := enlarge(); err != nil {
					return nil, err
				}
			}
			buf = slices.Grow(buf, cap(buf)) // append would grow by less, and copy more often
		}
	}
}
