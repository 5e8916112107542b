package web

import (
	"bytes"
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
