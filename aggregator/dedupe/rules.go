package dedupe

import (
	_ "embed"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// rulesText is the maintained list: which parameters of which sites only track
// and which addresses only wrap another one. Its head states the format.
//
//go:embed data/addresses.txt
var rulesText string

// rules parses the list once, when the first address comes.
var rules = sync.OnceValue(func() *ruleset { return parseRules(rulesText) })

// ruleset is the parsed list, by site. Section "" is for every site.
type ruleset struct {
	params  map[string][]param
	aliases map[string]string
	wraps   map[string][]wrap
}

// param is one rule about a query parameter.
type param struct {
	name   string   // lower case
	prefix bool     // name is a prefix
	keep   bool     // never drop, whatever the general section says
	words  bool     // only when the value is made of letters
	values []string // only with one of these values; empty: any
}

// wrap says where an address of a host hides the one it leads to.
type wrap struct {
	path   string // prefix of the path; "" any
	params []string
	tail   bool // the target is the rest of the path
}

// parseRules reads the list. A line it does not understand is ignored; a test
// keeps the embedded list free of such lines.
func parseRules(text string) *ruleset {
	r := &ruleset{params: map[string][]param{}, aliases: map[string]string{}, wraps: map[string][]wrap{}}
	section := ""
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		switch {
		case len(f) == 0:
		case len(f) == 1 && strings.HasPrefix(f[0], "["):
			section = strings.Trim(f[0], "[]")
		case f[0] == "alias" && len(f) == 3:
			r.aliases[f[1]] = f[2]
		case f[0] == "wrap" && len(f) >= 3:
			r.addWrap(f[1], f[2:])
		default:
			for _, word := range f {
				r.params[section] = append(r.params[section], parseParam(word))
			}
		}
	}
	return r
}

// addWrap records "wrap host/path param…"; the parameter "*" stands for the
// rest of the path.
func (r *ruleset) addWrap(where string, params []string) {
	host, path, _ := strings.Cut(where, "/")
	w := wrap{params: params}
	if path != "" {
		w.path = "/" + path
	}
	w.tail = params[0] == "*"
	r.wraps[host] = append(r.wraps[host], w)
}

// parseParam reads one word of a parameter line.
func parseParam(word string) param {
	name, values, has := strings.Cut(word, "=")
	p := param{name: strings.ToLower(name)}
	if p.name, p.keep = strings.CutPrefix(p.name, "!"); p.keep {
		return p
	}
	p.name, p.prefix = strings.CutSuffix(p.name, "*")
	switch {
	case values == "@word":
		p.words = true
	case has:
		p.values = strings.Split(values, "|")
	}
	return p
}

// matches reports whether the rule is about this parameter.
func (p *param) matches(name, value string) bool {
	if p.prefix && !strings.HasPrefix(name, p.name) || !p.prefix && name != p.name {
		return false
	}
	if p.words {
		return isWord(value)
	}
	return len(p.values) == 0 || slices.Contains(p.values, strings.ToLower(value))
}

// maxWord is the longest value that can be a word: a headline made into one
// parameter ("ref=workers-strike-at-…") is longer.
const maxWord = 24

// isWord reports a value that names something rather than counts it: letters
// and joints only. An article's number is never a word.
func isWord(s string) bool {
	if len(s) > maxWord {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if !('a' <= c && c <= 'z') && strings.IndexByte("-_.", s[i]) < 0 {
			return false
		}
	}
	return true
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
	// "amazon.*" style: a brand under many suffixes.
	brand, _, _ := strings.Cut(base, ".")
	return append(out, brand+".*", "")
}

// tracks reports whether a parameter of a host says nothing about the article.
func (r *ruleset) tracks(where []string, name, value string) bool {
	name = strings.ToLower(name)
	for _, s := range where {
		for i := range r.params[s] {
			if p := &r.params[s][i]; p.matches(name, value) {
				return !p.keep
			}
		}
	}
	return false
}

