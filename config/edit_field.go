package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// set returns the text with a field of an element as value says, which is
// written as YAML; "" takes the field out.
func (f *listFile) set(i int, name, value string) ([]byte, error) {
	entry := f.entries()[i]
	m, _ := entry.(*ast.MappingNode)
	flow := m != nil && m.IsFlowStyle
	if flow && strings.ContainsAny(value, "?&=:%~+") && value[0] != '"' && value[0] != '[' {
		value = `"` + value + `"`
	}
	key, old := field(entry, name)
	if key == nil {
		return f.insert(entry, flow, name, value)
	}
	at, err := f.span(key, old, flow)
	switch {
	case err != nil:
		return nil, err
	case value == "":
		return f.cut(at, flow)
	case at.from == at.to: // nothing stands after the colon
		value = " " + value
	}
	line := []rune(f.lines[at.line-1])
	return f.put(at.line, string(line[:at.from])+value+string(line[at.to:])), nil
}

// fieldSpan says where a field stands in a line: its key, and from where to
// where its value, in characters.
type fieldSpan struct{ line, key, from, to int }

// span finds a field's value in the text. What goes over several lines is left
// to people.
func (f *listFile) span(key, value ast.Node, flow bool) (fieldSpan, error) {
	at := fieldSpan{line: key.GetToken().Position.Line, key: key.GetToken().Position.Column - 1}
	byHand := fmt.Errorf("%s:%d: %s is written over several lines, or in a way that this program does not change; change it by hand", f.name, at.line, quote(key.GetToken().Value))
	if at.line > len(f.lines) {
		return at, byHand
	}
	line := []rune(strings.TrimRight(f.lines[at.line-1], "\r\n"))
	if at.key >= len(line) {
		return at, byHand
	}
	colon := slices.Index(line[at.key+scalarLength(line[at.key:], true):], ':')
	if colon < 0 {
		return at, byHand
	}
	colon += at.key + scalarLength(line[at.key:], true)
	at.from = colon + 1
	for at.from < len(line) && (line[at.from] == ' ' || line[at.from] == '\t') {
		at.from++
	}
	written, isText := scalarText(value)
	switch list, _ := value.(*ast.SequenceNode); {
	case list != nil && list.IsFlowStyle && list.End != nil && list.End.Position.Line == at.line:
		at.to = list.End.Position.Column
	case value.Type() == ast.NullType && (at.from == len(line) || strings.ContainsRune("#,}", line[at.from])):
		at.from, at.to = colon+1, colon+1
	case value.Type() == ast.NullType || isText && value.Type() != ast.LiteralType && value.GetToken().Position.Line == at.line:
		at.to = at.from + scalarLength(line[at.from:], flow)
		if c := line[at.from]; c != '"' && c != '\'' && isText && string(line[at.from:at.to]) != written {
			return at, byHand
		}
	default:
		return at, byHand
	}
	if at.to > len(line) || at.to < at.from {
		return at, byHand
	}
	return at, nil
}

// scalarLength returns how long a value or a key in one line is, with its
// quotes.
func scalarLength(line []rune, flow bool) int {
	if len(line) > 0 && (line[0] == '"' || line[0] == '\'') {
		for i := 1; i < len(line); i++ {
			switch {
			case line[0] == '"' && line[i] == '\\':
				i++
			case line[i] != line[0]:
			case line[0] == '\'' && i+1 < len(line) && line[i+1] == '\'':
				i++
			default:
				return i + 1
			}
		}
		return len(line)
	}
	end := len(line)
	for i, r := range line {
		if r == '#' && i > 0 && line[i-1] == ' ' || flow && strings.ContainsRune(",]}:", r) && !(r == ':' && i+1 < len(line) && line[i+1] != ' ') {
			end = i
			break
		}
	}
	for end > 0 && (line[end-1] == ' ' || line[end-1] == '\t') {
		end--
	}
	return end
}

// insert returns the text with a further field, after the id.
func (f *listFile) insert(entry ast.Node, flow bool, name, value string) ([]byte, error) {
	key, id := field(entry, "id")
	if value == "" {
		return f.data, nil
	}
	if !flow {
		indent := strings.Repeat(" ", key.GetToken().Position.Column-1)
		next := id.GetToken().Position.Line + 1
		return f.splice(next, next, []string{indent + name + ": " + value + f.eol()}), nil
	}
	at, err := f.span(key, id, true)
	if err != nil {
		return nil, err
	}
	line := []rune(f.lines[at.line-1])
	return f.put(at.line, string(line[:at.to])+", "+name+": "+value+string(line[at.to:])), nil
}

// cut returns the text without a field.
func (f *listFile) cut(at fieldSpan, flow bool) ([]byte, error) {
	line := []rune(f.lines[at.line-1])
	head, tail := string(line[:at.key]), string(line[at.to:])
	switch {
	case flow && strings.HasPrefix(strings.TrimLeft(tail, " "), ","):
		return f.put(at.line, head+strings.TrimLeft(strings.TrimLeft(tail, " ")[1:], " ")), nil
	case flow && strings.HasSuffix(strings.TrimRight(head, " "), ","):
		return f.put(at.line, strings.TrimSuffix(strings.TrimRight(head, " "), ",")+tail), nil
	case flow || strings.TrimSpace(head) != "": // beside the dash
		return nil, fmt.Errorf("%s:%d: this cannot be taken out by program; change it by hand", f.name, at.line)
	}
	if comment := strings.TrimLeft(tail, " \t"); strings.HasPrefix(comment, "#") { // which stays
		return f.put(at.line, head+comment), nil
	}
	return f.splice(at.line, at.line+1, nil), nil
}

// put returns the text with another line.
func (f *listFile) put(number int, line string) []byte {
	lines := slices.Clone(f.lines)
	lines[number-1] = line
	return []byte(f.mark + strings.Join(lines, ""))
}
