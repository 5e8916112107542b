package feed

import (
	"bytes"
	"strings"
)

// splitName splits a qualified name; the prefix is empty if there is none.
func splitName(name []byte) (prefix, local []byte) {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return nil, name
}

// readAttrs reads the attributes of tok into t.attrs and puts the namespaces
// that it declares into scope.
func (t *tidier) readAttrs(tok token) {
	t.attrs = t.attrs[:0]
	if len(tok.attrs) == 0 {
		return
	}
	t.attrs = parseAttrs(t.attrs, tok.attrs, t.limits.Attributes, t.repairs)
	for _, a := range t.attrs {
		prefix, ok := "", false
		if rest, cut := bytes.CutPrefix(a.name, []byte("xmlns:")); cut {
			prefix, ok = string(rest), true
		} else if string(a.name) == "xmlns" {
			ok = true
		}
		if !ok {
			continue
		}
		if len(t.spaces) >= t.limits.Namespaces {
			t.repairs.add(repairNamespaces)
			continue
		}
		space, known := knownNamespace(string(a.value))
		if !known {
			if space, known = usualPrefixes[strings.ToLower(prefix)]; !known || prefix == "" {
				space = "other"
				if prefix != "" {
					space = strings.ToLower(prefix)
				}
			}
		}
		if space == "atom" && t.doc.family == "atom" {
			space = ""
		}
		t.spaces = append(t.spaces, binding{prefix, space})
	}
}

// lookup returns what a prefix stands for.
func (t *tidier) lookup(prefix string) (space string, declared bool) {
	for i := len(t.spaces) - 1; i >= 0; i-- {
		if t.spaces[i].prefix == prefix {
			return t.spaces[i].space, true
		}
	}
	return "", false
}

// canonical returns the name under which the schemas know a qualified name:
// lower case, with the usual prefix. The result lives in t.key until the next
// call.
func (t *tidier) canonical(name []byte) []byte {
	prefix, local := splitName(name)
	space := ""
	for i := len(t.spaces) - 1; ; i-- {
		if i < 0 {
			if len(prefix) > 0 {
				space = t.undeclared(string(prefix))
			}
			break
		}
		if t.spaces[i].prefix == string(prefix) {
			space = t.spaces[i].space
			break
		}
	}
	t.key = t.key[:0]
	if space != "" {
		t.key = append(append(t.key, space...), ':')
	}
	for _, c := range local {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		t.key = append(t.key, c)
	}
	return t.key
}

// checkPrefix records a prefix that nothing declares.
func (t *tidier) checkPrefix(name []byte) {
	prefix, _ := splitName(name)
	if len(prefix) == 0 || string(prefix) == "xml" {
		return
	}
	if _, ok := t.lookup(string(prefix)); !ok {
		t.repairs.add(repairPrefixes)
	}
}

// undeclared guesses what a prefix without declaration stands for.
func (t *tidier) undeclared(prefix string) string {
	space, ok := usualPrefixes[strings.ToLower(prefix)]
	switch {
	case !ok:
		return prefix
	case space == "atom" && t.doc.family == "atom":
		return ""
	}
	return space
}

// attr returns the decoded value of an attribute of the current element. The
// name is given in lower case; "" if there is none.
func (t *tidier) attr(name string) string {
	for _, a := range t.attrs {
		if equalFold(a.name, name) {
			return string(appendDecoded(nil, cut(a.value, t.limits.Text), t.repairs))
		}
	}
	return ""
}

// baseOf returns the base URL in force on the current element.
func (t *tidier) baseOf(outer string) string {
	b := strings.TrimSpace(t.attr("xml:base"))
	if b == "" {
		return outer
	}
	from := outer
	if from == "" {
		from = t.doc.base
	}
	if abs := resolve(from, b); abs != "" {
		return abs
	}
	return outer
}

// langOf returns the language in force on the current element.
func (t *tidier) langOf(outer string) string {
	if l := strings.TrimSpace(t.attr("xml:lang")); l != "" {
		return l
	}
	return outer
}

// equalFold compares b with lower, which is in lower case, ignoring the case
// of ASCII letters.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
