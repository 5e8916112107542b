package web

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// Gather makes a server on ln send an answer at once, headers and bytes in one
// packet train, where net/http would hand the system the first 4 KB and then
// the rest. The server has to be one of [NewServer].
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
}

// gathered is how much is held back at most: two of net/http's buffers. So
// much is taken by an answer under way, however large it is.
const gathered = 8 << 10

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, gathered); return &b }}

func (c *gatherConn) Write(b []byte) (int, error) {
	if c.held == nil {
		return c.Conn.Write(b)
	}
	held := *c.held
	if len(held)+len(b) <= gathered {
		*c.held = append(held, b...)
		return len(b), nil
	}
	*c.held = held[:0]
	both := net.Buffers{held, b}
	n, err := both.WriteTo(c.Conn) // one writev
	return max(0, int(n)-len(held)), err
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

// atOnce is the size up to which net/http sends an answer at once by itself:
// its buffer without the headers.
const atOnce = 2 << 10

// answer writes a body whose headers are set.
func answer(w http.ResponseWriter, r *http.Request, body []byte) {
	c, _ := r.Context().Value(gatherKey{}).(*gatherConn)
	if c == nil || len(body) <= atOnce {
		_, _ = w.Write(body) // a reader that hung up is no error of ours
		return
	}
	c.hold()
	_, _ = w.Write(body)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	if c.release() != nil {
		_ = c.Close() // net/http does not know that its bytes did not arrive
	}
}
