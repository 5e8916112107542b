package dedupe

import (
	"net/url"
	"slices"
	"strings"
)

// pair is one parameter of a query.
type pair struct {
	key, text   string // as it stands in the canonical form: the name, the whole
	name, value string // plain; name in lower case
}

// campaignJoint repairs what templates do that append a campaign to an address
// without looking whether it has a query, and encoders that escape the joint.
var campaignJoint = strings.NewReplacer("?utm_", "&utm_", "%3Futm_", "&utm_", "%3futm_", "&utm_", "%26utm_", "&utm_")

// query returns the parameters that tell articles apart, spelled one way and
// in one order. Repeated names keep their order, which may mean something.
func (r *ruleset) query(where []string, raw string) string {
	if raw == "" {
		return ""
	}
	var room [8]pair
	pairs := r.pairs(room[:0], where, campaignJoint.Replace(raw))
	has := func(name string) bool {
		return slices.ContainsFunc(pairs, func(p pair) bool { return p.name == name })
	}
	kept := make([]pair, 0, len(pairs))
	for _, p := range pairs {
		if !r.tracks(where, p.name, p.value, has) {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	var b strings.Builder
	for i, p := range kept {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// pairs splits a query into its parameters.
func (r *ruleset) pairs(out []pair, where []string, raw string) []pair {
	for part := range strings.SplitSeq(raw, "&") {
		// ";" stands between parameters too (HTML 4.01, appendix B.2.2), if
		// all that it parts are such.
		if semicolons(part) {
			for p := range strings.SplitSeq(part, ";") {
				out = r.addPair(out, where, p)
			}
			continue
		}
		out = r.addPair(out, where, part)
	}
	return out
}

// semicolons reports a text that is a list of parameters.
func semicolons(s string) bool {
	if strings.IndexByte(s, ';') < 0 {
		return false
	}
	for p := range strings.SplitSeq(strings.TrimPrefix(s, "amp;"), ";") {
		if strings.IndexByte(p, '=') <= 0 {
			return false
		}
	}
	return true
}

// addPair adds the parameter that part is, and the ones that a "?" instead of a
// "&" parts from it.
func (r *ruleset) addPair(out []pair, where []string, part string) []pair {
	part = strings.TrimPrefix(part, "amp;")
	if part == "" {
		return out
	}
	if i := strings.LastIndexByte(part, '?'); i > 0 && r.startsCampaign(where, part[i+1:]) {
		return r.addPair(r.addPair(out, where, part[:i]), where, part[i+1:])
	}
	k, v, has := strings.Cut(strings.ReplaceAll(part, "+", "%20"), "=")
	p := pair{key: respell(k, ""), value: v}
	p.text = p.key
	if has {
		p.text += "=" + respell(v, "=/?;")
	}
	p.name, p.value = plainPair(part)
	return append(out, p)
}

// startsCampaign reports a text that starts with a parameter that only tracks,
// and so is a query of its own.
func (r *ruleset) startsCampaign(where []string, s string) bool {
	// Names are short; an address made of joints must not cost its square.
	s, _, _ = strings.Cut(s[:min(len(s), 256)], "&")
	name, value := plainPair(s)
	return strings.Contains(plain(s), "=") && r.tracks(where, name, value, func(string) bool { return false })
}

// plainPair returns a parameter's name, in lower case, and value without
// escapes, also where the "=" is escaped.
func plainPair(s string) (name, value string) {
	k, v, has := strings.Cut(strings.ReplaceAll(s, "+", "%20"), "=")
	k, v = plain(k), plain(v)
	if !has {
		k, v, _ = strings.Cut(k, "=")
	}
	return strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(k), "?"), "amp;"), v
}

// plain undoes the escapes of a text; one that has wrong ones stays as it is.
func plain(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	if p, err := url.PathUnescape(s); err == nil {
		return p
	}
	return s
}

// tracks reports whether a parameter says nothing about the article.
func (r *ruleset) tracks(where []string, name, value string, has func(string) bool) bool {
	p := r.decide(where, name, value, has)
	return p != nil && !p.keep || isSession(name, value)
}

// isSession reports a parameter that names a visit; name is lower case. The
// short names are also used for articles ("sid=1234"), so those need a value as
// long as a session's.
func isSession(name, value string) bool {
	switch name {
	case "phpsessid", "phpsessionid", "jsessionid", "cftoken", "cfid", "aspsessionid", "asp.net_sessionid":
		return true
	case "sid", "session", "sessid", "sessionid", "session_id", "zenid", "oscsid":
		return len(value) >= 26 && strings.Trim(strings.ToLower(value), "0123456789abcdef") == ""
	}
	return strings.HasPrefix(name, "aspsessionid")
}

// fragment returns what must stay of a fragment: the routes of pages that live
// in one file ("#!/2020/story", "#/story"), without campaigns. All others are
// places in one page.
func (r *ruleset) fragment(where []string, f string) string {
	// What follows ":~:" is for the browser and never reaches the page (URL
	// Fragment Text Directives).
	f, _, _ = strings.Cut(f, ":~:")
	route, ok := strings.CutPrefix(f, "!")
	if !ok && !strings.HasPrefix(f, "/") || strings.Trim(route, "/") == "" {
		return ""
	}
	if path, query, ok := strings.Cut(f, "?"); ok {
		f = path
		if query = r.query(where, query); query != "" {
			f += "?" + query
		}
	}
	return respell(f, "/?=&+;")
}
