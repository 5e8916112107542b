package fetch

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"time"
)

// exchange is one Get: a chain of requests that ends with a document or an
// error, and the time that is left for it.
type exchange struct {
	c     *Client
	req   Request
	first *url.URL // as asked, without credentials and fragment
	url   *url.URL // where the next request goes
	auth  string   // Authorization made of the URL's credentials; "" if none
	extra []field  // the source's own headers
	own   bool     // still at the origin that auth and extra were meant for
	left  time.Duration
	hops  []Hop
	begun bool // the last request has an answer, as far as it has come

	transport *http.Transport
	proxy     string // that the transport goes through; "": none
}

type field struct{ name, value string }

func newExchange(c *Client, r Request) (*exchange, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		// The parser's text repeats the URL, credentials and all (S32).
		return nil, ErrScheme
	}
	home := u
	if r.Home != "" && r.Home != r.URL {
		if home, err = url.Parse(r.Home); err != nil {
			return nil, ErrScheme
		}
	}
	// Who led us from home to another origin gets no secret of it (P31, S15).
	x := &exchange{c: c, req: r, own: sameOrigin(home, u), left: c.opt.Timeout}
	if x.transport, x.proxy, err = c.via(r.Proxy); err != nil {
		return nil, err
	}
	if home.User != nil {
		password, _ := home.User.Password()
		x.auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(home.User.Username()+":"+password))
	}
	x.first = bare(u)
	x.url = x.first
	if err := checkScheme(x.url); err != nil {
		return nil, err
	}
	for name, value := range r.Header {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if managed(name) {
			return nil, fmt.Errorf("header %q is not a source's to set", name)
		}
		x.extra = append(x.extra, field{name, value})
	}
	return x, nil
}

// run sends requests until one of them is the last.
func (x *exchange) run(ctx context.Context) (*Response, error) {
	for {
		if x.req.Page || x.req.Guess { // at every hop: another site has other rules
			if err := x.c.mayVisit(ctx, x.url, x.req.Proxy); err != nil {
				return nil, err
			}
		}
		res, next, err := x.turn(ctx)
		if err != nil && len(x.hops) > 0 {
			return nil, fmt.Errorf("redirected to %s: %w", redact(x.url), err)
		}
		if err == nil && next == "" {
			res.Took = x.took()
		}
		if err != nil || next == "" {
			return res, err
		}
		if err := x.follow(res.Status, next); err != nil {
			return nil, err
		}
	}
}

// took is how long the servers took so far.
func (x *exchange) took() time.Duration { return x.c.opt.Timeout - x.left }

// turn waits until the key of the URL may be asked, sends one request and
// reads the answer. For a redirect it returns the Location, and a Response
// with only the status.
func (x *exchange) turn(ctx context.Context) (*Response, string, error) {
	t := &turn{c: x.c, key: hostKey(x.url.Hostname())}
	if err := t.take(ctx); err != nil {
		if errors.Is(err, ErrTurns) && len(x.hops) == 0 {
			err = fmt.Errorf("%w (%w)", err, ErrUnasked)
		}
		return nil, "", err
	}
	defer t.leave()
	// One deadline for the exchange, waiting for a turn not counted: each
	// request gets what its predecessors left (P44, S20).
	start := time.Now()
	defer func() { x.left -= time.Since(start) }()
	tctx, cancel := context.WithTimeout(ctx, x.left)
	defer cancel()
	wctx, end := t.watch(tctx)
	defer end(nil)
	res, next, err := x.send(wctx)
	if why := context.Cause(wctx); err != nil && errors.Is(why, ErrTurns) {
		err = why // however net/http put it
	}
	x.log(ctx, res, start, err)
	if err == nil {
		if res.Body != nil { // the slot lasts until Release
			res.places = append(res.places, t.handOver())
		}
		return res, next, nil
	}
	return nil, "", x.timedOut(ctx, tctx, err)
}

// timedOut says what an error of a request is when its time tctx, which is
// part of ctx, may have run out.
func (x *exchange) timedOut(ctx, tctx context.Context, err error) error {
	var ne net.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case tctx.Err() != nil && x.begun:
		return fmt.Errorf("%w: it was not whole after %v (fetch.timeout)", ErrSlow, x.c.opt.Timeout)
	case tctx.Err() != nil:
		return fmt.Errorf("%w after %v", ErrTimeout, x.c.opt.Timeout)
	case errors.As(err, &ne) && ne.Timeout():
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	}
	return err
}

