package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news/digest"
)

// sendTimeout bounds what a mail server or a webhook can take of our time.
const sendTimeout = 30 * time.Second

// digestID names the digest of a due time: who gets it twice, after a kill at
// the wrong moment, can tell.
func digestID(cfg *config.Config, due time.Time) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%d", cfg.Site.URL, cfg.Site.Title, due.UnixMicro()))
	return "digest-" + due.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(sum[:8])
}

// sendMail sends a digest to one recipient by the mail server of the
// configuration, as plain text with HTML beside it. Each gets a message of their
// own: a server that does not know one of them may refuse the message for all.
func sendMail(ctx context.Context, cfg *config.Config, d digest.Digest, due time.Time, to string) error {
	if !slices.Contains(cfg.Digest.Mail.To, to) {
		return neverError{errors.New("digest.mail.to names them no more")}
	}
	msg, err := mailOf(cfg, d, due, to)
	if err != nil {
		return neverError{err}
	}
	c, err := mailClient(cfg.Digest.Mail)
	if err != nil {
		return neverError{err}
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	err = c.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() {
		return nil // what the server has taken is sent, however the goodbye went
	}
	err = fmt.Errorf("send by %s: %w", cfg.Digest.Mail.Server, err)
	if no, ok := errors.AsType[*mail.SendError](err); ok && no.Reason == mail.ErrSMTPRcptTo && no.ErrorCode() >= 500 {
		return neverError{err} // there is no such recipient (RFC 5321 section 4.2.1)
	}
	return err
}

func mailOf(cfg *config.Config, d digest.Digest, due time.Time, to string) (*mail.Msg, error) {
	m := cfg.Digest.Mail
	msg := mail.NewMsg()
	from := cmp.Or(m.From, strings.TrimPrefix(cfg.Site.Contact, "mailto:"))
	if err := msg.From(from); err != nil {
		return nil, err
	}
	if err := msg.To(to); err != nil {
		return nil, err
	}
	host := "localhost"
	if u, err := url.Parse(cfg.Site.URL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	msg.SetMessageIDWithValue(digestID(cfg, due) + "@" + host)
	msg.SetDateWithValue(due)
	msg.Subject(d.Subject())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies
	var text, html strings.Builder
	if err := d.Text(&text); err != nil {
		return nil, err
	}
	if err := d.HTML(&html); err != nil {
		return nil, err
	}
	msg.SetBodyString(mail.TypeTextPlain, text.String())
	msg.AddAlternativeString(mail.TypeTextHTML, html.String())
	return msg, nil
}

// mailClient dials the server that the desk has named, wherever it is: the dial
// guard is for addresses that strangers choose.
func mailClient(m config.Mail) (*mail.Client, error) {
	host, portText, err := net.SplitHostPort(m.Server)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	opts := []mail.Option{mail.WithPort(port), mail.WithTimeout(sendTimeout), mail.WithTLSPolicy(mail.TLSMandatory)}
	switch m.TLS {
	case config.TLSFull:
		opts = append(opts, mail.WithSSL())
	case config.TLSNone:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	}
	if m.User != "" {
		opts = append(opts, mail.WithUsername(m.User), mail.WithPassword(string(m.Password)), mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover))
	}
	return mail.NewClient(host, opts...)
}

// sendHook posts a digest to the webhook, signed if there is a secret. It goes
// through the dial guard, and follows no redirect: an address that was typed
// wrong must not reach into our own network.
func (d *digests) sendHook(ctx context.Context, cfg *config.Config, dg digest.Digest, due time.Time) error {
	hook := cfg.Digest.Webhook
	body, err := json.Marshal(dg)
	if err != nil {
		return neverError{err}
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return neverError{err}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", userAgent(cfg))
	r.Header.Set("Rightswire-Event", "digest")
	r.Header.Set("Rightswire-Delivery", digestID(cfg, due))
	if hook.Secret != "" {
		mac := hmac.New(sha256.New, []byte(hook.Secret))
		mac.Write(body)
		r.Header.Set("Rightswire-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	}
	res, err := d.post.RoundTrip(r)
	if err != nil {
		return fmt.Errorf("post to %s: %w", r.URL.Redacted(), err)
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	return hookError(r.URL.Redacted(), res.StatusCode)
}

// hookError says what a status means for a digest: one that the webhook will
// never take is not sent again.
func hookError(url string, status int) error {
	if status >= 200 && status < 300 {
		return nil
	}
	err := fmt.Errorf("post to %s: status %d", url, status)
	if status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooManyRequests {
		return err
	}
	return neverError{err}
}
