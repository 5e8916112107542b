package feed

import (
	"bytes"
	"strings"
)

// findRoot skips whatever stands before the root element: declarations, white
// space, the warnings of a broken program.
func (t *tidier) findRoot() bool {
	junk := false
	for {
		tok, ok := t.lex.next()
		if !ok {
			return false
		}
		switch tok.kind {
		case startToken:
			if t.openRoot(tok) {
				if junk {
					t.repairs.add(repairJunk)
				}
				return true
			}
			junk = true
		case textToken:
			junk = junk || len(bytes.TrimSpace(tok.text)) > 0
		case endToken, cdataToken:
			junk = true
		}
	}
}

// openRoot makes tok the root if a feed can begin with it. A further root is
// read on like the first if it is of the same family.
func (t *tidier) openRoot(tok token) bool {
	_, local := splitName(tok.name)
	family, format, kids := "", "", rssRoot
	switch strings.ToLower(string(local)) {
	case "rss", "rdf", "channel", "item":
		family = "rss"
	case "feed", "entry":
		family = "atom"
	}
	if family == "" || (t.doc.family != "" && t.doc.family != family) || tok.empty {
		return false
	}
	t.readAttrs(tok)
	native := string(tok.name[:len(tok.name)-len(local)])
	t.bindNative(strings.TrimSuffix(native, ":"), family)
	name := strings.ToLower(string(local))
	switch name {
	case "rss":
		format = "rss " + versionOr(t.attr("version"), "2.0")
	case "rdf":
		format = t.rdfFormat()
	case "channel":
		format, kids = "rss", rssChannel
	case "item":
		format, kids = "rss", rssRoot
	case "feed":
		format, kids = "atom "+t.atomVersion(), atomFeed
	case "entry":
		format, kids = "atom 1.0", atomRoot
	}
	if t.doc.family == "" {
		t.doc.family, t.doc.format = family, format
	}
	root := frame{name: tok.name, kids: kids, base: t.baseOf(""), lang: t.langOf("")}
	t.frames = append(t.frames, root)
	t.doc.feed.base, t.doc.feed.lang = root.base, root.lang
	if name == "item" || name == "entry" { // a document that is a single entry
		t.top().name = nil
		t.canonical(tok.name)
		t.apply(tok, kids[name], len(t.spaces))
	}
	return true
}

// bindNative makes the root's own namespace the native one, whatever it is:
// feeds stamp all kinds of URIs on it.
func (t *tidier) bindNative(prefix, family string) {
	if space, ok := t.lookup(prefix); ok && space == "rdf" {
		prefix = "" // rdf:RDF: the elements are in the default namespace
		if space, ok := t.lookup(""); ok && space != "" && space != "other" {
			return
		}
	}
	t.spaces = append(t.spaces, binding{prefix, ""})
	if family == "atom" {
		// The same namespace under a second prefix is native too.
		for i, b := range t.spaces {
			if b.space == "atom" {
				t.spaces[i].space = ""
			}
		}
	}
}

// versionOr returns the version as written if it looks like one.
func versionOr(v, otherwise string) string {
	if v = strings.TrimSpace(v); v == "" || len(v) > 8 || strings.ContainsAny(v, " <>&\"'") {
		return otherwise
	}
	return v
}

func (t *tidier) rdfFormat() string {
	for _, a := range t.attrs {
		v := string(a.value)
		if strings.Contains(v, "my.netscape.com/rdf") || strings.Contains(v, "channel.netscape.com/rdf") {
			return "rss 0.90"
		}
	}
	return "rss 1.0"
}

func (t *tidier) atomVersion() string {
	if v := t.attr("version"); v != "" {
		return versionOr(v, "1.0")
	}
	for _, a := range t.attrs {
		if strings.Contains(string(a.value), "purl.org/atom/ns") {
			return "0.3"
		}
	}
	return "1.0"
}
