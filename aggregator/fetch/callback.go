package fetch

import (
	"cmp"
	"net/http"
)

// NewTransport returns a transport behind the same guard as a [Client]: it
// dials no address that is not public or allowed, whatever a name leads to
// (S14). It is for requests to addresses that strangers chose and that are no
// feeds: it follows no redirects, keeps no manners and bounds nothing but
// dialling and headers (Options.Timeout and MaxHeader), so its caller has to
// bound bodies and the whole.
func NewTransport(o Options) (http.RoundTripper, error) {
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	o.MaxHeader = cmp.Or(o.MaxHeader, 16<<10)
	o.Connections = cmp.Or(o.Connections, 1)
	g := newGuard(o.Allow)
	t, err := newTransport(o, g)
	if err != nil {
		return nil, err
	}
	t.ResponseHeaderTimeout = o.Timeout // a client's exchange has a deadline of its own, and no need of this
	if o.Proxy == "" {
		return t, nil
	}
	return proxied{t, g, o}, nil
}

// proxied is a transport through a proxy, which resolves names itself.
type proxied struct {
	*http.Transport
	guard guard
	o     Options
}

func (p proxied) RoundTrip(r *http.Request) (*http.Response, error) {
	if !onion(p.o.Proxy, r.URL.Hostname()) {
		if err := p.guard.checkName(r.Context(), p.o.Resolver, r.URL.Hostname()); err != nil {
			if r.Body != nil {
				r.Body.Close() // a RoundTripper has to, also on errors
			}
			return nil, err
		}
	}
	return p.Transport.RoundTrip(r)
}
