package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// listFile is the text of a file, and where the elements of one of its lists
// stand in it.
//
// Only lines and columns are taken from the syntax tree, and all changes are
// made to the text: the tree would not write the file as the desk did.
type listFile struct {
	name  string
	word  string // the list's key, such as "sources"
	data  []byte
	mark  string   // the byte order mark, if there is one
	lines []string // without it, with their ends
	key   int      // line of the list's key, from 1; 0: there is none
	list  *ast.SequenceNode
	end   int // line of the next key below, or one after the last line
}

// parseList finds the list under a key of a file that was loaded before.
func parseList(name, key string, data []byte) (*listFile, error) {
	body, err := parse(string(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &listFile{name: name, word: key, data: data, lines: strings.SplitAfter(strings.TrimPrefix(string(data), byteOrderMark), "\n")}
	if strings.HasPrefix(string(data), byteOrderMark) {
		f.mark = byteOrderMark
	}
	if f.lines[len(f.lines)-1] == "" {
		f.lines = f.lines[:len(f.lines)-1]
	}
	f.end = len(f.lines) + 1
	root, ok := body.(ast.MapNode)
	if !ok {
		return f, nil
	}
	for it := root.MapRange(); it.Next(); {
		tk := it.Key().GetToken()
		if f.key > 0 {
			f.end = tk.Position.Line
			break
		}
		if tk.Value == key {
			f.key = tk.Position.Line
			f.list, _ = it.Value().(*ast.SequenceNode)
		}
	}
	return f, nil
}

// errFlow is returned where sources are not one below another.
var errFlow = errors.New("its list is written in brackets; write the elements below each other, each after a dash, or make the change by hand")

// entries returns the list's elements.
func (f *listFile) entries() []ast.Node {
	if f.list == nil {
		return nil
	}
	return f.list.Values
}

// ids returns the ids of the file's sources, in order.
func (f *listFile) ids() []string {
	out := make([]string, len(f.entries()))
	for i, n := range f.entries() {
		if _, value := field(n, "id"); value != nil {
			out[i], _ = scalarText(value)
		}
	}
	return out
}

// field returns the key and the value of a mapping, nil if it has none.
func field(n ast.Node, name string) (key, value ast.Node) {
	m, ok := n.(ast.MapNode)
	if !ok {
		return nil, nil
	}
	for it := m.MapRange(); it.Next(); {
		if it.Key().GetToken().Value == name {
			return it.Key(), it.Value()
		}
	}
	return nil, nil
}

// dash returns the line and the indentation of an element's dash.
func (f *listFile) dash(i int) (line, indent int) {
	pos := f.list.Entries[i].Start.Position
	return pos.Line, pos.Column - 1
}

// block returns the first line of an element and the one after its last. The
// comments below it that are indented further than its dash are part of it.
func (f *listFile) block(i int) (from, to int) {
	from, indent := f.dash(i)
	to = f.end
	if i+1 < len(f.list.Entries) {
		to, _ = f.dash(i + 1)
	}
	for to > from+1 {
		text := strings.TrimSpace(f.lines[to-2])
		deeper := strings.HasPrefix(f.lines[to-2], strings.Repeat(" ", indent+1))
		if text != "" && (text[0] != '#' || deeper) {
			break
		}
		to--
	}
	return from, to
}

// add returns the text with more elements at the list's end. element writes
// them, dashes after an indentation.
func (f *listFile) add(element func(indent string) []string) ([]byte, error) {
	switch {
	case f.key == 0:
		lines := append([]string{f.word + ":" + f.eol()}, element("  ")...)
		if len(f.lines) > 0 {
			lines = append([]string{f.eol()}, lines...)
		}
		return f.splice(len(f.lines)+1, len(f.lines)+1, lines), nil
	case f.list == nil:
		return f.splice(f.key+1, f.key+1, element("  ")), nil
	case len(f.list.Values) == 0:
		return f.first(element)
	case f.list.IsFlowStyle || len(f.list.Entries) != len(f.list.Values):
		return nil, fmt.Errorf("%s: %w", f.name, errFlow)
	}
	last := len(f.list.Entries) - 1
	_, indent := f.dash(last)
	_, to := f.block(last)
	return f.splice(to, to, element(strings.Repeat(" ", indent))), nil
}

// first returns the text with elements in place of the empty brackets.
func (f *listFile) first(element func(indent string) []string) ([]byte, error) {
	line := f.lines[f.key-1]
	head, rest, ok := strings.Cut(line, "[")
	inside, tail, closed := strings.Cut(rest, "]")
	if !ok || !closed || strings.TrimSpace(inside) != "" {
		return nil, fmt.Errorf("%s: %w", f.name, errFlow)
	}
	line = strings.TrimRight(head, " ") + tail
	if !strings.HasSuffix(line, "\n") {
		line += f.eol()
	}
	return f.splice(f.key, f.key+1, append([]string{line}, element("  ")...)), nil
}

// remove returns the text without an element.
func (f *listFile) remove(i int) ([]byte, error) {
	if f.list.IsFlowStyle || len(f.list.Entries) != len(f.list.Values) {
		return nil, fmt.Errorf("%s: %w", f.name, errFlow)
	}
	from, to := f.block(i)
	if f.key == from {
		return nil, fmt.Errorf("%s: %w", f.name, errFlow)
	}
	return f.splice(from, to, nil), nil
}

// splice returns the text with the lines from one number up to another, which
// is not included, replaced.
func (f *listFile) splice(from, to int, lines []string) []byte {
	head := strings.Join(f.lines[:from-1], "")
	if head != "" && len(lines) > 0 && !strings.HasSuffix(head, "\n") {
		head += f.eol()
	}
	return []byte(f.mark + head + strings.Join(lines, "") + strings.Join(f.lines[to-1:], ""))
}

// eol is how the file ends its lines.
func (f *listFile) eol() string {
	if bytes.Contains(f.data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
