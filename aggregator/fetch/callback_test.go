package fetch

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"

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
