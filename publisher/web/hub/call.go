package hub

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxAnswer is how much of an answer is read: more than a challenge.
const maxAnswer = 512

// answer is what a callback said. The zero value is none.
type answer struct {
	status int           // 0: there was none in time
	body   []byte        // its beginning, of a GET
	retry  time.Duration // what a Retry-After asks for; 0: nothing
}

func (a answer) reached() bool { return a.status != 0 }
func (a answer) ok() bool      { return a.status/100 == 2 }

// call sends one request to a callback. Redirects are not followed: a
// transport does not, and they count as failures (W3C WebSub sections 5.3.1
// and 7).
func (h *Hub) call(ctx context.Context, method, to string, head http.Header, payload []byte) answer {
	ctx, cancel := context.WithTimeout(ctx, h.o.Limits.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(payload))
	if err != nil {
		return answer{}
	}
	if head != nil {
		req.Header = head
	}
	req.Header.Set("User-Agent", h.o.Agent)
	res, err := h.o.Transport.RoundTrip(req)
	if err != nil {
		h.o.Logger.LogAttrs(ctx, slog.LevelDebug, "callback was not reached", slog.String("host", req.URL.Hostname()), slog.Any("err", err))
		return answer{}
	}
	defer res.Body.Close() // an endless body ends with its connection
	a := answer{status: res.StatusCode, retry: h.retryAfter(res.Header.Get("Retry-After"))}
	if method == http.MethodGet {
		// The answer to a delivery is not to be looked at (section 7).
		if a.body, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer)); err != nil {
			return answer{}
		}
	}
	return a
}

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3).
func (h *Hub) retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil {
		return time.Duration(min(max(n, 0), int(backoffMax/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return min(max(t.Sub(h.o.Now()), 0), backoffMax)
	}
	return 0
}
