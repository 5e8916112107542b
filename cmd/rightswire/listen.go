package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	systemd "github.com/coreos/go-systemd/v22/daemon"

	"github.com/rightswire/rightswire/publisher/web"
)

// doorstep is how long readers at a socket that outlives us may have to wait
// for the first site: a moment later they have it, instead of a 503. If it
// takes longer, they are told so.
const doorstep = 10 * time.Second

// linger is how long a connection that was let in may take to ask when we are
// about to end: longer than it takes, and not as long as a browser keeps one in
// store.
const linger = time.Second

// sockets are where readers come in.
type sockets struct {
	listeners []net.Listener
	passed    bool         // systemd holds the sockets, and lets readers wait while nobody is here
	inside    atomic.Int64 // connections
}

// openSockets takes the sockets that systemd passed (sd_listen_fds(3)), or
// listens at an address if there are none.
func openSockets(ctx context.Context, addr string) (*sockets, error) {
	passed, err := activation.Listeners()
	if err != nil {
		return nil, fmt.Errorf("take the sockets that systemd passed: %w", err)
	}
	if len(passed) > 0 {
		// What is no stream socket is nil there.
		usable := slices.DeleteFunc(passed, func(ln net.Listener) bool { return ln == nil })
		if len(usable) == 0 {
			return nil, errors.New("take the sockets that systemd passed: none is a stream socket; the socket unit needs ListenStream=")
		}
		return &sockets{listeners: usable, passed: true}, nil
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for readers: %w%s", err, ifTaken(err, "listen or --listen"))
	}
	return &sockets{listeners: []net.Listener{ln}}, nil
}

// ifTaken says what to do where another program has the address that was to be
// listened at, and nothing for other errors; setting is where it is named.
func ifTaken(err error, setting string) string {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return ""
	}
	return "; another program listens there: end that one, or name another address with " + setting
}

// addr is where readers find us.
func (s *sockets) addr() string { return s.listeners[0].Addr().String() }

// close lets nobody in.
func (s *sockets) close() error {
	var errs []error
	for _, ln := range s.listeners {
		errs = append(errs, ln.Close())
	}
	return errors.Join(errs...)
}

// serve lets readers in until ctx ends, then lets requests in flight finish. An
// address of our own answers at once, so that whoever watches over the daemon
// hears that it is alive; a socket that outlives us waits until site is closed,
// which is when there is one.
func (s *sockets) serve(ctx context.Context, srv *http.Server, ln net.Listener, site <-chan struct{}) error {
	if s.passed {
		select {
		case <-site:
		case <-time.After(doorstep):
		case <-ctx.Done():
			return ln.Close() // whoever waits there waits for the next one
		}
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(web.Gather(ln)) }()
	select {
	case err := <-done:
		if errors.Is(err, http.ErrServerClosed) {
			return nil // another of our sockets was quicker to hear of the end
		}
		return err
	case <-ctx.Done():
	}
	err := ln.Close()
	<-done // whoever was let in is counted now
	return errors.Join(err, s.finish(ctx, srv))
}

// finish answers those who were let in and ends. Shutdown alone would hang up
// on whoever has not been read yet, which a reader cannot tell from a fault.
func (s *sockets) finish(ctx context.Context, srv *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	srv.SetKeepAlivesEnabled(false) // also closes those that are idle
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(linger); s.inside.Load() > 0 && time.Now().Before(until); {
		<-tick.C
	}
	if err := srv.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return errors.Join(err, srv.Close())
	}
	return srv.Close() // on those that do not come to an end
}

// count keeps the number of connections, as [http.Server.ConnState].
func (s *sockets) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.inside.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.inside.Add(-1)
	}
}

// notify tells systemd when the site is there and when it ends, where it wants
// to know (sd_notify(3)).
func (a *app) notify(ctx context.Context, site <-chan struct{}) error {
	tell := func(state string) {
		if _, err := systemd.SdNotify(false, state); err != nil {
			a.log.LogAttrs(ctx, slog.LevelWarn, "systemd was not told", slog.String("state", state), slog.Any("err", err))
		}
	}
	select {
	case <-site:
		tell(systemd.SdNotifyReady)
		<-ctx.Done()
	case <-ctx.Done():
	}
	tell(systemd.SdNotifyStopping)
	return nil
}
