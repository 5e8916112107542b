package web

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// Gather makes a server on ln send an answer at once, headers and bytes in one
// packet train, where net/http would hand the system the first 4 KB and then
// the rest, and send the headers of a file as they were written the first time,
// where net/http would copy, sort and write them for every answer. The server
// has to be one of [NewServer], and whatever stands between it and the
// [Handler] has to pass on what the handler answers.
func Gather(ln net.Listener) net.Listener { return gatherListener{ln} }

type gatherListener struct{ net.Listener }

func (l gatherListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &gatherConn{Conn: c}, nil
}

// gatherConn holds back the little that is written between hold and release,
// to go out with the rest. Only the goroutine of the request writes to a
// connection, so that there is no lock.
type gatherConn struct {
	net.Conn
	held *[]byte // nil: nothing is held back
	head []byte  // goes behind the status line that comes next; nil: nothing does
}

// gathered is how much is held back at most: two of net/http's buffers, and
// headers. So much is taken by an answer under way, however large it is.
const gathered = 10 << 10

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, gathered); return &b }}

func (c *gatherConn) Write(b []byte) (int, error) {
	if c.head == nil && c.held == nil {
		return c.Conn.Write(b)
	}
	err := c.gather(b)
	if err != nil {
		return 0, err // net/http gives the connection up, however much was written
	}
	return len(b), nil
}

// errNoStatus never happens as long as net/http begins every answer with a write
// of its own. If it does, a reader gets nothing rather than a page without the
// headers that keep it safe.
var errNoStatus = errors.New("an answer did not begin with its status line")

// gather takes what net/http writes, and puts the headers that it does not know
// of where they belong.
func (c *gatherConn) gather(b []byte) error {
	if c.head == nil {
		return c.keep(b)
	}
	line := bytes.IndexByte(b, '\n') + 1
	if line == 0 || !bytes.HasPrefix(b, []byte("HTTP/1.")) {
		return errNoStatus
	}
	alone := c.held == nil // it is the whole answer
	if alone {
		c.hold()
	}
	head := c.head
	c.head = nil
	err := c.keep(b[:line])
	if err == nil {
		err = c.keep(head)
	}
	if err == nil {
		err = c.keep(b[line:])
	}
	if alone {
		err = errors.Join(err, c.release())
	}
	return err
}

// keep holds b back if there is room, and writes it behind what is held if not.
func (c *gatherConn) keep(b []byte) error {
	held := *c.held
	if len(held)+len(b) <= gathered {
		*c.held = append(held, b...)
		return nil
	}
	*c.held = held[:0]
	both := net.Buffers{held, b}
	_, err := both.WriteTo(c.Conn) // one writev
	return err
}

// CloseWrite says that no more comes. net/http does so before it gives up a
// connection on which something still arrives, so that what it answered is not
// lost with it.
func (c *gatherConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (c *gatherConn) hold() { c.held = buffers.Get().(*[]byte) }

// release writes what is still held back.
func (c *gatherConn) release() (err error) {
	held := c.held
	c.held = nil
	if len(*held) > 0 {
		_, err = c.Conn.Write(*held)
	}
	*held = (*held)[:0]
	buffers.Put(held)
	return err
}

type gatherKey struct{}

// keepConn lets answer find the connection of a request.
func keepConn(ctx context.Context, c net.Conn) context.Context {
	if g, ok := c.(*gatherConn); ok {
		return context.WithValue(ctx, gatherKey{}, g)
	}
	return ctx
}

// connOf is the connection that an answer goes to; nil if it is none of ours.
func connOf(r *http.Request) *gatherConn {
	c, _ := r.Context().Value(gatherKey{}).(*gatherConn)
	return c
}

// atOnce is the size up to which net/http sends an answer at once by itself:
// its buffer without the headers.
const atOnce = 2 << 10

// answer writes a body whose headers are set.
func (c *gatherConn) answer(w http.ResponseWriter, body []byte) {
	if c == nil || len(body) <= atOnce {
		_, _ = w.Write(body) // a reader that hung up is no error of ours
		return
	}
	c.hold()
	_, _ = w.Write(body)
	_ = http.NewResponseController(w).Flush()
	if c.release() != nil {
		_ = c.Close() // net/http does not know that its bytes did not arrive
	}
}

// say sets headers: the fields that set sets, or on a connection of ours their
// bytes, which kept keeps.
func (c *gatherConn) say(w http.ResponseWriter, kept *heads, set func(http.Header)) {
	if c == nil {
		set(w.Header())
		return
	}
	if b := kept.bytes.Load(); b != nil {
		c.head = *b
		return
	}
	h, buf := http.Header{}, bytes.Buffer{}
	set(h)
	_ = h.Write(&buf) // a buffer takes everything
	b := buf.Bytes()
	kept.bytes.Store(&b)
	c.head = b
}
