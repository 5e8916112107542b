package fetch

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// newTransport builds the one transport of a client. Everything it does not
// set to a limit is bounded by the exchange's deadline.
func newTransport(o Options, g guard) (*http.Transport, error) {
	step := min(o.Timeout, 15*time.Second)
	dialer := &net.Dialer{Timeout: step, Resolver: o.Resolver, Control: g.control}
	t := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    step,
		MaxResponseHeaderBytes: o.MaxHeader, // 1xx responses count into it as long as no trace hook looks at them (S20)
		// A connection is worth keeping for the next source of the same key,
		// a gap away, and not for the next poll, an hour away. There is room
		// for more keys than are usually asked within that time: one that has
		// to go is closed in the moment in which its host is asked again, and
		// the host sees two.
		IdleConnTimeout:     15 * time.Second,
		MaxIdleConns:        1024,
		ReadBufferSize:      2 << 10, // holds the headers; bodies are read past it
		WriteBufferSize:     1 << 10, // holds a request
		MaxIdleConnsPerHost: o.Connections,
		DisableCompression:  true, // ours counts what comes out of it
		ForceAttemptHTTP2:   true, // a dialer of our own would switch it off
	}
	if o.Proxy == "" {
		return t, nil
	}
	u, err := url.Parse(o.Proxy)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("fetch options: proxy is not a URL with a host")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, fmt.Errorf("fetch options: proxy scheme %q is none of http, https, socks5, socks5h", u.Scheme)
	}
	// The proxy is the only address dialled, and the desk chose it: the guard
	// looks at the names instead, before they go there (exchange.go).
	dialer.Control = nil
	t.Proxy = http.ProxyURL(u)
	return t, nil
}

// proxies are the transports of the requests that have a proxy of their own.
// The desk chose each, so there are as many as it wrote down.
type proxies struct {
	mu  sync.Mutex
	all map[string]*http.Transport
}

// via returns the transport for a proxy, and which one that is: "" for none.
func (c *Client) via(proxy string) (*http.Transport, string, error) {
	if proxy == "" || proxy == c.opt.Proxy {
		return c.transport, c.opt.Proxy, nil
	}
	c.through.mu.Lock()
	defer c.through.mu.Unlock()
	if t := c.through.all[proxy]; t != nil {
		return t, proxy, nil
	}
	o := c.opt
	o.Proxy = proxy
	t, err := newTransport(o, c.guard)
	if err != nil {
		return nil, "", err
	}
	if c.through.all == nil {
		c.through.all = map[string]*http.Transport{}
	}
	c.through.all[proxy] = t
	return t, proxy, nil
}

func (p *proxies) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.all {
		t.CloseIdleConnections()
	}
}

// onion reports whether a name is one that only a SOCKS proxy into Tor knows.
// It must not be looked up (RFC 7686 section 2), and it is no private address.
func onion(proxy, host string) bool {
	return strings.HasPrefix(proxy, "socks5") && strings.HasSuffix(strings.ToLower(strings.TrimSuffix(host, ".")), ".onion")
}
