package main

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/rightswire/rightswire/config"
)

// passes says when a daemon last looked at its sources.
type passes struct {
	good atomic.Pointer[time.Time] // when a pass last ended well, or the daemon began
}

func (p *passes) note(now time.Time) { p.good.Store(&now) }

// An answer is stale when nobody has looked at the sources for staleLeast, since
// a pass over many slow ones takes its time, and so many passes were due since.
const (
	staleLeast  = time.Hour
	stalePasses = 4
)

// stale reports whether the last good pass is too long ago.
func stale(cfg *config.Config, good, now time.Time) bool {
	s, err := cron.ParseStandard(cfg.Schedule.Poll)
	if err != nil || now.Sub(good) <= staleLeast {
		return false // an empty schedule: nobody is to look
	}
	due := good
	for range stalePasses {
		due = s.Next(due)
	}
	return now.After(due)
}

// fresh answers /readyz with 503 when the site is stale, so that a load
// balancer or an alert hears of a daemon that lives and does nothing.
func (d *daemon) fresh(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			if good := d.passes.good.Load(); good != nil && stale(d.inEffect.Load(), *good, d.wire.app.now()) {
				w.Header().Set("Cache-Control", "no-store")
				http.Error(w, "stale: sources were last looked at "+good.UTC().Format(time.RFC3339), http.StatusServiceUnavailable)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
