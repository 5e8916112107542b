package dedupe

import (
	"net"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// variants are the first labels of a host that name a device or a format and
// not a site.
var variants = map[string]bool{"m": true, "mobile": true, "mobil": true, "mobi": true, "amp": true, "wap": true, "touch": true, "pda": true}

// canonicalHost returns the host of u in ASCII (punycode) and lower case,
// without user, default port, "www" and device labels. ok is false for a host
// that cannot be one.
func canonicalHost(u *url.URL) (host string, ok bool) {
	host = strings.TrimRight(u.Hostname(), ".")
	port := u.Port()
	if ip := net.ParseIP(host); ip != nil {
		host = ip.String()
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
	} else {
		if host, ok = asciiHost(strings.ToLower(host)); !ok {
			return "", false
		}
		host = strip(strings.TrimRight(host, "."))
	}
	if host == "" {
		return "", false
	}
	// Either scheme's default port goes, whatever the scheme: the scheme is not
	// part of the comparison either.
	if port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	return host, true
}

// asciiHost returns a host name in lower case in ASCII.
func asciiHost(host string) (ascii string, ok bool) {
	// IDNA has nothing to say about most names, and takes its time.
	if plainHost(host) && !strings.Contains(host, "xn--") {
		return host, true
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		// A damaged xn-- name may still resolve; everything else that IDNA
		// refuses is not a host.
		return host, plainHost(host)
	}
	return ascii, true
}

// plainHost reports whether s has only the characters of a host name.
func plainHost(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return s != ""
}

// strip takes "www", "www2", "m", "amp" and their like off a host, also in the
// second place ("en.m.wikipedia.org"), as long as a registrable name remains:
// m.example is a site, m.news.example a variant of one.
func strip(host string) string {
	base, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil || base == host {
		return host
	}
	labels := strings.Split(strings.TrimSuffix(host, "."+base), ".")
	kept := labels[:0]
	for i, l := range labels {
		if i < 2 && (variants[l] || isWWW(l)) {
			continue
		}
		kept = append(kept, l)
	}
	return strings.Join(append(kept, base), ".")
}

// isWWW reports "www" and numbered "www2".
func isWWW(label string) bool {
	rest, ok := strings.CutPrefix(label, "www")
	return ok && strings.Trim(rest, "0123456789") == ""
}

// canonicalPath returns the path of an address in canonical form.
func canonicalPath(escaped string) string {
	p := withoutSession(respell(escaped, "/+&=;"))
	trail := strings.HasSuffix(p, "/")
	p = path.Clean("/" + p)
	dir, file := path.Split(p)
	switch low := strings.ToLower(file); {
	case low == "amp" && dir != "/":
		p = path.Clean(dir)
	case strings.HasSuffix(low, ".amp") && len(low) > 4:
		p = p[:len(p)-4]
	case strings.HasSuffix(low, ".amp.html") && len(low) > 9:
		p = p[:len(p)-9] + ".html"
	case !trail && isIndex(low):
		p = path.Clean(dir)
	}
	// "/amp/2020/01/story" is the AMP form of "/2020/01/story"; "/amp/x" may be
	// a section of its own.
	if rest, ok := strings.CutPrefix(p, "/amp/"); ok && strings.Contains(rest, "/") {
		p = "/" + rest
	}
	return p
}

// splitCampaign moves the parameters that stand in the path to the query:
// templates that append a campaign to an address without looking whether it
// has a query leave it there, and encoders that escape the "?".
func (r *ruleset) splitCampaign(where []string, escaped, query string) (path, rest string) {
	for i := 0; i < len(escaped); i++ {
		n := 0
		switch {
		case escaped[i] == '&':
			n = 1
		case escaped[i] == '%' && i+2 < len(escaped) && escaped[i+1] == '3' && escaped[i+2]|0x20 == 'f':
			n = 3
		default:
			continue
		}
		if tail := strings.TrimPrefix(escaped[i+n:], "amp;"); r.startsCampaign(where, tail) {
			return escaped[:i], joinQuery(tail, query)
		}
	}
	return escaped, query
}

// withoutSession takes a session out of a path: a parameter of a segment
// ("story.jsp;jsessionid=1A"), or a segment as ASP.NET writes it
// ("/(S(0123456789abcdefghijklmn))/story.aspx").
func withoutSession(p string) string {
	if strings.IndexByte(p, ';') < 0 && !strings.Contains(p, "/(") {
		return p
	}
	segments := strings.Split(p, "/")
	kept := segments[:0]
	for _, s := range segments {
		if strings.HasPrefix(s, "(") && strings.HasSuffix(s, "))") && strings.Contains(s, "S(") && len(s) >= 28 {
			continue
		}
		if strings.IndexByte(s, ';') >= 0 {
			params := strings.Split(s, ";")
			params = append(params[:1], slices.DeleteFunc(params[1:], sessionParam)...)
			s = strings.Join(params, ";")
		}
		kept = append(kept, s)
	}
	return strings.Join(kept, "/")
}

// sessionParam reports a path parameter that carries a session ("jsessionid=…").
func sessionParam(s string) bool {
	name, _, ok := strings.Cut(strings.ToLower(s), "=")
	return ok && (name == "jsessionid" || name == "phpsessid" || name == "sid")
}

// isBlogger reports the path of a post as Blogger makes it, also on domains of
// its authors: "/2024/05/strike.html".
func isBlogger(p string) bool {
	if len(p) < len("/2024/05/x.html") || !strings.HasSuffix(p, ".html") || strings.Count(p, "/") != 3 {
		return false
	}
	digits := func(s string) bool { return strings.Trim(s, "0123456789") == "" }
	return p[5] == '/' && p[8] == '/' && digits(p[1:5]) && digits(p[6:8])
}

// isIndex reports the names under which servers keep a folder's own page.
func isIndex(file string) bool {
	name, ext, ok := strings.Cut(file, ".")
	if !ok {
		return false
	}
	switch ext {
	case "html", "htm", "asp", "aspx":
		return name == "index" || name == "default"
	case "shtml", "php", "jsp", "cfm", "xhtml":
		return name == "index"
	}
	return false
}
