package config

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/rightswire/rightswire/news"
)

// sourceFile is the text of a file, and where its sources stand in it.
//
// Only lines and columns are taken from the syntax tree, and all changes are
// made to the text: the tree would not write the file as the desk did.
type sourceFile struct {
	name  string
	data  []byte
	lines []string // with their ends
	key   int      // line of "sources:", from 1; 0: there is none
	list  *ast.SequenceNode
	end   int // line of the next key below, or one after the last line
}

// openSources reads a file of a newsroom that was loaded before.
func openSources(name string) (*sourceFile, error) {
	data, err := diskFiles().read(name, maxFileBytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	body, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &sourceFile{name: name, data: data, lines: strings.SplitAfter(string(data), "\n")}
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
		if tk.Value == "sources" {
			f.key = tk.Position.Line
			f.list, _ = it.Value().(*ast.SequenceNode)
		}
	}
	return f, nil
}

// errFlow is returned where sources are not one below another.
var errFlow = errors.New("its sources are written in brackets; write them below each other, each after a dash, or make the change by hand")

// entries returns the list's elements.
func (f *sourceFile) entries() []ast.Node {
	if f.list == nil {
		return nil
	}
	return f.list.Values
}

// ids returns the ids of the file's sources, in order.
func (f *sourceFile) ids() []string {
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
func (f *sourceFile) dash(i int) (line, indent int) {
	pos := f.list.Entries[i].Start.Position
	return pos.Line, pos.Column - 1
}

// block returns the first line of an element and the one after its last. The
// comments below it that are indented further than its dash are part of it.
func (f *sourceFile) block(i int) (from, to int) {
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

// add returns the text with one more source.
func (f *sourceFile) add(s news.Source) ([]byte, error) {
	switch {
	case f.key == 0:
		text := f.sourceText(s, "  ")
		lines := append([]string{"sources:" + f.eol()}, text...)
		if len(f.lines) > 0 {
			lines = append([]string{f.eol()}, lines...)
		}
		return f.splice(len(f.lines)+1, len(f.lines)+1, lines), nil
	case f.list == nil:
		return f.splice(f.key+1, f.key+1, f.sourceText(s, "  ")), nil
	case len(f.list.Values) == 0:
		return f.first(s)
	case f.list.IsFlowStyle || len(f.list.Entries) != len(f.list.Values):
		return nil, fmt.Errorf("%s: %w", f.name, errFlow)
	}
	last := len(f.list.Entries) - 1
	_, indent := f.dash(last)
	_, to := f.block(last)
	return f.splice(to, to, f.sourceText(s, strings.Repeat(" ", indent))), nil
}

// first returns the text with a source in place of the empty brackets.
func (f *sourceFile) first(s news.Source) ([]byte, error) {
	line := f.lines[f.key-1]
	head, rest, ok := strings.Cut(line, "[")
	inside, tail, closed := strings.Cut(rest, "]")
	if !ok || !closed || strings.TrimSpace(inside) != "" {
		return nil, fmt.Errorf("%s: %w", f.name, errFlow)
	}
	return f.splice(f.key, f.key+1, append([]string{strings.TrimRight(head, " ") + tail}, f.sourceText(s, "  ")...)), nil
}

// setStatus returns the text with another status of a source: in place of the
// old one, or after its id.
func (f *sourceFile) setStatus(i int, status news.Status) ([]byte, error) {
	entry := f.entries()[i]
	if _, old := field(entry, "status"); old != nil && old.Type() != ast.NullType {
		return f.replaceScalar(old, string(status))
	}
	key, id := field(entry, "id")
	pos := id.GetToken().Position
	line := []rune(f.lines[pos.Line-1])
	from := pos.Column - 1
	if m, ok := entry.(*ast.MappingNode); ok && m.IsFlowStyle {
		to := from + scalarLength(line[from:])
		f.lines[pos.Line-1] = string(line[:to]) + ", status: " + string(status) + string(line[to:])
		return f.text(), nil
	}
	indent := strings.Repeat(" ", key.GetToken().Position.Column-1)
	return f.splice(pos.Line+1, pos.Line+1, []string{indent + "status: " + string(status) + f.eol()}), nil
}

// replaceScalar returns the text with another word in place of a value.
func (f *sourceFile) replaceScalar(old ast.Node, word string) ([]byte, error) {
	pos := old.GetToken().Position
	line := []rune(f.lines[pos.Line-1])
	from := pos.Column - 1
	if from < 0 || from >= len(line) {
		return nil, fmt.Errorf("%s:%d: the status cannot be found in the line; change it by hand", f.name, pos.Line)
	}
	to := from + scalarLength(line[from:])
	f.lines[pos.Line-1] = string(line[:from]) + word + string(line[to:])
	return f.text(), nil
}

// scalarLength returns how long a value in one line is, with its quotes. Ids
// and words for a status hold neither spaces nor quotes.
func scalarLength(line []rune) int {
	text := string(line)
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		if end := strings.IndexByte(text[1:], text[0]); end >= 0 {
			return end + 2
		}
	}
	if end := strings.IndexAny(text, " \t\r\n,}#"); end >= 0 {
		return end
	}
	return len(line)
}

// remove returns the text without a source.
func (f *sourceFile) remove(i int) ([]byte, error) {
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
func (f *sourceFile) splice(from, to int, lines []string) []byte {
	head := strings.Join(f.lines[:from-1], "")
	if head != "" && len(lines) > 0 && !strings.HasSuffix(head, "\n") {
		head += f.eol()
	}
	return []byte(head + strings.Join(lines, "") + strings.Join(f.lines[to-1:], ""))
}

func (f *sourceFile) text() []byte { return []byte(strings.Join(f.lines, "")) }

// eol is how the file ends its lines.
func (f *sourceFile) eol() string {
	if bytes.Contains(f.data, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
