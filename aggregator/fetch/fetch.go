// Package fetch is the guest at other people's servers: it asks for one URL
// and brings back what was said, within limits that the answer cannot move.
//
// It decides how a request looks, when it may leave (one politeness key at a
// time), which addresses may be dialled, which redirects are followed, and how
// much of an answer is read. It does not decide when a source is asked again
// ([github.com/rightswire/rightswire/aggregator/schedule] does), does not
// read the document, and keeps nothing between two requests except idle
// connections, the time of the last request to a key, and the robots.txt of
// sites whose pages were asked for.
//
// It is a room of its own because everything in it faces hostile servers and
// has to be reviewed as one: a limit that some other path does not pass is no
// limit. All requests of the program to foreign hosts go through it.
//
// The ids P01 to P48 and S10 to S33 in comments are the rows of the fetching
// and security rules that a line obeys.
package fetch

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// The defaults of the options whose zero value means "the usual".
const (
	defaultUserAgent = "rightswire (+https://github.com/rightswire/rightswire)"
	defaultTimeout   = 30 * time.Second
	defaultMaxBody   = 15 << 20
	defaultMaxHeader = 128 << 10
	defaultRedirects = 5
	defaultSlots     = 64
	defaultRobotsTTL = 24 * time.Hour
)

// Options are the limits and manners of a [Client].
type Options struct {
	UserAgent    string         // "name/version (+contact)"; "": the program's name and address (P37)
	Timeout      time.Duration  // for the whole exchange, redirects and body included, waiting for a turn not; 0: 30s
	MaxBody      int64          // bytes of a body, both as sent and decompressed; 0: 15 MiB
	MaxHeader    int64          // bytes of all headers of a response, 1xx ones included; 0: 128 KiB
	MaxRedirects int            // hops followed; 0: 5; negative: none
	Downgrade    bool           // follow redirects from https to http (P30)
	Allow        []netip.Prefix // let through by the dial guard although not public
	Connections  int            // requests in flight per politeness key; 0: 1
	Concurrency  int            // requests in flight to all keys together, and documents not released; 0: 64
	Gap          time.Duration  // from the end of a request to a key to the start of the next; 0: none
	RobotsTTL    time.Duration  // how long a robots.txt is believed (P48); 0: 24h
	Turns        Turns          // asked before every request, where other machines ask the same hosts; nil: none do
	Proxy        string         // http, https, socks5 or socks5h URL; "": direct. The environment is not read

	Now      func() time.Time // the wall clock that dates in headers are compared with; nil: time.Now
	Logger   *slog.Logger     // one debug line per request; nil: silent
	Resolver *net.Resolver    // nil: the system's
	RootCAs  *x509.CertPool   // nil: the system's
}

// Turns says when a politeness key may be asked, where several machines ask.
type Turns interface {
	// Take waits for the turn of a key. The caller gives it back when the
	// request has ended; the gap counts from there. Its error is ours, and
	// nothing of the server's.
	Take(ctx context.Context, key string) (give func(), err error)
}

// Client fetches. It is safe for concurrent use; one serves the whole program.
type Client struct {
	opt       Options
	transport *http.Transport
	through   proxies
	guard     guard
	pace      *pace
	slots     chan struct{} // one token per request in flight
	large     chan struct{} // one token per body that has outgrown firstAlloc
	decoders  decoders
	fixed     fixedHeader
	robots    robotsCache
}

