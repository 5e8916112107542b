package feed

import (
	"bytes"
	"encoding/json"
	"strings"
)

// document puts the parts together again. With mend, every value is decoded
// and written in the shape that the format wants; what cannot be is left out.
func (p *jsonParts) document(mend bool) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, m := range p.members {
		value := m[1]
		if mend {
			value = mended(value, feedShapes[strings.Trim(string(m[0]), `"`)])
		}
		if len(value) > 0 && len(m[0]) > 2 {
			b.Write(m[0])
			b.WriteByte(':')
			b.Write(value)
			b.WriteByte(',')
		}
	}
	b.WriteString(`"items":[`)
	first := true
	for _, it := range p.items {
		if mend {
			it = mendedItem(it)
		}
		if len(it) == 0 {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.Write(it)
	}
	b.WriteString("]}")
	return b.Bytes()
}

// shape is what a member of JSON Feed must be.
type shape uint8

const (
	anyShape shape = iota
	textShape
	textsShape
	personShape
	personsShape
	filesShape
	flagShape
)

var feedShapes = map[string]shape{
	"version": textShape, "title": textShape, "home_page_url": textShape, "feed_url": textShape, "description": textShape,
	"user_comment": textShape, "next_url": textShape, "icon": textShape, "favicon": textShape, "language": textShape,
	"author": personShape, "authors": personsShape, "expired": flagShape, "hubs": filesShape,
}

var itemShapes = map[string]shape{
	"id": textShape, "url": textShape, "external_url": textShape, "title": textShape, "content_html": textShape, "content_text": textShape,
	"summary": textShape, "image": textShape, "banner_image": textShape, "date_published": textShape, "date_modified": textShape,
	"language": textShape, "author": personShape, "authors": personsShape, "tags": textsShape, "attachments": filesShape,
}

// mendedItem is an item with every member in its shape; nil if it is none.
func mendedItem(item []byte) []byte {
	var m map[string]json.RawMessage
	if json.Unmarshal(strict(item), &m) != nil {
		return nil
	}
	out := map[string]json.RawMessage{}
	for k, v := range m {
		if s, ok := itemShapes[k]; ok {
			if v = mended(v, s); v != nil {
				out[k] = v
			}
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return nil
	}
	return b
}

// mended returns a value in the given shape, or nil.
func mended(value []byte, s shape) []byte {
	var v any
	if json.Unmarshal(strict(value), &v) != nil || v == nil {
		return nil
	}
	list := func() []any {
		if l, ok := v.([]any); ok {
			return l
		}
		return []any{v}
	}
	switch s {
	case textShape:
		v = asString(v)
	case personShape:
		v = asPerson(v)
	case textsShape:
		out := []any{}
		for _, e := range list() {
			out = append(out, asString(e))
		}
		v = out
	case personsShape:
		out := []any{}
		for _, e := range list() {
			out = append(out, asPerson(e))
		}
		v = out
	case filesShape:
		out := []any{}
		for _, e := range list() {
			if m, ok := e.(map[string]any); ok {
				out = append(out, map[string]any{"url": asString(m["url"]), "mime_type": asString(m["mime_type"]), "type": asString(m["type"]), "size_in_bytes": asString(m["size_in_bytes"])})
			}
		}
		v = out
	case flagShape:
		v = v == true
	default:
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}

// asString returns a scalar as text and "" for anything else.
func asString(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64, bool:
		b, _ := json.Marshal(v)
		return string(b)
	}
	return ""
}

// asPerson returns an author, who may be written as a name only.
func asPerson(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return map[string]any{"name": asString(v["name"]), "url": asString(v["url"])}
	case []any:
		if len(v) > 0 {
			return asPerson(v[0])
		}
	}
	return map[string]any{"name": asString(v)}
}

// strict mends what JSON forbids and people write: line breaks and tabs that
// stand raw in strings, a comma behind the last element.
func strict(value []byte) []byte {
	out := make([]byte, 0, len(value)+16)
	inside := false
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '"':
			inside = !inside
		case c == '\\' && inside && i+1 < len(value):
			out = append(out, c, value[i+1])
			i++
			continue
		case inside && (c == '\n' || c == '\r' || c == '\t'):
			out = append(out, '\\', map[byte]byte{'\n': 'n', '\r': 'r', '\t': 't'}[c])
			continue
		case !inside && (c == '}' || c == ']'):
			if t := bytes.TrimRight(out, " \t\r\n"); bytes.HasSuffix(t, []byte{','}) {
				out = t[:len(t)-1]
			}
		}
		out = append(out, c)
	}
	return out
}
