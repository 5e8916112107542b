package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// place is a position in a file; the zero place is the file as a whole.
type place struct{ line, column int }

// document is one file as read: where each value stands.
type document struct {
	name string
	root *node
	said map[string]bool // paths of values that are nothing, or no values: that has been said
	rep  *report
}

// origin is where a value was written.
type origin struct {
	doc  *document
	path string
}

// problem reports a mistake at a path, or at the nearest path above it that
// was written down.
func (d *document) problem(path, format string, args ...any) {
	if d.rep.full() {
		d.rep.more = true
		return
	}
	if d.said[path] {
		return
	}
	d.rep.add(d.locate(path, fmt.Sprintf(format, args...)))
}

func (d *document) locate(path, message string) Problem {
	pos, ok := d.find(path)
	for up := path; !ok && up != ""; pos, ok = d.find(up) {
		up = up[:max(0, strings.LastIndexAny(up, ".["))]
	}
	return Problem{File: d.name, Line: pos.line, Column: pos.column, Path: path, Message: message}
}

// find returns where the value at a path stands; false if there is none.
func (d *document) find(path string) (place, bool) {
	if d.root == nil {
		return place{}, false
	}
	return d.root.find(path)
}

// has reports whether a value was written at path.
func (d *document) has(path string) bool { _, ok := d.find(path); return ok }

// decode fills v from a node. It is used instead of the YAML library's own
// decoder because that one stops at the first mistake, while we report all of
// them and remember where every value stands. What is absent or null keeps
// the value that v came with.
func (d *document) decode(n *node, path string, v reflect.Value) {
	if n == nil || n.kind == kindNone || d.rep.full() {
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if n.kind == kindText {
			if err := text.UnmarshalText([]byte(n.text)); err != nil {
				d.problem(path, "%s %s", quote(n.text), describe(v.Type(), err))
			}
			return
		}
		if v.Kind() != reflect.Struct || v.Type().NumField() == 0 || v.Type().Field(0).Tag.Get("yaml") == "" {
			d.problem(path, "must be one value")
			return
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		d.decodeStruct(n, path, v)
	case reflect.Map:
		d.decodeMap(n, path, v)
	case reflect.Slice:
		d.decodeSlice(n, path, v)
	case reflect.Interface:
		if value := plain(n); value != nil {
			v.Set(reflect.ValueOf(value))
		}
	default:
		d.decodeScalar(n, path, v)
	}
}

// describe says what is wrong with a text that a type refused.
func describe(t reflect.Type, err error) string {
	if t.String() == "netip.Prefix" {
		return "is not a network; write 10.0.0.0/8 or fd00::/8"
	}
	return err.Error()
}

func (d *document) decodeStruct(n *node, path string, v reflect.Value) {
	fields := fieldsOf(v.Type())
	d.eachKey(n, path, func(key string, at place, value *node) {
		field, known := fields.index[key]
		if !known {
			hint := DidYouMean(key, fields.names)
			if few := 8; hint == "" && len(fields.names) <= few {
				hint = "; there are " + strings.Join(fields.names, ", ")
			}
			d.rep.add(Problem{d.name, at.line, at.column, path, fmt.Sprintf("unknown field %s%s", quote(key), hint)})
			return
		}
		d.decode(value, join(path, key), v.FieldByIndex(field))
	})
}

// fields are those of a struct by their names in the file.
type fields struct {
	index map[string][]int
	names []string
}

// fieldsByType holds what fieldsOf found out: a newsroom has a thousand sources.
var fieldsByType sync.Map

// fieldsOf collects the fields of a struct.
func fieldsOf(t reflect.Type) *fields {
	if f, ok := fieldsByType.Load(t); ok {
		return f.(*fields)
	}
	f := &fields{index: map[string][]int{}}
	f.collect(t, nil)
	fieldsByType.Store(t, f)
	return f
}

func (f *fields) collect(t reflect.Type, above []int) {
	for i := range t.NumField() {
		at := append(slices.Clone(above), i)
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		switch {
		case t.Field(i).Anonymous:
			f.collect(t.Field(i).Type, at)
		case name != "":
			f.index[name] = at
			f.names = append(f.names, name)
		}
	}
}

func (d *document) decodeMap(n *node, path string, v reflect.Value) {
	out := reflect.MakeMap(v.Type())
	d.eachKey(n, path, func(key string, _ place, value *node) {
		element := reflect.New(v.Type().Elem()).Elem()
		d.decode(value, join(path, key), element)
		value.unnamed = true // where there is no value, the mapping is pointed at
		out.SetMapIndex(reflect.ValueOf(key), element)
	})
	v.Set(out)
}

// eachKey calls f for every key of a mapping, and reports keys that come twice.
func (d *document) eachKey(n *node, path string, f func(key string, at place, value *node)) {
	if n.kind != kindMap {
		d.problem(path, "must be a mapping of keys to values, such as key: value")
		return
	}
	for i, k := range n.keys {
		if first := n.first(i); first < i {
			d.rep.add(Problem{d.name, k.at.line, k.at.column, path,
				fmt.Sprintf("field %s is given twice, first in line %d; delete one", quote(k.name), n.keys[first].at.line)})
			continue
		}
		f(k.name, k.at, k.value)
	}
}

func (d *document) decodeSlice(n *node, path string, v reflect.Value) {
	if n.kind != kindList {
		d.problem(path, "must be a list; write [a, b] or one element per line after a dash")
		return
	}
	if n.words != nil && !d.rep.full() {
		if to, ok := v.Addr().Interface().(*[]string); ok {
			*to = n.words.texts
			return
		}
	}
	list := n.elements()
	out := reflect.MakeSlice(v.Type(), len(list), len(list))
	if texts, ok := out.Interface().([]string); ok && !d.rep.full() && n.texts(texts) {
		v.Set(out)
		return
	}
	for i, value := range list {
		below := path + "[" + strconv.Itoa(i) + "]"
		if value.kind == kindNone {
			d.problem(below, "is empty; delete the element")
			d.said[below] = true
			continue
		}
		d.decode(value, below, out.Index(i))
	}
	v.Set(out)
}

// texts fills in the elements of a list of texts; false if one of them is none.
func (n *node) texts(into []string) bool {
	for i, value := range n.list {
		if value.kind != kindText || controlIn(value.text) >= 0 {
			return false
		}
		into[i] = strings.TrimSuffix(value.text, "\n")
	}
	return true
}

// controlIn returns where the first character is that no text may have.
func controlIn(s string) int {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] >= ' ' && s[i] < 0x7f
	}
	if plain {
		return -1
	}
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

