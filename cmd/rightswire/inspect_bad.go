package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// maxTold is how many bad lines of one input are told of one by one.
const maxTold = 20

// badLine is what is wrong with one line of the input. It does not end the
// command: the other lines are answered.
type badLine struct{ error }

// badLines tells of the lines that could not be answered, as they come.
type badLines struct {
	w io.Writer
	n int
}

// add tells of a line that is bad.
func (b *badLines) add(number int, err error) {
	b.n++
	switch {
	case b.n <= maxTold:
		fmt.Fprintf(b.w, "rightswire: line %d: %v\n", number, err)
	case b.n == maxTold+1:
		fmt.Fprintln(b.w, "rightswire: more such lines are only counted")
	}
}

// err is what the command ends with.
func (b *badLines) err() error {
	if b.n == 0 {
		return nil
	}
	return fmt.Errorf("%s not answered, all others were", news.Count(b.n, "line"))
}

// identified is what a line has that is answered under its id.
type identified struct {
	ID json.RawMessage `json:"id"` // a string or a number, given back as it came
}

// checkID refuses a line whose answer could not be told from others.
func (l identified) checkID() error {
	const want = `an id, a string or a number such as "id":"a-1"`
	switch id := bytes.TrimSpace(l.ID); {
	case len(id) == 0:
		return badLine{errors.New("it has no id; expected " + want)}
	case id[0] != '"' && id[0] != '-' && (id[0] < '0' || id[0] > '9'):
		return badLine{fmt.Errorf("its id is %s; expected %s", jsonKind(id), want)}
	}
	return nil
}

// jsonKind says in words what a JSON value is.
func jsonKind(value []byte) string {
	switch value[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// notAsExpected says in words why a line could not be read as an object with
// the keys of a request.
func notAsExpected(line []byte, err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return badLine{fmt.Errorf("it is %s; expected one JSON object on a line, in braces", jsonKind(bytes.TrimSpace(line)))}
	case errors.As(err, &kind):
		return badLine{fmt.Errorf("%q is %s; expected %s", kind.Field, goValue(kind.Value), goType(kind.Type.Kind().String()))}
	case errors.As(err, &syntax) && int(syntax.Offset) >= len(line):
		return badLine{errors.New("it ends in the middle of its JSON; expected a whole object on one line")}
	case errors.As(err, &syntax):
		at := max(0, int(syntax.Offset)-1)
		return badLine{fmt.Errorf("it is no JSON from %q on; expected one JSON object on a line", clip(string(line[at:]), 20))}
	}
	return badLine{err}
}

// goValue words what encoding/json calls a value, "number 12" among them.
func goValue(value string) string {
	kind, _, _ := strings.Cut(value, " ")
	switch kind {
	case "array":
		return "a list"
	case "object":
		return "an object"
	case "bool":
		return "true or false"
	}
	return "a " + kind
}

// goType words what a key of a request holds.
func goType(kind string) string {
	switch kind {
	case "slice":
		return "a list of strings"
	case "map":
		return "an object of strings"
	}
	return "a string"
}
