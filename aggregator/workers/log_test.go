package workers

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestTheQueueLogsWhatIsForPeople(t *testing.T) {
	for _, tt := range []struct {
		name string
		log  func(*slog.Logger)
		want string // "said", "away", or "" for neither
	}{
		{"what it does all day is left out", func(l *slog.Logger) { l.Info("jobs") }, ""},
		{"a warning is not", func(l *slog.Logger) { l.Warn("Soft stop timeout") }, "said"},
		{"nor what the database says of a statement", func(l *slog.Logger) {
			l.Error("fetch", slog.String("err", "relation \"river_job\" does not exist (SQLSTATE 42P01)"))
		}, "said"},
		{"a database that refuses connections is away", func(l *slog.Logger) {
			l.Error("fetch", slog.String("err", "failed to connect to `user=a`: dial error: connection refused"))
		}, "away"},
		{"so is one that shuts down, by any name of the error", func(l *slog.Logger) {
			l.Error("schedule", slog.String("error", "FATAL: terminating connection due to administrator command (SQLSTATE 57P01)"))
		}, "away"},
		{"and one that has too many clients", func(l *slog.Logger) {
			l.Error("fetch", slog.String("err", "FATAL: sorry, too many clients already (SQLSTATE 53300)"))
		}, "away"},
		{"an error that is no text is read too, below other names", func(l *slog.Logger) {
			l.With("queue", "poll").WithGroup("g").Error("listen", "err", errors.New("conn closed"))
		}, "away"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var said bytes.Buffer
			got := ""
			tt.log(slog.New(quietHandler{slog.NewTextHandler(&said, nil), func(error) { got += "away" }}))
			got += strings.Repeat("said", bytes.Count(said.Bytes(), []byte("\n")))
			if got != tt.want {
				t.Errorf("%q, want %q: %s", got, tt.want, &said)
			}
		})
	}
}
