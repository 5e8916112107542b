package dedupe

import (
	"net/url"
	"sort"
	"strings"
)

// query returns the parameters that tell articles apart, spelled one way and
// in one order. Repeated names keep their order, which may mean something.
func (r *ruleset) query(host, raw string) string {
	if raw == "" {
		return ""
	}
	where := sections(host)
	// Templates that append a campaign with "?" to an address that has a query,
	// and encoders that escape that "?", hide the parameter.
	raw = strings.ReplaceAll(raw, "?utm_", "&utm_")
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
		if r.tracks(where, strings.TrimPrefix(name, "?"), value) || isSession(name, value) {
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
