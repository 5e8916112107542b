package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// A callback is an address that a stranger chose.
func TestS14_ATransportForCallbacksDialsPublicAddressesOnly(t *testing.T) {
	o := fetchtest.New(t).On("/cb", fetchtest.Answer{Body: "x"})
	n := fetchtest.NewNames().On("internal.test", "127.0.0.1").On("mapped.test", "::ffff:127.0.0.1").On("two.test", "10.0.0.1 127.0.0.1")
	proxy := fetchtest.New(t).On("/cb", fetchtest.Answer{Body: "x"})
	for _, tt := range []struct {
		name, proxy string
		allow       []netip.Prefix
		hosts       string
		want        bool
	}{
		{"private however written", "", nil, "127.0.0.1 localhost [::1] [::ffff:127.0.0.1] [64:ff9b::7f00:1] 0.0.0.0 169.254.169.254 100.64.0.1 internal.test mapped.test two.test", false},
		{"private behind a proxy", proxy.URL(""), nil, "127.0.0.1 0x7f.1 2130706433 internal.test two.test", false},
		{"allowed by the desk", "", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "127.0.0.1 internal.test", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr, err := NewTransport(Options{Proxy: tt.proxy, Allow: tt.allow, Resolver: n.Resolver()})
			if err != nil {
				t.Fatal(err)
			}
			for host := range strings.FieldsSeq(tt.hosts) {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+host+":"+o.Port()+"/cb", strings.NewReader("x"))
				if err != nil {
					t.Fatal(err)
				}
				res, err := tr.RoundTrip(req)
				if err == nil {
					res.Body.Close()
				}
				if tt.want && err != nil || !tt.want && !errors.Is(err, ErrPrivateAddress) {
					t.Errorf("%s: %v, want it dialled: %t", host, err, tt.want)
				}
			}
		})
	}
	if n := len(proxy.Requests()); n != 0 {
		t.Errorf("the proxy was asked %d times", n)
	}
}

// Whoever asks without a deadline is let go as well.
func TestATransportForCallbacksDoesNotWaitForHeadersForever(t *testing.T) {
	for _, tt := range []struct{ limit, want time.Duration }{{0, 30 * time.Second}, {2 * time.Second, 2 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			rt, err := NewTransport(Options{Timeout: tt.limit})
			if err != nil {
				t.Fatal(err)
			}
			tr := rt.(*http.Transport)
			here, there := net.Pipe()
			defer there.Close()
			go func() { _, _ = io.Copy(io.Discard, there) }() // it listens, and never says anything
			tr.DialContext = func(context.Context, string, string) (net.Conn, error) { return here, nil }
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://callback.example/", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			time.AfterFunc(time.Hour, func() { there.Close() })
			res, err := tr.RoundTrip(req)
			if err == nil {
				res.Body.Close()
			}
			if waited := time.Since(start); err == nil || waited != tt.want {
				t.Errorf("with a limit of %v: %v after %v, want an error after %v", tt.limit, err, waited, tt.want)
			}
		})
	}
}
