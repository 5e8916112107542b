package fetch

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Key returns the politeness key of a URL: the registrable domain of its host
// (so that feeds.example.org and www.example.org share one), the host itself
// where it has none, or the address. Ports do not matter: they are the same
// machine. It returns "" for what is not a URL with a host.
func Key(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return hostKey(u.Hostname())
}

// hostKey is [Key] of a host name without port.
func hostKey(host string) string {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.WithZone("").Unmap().String()
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if !ascii(host) {
		if a, err := idna.Lookup.ToASCII(host); err == nil {
			host = a
		}
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
