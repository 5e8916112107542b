package fetch

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
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
		ResponseHeaderTimeout:  o.Timeout,
		MaxResponseHeaderBytes: o.MaxHeader, // 1xx responses count into it as long as no trace hook looks at them (S20)
		// A connection is worth keeping for the next source of the same key,
		// a gap away, and not for the next poll, an hour away.
		IdleConnTimeout:     30 * time.Second,
		MaxIdleConns:        256,
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
