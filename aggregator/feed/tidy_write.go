package feed

import "bytes"

// write appends to the part of the output that is being written.
func (t *tidier) write(parts ...string) {
	w := &t.head
	if t.inEntry() {
		w = &t.body
	}
	for _, p := range parts {
		*w = append(*w, p...)
	}
}

// open writes a start tag up to its ">", with the attributes of the current
// element that are listed.
func (t *tidier) open(name string, attrs []string, base string) {
	t.usePrefix(name)
	t.write("<", name, string(t.keepAttrs(attrs, base)))
}

func (t *tidier) usePrefix(name string) {
	if p, _ := splitName([]byte(name)); len(p) > 0 {
		t.used[string(p)] = true
	}
}

// element writes a whole element with t.value as its text.
func (t *tidier) element(name string, attrs []byte) {
	t.usePrefix(name)
	w := &t.head
	if t.inEntry() {
		w = &t.body
	}
	b := append(*w, '<')
	b = append(append(b, name...), attrs...)
	b = append(b, '>')
	b = appendEscaped(b, t.value)
	b = append(b, "</"...)
	b = append(append(b, name...), '>')
	*w = b
}

// attrNames restores the spelling that gofeed looks for.
var attrNames = map[string]string{"ispermalink": "isPermaLink", "filesize": "fileSize", "isdefault": "isDefault"}

// keepAttrs renders the listed attributes of the current element. Addresses
// are resolved where an xml:base is in force.
func (t *tidier) keepAttrs(names []string, base string) []byte {
	var out []byte
	for _, n := range names {
		v := bytes.TrimSpace([]byte(t.attr(n)))
		if len(v) == 0 {
			continue
		}
		if base != "" && (n == "href" || n == "url" || n == "src") {
			if abs := resolve(base, string(v)); abs != "" {
				v = []byte(abs)
			}
		}
		if s, ok := attrNames[n]; ok {
			n = s
		}
		out = append(append(append(out, ' '), n...), `="`...)
		out = append(appendEscaped(out, v), '"')
	}
	return out
}
