package client

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestClientIsWhoAProxyOfOursSays(t *testing.T) {
	for _, tt := range []struct{ name, remote, forwarded, want string }{
		{"nobody in between", "198.51.100.7:5", "", "198.51.100.7/32"},
		{"a stranger cannot choose who it is", "198.51.100.7:5", "203.0.113.1", "198.51.100.7/32"},
		{"the proxy on this machine says", "127.0.0.1:5", "203.0.113.1", "203.0.113.1/32"},
		{"only the last one was the proxy's word", "[::1]:5", "1.1.1.1, 203.0.113.1", "203.0.113.1/32"},
		{"a proxy that says nothing", "10.0.0.1:5", "", "10.0.0.1/32"},
		{"who has a network has many addresses", "[2001:db8:1:2:3::4]:5", "", "2001:db8:1:2::/64"},
		{"IPv4 in IPv6 is IPv4", "[::ffff:198.51.100.7]:5", "", "198.51.100.7/32"},
		{"a socket in the file system says nothing", "@", "", "::/64"},
		{"a proxy at such a socket says", "@", "203.0.113.1", "203.0.113.1/32"},
		{"the zone of an address is no part of who it is", "[fe80::1%eth0]:5", "", "fe80::/64"},
		{"the proxy says nonsense", "127.0.0.1:5", "203.0.113.1, me", "127.0.0.1/32"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/hub", nil)
			r.RemoteAddr = tt.remote
			if tt.forwarded != "" {
				r.Header.Set("X-Forwarded-For", tt.forwarded)
			}
			if got := Of(r).String(); got != tt.want {
				t.Errorf("Of = %s, want %s", got, tt.want)
			}
		})
	}
}
