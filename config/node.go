package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// node is a value of a file, with where it stands. A nil node is a file without
// content.
type node struct {
	kind    nodeKind
	flag    bool  // of a scalar: YAML takes it for true or false
	unnamed bool  // of nothing: where it should be is not known
	at      place // of a block mapping, its first key
	text    string
	list    []*node
	words   *wordList // in the place of list, where all are plain texts; see elements
	keys    []pairOf
	places  map[string]int // of many keys; see first
}

// pairOf is a key of a mapping and its value.
type pairOf struct {
	name  string
	at    place
	value *node
}

type nodeKind uint8

const (
	kindNone nodeKind = iota // null, or no value at all
	kindText
	kindList
	kindMap
	kindOdd // what no value of ours can be
)

// readNode turns a text into nodes, or says what keeps it from doing so. What is
// written as nearly everything is, [quickNode] reads; what that one does not
// know, the YAML library does, and it has the last word about mistakes.
func readNode(text string) (*node, error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	if n := quickNode(text); n != nil {
		return n, nil
	}
	body, err := parse(text)
	if err != nil || body == nil {
		return nil, err
	}
	return nodeOf(body), nil
}

// nodeOf returns the library's node as ours.
func nodeOf(n ast.Node) *node {
	if n == nil {
		return &node{}
	}
	tk := n.GetToken()
	out := &node{kind: kindOdd, at: place{tk.Position.Line, tk.Position.Column}}
	if text, ok := scalarText(n); ok {
		_, out.flag = n.(*ast.BoolNode)
		out.kind, out.text = kindText, text
		return out
	}
	switch n := n.(type) {
	case *ast.NullNode:
		out.kind = kindNone
	case *ast.SequenceNode:
		out.kind = kindList
		for _, value := range n.Values {
			out.list = append(out.list, nodeOf(value))
		}
	case ast.MapNode:
		out.kind = kindMap
		for it := n.MapRange(); it.Next(); {
			tk := it.Key().GetToken()
			out.keys = append(out.keys, pairOf{tk.Value, place{tk.Position.Line, tk.Position.Column}, nodeOf(it.Value())})
		}
		if len(out.keys) > 0 {
			out.at = out.keys[0].at
		}
	}
	return out
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

// find returns where the value at a path stands, where its key does if it has
// none; false if it was not written down.
func (n *node) find(path string) (place, bool) {
	if path == "" {
		return n.at, n.kind != kindNone
	}
	if index, rest, ok := strings.Cut(strings.TrimPrefix(path, "["), "]"); ok && path[0] == '[' && n.kind == kindList {
		i, err := strconv.Atoi(index)
		list := n.elements()
		if err != nil || i < 0 || i >= len(list) {
			return place{}, false
		}
		if rest == "" {
			return list[i].at, true
		}
		return list[i].find(strings.TrimPrefix(rest, "."))
	}
	for _, k := range n.keys {
		rest, ok := strings.CutPrefix(path, k.name)
		switch {
		case !ok || rest != "" && rest[0] != '.' && rest[0] != '[':
		case rest != "":
			if at, ok := k.value.find(strings.TrimPrefix(rest, ".")); ok {
				return at, true
			}
		case k.value.kind != kindNone:
			return k.value.at, true
		default:
			return k.at, !k.value.unnamed
		}
	}
	return place{}, false
}

// first returns the place of the first key that has the name of the i-th.
func (n *node) first(i int) int {
	if len(n.keys) > 16 {
		if n.places == nil {
			n.places = make(map[string]int, len(n.keys))
			for at, k := range slices.Backward(n.keys) {
				n.places[k.name] = at
			}
		}
		return n.places[n.keys[i].name]
	}
	return slices.IndexFunc(n.keys, func(k pairOf) bool { return k.name == n.keys[i].name })
}
