package workers

import (
	"context"
	"errors"
	"log/slog"
	"regexp"
)

// quietHandler lets through what of the queue's own log is for people: what it
// says of its inside is as frequent as the jobs, and what it says of a database
// that is away is said by each of its parts every second or two.
type quietHandler struct {
	slog.Handler
	away func(error) // told instead
}

// Enabled implements [slog.Handler].
func (h quietHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// Handle implements [slog.Handler].
func (h quietHandler) Handle(ctx context.Context, r slog.Record) error {
	away := ""
	r.Attrs(func(a slog.Attr) bool {
		if text := a.Value.String(); (a.Key == "err" || a.Key == "error") && isAway.MatchString(text) {
			away = text
		}
		return away == ""
	})
	if away == "" {
		return h.Handler.Handle(ctx, r)
	}
	h.away(errors.New(away))
	return nil
}

// isAway finds errors that say that there is no connection, or none any more.
// The queue has made text of them: the codes are those of the server for
// connections that fail or end, too many of them, and its own end and beginning
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
var isAway = regexp.MustCompile(`\(SQLSTATE (08...|53300|57P0[1235])\)|failed to connect to|\bconn closed\b|unexpected EOF|connection reset by peer|broken pipe`)

// WithAttrs implements [slog.Handler].
func (h quietHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quietHandler{h.Handler.WithAttrs(attrs), h.away}
}

// WithGroup implements [slog.Handler].
func (h quietHandler) WithGroup(name string) slog.Handler {
	return quietHandler{h.Handler.WithGroup(name), h.away}
}