// New returns a client. It returns an error when an option cannot be used: a
// proxy that is no URL, a User-Agent that is no header value, a negative limit.
func New(o Options) (*Client, error) {
	o.UserAgent = cmp.Or(o.UserAgent, defaultUserAgent)
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	o.MaxBody = cmp.Or(o.MaxBody, defaultMaxBody)
	o.MaxHeader = cmp.Or(o.MaxHeader, defaultMaxHeader)
	o.MaxRedirects = cmp.Or(o.MaxRedirects, defaultRedirects)
	o.Connections = cmp.Or(o.Connections, 1)
	o.Concurrency = cmp.Or(o.Concurrency, defaultSlots)
	o.RobotsTTL = cmp.Or(o.RobotsTTL, defaultRobotsTTL)
	if min(o.MaxBody, o.MaxHeader, int64(o.Connections), int64(o.Concurrency), int64(o.Timeout), int64(o.Gap), int64(o.RobotsTTL)) < 0 {
		return nil, fmt.Errorf("fetch options: a limit is negative: %+v", o)
	}
	if !headerSafe(o.UserAgent, maxValidator) {
		return nil, fmt.Errorf("fetch options: user agent %q is not a header value", o.UserAgent)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	c := &Client{
		opt:   o,
		guard: newGuard(o.Allow),
		pace:  newPace(o.Connections, o.Gap),
		slots: make(chan struct{}, o.Concurrency),
		large: make(chan struct{}, largeBodies),
		fixed: newFixedHeader(o.UserAgent),
	}
	var err error
	if c.transport, err = newTransport(o, c.guard); err != nil {
		return nil, err
	}
	return c, nil
}

// Close closes the idle connections. Requests in flight go on; their contexts
// end them.
func (c *Client) Close() {
	c.transport.CloseIdleConnections()
	c.through.close()
}

// Request asks for one document.
type Request struct {
	URL          string            // absolute, http or https; user:password in it becomes Authorization
	Home         string            // the URL whose credentials and Header these are, where foreign words led from there to URL; "": URL itself
	ETag         string            // sent as If-None-Match, byte for byte; "": not sent (P01)
	LastModified string            // sent as If-Modified-Since, byte for byte; "": not sent (P02)
	Header       map[string]string // further headers, for the origin of Home only (P31)
	Page         bool              // a page for people, which the site's robots.txt may keep from us (P48)
	Proxy        string            // instead of the one in [Options], with the same schemes; "": that one
	Guess        bool              // a feed that nobody told us of: as for a page, robots.txt is asked first
	Last         bool              // the host is not asked for anything else now, so that no connection is kept for it
}

// Response is a document, or the word that it has not changed. Who gets one
// calls [Response.Release] when it is read.
type Response struct {
	Status    int         // 200, 304 or 226
	URL       string      // where the last response came from, without credentials
	Permanent string      // where an unbroken row of 301 and 308 from the start led; "": nowhere (P27, a sighting only)
	Hops      []Hop       // the redirects that were followed, in order
	Header    http.Header // of the last response: no Set-Cookie, no value with control characters
	Body      []byte      // decompressed, at most MaxBody; nil on a 304

	// ETag and LastModified are what to send next time, byte for byte.
	// "" means that there is none to send: absent, not fit for a header
	// (S33), or belonging to a body that did not arrive whole. A 304 that
	// does not repeat a validator confirms the one that was sent (P05).
	ETag, LastModified string

	Fresh     time.Duration // how much longer the server calls this fresh (P09 to P11); 0: nothing said
	Truncated bool          // the body ended early; what arrived is in Body
	Wire      int64         // bytes of the body as sent, before decompression
	Took      time.Duration // what the servers took for all hops together; waiting for our turns is not counted

	places []func() // what Release gives back
}

// Release lets the Body go, and with it the document's place among the
// requests in flight and the few large bodies: those limits bound the memory
// only if they last as long as the bytes. Body is nil afterwards. It may be
// called again, and on nil.
func (r *Response) Release() {
	if r == nil {
		return
	}
	r.Body = nil
	for _, leave := range r.places {
		leave()
	}
	r.places = nil
}

// Hop is one redirect that was followed.
type Hop struct {
	Status int    // 301, 302, 303, 307 or 308
	From   string // the URL that answered, without credentials
	To     string // where it sent us, without credentials
}

// Get fetches a document, follows redirects and decompresses the body. The
// caller releases the response: one that is kept stands in the way of others.
//
// An answer other than 200, 226 or a 304 that was asked for is a
// [*StatusError]. The other errors wrap [ErrTimeout], [ErrTooLarge],
// [ErrPrivateAddress], [ErrScheme], [ErrDowngrade], [ErrRedirectLoop],
// [ErrTooManyRedirects], [ErrRobots] or [ErrEncoding] where one of them is the reason, the
// context's error when ctx ended it, and else come from the network.
func (c *Client) Get(ctx context.Context, r Request) (*Response, error) {
	x, err := newExchange(c, r)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", Redact(r.URL), err)
	}
	res, err := x.run(ctx)
	if err != nil {
		return nil, &tookError{fmt.Errorf("get %s: %w", redact(x.first), bounded(err)), x.took()}
	}
	return res, nil
}

// tookError is an error of a request, and how long the servers took until then.
type tookError struct {
	error
	took time.Duration
}

// Unwrap gives errors.Is and errors.As access to the cause.
func (e *tookError) Unwrap() error { return e.error }

// Took returns how long the servers took that a [Client.Get] asked, waiting for
// our turns not counted, until it returned err; 0 where it asked none.
func Took(err error) time.Duration {
	if e, ok := errors.AsType[*tookError](err); ok {
		return e.took
	}
	return 0
}
