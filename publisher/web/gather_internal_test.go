package web

import (
	"bytes"
	"io"
	"net"
	"testing"
)

// written keeps what is written to a connection.
type written struct {
	net.Conn
	all bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) { return w.all.Write(b) }

// A page without the headers that keep a reader safe must never go out.
func TestWithoutAStatusLineNothingIsSent(t *testing.T) {
	for _, b := range []string{"<html>\n", "HTTP/1.1 200 OK", "", "0\r\n\r\n"} {
		var to written
		c := &gatherConn{Conn: &to, head: []byte("Etag: \"a\"\r\n")}
		if _, err := c.Write([]byte(b)); err == nil || to.all.Len() > 0 {
			t.Errorf("Write(%q) = %v, and %q went out; want an error and nothing", b, err, to.all.String())
		}
	}
	var to written
	c := &gatherConn{Conn: &to, head: []byte("Etag: \"a\"\r\n")}
	if n, err := c.Write([]byte("HTTP/1.1 200 OK\r\nDate: now\r\n\r\n")); n != 30 || err != nil || to.all.String() != "HTTP/1.1 200 OK\r\nEtag: \"a\"\r\nDate: now\r\n\r\n" {
		t.Errorf("Write = %d, %v, and %q went out", n, err, to.all.String())
	}
}

// A reader that has not sent all yet must get the answer and its end, not a
// reset.
func TestTheEndOfAnAnswerIsPassedOn(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	there, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer there.Close()
	here, err := Gather(ln).Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	half, ok := here.(interface{ CloseWrite() error }) // as net/http asks
	if !ok {
		t.Fatal("the connection cannot be closed for writing alone")
	}
	if err := half.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(there); len(b) > 0 || err != nil {
		t.Errorf("%q, %v arrived, want the end", b, err)
	}
	if _, err := there.Write([]byte("more")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4)
	if _, err := io.ReadFull(here, b); string(b) != "more" || err != nil {
		t.Errorf("%q, %v was read behind the end, want all", b, err)
	}
	if err := (&gatherConn{Conn: &written{}}).CloseWrite(); err != nil {
		t.Errorf("CloseWrite of a connection that knows none = %v", err)
	}
}
