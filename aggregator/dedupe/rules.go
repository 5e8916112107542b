package dedupe

import (
	_ "embed"
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
	params   map[string]*section
	aliases  map[string]string
	segments map[string][]segmentRule
	wraps    map[string][]wrap
	channels map[string]wordKind // words of values that name where a reader came from
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
	param string // name of a parameter; "*" the rest of the path, "?" the whole query
	data  bool   // base64 of the address, or of a record that holds it
}

// parseRules reads the list. A line it does not understand is ignored; a test
// keeps the embedded list free of such lines.
func parseRules(text string) *ruleset {
	r := &ruleset{
		params: map[string]*section{}, aliases: map[string]string{}, segments: map[string][]segmentRule{},
		wraps: map[string][]wrap{}, channels: map[string]wordKind{},
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
		case f[0] == "wrap" && len(f) >= 3:
			r.addWrap(f[1], f[2:])
		case wordLines[f[0]] != 0:
			for _, word := range f[1:] {
				r.channels[word] = wordLines[f[0]]
			}
		default:
			for _, site := range sites {
				for _, word := range f {
					r.section(site).add(parseParam(word))
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

// withoutForms takes the segments off a path that only name the form in which
// a site shows a page.
func (r *ruleset) withoutForms(where []string, path string) string {
	for _, site := range where {
		for _, rule := range r.segments[site] {
			if next := strings.ReplaceAll(path+"/", rule.from, rule.to); next != path+"/" {
				path = "/" + strings.Trim(next, "/")
			}
		}
	}
	return path
}