// query returns the parameters that tell articles apart, spelled one way and
// in one order. Repeated names keep their order, which may mean something.
func (r *ruleset) query(host, raw string) string {
	if raw == "" {
		return ""
	}
	where := sections(host)
	type pair struct{ name, text string }
	var kept []pair
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		part = strings.ReplaceAll(strings.TrimPrefix(part, "amp;"), "+", "%20")
		k, v, has := strings.Cut(part, "=")
		k, v = respell(k, ""), respell(v, "=/?")
		name, err := url.PathUnescape(k)
		if err != nil {
			name = k
		}
		value, err := url.PathUnescape(v)
		if err != nil {
			value = v
		}
		if r.tracks(where, name, value) || isSession(name, value) {
			continue
		}
		text := k
		if has {
			text += "=" + v
		}
		kept = append(kept, pair{k, text})
	}
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].name < kept[j].name })
	parts := make([]string, len(kept))
	for i, p := range kept {
		parts[i] = p.text
	}
	return strings.Join(parts, "&")
}

// isSession reports a parameter that names a visit. The short names are also
// used for articles ("sid=1234"), so those need a value as long as a session's.
func isSession(name, value string) bool {
	name = strings.ToLower(name)
	switch name {
	case "phpsessid", "jsessionid", "cftoken", "cfid", "aspsessionid":
		return true
	case "sid", "s", "session", "sessionid", "session_id", "zenid", "oscsid":
		return len(value) >= 26 && strings.Trim(strings.ToLower(value), "0123456789abcdef") == ""
	}
	return strings.HasPrefix(name, "aspsessionid")
}

// fragment returns what must stay of a fragment: the routes of pages that live
// in one file ("#!/2020/story", "#/story"). All others are places in one page.
func fragment(f string) string {
	route, ok := strings.CutPrefix(f, "!")
	if !ok && !strings.HasPrefix(f, "/") {
		return ""
	}
	if strings.Trim(route, "/") == "" {
		return ""
	}
	return respell(f, "/?=&+;")
}

// alias returns the host under which a site's other hosts are compared.
func (r *ruleset) alias(host string) string {
	if to, ok := r.aliases[host]; ok {
		return to
	}
	return host
}

// unwrap returns the address that an address of a known wrapper (AMP cache,
// search engine, link filter, archive) leads to, or "".
func (r *ruleset) unwrap(host string, u *url.URL) string {
	for _, h := range sections(host) {
		for _, w := range r.wraps[h] {
			if !strings.HasPrefix(u.EscapedPath(), w.path) {
				continue
			}
			if w.tail {
				if t := tailTarget(strings.TrimPrefix(u.EscapedPath(), w.path), u.RawQuery); t != "" {
					return t
				}
				continue
			}
			q := u.Query()
			for _, name := range w.params {
				if t := q.Get(name); isAbsolute(t) {
					return t
				}
			}
		}
	}
	return ""
}

// tailTarget reads a target out of the rest of a wrapper's path: "s/host/path"
// as AMP caches write it, or an address after some key, as archives do.
func tailTarget(tail, query string) string {
	tail = strings.TrimPrefix(tail, "/")
	if query != "" {
		query = "?" + query
	}
	low := strings.ToLower(tail)
	for _, scheme := range []string{"https:/", "http:/"} {
		if i := strings.Index(low, scheme); i >= 0 {
			return scheme + "/" + strings.TrimLeft(tail[i+len(scheme):], "/") + query
		}
	}
	for _, scheme := range []string{"https%3a%2f%2f", "http%3a%2f%2f"} {
		if i := strings.Index(low, scheme); i >= 0 {
			if t, err := url.PathUnescape(tail[i:]); err == nil {
				return t
			}
		}
	}
	scheme := "http://"
	if rest, ok := strings.CutPrefix(tail, "s/"); ok {
		tail, scheme = rest, "https://"
	}
	if host, _, _ := strings.Cut(tail, "/"); strings.Contains(host, ".") {
		return scheme + tail + query
	}
	return ""
}

// isAbsolute reports an absolute http or https URL.
func isAbsolute(s string) bool {
	low := strings.ToLower(s[:min(len(s), 8)])
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://")
}
