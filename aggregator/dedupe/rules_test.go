package dedupe

import (
	_ "embed"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

//go:embed testdata/addresses.txt
var examplesText string

// example is an address and the canonical form it must have.
type example struct{ in, want string }

// examples reads testdata/addresses.txt.
func examples() []example {
	var out []example
	want := ""
	for line := range strings.Lines(examplesText) {
		switch text := strings.TrimSpace(line); {
		case text == "", text[0] == '#':
		case line[0] == '\t':
			out = append(out, example{text, want})
		default:
			want = text
			out = append(out, example{text, want})
		}
	}
	return out
}

func TestCanonicalOfExamples(t *testing.T) {
	for _, e := range examples() {
		if got := Canonical(e.in); got != e.want {
			t.Errorf("Canonical(%q) = %q, want %q", e.in, got, e.want)
		}
	}
}

// A rule without an example is a rule that nobody has seen work.
func TestEveryRuleHasAnExample(t *testing.T) {
	r, seen := rules(), map[string]bool{}
	for _, e := range examples() {
		noteRules(r, tidy(e.in), seen)
	}
	for site, s := range r.params {
		for _, p := range s.all() {
			if key := paramKey(&p); !seen[key] {
				t.Errorf("no example in testdata/addresses.txt for parameter %s of [%s]", key, site)
			}
		}
	}
	for host := range r.aliases {
		if !seen["alias "+host] {
			t.Errorf("no example for alias %s", host)
		}
	}
	for site, segments := range r.segments {
		for _, s := range segments {
			if !seen["segment "+site+s.from] {
				t.Errorf("no example for segment %s of %s", s.from, site)
			}
		}
	}
	for host, wraps := range r.wraps {
		for _, w := range wraps {
			if !seen["wrap "+host+w.path] {
				t.Errorf("no example for wrapper %s%s", host, w.path)
			}
		}
	}
}

// all returns the rules of a section.
func (s *section) all() []param {
	out := slices.Clone(s.parts)
	for _, named := range s.named {
		out = append(out, named...)
	}
	return out
}

// paramKey names a rule; the same words in several sections are one rule.
func paramKey(p *param) string {
	return fmt.Sprintf("%+v", *p)
}

// noteRules marks the rules that an address, or one it wraps, is a case of.
func noteRules(r *ruleset, s string, seen map[string]bool) {
	u, err := url.Parse(s)
	if err != nil {
		return
	}
	host, _ := canonicalHost(u)
	for _, site := range sections(host) {
		for i := range r.wraps[site] {
			if w := &r.wraps[site][i]; w.target(u) != "" {
				seen["wrap "+site+w.path] = true
				noteRules(r, w.target(u), seen)
				return
			}
		}
	}
	if to, ok := r.aliases[host]; ok {
		seen["alias "+host], host = true, to
	}
	for _, site := range sections(host) {
		for _, rule := range r.segments[site] {
			if strings.Contains(u.Path+"/", rule.from) {
				seen["segment "+site+rule.from] = true
			}
		}
	}
	q := u.Query()
	for name, values := range q {
		for _, v := range values {
			if p := r.decide(sections(host), strings.ToLower(name), v, func(other string) bool { return hasFold(q, other) }); p != nil {
				seen[paramKey(p)] = true
			}
		}
	}
}

// hasFold reports a parameter whatever its case.
func hasFold(q url.Values, name string) bool {
	for k := range q {
		if strings.EqualFold(k, name) {
			return true
		}
	}
	return false
}

// ruled reports whether a rule is about a parameter of a host that stands alone.
func ruled(host, name, value string) bool {
	alone := func(string) bool { return false }
	return rules().decide(sections(host), name, value, alone) != nil || isSession(name, value)
}

// Every rule of every site does what it says, whatever stands in the sections
// before it, and takes only its own parameter.
func TestEveryRuleDropsItsParameterOnly(t *testing.T) {
	for site, s := range rules().params {
		base := "https://" + aHost(site) + "/a/b"
		for _, p := range s.all() {
			in := base + "?" + nameFor(&p) + "=" + valueFor(&p) + "&id=7"
			want := Canonical(base + "?id=7")
			if p.with != "" {
				in += "&" + p.with + "=1"
				// The other one may go for this one's sake too.
				if want = Canonical(base + "?id=7&" + p.with + "=1"); Canonical(in) == Canonical(base+"?id=7") {
					continue
				}
			}
			got := Canonical(in)
			if p.keep && got == want {
				t.Errorf("[%s] Canonical(%q) = %q, want the parameter kept", site, in, got)
			}
			if !p.keep && got != want {
				t.Errorf("[%s] Canonical(%q) = %q, want %q", site, in, got, want)
			}
		}
	}
}

// aHost returns a host that a section is about.
func aHost(site string) string {
	if site == "" {
		return "paper.example"
	}
	if brand, ok := strings.CutSuffix(site, ".*"); ok {
		return "desk." + brand + ".com"
	}
	return site
}

// nameFor returns a name that a rule is about.
func nameFor(p *param) string {
	switch {
	case p.digits:
		return p.name + "17"
	case p.suffix:
		return "some" + p.name
	}
	return p.name
}

// valueFor returns a value that a rule is about.
func valueFor(p *param) string {
	if len(p.values) == 0 {
		return "10001"
	}
	switch v := p.values[0]; v {
	case "@channel", "@campaign":
		return "rss"
	case "@host":
		return "blog.example"
	default:
		return strings.ReplaceAll(v, "*", "x.")
	}
}

// contentNames are parameters that name an article, a list or a part of one
// on sites that we know or can imagine.
var contentNames = strings.Fields(`id p s q v n t page pages story storyid article articleid aid nid pid sid tid mid
	item itemid post postid news newsid doc docid file name title slug topic tag cat catid category section sub lang language l hl
	date year month day d m y no num number index start offset order sort type kind mode view format output key code c case caseid
	ref reference source src from to origin medium campaign campaign_id petition petition_id cid cmp ocid icid contract report
	country region edition channel feed rss share print mobile amp search query keyword author user user_id link link_id url u
	event event_id release release_id pr session video watch list photo gallery issue volume part chapter act law bill vote`)

// For all sites together a parameter is dropped only if it cannot name an
// article anywhere: not by a number, not by words.
func TestGeneralRulesKeepWhatMayBeContent(t *testing.T) {
	base := "https://paper.example/x?"
	for _, name := range contentNames {
		for _, value := range []string{"10001", "strike-at-valdoria", "Valdoria", "1a2b3c", "en", "2024-05-01", "v1.2", "strike.", "a/b"} {
			with := Canonical(base + name + "=" + url.QueryEscape(value))
			if with == Canonical(base) {
				t.Errorf("%s=%s is dropped on every site", name, value)
			}
		}
		if a, b := Canonical(base+name+"=10001"), Canonical(base+name+"=10002"); a == b {
			t.Errorf("%s=10001 and =10002 are one address on every site: %q", name, a)
		}
	}
}

// What names an article or a list by words is kept also when the words are
// those of a channel.
func TestGeneralRulesKeepWordsOfChannels(t *testing.T) {
	for _, name := range strings.Fields("id p q v title name slug page tag topic cat category section author keyword query search entry story article company country project event") {
		for _, value := range []string{"rss", "twitter", "facebook-share", "rss_world", "newsletter", "social", "email", "blog.example"} {
			in := "https://paper.example/x?" + name + "=" + value
			if got := Canonical(in); got != in {
				t.Errorf("Canonical(%q) = %q, want it as it is", in, got)
			}
		}
	}
}

// A prefix for every site must end where a tool's name ends.
func TestGeneralPrefixesNameATool(t *testing.T) {
	for _, p := range rules().params[""].parts {
		if p.prefix && (len(p.name) < 4 || strings.IndexByte("_-", p.name[len(p.name)-1]) < 0) {
			t.Errorf("prefix %q of the general section is too short or has no joint at its end", p.name)
		}
		if p.suffix && len(p.name) < 4 {
			t.Errorf("suffix %q of the general section is too short", p.name)
		}
		if p.digits && len(p.values) == 0 {
			t.Errorf("%q of the general section is for any value", p.name)
		}
	}
}

// unknown draws parameters that no rule is about.
func unknown(t *rapid.T, host string) (name, value string) {
	value = rapid.StringMatching(`[a-z0-9]{1,12}`).Draw(t, "value")
	name = rapid.OneOf(rapid.SampledFrom(contentNames), rapid.StringMatching(`[a-z]{1,8}`)).
		Filter(func(n string) bool { return !ruled(host, n, value) }).Draw(t, "name")
	return name, value
}

// knownHosts are a site of every section and one of none.
func knownHosts() []string {
	out := []string{"paper.example"}
	for site := range rules().params {
		if site != "" {
			out = append(out, aHost(site))
		}
	}
	return out
}

// Whatever site it is and whatever else is dropped, two addresses that differ
// in a parameter we know nothing about stay two, and a query never vanishes
// as a whole.
func TestUnknownParametersNeverMerge(t *testing.T) {
	hosts := knownHosts()
	rapid.Check(t, func(t *rapid.T) {
		host := rapid.SampledFrom(hosts).Draw(t, "host")
		to := host
		if a, ok := rules().aliases[host]; ok {
			to = a
		}
		name, value := unknown(t, to)
		other := rapid.StringMatching(`[a-z0-9]{1,12}`).Filter(func(v string) bool {
			return v != value && !ruled(to, name, v)
		}).Draw(t, "other")
		base := "https://" + host + "/a/b?" + rapid.SampledFrom([]string{"", "utm_source=rss&", "fbclid=1&amp;", "ref=rss&x=1&"}).Draw(t, "before")
		after := rapid.SampledFrom([]string{"", "&utm_medium=feed", "&gclid=1#top", "?utm_source=x"}).Draw(t, "after")
		a, b, none := Canonical(base+name+"="+value+after), Canonical(base+name+"="+other+after), Canonical("https://"+host+"/a/b")
		if a == b {
			t.Fatalf("%s=%s and =%s of %s: both became %q", name, value, other, host, a)
		}
		if a == none || !strings.Contains(a, "?") || !strings.Contains(a, name+"="+value) {
			t.Fatalf("Canonical(%q) = %q: lost %s=%s", base+name+"="+value+after, a, name, value)
		}
	})
}

// Canonical forms of the examples with any unknown parameter added are fixed
// points too.
func TestCanonicalOfExamplesIsIdempotent(t *testing.T) {
	all := examples()
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.SampledFrom(all).Draw(t, "example").in
		if strings.Contains(u, "?") {
			u += rapid.SampledFrom([]string{"", "&x=1", "&amp;y=%2f", "&z", "?utm_source=a&w=2", "#!/a"}).Draw(t, "more")
		} else {
			u += rapid.SampledFrom([]string{"", "/amp", "/index.html", "/amp/amp/", "&utm_a=b", "/amp/index.html/", "?q=http://b.example"}).Draw(t, "more")
		}
		once := Canonical(u)
		if twice := Canonical(once); once == "" || twice != once {
			t.Fatalf("Canonical(%q) = %q, and of that %q", u, once, twice)
		}
	})
}
