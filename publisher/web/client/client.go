// Package client says whose request one is, for limits that count requests.
//
// It decides what counts as one client, and whose word about it is taken. It
// limits nothing. It is a room of its own because search and the hub count by
// it, and who gets it wrong lets a stranger choose who it is.
package client

import (
	"net/http"
	"net/netip"
	"strings"
)

// Of returns who asks: an IPv4 address, or the network of an IPv6 address, of
// which one household has as many as it likes. A proxy of ours, which asks from
// this machine or network, or through a socket in the file system, says for
// whom, at the end of X-Forwarded-For; anybody else could say anything, and so
// could whoever stands further to the left.
func Of(r *http.Request) netip.Prefix {
	ip := netip.IPv6Loopback() // a socket in the file system has no other readers than a proxy of ours
	if addr, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		ip = addr.Addr().Unmap()
	}
	if ip.IsLoopback() || ip.IsPrivate() {
		if lines := r.Header["X-Forwarded-For"]; len(lines) > 0 {
			last := lines[len(lines)-1]
			said, err := netip.ParseAddr(strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:]))
			if err == nil {
				ip = said.Unmap()
			}
		}
	}
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // it cannot be: either length fits its kind of address
	}
	return p
}
