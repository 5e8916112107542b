package workers

import (
	"context"
	"log/slog"
)

// quietHandler lets through what of the queue's own log is for people: what it
// says of its inside is as frequent as the jobs.
type quietHandler struct{ slog.Handler }

// Enabled implements [slog.Handler].
func (h quietHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

// WithAttrs implements [slog.Handler].
func (h quietHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quietHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h quietHandler) WithGroup(name string) slog.Handler {
	return quietHandler{h.Handler.WithGroup(name)}
}
