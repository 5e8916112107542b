package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of one file. They are not options: the file itself is what is being
// judged. The largest newsroom we know of needs a tenth of them.
const (
	maxFileBytes = 8 << 20
	maxMarks     = 250_000 // line ends, commas and brackets: an upper bound of what the parser has to build
	maxDepth     = 64      // levels of nesting
	maxKeys      = 2000    // keys of one mapping: the parser compares each with all others
)

// flaw is why a file cannot be read at all.
type flaw struct {
	line, column int
	message      string
}

func (f *flaw) Error() string { return f.message }

// parse turns bytes into a syntax tree, or says what keeps it from doing so.
// It returns a nil node for a file without content.
//
// The parser recurses into nesting and takes quadratic time over wide
// mappings, so what it gets is bounded first: bytes by a scan, tokens by a
// look at each. Anchors and aliases are refused outright: a newsroom has no
// use for them, and without them no short file can stand for a long one (S45).
func parse(text string) (body ast.Node, err error) {
	if err := checkText(text); err != nil {
		return nil, err
	}
	// The parser is not ours and the bytes may be hostile: its panics end here.
	defer func() {
		if r := recover(); r != nil {
			body, err = nil, &flaw{message: "is not readable as YAML"}
		}
	}()
	// The lexer counts a comment that Windows ended as two lines.
	text = strings.ReplaceAll(strings.TrimPrefix(text, byteOrderMark), "\r\n", "\n")
	tokens := lexer.Tokenize(text)
	if err := checkTokens(tokens); err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // decode finds duplicates, with both places
	if err != nil {
		return nil, syntaxFlaw(err)
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			pos := doc.Body.GetToken().Position
			return nil, &flaw{pos.Line, pos.Column, "starts a second YAML document; put everything into one"}
		}
		body = doc.Body
	}
	return body, nil
}

// byteOrderMark is what some editors begin a file with.
const byteOrderMark = "\ufeff"

// passed are the bytes that [checkText] has nothing to do with: those of plain
// words.
var passed = func() (passed [256]bool) {
	for c := range utf8.RuneSelf {
		passed[c] = (c >= ' ' || c == '\t' || c == '\r') && c != 0x7f && strings.IndexByte(",[]{}", byte(c)) < 0
	}
	return passed
}()

// checkText refuses what is no text of a bearable size.
func checkText(data string) error {
	if len(data) > maxFileBytes {
		return &flaw{message: fmt.Sprintf("is larger than %s; split it and list the parts under include", Size(maxFileBytes))}
	}
	line, start, marks, depth := 1, 0, 0, 0
	for i := 0; i < len(data); {
		c := data[i]
		if passed[c] {
			i++
			continue
		}
		switch {
		case c == '\n':
			line, start = line+1, i+1
			marks++
		case c == ',' || c == ']' || c == '}':
			marks++
			if c != ',' {
				depth--
			}
		case c == '[' || c == '{':
			marks++
			// Brackets in texts count too, so this is only a cheap way out of
			// the worst; checkTokens knows better.
			if depth++; depth > 10*maxDepth {
				return &flaw{line, utf8.RuneCountInString(data[start:i]) + 1, fmt.Sprintf("is nested more than %d levels deep", maxDepth)}
			}
		case c < utf8.RuneSelf:
			return &flaw{line, utf8.RuneCountInString(data[start:i]) + 1, fmt.Sprintf("has the control character %#02x, which is not text", c)}
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(data[i:])
			if r == utf8.RuneError && size < 2 {
				return &flaw{line, utf8.RuneCountInString(data[start:i]) + 1, "is not UTF-8 text; save the file as UTF-8"}
			}
			i += size
			continue
		}
		i++
	}
	if marks > maxMarks {
		return &flaw{message: fmt.Sprintf("has more than %d lines and list elements; split it and list the parts under include", maxMarks)}
	}
	return nil
}

// checkTokens refuses what the parser should not be given.
func checkTokens(tokens token.Tokens) error {
	var brackets []token.Type
	keys := map[int]int{} // keys so far in the open mapping at each column; flow mappings at -depth
	dashes, dashLine := 0, 0
	for i, tk := range tokens {
		pos := tk.Position
		refuse := func(format string, args ...any) error {
			return &flaw{pos.Line, pos.Column, fmt.Sprintf(format, args...)}
		}
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return refuse("anchors, aliases and merge keys are not allowed here; write the value out, or put a text that begins with & or * in quotes")
		case token.TagType:
			return refuse("the tag %s is not allowed here; write the plain value", quote(tk.Value))
		case token.DirectiveType:
			return refuse("YAML directives are not allowed here; delete the line")
		case token.InvalidType:
			return refuse("is not readable as YAML: %s", plainMessage(tk.Error))
		case token.SequenceStartType, token.MappingStartType:
			brackets = append(brackets, tk.Type)
			delete(keys, -len(brackets))
			if len(brackets) > maxDepth {
				return refuse("is nested more than %d levels deep", maxDepth)
			}
		case token.SequenceEndType, token.MappingEndType:
			open := token.SequenceStartType
			if tk.Type == token.MappingEndType {
				open = token.MappingStartType
			}
			if len(brackets) == 0 || brackets[len(brackets)-1] != open {
				return refuse("%s closes nothing", quote(tk.Value))
			}
			brackets = brackets[:len(brackets)-1]
		case token.SequenceEntryType, token.MappingKeyType:
			if pos.Line != dashLine {
				dashes, dashLine = 0, pos.Line
			}
			if dashes++; dashes > maxDepth {
				return refuse("is nested more than %d levels deep", maxDepth)
			}
			forget(keys, pos.Column)
		case token.MappingValueType:
			at := -len(brackets)
			if at == 0 && i > 0 {
				at = tokens[i-1].Position.Column
				forget(keys, at)
			}
			if keys[at]++; keys[at] > maxKeys {
				return refuse("is key number %d of one mapping; no mapping here needs that many", maxKeys+1)
			}
			if len(keys) > 2*maxDepth {
				return refuse("is nested more than %d levels deep", 2*maxDepth)
			}
		}
	}
	return nil
}

// forget drops the counts of block mappings that a token at this column ends.
func forget(keys map[int]int, column int) {
	for at := range keys {
		if at > column {
			delete(keys, at)
		}
	}
}

// syntaxFlaw takes position and message out of a parser's error, without the
// excerpt of the file it adds.
func syntaxFlaw(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) {
		return &flaw{message: "is not readable as YAML: " + plainMessage(err.Error())}
	}
	f := &flaw{message: "is not readable as YAML: " + plainMessage(at.GetMessage())}
	if tk := at.GetToken(); tk != nil && tk.Position != nil {
		f.line, f.column = tk.Position.Line, tk.Position.Column
	}
	return f
}

// slips are the commonest mistakes behind messages of the parser, and what to do.
var slips = []struct{ says, hint string }{
	{"found character '\t'", "a tab stands here: indent with spaces"},
	{"map key-value is pre-defined", "look above for a quote that is not closed, and put a text with \": \" in it in quotes"},
	{"mapping value is not allowed", "put a text with \": \" in it in quotes"},
}

// plainMessage makes one short line of a message, and says what is often behind it.
func plainMessage(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	for _, slip := range slips {
		if strings.Contains(s, slip.says) {
			return clip(strings.ReplaceAll(s, "\t", `\t`), 200) + "; " + slip.hint
		}
	}
	return clip(s, 200)
}

// clip shortens a text to about n bytes, at a character's end.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// quote shows a value in a message, shortened.
func quote(s string) string { return fmt.Sprintf("%q", clip(s, 80)) }
