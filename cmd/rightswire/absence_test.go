package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What finds out that the database is away does so every second or two, in
// several places of a process.
func TestADatabaseThatIsAwayIsToldOnceAndItsReturnOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone, log := errors.New("connection refused"), &syncBuffer{}
		back := time.Now().Add(5 * time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		a := &absence{ctx: ctx, log: slog.New(slog.NewTextHandler(log, nil)), now: time.Now, ask: func(context.Context) error {
			if time.Now().Before(back) {
				return gone
			}
			return nil
		}}
		said := func() string {
			text := log.String()
			return strings.Repeat("gone ", strings.Count(text, `level=WARN msg="the database does not answer`)) +
				strings.Repeat("back ", strings.Count(text, `level=WARN msg="the database answers again" after=5m`)) +
				strings.Repeat("line ", strings.Count(text, "\n"))
		}
		fails := func(times int) {
			for range times {
				a.note(gone)
				time.Sleep(time.Second)
			}
		}
		fails(299)
		if got, want := said(), "gone line "; got != want {
			t.Errorf("while it is away: %q, want %q\n%s", got, want, log)
		}
		time.Sleep(time.Minute)
		if got, want := said(), "gone back line line "; got != want {
			t.Errorf("when it is back: %q, want %q\n%s", got, want, log)
		}
		fails(20) // it answers, but breaks off whatever is begun
		time.Sleep(time.Minute)
		if got, want := said(), "gone gone back line line line line "; got != want {
			t.Errorf("when it comes and goes: %q, want %q\n%s", got, want, log)
		}
	})
}

func TestNobodyWaitsForADatabaseOnceTheProcessEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails if a goroutine is left
		log := &syncBuffer{}
		ctx, cancel := context.WithCancel(t.Context())
		a := &absence{ctx: ctx, log: slog.New(slog.NewTextHandler(log, nil)), now: time.Now, ask: func(context.Context) error { return errors.New("gone") }}
		a.note(errors.New("gone"))
		cancel()
		synctest.Wait()
		a.waiting = false
		time.Sleep(2 * tellAgain)
		a.note(errors.New("gone")) // as all that ends with it does
		if got := strings.Count(log.String(), "\n"); got != 1 {
			t.Errorf("%d lines, want 1\n%s", got, log)
		}
	})
}