func (d *document) decodeScalar(n *node, path string, v reflect.Value) {
	if n.kind != kindText {
		d.problem(path, "must be one value, not a %s", map[bool]string{true: "list", false: "mapping; put it in quotes if it has a colon"}[n.kind == kindList])
		d.said[path] = true
		return
	}
	s := n.text
	switch v.Kind() {
	case reflect.String:
		if i := controlIn(s); i >= 0 {
			d.problem(path, "has a control character after %s; delete it", quote(s[:i]))
			return
		}
		v.SetString(strings.TrimSuffix(s, "\n"))
	case reflect.Int:
		i, err := strconv.Atoi(s)
		if err != nil {
			d.problem(path, "%s is not a whole number", quote(s))
			return
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		if !n.flag {
			d.problem(path, "%s is neither true nor false", quote(s))
			return
		}
		v.SetBool(strings.EqualFold(s, "true"))
	default:
		d.rep.add(d.locate(path, errors.ErrUnsupported.Error()))
	}
}

// plain returns a node as strings, lists and maps, for values that only
// people read.
func plain(n *node) any {
	switch n.kind {
	case kindText:
		return n.text
	case kindList:
		list := n.elements()
		out := make([]any, 0, len(list))
		for _, value := range list {
			out = append(out, plain(value))
		}
		return out
	case kindMap:
		out := map[string]any{}
		for _, k := range n.keys {
			out[k.name] = plain(k.value)
		}
		return out
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// String returns file:line:column, for messages that point at another place.
func (o origin) String() string {
	at := o.doc.locate(o.path, "")
	return fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
}
