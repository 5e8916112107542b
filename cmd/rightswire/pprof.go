package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"
)

// servePprof serves profiles of this process at an address of this machine
// until ctx ends; "": not at all. They hold parts of the memory, so that nobody
// from elsewhere may get them, not even by way of a browser that is here.
func (a *app) servePprof(ctx context.Context) error {
	if a.pprof == "" {
		return nil
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.pprof)
	if err != nil {
		return fmt.Errorf("listen for --pprof: %w%s", err, ifTaken(err, "--pprof"))
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	srv := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) {
			http.Error(w, "ask for it by a name of this machine", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})}
	a.log.LogAttrs(ctx, slog.LevelInfo, "serving profiles", slog.String("listen", ln.Addr().String()))
	return serveUntil(ctx, srv, ln)
}

// isLocal reports whether an address, with a port or without, is this machine's
// own.
func isLocal(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// checkPprof refuses an address that others could reach.
func (a *app) checkPprof() error {
	if a.pprof != "" && !isLocal(a.pprof) {
		return usagef("--pprof: %q is not an address of this machine alone; use localhost:6060", a.pprof)
	}
	return nil
}
