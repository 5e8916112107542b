package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// The reasons for which a fetch is given up.
var (
	// ErrPrivateAddress is returned when a name or address leads to a machine
	// that is not on the public internet (S10 to S12).
	ErrPrivateAddress = errors.New("address is not public")
	// ErrTooLarge is returned when the body is over the limit (P44).
	ErrTooLarge = errors.New("body is too large")
	// ErrTooManyRedirects is returned when the chain does not end in time (P30).
	ErrTooManyRedirects = errors.New("too many redirects")
	// ErrRedirectLoop is returned when a redirect leads back (P30).
	ErrRedirectLoop = errors.New("redirect loop")
	// ErrDowngrade is returned when https redirects to http (P30).
	ErrDowngrade = errors.New("redirect from https to http")
	// ErrScheme is returned for a URL that is not an absolute http or https one.
	ErrScheme = errors.New("not an http or https URL")
	// ErrTimeout is returned when the exchange took longer than the limit.
	ErrTimeout = errors.New("timed out")
	// ErrSlow is an [ErrTimeout] that came in the middle of an answer.
	ErrSlow = fmt.Errorf("%w in the middle of the answer", ErrTimeout)
	// ErrRobots is returned for a page that its site's robots.txt keeps from
	// us, or of a site whose robots.txt cannot be had (P48).
	ErrRobots = errors.New("robots.txt keeps us out")
	// ErrEncoding is returned when nothing of the body could be decompressed.
	ErrEncoding = errors.New("content coding is not readable")
	// ErrTurns is returned when [Options].Turns does not work: trouble on our
	// side.
	ErrTurns = errors.New("whose turn it is could not be asked")
	// ErrUnasked comes with ErrTurns when no request was made at all: neither
	// one that led here, nor one that is to be repeated.
	ErrUnasked = errors.New("no server was asked")
)

// Unreachable reports whether an error of [Client.Get] says that nobody
// answered: no name, no connection, no answer in time. It is what every source
// looks like when our own network is down (P36).
func Unreachable(err error) bool {
	if err == nil || errors.Is(err, ErrPrivateAddress) {
		return false // also a dial error, by our own decision
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial" || errors.Is(err, ErrTimeout) && !errors.Is(err, ErrSlow)
}

// StatusError is an answer that brings no document.
type StatusError struct {
	Code       int           // the HTTP status; 304 when nothing was asked that it could confirm
	RetryAfter time.Duration // how long the server asks us to wait, not capped; 0: nothing said (P15, P16)
	Challenge  string        // who asks for proof that we are a person, such as "cloudflare"; "": nobody (P34)
	URL        string        // what answered, without credentials
}

// Error names the status and who blocks us.
func (e *StatusError) Error() string {
	switch e.Challenge {
	case "":
		return fmt.Sprintf("status %d", e.Code)
	case challengeCloudflare:
		return fmt.Sprintf("status %d, blocked by Cloudflare", e.Code)
	default:
		return fmt.Sprintf("status %d, blocked by %s", e.Code, e.Challenge)
	}
}

// The values of [StatusError.Challenge].
const (
	challengeCloudflare = "cloudflare"
	challengeAWS        = "aws-waf"
)

// challenge tells a bot check from a plain refusal. We say so and stay away;
// we never dress up as a browser (P34).
func challenge(h http.Header) string {
	switch {
	case h.Get("Cf-Mitigated") == "challenge":
		return challengeCloudflare
	case h.Get("X-Amzn-Waf-Action") != "":
		return challengeAWS
	}
	return ""
}

// statusError makes the error of a response that brings no document.
func (c *Client) statusError(resp *http.Response, at string) *StatusError {
	return &StatusError{
		Code:       resp.StatusCode,
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), c.opt.Now()),
		Challenge:  challenge(resp.Header),
		URL:        at,
	}
}

// maxErrorText bounds what a foreign server can make us write into a log or
// the ledger: net/http quotes a malformed status line in full.
const maxErrorText = 300

type boundedError struct {
	text string
	err  error
}

func (e *boundedError) Error() string { return e.text }
func (e *boundedError) Unwrap() error { return e.err }

// bounded shortens the text of an error and keeps its meaning.
func bounded(err error) error {
	text := err.Error()
	if len(text) <= maxErrorText {
		return err
	}
	return &boundedError{text: text[:maxErrorText] + "…", err: err}
}
