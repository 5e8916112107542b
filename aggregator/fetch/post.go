package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Post sends a form, with the manners and behind the guard of any other
// request, and wants to hear no more than that it was taken: an answer other
// than 2xx is a [*StatusError]. Redirects are not followed. A hub is named by a
// foreign feed, so it gets no credentials of ours (S14). proxy is as in
// [Request].
func (c *Client) Post(ctx context.Context, to, proxy string, form url.Values) error {
	x, err := newExchange(c, Request{URL: to, Proxy: proxy})
	if err != nil {
		return fmt.Errorf("post to %s: %w", Redact(to), err)
	}
	x.auth = ""
	if err := x.post(ctx, form.Encode()); err != nil {
		return fmt.Errorf("post to %s: %w", redact(x.first), bounded(err))
	}
	return nil
}

// post waits for its turn and sends one request.
func (x *exchange) post(ctx context.Context, body string) error {
	key := hostKey(x.url.Hostname())
	if err := x.c.pace.acquire(ctx, key); err != nil {
		return err
	}
	defer x.c.pace.release(key)
	select {
	case x.c.slots <- struct{}{}:
		defer func() { <-x.c.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	start := time.Now()
	tctx, cancel := context.WithTimeout(ctx, x.left)
	defer cancel()
	err := x.sendForm(tctx, body)
	x.log(ctx, nil, start, err)
	return x.timedOut(ctx, tctx, err)
}

func (x *exchange) sendForm(ctx context.Context, body string) error {
	if err := x.checkProxied(ctx); err != nil {
		return err
	}
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, x.url.String(), strings.NewReader(body))
	if err != nil {
		return ErrScheme
	}
	hr.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "User-Agent": x.c.fixed.agent}
	resp, err := x.transport.RoundTrip(hr)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	defer drain(resp)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return x.c.statusError(resp, x.url.String())
	}
	return nil
}
