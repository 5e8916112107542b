package dedupe

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// rulesText is the maintained list: which parameters of which sites only track
// and which addresses only wrap another one. Its head states the format, and
// what may go into it.
//
//go:embed data/addresses.txt
var rulesText string

// rules parses the list once, when the first address comes.
var rules = sync.OnceValue(func() *ruleset { return parseRules(rulesText) })

// ruleset is the parsed list, by site. Section "" is for every site.
type ruleset struct {
	params   map[string][]param
	aliases  map[string]string
	segments map[string][]segmentRule
	forms    []string // what any of segments looks for
	wraps    map[string][]wrap
	channels map[string]bool // values that name where a reader came from
}

// param is one rule about a query parameter.
type param struct {
	name   string   // lower case
	prefix bool     // name is a prefix
	keep   bool     // never drop, whatever the general section says
	values []string // only with one of these values; empty: any
}

// segmentRule says which segments of a path only name the form of a page, or
// what they stand for. Both begin and end with a slash.
type segmentRule struct{ from, to string }

// wrap says where an address of a host hides the one it leads to.
type wrap struct {
	path    string       // the address's path, or the first segments of it; "" any
	targets []wrapTarget // looked at in order
}

// wrapTarget is one place of a wrapper's address.
type wrapTarget struct {
	param string // name of a parameter; "*" the rest of the path
	data  bool   // base64 of the address, or of a record that holds it
}

// parseRules reads the list. A line it does not understand is ignored; a test
// keeps the embedded list free of such lines.
func parseRules(text string) *ruleset {
	r := &ruleset{
		params: map[string][]param{}, aliases: map[string]string{}, segments: map[string][]segmentRule{},
		wraps: map[string][]wrap{}, channels: map[string]bool{},
	}
	sites := []string{""}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case strings.HasPrefix(f[0], "["):
			if sites = strings.Fields(strings.Trim(strings.TrimSpace(line), "[]")); len(sites) == 0 {
				sites = []string{""}
			}
		case f[0] == "alias" && len(f) == 3:
			r.aliases[f[1]] = f[2]
		case f[0] == "segment" && len(f) == 3:
			from, to, _ := strings.Cut(f[2], "=")
			if to != "" {
				to += "/"
			}
			r.segments[f[1]] = append(r.segments[f[1]], segmentRule{"/" + from + "/", "/" + to})
			r.forms = append(r.forms, "/"+from+"/")
		case f[0] == "wrap" && len(f) >= 3:
			r.addWrap(f[1], f[2:])
		case f[0] == "channels":
			for _, word := range f[1:] {
				r.channels[word] = true
			}
		default:
			for _, site := range sites {
				for _, word := range f {
					r.params[site] = append(r.params[site], parseParam(word))
				}
			}
		}
	}
	return r
}

// addWrap records "wrap host/path target…".
func (r *ruleset) addWrap(where string, targets []string) {
	host, path, _ := strings.Cut(where, "/")
	w := wrap{}
	if path != "" {
		w.path = "/" + path
	}
	for _, t := range targets {
		name, data := strings.CutSuffix(t, ":base64")
		w.targets = append(w.targets, wrapTarget{name, data})
	}
	r.wraps[host] = append(r.wraps[host], w)
}

// parseParam reads one word of a parameter line.
func parseParam(word string) param {
	name, values, has := strings.Cut(strings.ToLower(word), "=")
	p := param{name: name}
	if p.name, p.keep = strings.CutPrefix(p.name, "!"); p.keep {
		return p
	}
	p.name, p.prefix = strings.CutSuffix(p.name, "*")
	if has {
		p.values = strings.Split(values, "|")
	}
	return p
}

// matches reports whether a rule is about this parameter; name is lower case.
func (r *ruleset) matches(p *param, name, value string) bool {
	if p.prefix && !strings.HasPrefix(name, p.name) || !p.prefix && name != p.name {
		return false
	}
	if len(p.values) == 0 {
		return true
	}
	value = strings.ToLower(value)
	return slices.ContainsFunc(p.values, func(want string) bool {
		switch want {
		case "@channel":
			return r.channels[value]
		case "@host":
			return isHost(value)
		}
		if start, ok := strings.CutSuffix(want, "*"); ok {
			return strings.HasPrefix(value, start)
		}
		return value == want
	})
}

// isHost reports a host name with a suffix of letters: neither a number nor a
// version nor a word with a full stop behind it.
func isHost(s string) bool {
	i := strings.LastIndexByte(s, '.')
	if i <= 0 || !plainHost(s) || strings.Contains(s, "..") || s[0] == '.' {
		return false
	}
	suffix := s[i+1:]
	return len(suffix) >= 2 && strings.Trim(suffix, "abcdefghijklmnopqrstuvwxyz") == ""
}

// sections returns the sections of the list that apply to a host, the most
// particular first, the general one last.
func sections(host string) []string {
	host, _, _ = strings.Cut(host, ":")
	base, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return []string{host, ""}
	}
	out := []string{host}
	for host != base {
		_, host, _ = strings.Cut(host, ".")
		out = append(out, host)
	}
	// "google.*" style: a brand under many suffixes.
	brand, _, _ := strings.Cut(base, ".")
	out = append(out, brand+".*")
	// Where a host's owner lets others register names, as blogspot.com does, the
	// owner's rules hold for all of them.
	if suffix, public := publicsuffix.PublicSuffix(host); !public && strings.Contains(suffix, ".") {
		brand, _, _ = strings.Cut(suffix, ".")
		out = append(out, suffix, brand+".*")
	}
	return append(out, "")
}

// tracks reports whether a parameter of a host says nothing about the article.
func (r *ruleset) tracks(where []string, name, value string) bool {
	name = strings.ToLower(name)
	for _, s := range where {
		for i := range r.params[s] {
			if p := &r.params[s][i]; r.matches(p, name, value) {
				return !p.keep
			}
		}
	}
	return false
}

// alias returns the host under which a site's other hosts are compared.
func (r *ruleset) alias(host string) string {
	if to, ok := r.aliases[host]; ok {
		return to
	}
	return host
}

// withoutForms takes the segments off a path that only name the form in which
// a site shows a page.
func (r *ruleset) withoutForms(host, path string) string {
	if !slices.ContainsFunc(r.forms, func(form string) bool { return strings.Contains(path+"/", form) }) {
		return path
	}
	for _, s := range sections(host) {
		for _, rule := range r.segments[s] {
			if next := strings.ReplaceAll(path+"/", rule.from, rule.to); next != path+"/" {
				path = "/" + strings.Trim(next, "/")
			}
		}
	}
	return path
}
