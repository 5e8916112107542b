package dedupe

import "strings"

// param is one rule about a query parameter.
type param struct {
	name   string   // lower case
	prefix bool     // name is a prefix
	suffix bool     // name is the end of longer ones
	digits bool     // name is a prefix that digits follow, and nothing else
	keep   bool     // never drop, whatever the general section says
	with   string   // only beside a parameter of this name; "" alone too
	values []string // only with one of these values; empty: any
}

// section holds the rules about parameters of one site, in two ways: a site may
// have hundreds, and every parameter of every address is looked up.
type section struct {
	named map[string][]param // by name
	parts []param            // the rules that give a part of the name
}

// section returns a site's section, a new one if it has none yet.
func (r *ruleset) section(site string) *section {
	s := r.params[site]
	if s == nil {
		s = &section{named: map[string][]param{}}
		r.params[site] = s
	}
	return s
}

func (s *section) add(p param) {
	if p.prefix || p.suffix || p.digits {
		s.parts = append(s.parts, p)
	} else {
		s.named[p.name] = append(s.named[p.name], p)
	}
}

// parseParam reads one word of a parameter line.
func parseParam(word string) param {
	name, values, has := strings.Cut(strings.ToLower(word), "=")
	p := param{name: name}
	if p.name, p.keep = strings.CutPrefix(p.name, "!"); p.keep {
		return p
	}
	p.name, p.with, _ = strings.Cut(p.name, "+")
	p.name, p.prefix = strings.CutSuffix(p.name, "*")
	p.name, p.suffix = strings.CutPrefix(p.name, "*")
	p.name, p.digits = strings.CutSuffix(p.name, "<n>")
	if has {
		p.values = strings.Split(values, "|")
	}
	return p
}

// decide returns the rule about a parameter, nil if there is none: the site's
// own before the general ones, whole names before parts of names. name is lower
// case, has reports what else is in the query.
func (r *ruleset) decide(where []string, name, value string, has func(string) bool) *param {
	for _, site := range where {
		s := r.params[site]
		if s == nil {
			continue
		}
		for _, rules := range [][]param{s.named[name], s.parts} {
			for i := range rules {
				if p := &rules[i]; p.about(name) && (p.with == "" || has(p.with)) && r.allows(p, value) {
					return p
				}
			}
		}
	}
	return nil
}

// about reports whether a rule is about parameters of this name.
func (p *param) about(name string) bool {
	switch {
	case p.digits:
		rest, ok := strings.CutPrefix(name, p.name)
		return ok && rest != "" && strings.Trim(rest, "0123456789") == ""
	case p.prefix:
		return strings.HasPrefix(name, p.name)
	case p.suffix:
		return len(name) > len(p.name) && strings.HasSuffix(name, p.name)
	}
	return name == p.name
}

// allows reports whether a rule is about parameters with this value.
func (r *ruleset) allows(p *param, value string) bool {
	if len(p.values) == 0 {
		return true
	}
	value = strings.ToLower(value)
	for _, want := range p.values {
		ok := false
		switch want {
		case "@channel":
			ok = r.isChannel(value)
		case "@campaign":
			ok = r.namesChannel(value)
		case "@host":
			ok = isHost(value)
		default:
			ok = glob(want, value)
		}
		if ok {
			return true
		}
	}
	return false
}

// glob reports whether s is what a pattern says, whose stars stand for any
// text.
func glob(pattern, s string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return s == pattern
	}
	if !strings.HasPrefix(s, head) {
		return false
	}
	s = s[len(head):]
	for {
		part, more, star := strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(s, part)
		}
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s, rest = s[i+len(part):], more
	}
}

// wordKind says what a word of a value tells.
type wordKind int8

const (
	channelWord wordKind = iota + 1 // where a reader came from
	besideWord                      // stands beside such a word and tells nothing alone
)

// wordLines are the lines of the list that give such words.
var wordLines = map[string]wordKind{"channels": channelWord, "beside": besideWord}

// isFeed reports words such as "rss", "rss2", "rssfeed" and "publicrss".
func isFeed(word string) bool {
	return strings.HasPrefix(word, "rss") || strings.HasSuffix(strings.TrimRight(word, "0123456789"), "rss")
}

// cutWord cuts the first word off a value ("tw-share", "rss:top.news").
func cutWord(s string) (word, rest string) {
	s = strings.TrimLeft(s, wordEnds)
	i := strings.IndexAny(s, wordEnds)
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}

// wordEnds stand between the words of a value.
const wordEnds = "-_.+:|,~/ "

// isChannel reports a value that says where a reader came from and nothing
// else ("rss", "twitter_share"), or that starts with "rss" and goes on with
// the name of the feed.
func (r *ruleset) isChannel(value string) bool {
	if r.channels[value] == channelWord {
		return true
	}
	named := false
	for word, rest := cutWord(value); word != ""; word, rest = cutWord(rest) {
		kind := r.channels[word]
		if !named && isFeed(word) {
			return true
		}
		if kind == 0 {
			return false
		}
		named = named || kind == channelWord
	}
	return named
}

// namesChannel reports a value that says where a reader came from among other
// things ("socialflow_twitter_2024").
func (r *ruleset) namesChannel(value string) bool {
	if r.channels[value] == channelWord {
		return true
	}
	for word, rest := cutWord(value); word != ""; word, rest = cutWord(rest) {
		if r.channels[word] == channelWord || isFeed(word) {
			return true
		}
	}
	return false
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
