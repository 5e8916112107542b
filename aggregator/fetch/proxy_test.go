package fetch

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

func TestARequestCanHaveAProxyOfItsOwn(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		fmt.Fprint(w, "through the proxy")
	}))
	defer proxy.Close()
	o := fetchtest.New(t)
	o.On("/direct", fetchtest.Answer{Body: "direct"})
	n := fetchtest.NewNames().On("a.test", "127.0.0.1").On("inside.test", "10.0.0.7")
	c := newClient(t, func(o *Options) { o.Resolver = n.Resolver() })
	defer c.Close()
	res, err := c.Get(t.Context(), Request{URL: "http://a.test/page", Page: true, Proxy: proxy.URL})
	if err != nil || string(res.Body) != "through the proxy" {
		t.Fatalf("Get through the proxy: %v", err)
	}
	res.Release()
	if fmt.Sprint(asked) != "[http://a.test/robots.txt http://a.test/page]" {
		t.Errorf("the proxy was asked for %q", asked)
	}
	if res, err = c.Get(t.Context(), Request{URL: o.URL("/direct")}); err != nil || string(res.Body) != "direct" {
		t.Errorf("Get without it: %v", err)
	}
	res.Release()
	// S10: what we see behind the name decides before the proxy does.
	for _, url := range []string{"http://inside.test/", "http://10.0.0.7/", "http://nowhere.test/", "http://x.onion/"} {
		if _, err := c.Get(t.Context(), Request{URL: url, Proxy: proxy.URL}); err == nil {
			t.Errorf("%s went to the proxy", url)
		}
	}
	if _, err := c.Get(t.Context(), Request{URL: "http://inside.test/", Proxy: proxy.URL}); !errors.Is(err, ErrPrivateAddress) {
		t.Errorf("Get of an address inside: %v", err)
	}
	if _, err := c.Get(t.Context(), Request{URL: "http://a.test/", Proxy: "ftp://x"}); err == nil {
		t.Error("a proxy that is none was taken")
	}
}

// A name of Tor cannot be looked up, and goes to a SOCKS proxy as it is.
func TestOnionNamesGoToASOCKSProxy(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		b := make([]byte, 3)
		io.ReadFull(conn, b)     // a greeting with one method (RFC 1928 section 3)
		conn.Write([]byte{5, 0}) // no authentication
		b = make([]byte, 5)      // version, command, 0, kind 3, length of the name
		io.ReadFull(conn, b)     // what is missing shows below
		b = append(b, make([]byte, b[4])...)
		io.ReadFull(conn, b[5:])
		got <- string(b[5:])
	}()
	c := newClient(t, func(o *Options) { o.Resolver = fetchtest.NewNames().Resolver() })
	defer c.Close()
	if _, err := c.Get(t.Context(), Request{URL: "http://abc.onion/feed", Proxy: "socks5://" + l.Addr().String()}); err == nil {
		t.Error("a proxy that hangs up is no error")
	}
	select {
	case name := <-got:
		if name != "abc.onion" {
			t.Errorf("the proxy was asked for %q", name)
		}
	case <-time.After(5 * time.Second):
		t.Error("the proxy was not asked")
	}
}
