package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdExits runs a program and wants one exit status of it: a script's "!"
// cannot tell 1 from 2.
//
//	exits STATUS PROGRAM ARG...
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got, err = exit.ExitCode(), nil
	}
	ts.Check(err)
	if got != want {
		ts.Fatalf("%q exits with %d, want %d", args[1:], got, want)
	}
}

// cmdExpand puts the address of the script's origin into files, where they
// say $ORIGIN, and that of its mail server where they say $SMTP.
//
//	expand FILE...
func cmdExpand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: expand FILE...")
	}
	for _, name := range args {
		text := strings.NewReplacer("$ORIGIN", ts.Getenv("ORIGIN"), "$SMTP", ts.Getenv("SMTP")).Replace(ts.ReadFile(name))
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

// cmdLesson writes lines to train a model on: made of a category's words in many
// orders. Of a model's categories none may have a third of all lines.
//
//	lesson FILE CATEGORY LINES WORD...
func cmdLesson(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 8 {
		ts.Fatalf("usage: lesson FILE CATEGORY LINES WORD WORD WORD WORD WORD...")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	var b strings.Builder
	for i := range n {
		w := func(k int) string { return args[3+(i*3+k*k+k)%len(args[3:])] }
		fmt.Fprintf(&b, "%s\t%s and %s near %s\tthe %s of %s was there on monday\n", args[1], w(0), w(1), w(2), w(3), w(4))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

// cmdSignal sends a signal to everything that runs in the background.
//
//	signal TERM|HUP
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	known := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}
	if neg || len(args) != 1 || known[args[0]] == 0 {
		ts.Fatalf("usage: signal TERM|HUP")
	}
	if len(ts.BackgroundCmds()) == 0 {
		ts.Fatalf("nothing runs in the background")
	}
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(known[args[0]]))
	}
}

// cmdKeys wants the objects of a file of JSON lines to have these keys, all of
// them and in this order. With a path such as items or categories it looks at
// the first element of that list instead.
//
//	keys FILE KEY,KEY,... [PATH]
func cmdKeys(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: keys FILE KEY,KEY,... [PATH]")
	}
	n := 0
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		n++
		object := json.RawMessage(line)
		if len(args) == 3 {
			var err error
			object, err = firstOfList(object, args[2])
			ts.Check(err)
		}
		got, err := keysOf(object)
		if err != nil {
			ts.Fatalf("line %d of %s is no JSON object: %v", n, args[0], err)
		}
		if want := strings.Split(args[1], ","); !slices.Equal(got, want) {
			ts.Fatalf("line %d of %s has the keys\n\t%s\nwant\n\t%s", n, args[0], strings.Join(got, ","), args[1])
		}
	}
	if n == 0 {
		ts.Fatalf("%s has no lines", args[0])
	}
}

// firstOfList returns the first element of the list under a key.
func firstOfList(object []byte, key string) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(object, &fields); err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if err := json.Unmarshal(fields[key], &list); err != nil {
		return nil, fmt.Errorf("%q: %w", key, err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%q is empty", key)
	}
	return list[0], nil
}

// keysOf returns the keys of a JSON object in their order.
func keysOf(object []byte) ([]string, error) {
	dec := json.NewDecoder(strings.NewReader(string(object)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, cmp.Or(err, fmt.Errorf("it starts with %v", t))
	}
	var keys []string
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		keys = append(keys, key.(string))
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// isFile reports whether a script has a file of this name.
func isFile(ts *testscript.TestScript, name string) bool {
	st, err := os.Stat(ts.MkAbs(filepath.FromSlash(name)))
	return err == nil && st.Mode().IsRegular()
}
