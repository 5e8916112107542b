package feed

import (
	"bytes"
)

// attr is one attribute as written; the value's references are undecoded.
type attr struct{ name, value []byte }

// parseAttrs splits what stands between a tag's name and its end, into at most
// limit attributes. Values may be unquoted or missing.
func parseAttrs(dst []attr, src []byte, limit int, rep *repairs) []attr {
	for len(dst) < limit {
		src = bytes.TrimLeft(src, " \t\r\n/\"'")
		if len(src) == 0 {
			break
		}
		n := bytes.IndexAny(src, " \t\r\n=")
		if n == 0 { // "=" without a name
			src = src[1:]
			continue
		}
		if n < 0 {
			n = len(src)
		}
		a := attr{name: src[:n]}
		src = bytes.TrimLeft(src[n:], " \t\r\n")
		if len(src) > 0 && src[0] == '=' {
			a.value, src = attrValue(bytes.TrimLeft(src[1:], " \t\r\n"), rep)
		}
		dst = append(dst, a)
	}
	return dst
}

// attrValue splits the value off the front of src.
func attrValue(src []byte, rep *repairs) (value, rest []byte) {
	if len(src) == 0 {
		return nil, nil
	}
	if q := src[0]; q == '"' || q == '\'' {
		if i := bytes.IndexByte(src[1:], q); i >= 0 {
			return src[1 : 1+i], src[2+i:]
		}
		rep.add(repairAttributes)
		return src[1:], nil
	}
	rep.add(repairAttributes)
	i := bytes.IndexAny(src, " \t\r\n")
	if i < 0 {
		i = len(src)
	}
	return src[:i], src[i:]
}