func (x *exchange) log(ctx context.Context, res *Response, start time.Time, err error) {
	if !x.c.opt.Logger.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{slog.String("url", redact(x.url)), slog.Duration("took", time.Since(start))}
	if res != nil {
		attrs = append(attrs, slog.Int("status", res.Status), slog.Int64("wire", res.Wire))
	}
	if err != nil {
		attrs = append(attrs, slog.Any("err", bounded(err)))
	}
	x.c.opt.Logger.LogAttrs(ctx, slog.LevelDebug, "url asked", attrs...)
}

// send does one request and sorts the answers.
func (x *exchange) send(ctx context.Context) (*Response, string, error) {
	if err := x.checkProxied(ctx); err != nil {
		return nil, "", err
	}
	hr := (&http.Request{Method: http.MethodGet, URL: x.url, Host: x.url.Host, Header: x.header(), Close: x.req.Last,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	// RoundTrip, not a Client: no cookie jar, no Referer, no redirects but ours.
	x.begun = false
	resp, err := x.transport.RoundTrip(hr)
	if err != nil {
		return nil, "", err
	}
	x.begun = true
	defer resp.Body.Close()
	switch code := resp.StatusCode; code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		if to := resp.Header.Get("Location"); to != "" {
			drain(resp)
			return &Response{Status: code}, to, nil
		}
	case http.StatusNotModified:
		// Only what was asked can be confirmed: a 304 to an unconditional
		// request leaves us with nothing (S28).
		if x.conditional() {
			return x.notModified(resp), "", nil
		}
	case http.StatusOK:
		res, err := x.document(ctx, resp)
		return res, "", err
	case http.StatusIMUsed:
		if isDelta(resp.Header) && x.req.ETag != "" { // P45
			res, err := x.document(ctx, resp)
			return res, "", err
		}
	}
	err = x.c.statusError(resp, x.url.String())
	drain(resp)
	return nil, "", err
}

// checkProxied is the guard of a request that goes through a proxy.
func (x *exchange) checkProxied(ctx context.Context) error {
	if x.proxy == "" || onion(x.proxy, x.url.Hostname()) {
		return nil
	}
	return x.c.guard.checkName(ctx, x.c.opt.Resolver, x.url.Hostname())
}

// drain reads a small announced body, so that the connection can be used
// again; of anything else the connection is closed.
func drain(resp *http.Response) {
	if resp.ContentLength > 0 && resp.ContentLength <= 4<<10 {
		// An error shows when the connection is used next, or not at all.
		io.Copy(io.Discard, resp.Body)
	}
}

// response fills in what every last response has.
func (x *exchange) response(resp *http.Response) *Response {
	return &Response{
		Status:       resp.StatusCode,
		URL:          x.url.String(),
		Permanent:    permanent(x.hops),
		Hops:         x.hops,
		Header:       sanitize(resp.Header),
		ETag:         validator(resp.Header, "Etag"),
		LastModified: validator(resp.Header, "Last-Modified"),
		Fresh:        freshness(resp.Header, x.c.opt.Now()),
	}
}

// notModified reads a 304: the stored validators live on unless it brought
// new ones, and its freshness counts (P05, RFC 9111 section 4.3.4).
func (x *exchange) notModified(resp *http.Response) *Response {
	res := x.response(resp)
	if res.ETag == "" {
		res.ETag = x.req.ETag
	}
	if res.LastModified == "" {
		res.LastModified = x.req.LastModified
	}
	return res
}

// document reads the body of a 200 or 226.
func (x *exchange) document(ctx context.Context, resp *http.Response) (*Response, error) {
	b, err := x.c.readBody(ctx, resp)
	if err != nil {
		return nil, err
	}
	res := x.response(resp)
	res.Body, res.Wire, res.Truncated = b.data, b.wire, b.truncated
	res.places = append(res.places, b.room.leave)
	if b.truncated {
		// The validators vouch for the whole document. Sent next time they
		// would earn a 304 and the part that is missing would never come.
		res.ETag, res.LastModified = "", ""
	}
	return res, nil
}
