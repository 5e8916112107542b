package fetch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/net/idna"
)

// notPublic4 are the IPv4 blocks that are not global unicast, by the IANA
// special-purpose registry (RFC 6890 and successors).
var notPublic4 = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private, RFC 1918
	"100.64.0.0/10",   // carrier-grade NAT, RFC 6598
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local, cloud metadata
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // IETF protocol assignments
	"192.0.2.0/24",    // documentation
	"192.31.196.0/24", // AS112
	"192.52.193.0/24", // AMT
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"192.175.48.0/24", // AS112
	"198.18.0.0/15",   // benchmarking
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, broadcast
)

// notPublic6 are the blocks inside 2000::/3 that are not what they seem.
// What is outside 2000::/3 is not global unicast to begin with: loopback,
// fc00::/7, fe80::/10, fec0::/10, multicast, IPv4-compatible ::/96.
var notPublic6 = prefixes(
	"2001::/23",     // IETF protocol assignments, Teredo, ORCHID
	"2001:db8::/32", // documentation
	"2620:4f:8000::/48",
	"3fff::/20", // documentation
)

var (
	global6    = netip.MustParsePrefix("2000::/3")
	nat64      = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052
	sixToFour  = netip.MustParsePrefix("2002::/16")    // RFC 3056
	isatapTail = [4]byte{0, 0, 0x5e, 0xfe}             // RFC 5214
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// guard decides which addresses may be dialled.
type guard struct{ allow []netip.Prefix }

func newGuard(allow []netip.Prefix) guard {
	g := guard{allow: make([]netip.Prefix, 0, len(allow))}
	for _, p := range allow {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		g.allow = append(g.allow, p.Masked())
	}
	return g
}

// control is the dialer's hook. It sees the address that is about to be
// dialled, after the name was resolved, for every hop and every attempt: a
// name that answers differently the second time gains nothing (S10, S11).
func (g guard) control(_, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %q: %w", address, ErrPrivateAddress)
	}
	return g.check(ap.Addr())
}

// check returns an error that wraps [ErrPrivateAddress] unless the address is
// public or allowed.
func (g guard) check(a netip.Addr) error {
	a = a.WithZone("").Unmap() // S12: ::ffff:127.0.0.1 is 127.0.0.1
	for _, p := range g.allow {
		if p.Contains(a) {
			return nil
		}
	}
	if public(a) {
		return nil
	}
	return fmt.Errorf("%w: %s; fetch.allow names networks inside that may be asked", ErrPrivateAddress, a)
}

// public reports whether a is a global unicast address whose embedded IPv4
// address, if it carries one, is public too.
func public(a netip.Addr) bool {
	if a.Is4() {
		return !within(notPublic4, a)
	}
	b := a.As16()
	switch {
	case nat64.Contains(a):
		return public(netip.AddrFrom4([4]byte(b[12:16])))
	case sixToFour.Contains(a):
		return public(netip.AddrFrom4([4]byte(b[2:6])))
	case [4]byte(b[8:12]) == isatapTail:
		return false
	}
	return global6.Contains(a) && !within(notPublic6, a)
}

func within(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// checkName is the guard for a proxy, which resolves names itself: every
// address that we see behind the name has to be public, and a name that we
// cannot resolve does not go out. The proxy may see other addresses than we
// do; a proxy that can reach private ones has to have a guard of its own.
func (g guard) checkName(ctx context.Context, r *net.Resolver, host string) error {
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii // S12: full-width digits become plain ones
	}
	if a, ok := parseAddr(host); ok {
		return g.check(a)
	}
	addrs, err := r.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return err
	}
	for _, a := range addrs {
		if err := g.check(a); err != nil {
			return err
		}
	}
	return nil
}

// parseAddr reads an address literal, including the decimal, hexadecimal,
// octal and short IPv4 forms that some resolvers take (inet_aton; S12).
func parseAddr(host string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a, true
	}
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var v uint64
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 0, 32) // base 0: 0x7f and 0177
		if err != nil || strings.Contains(p, "_") {
			return netip.Addr{}, false
		}
		if i < len(parts)-1 {
			if n > 255 {
				return netip.Addr{}, false
			}
			v |= n << (8 * (3 - i))
			continue
		}
		if n >= 1<<(8*(4-i)) { // the last part fills what is left
			return netip.Addr{}, false
		}
		v |= n
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), true
}
