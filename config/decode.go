package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml/ast"
)

// place is a position in a file; the zero place is the file as a whole.
type place struct{ line, column int }

// document is one file as read: where each value stands.
type document struct {
	name  string
	at    map[string]place // by path, of the value
	empty map[string]bool  // paths of list elements that hold nothing
	rep   *report
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
	if d.empty[path] {
		return // that it is empty has been said
	}
	d.rep.add(d.locate(path, fmt.Sprintf(format, args...)))
}

func (d *document) locate(path, message string) Problem {
	pos, ok := d.at[path]
	for up := path; !ok && up != ""; pos, ok = d.at[up] {
		up = up[:max(0, strings.LastIndexAny(up, ".["))]
	}
	return Problem{File: d.name, Line: pos.line, Column: pos.column, Path: path, Message: message}
}

// has reports whether a value was written at path.
func (d *document) has(path string) bool { _, ok := d.at[path]; return ok }

// decode fills v from a node. It is used instead of the YAML library's own
// decoder because that one stops at the first mistake, while we report all of
// them and remember where every value stands. What is absent or null keeps
// the value that v came with.
func (d *document) decode(n ast.Node, path string, v reflect.Value) {
	if _, null := n.(*ast.NullNode); null || n == nil || d.rep.full() {
		return
	}
	d.at[path] = placeOf(n)
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if s, scalar := scalarText(n); scalar {
			if err := text.UnmarshalText([]byte(s)); err != nil {
				d.problem(path, "%s %s", quote(s), describe(v.Type(), err))
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

func (d *document) decodeStruct(n ast.Node, path string, v reflect.Value) {
	fields := map[string]reflect.Value{}
	names := fieldsOf(v, fields, nil)
	d.eachKey(n, path, func(key string, at place, value ast.Node) {
		field, known := fields[key]
		if !known {
			d.rep.add(Problem{d.name, at.line, at.column, path,
				fmt.Sprintf("unknown field %s%s", quote(key), DidYouMean(key, names))})
			return
		}
		below := join(path, key)
		d.at[below] = at // for null values; decode says better
		d.decode(value, below, field)
	})
}

// fieldsOf collects the fields of a struct by their names in the file.
func fieldsOf(v reflect.Value, fields map[string]reflect.Value, names []string) []string {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case v.Type().Field(i).Anonymous:
			names = fieldsOf(v.Field(i), fields, names)
		case name != "":
			fields[name] = v.Field(i)
			names = append(names, name)
		}
	}
	return names
}

func (d *document) decodeMap(n ast.Node, path string, v reflect.Value) {
	out := reflect.MakeMap(v.Type())
	d.eachKey(n, path, func(key string, _ place, value ast.Node) {
		element := reflect.New(v.Type().Elem()).Elem()
		d.decode(value, join(path, key), element)
		out.SetMapIndex(reflect.ValueOf(key), element)
	})
	v.Set(out)
}

// eachKey calls f for every key of a mapping, and reports keys that come twice.
func (d *document) eachKey(n ast.Node, path string, f func(key string, at place, value ast.Node)) {
	m, ok := n.(ast.MapNode)
	if !ok {
		d.problem(path, "must be a mapping of keys to values, such as key: value")
		return
	}
	seen := map[string]place{}
	for it := m.MapRange(); it.Next(); {
		tk := it.Key().GetToken()
		key, at := tk.Value, place{tk.Position.Line, tk.Position.Column}
		if first, twice := seen[key]; twice {
			d.rep.add(Problem{d.name, at.line, at.column, path,
				fmt.Sprintf("field %s is given twice, first in line %d; delete one", quote(key), first.line)})
			continue
		}
		seen[key] = at
		f(key, at, it.Value())
	}
}

func (d *document) decodeSlice(n ast.Node, path string, v reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.problem(path, "must be a list; write [a, b] or one element per line after a dash")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	for i, value := range seq.Values {
		below := path + "[" + strconv.Itoa(i) + "]"
		if _, null := value.(*ast.NullNode); null {
			d.at[below] = placeOf(value)
			d.problem(below, "is empty; delete the element")
			d.empty[below] = true
			continue
		}
		d.decode(value, below, out.Index(i))
	}
	v.Set(out)
}

func (d *document) decodeScalar(n ast.Node, path string, v reflect.Value) {
	s, ok := scalarText(n)
	if !ok {
		d.problem(path, "must be one value, not a %s", map[bool]string{true: "list", false: "mapping"}[n.Type() == ast.SequenceType])
		return
	}
	switch v.Kind() {
	case reflect.String:
		if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }); i >= 0 {
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
		if _, isBool := n.(*ast.BoolNode); !isBool {
			d.problem(path, "%s is neither true nor false", quote(s))
			return
		}
		v.SetBool(strings.EqualFold(s, "true"))
	default:
		d.rep.add(d.locate(path, errors.ErrUnsupported.Error()))
	}
}

// scalarText returns the text of a single value, as written: a term such as
// 996 or true is a word here, whatever YAML takes it for.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// plain returns a node as strings, lists and maps, for values that only
// people read.
func plain(n ast.Node) any {
	if s, ok := scalarText(n); ok {
		return s
	}
	switch n := n.(type) {
	case *ast.SequenceNode:
		list := make([]any, 0, len(n.Values))
		for _, value := range n.Values {
			list = append(list, plain(value))
		}
		return list
	case ast.MapNode:
		m := map[string]any{}
		for it := n.MapRange(); it.Next(); {
			m[it.Key().GetToken().Value] = plain(it.Value())
		}
		return m
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// placeOf returns where a value starts: of a block mapping, its first key.
func placeOf(n ast.Node) place {
	tk := n.GetToken()
	if m, ok := n.(ast.MapNode); ok {
		if it := m.MapRange(); it.Next() {
			tk = it.Key().GetToken()
		}
	}
	return place{tk.Position.Line, tk.Position.Column}
}

// String returns file:line:column, for messages that point at another place.
func (o origin) String() string {
	at := o.doc.locate(o.path, "")
	return fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
}
