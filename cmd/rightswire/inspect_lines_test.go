package main

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// Every stage reads its lines the same way: it names the line that it cannot
// read, passes over empty ones, and gives ids back as they came.
func TestInspectStagesReadLinesAlike(t *testing.T) {
	for _, stage := range [][]string{{"sanitize"}, {"group"}, {"classify"}, {"language"}, {"parse", "--batch"}} {
		t.Run(stage[0], func(t *testing.T) {
			args := append([]string{"inspect"}, stage...)
			first := `{"id":12345678901234567890,"key":"k","file":"gone"}` + "\r\n\n"
			out, errs, status := runApp(t, first+"{\"id\":\n", args...)
			if want := "rightswire: line 3: "; status != 1 || !strings.HasPrefix(errs, want) {
				t.Errorf("status %d, stderr %q, want 1 and %q", status, errs, want)
			}
			if want := `{"id":12345678901234567890,`; stage[0] != "parse" && !strings.HasPrefix(out, want) {
				t.Errorf("printed %s, want it to begin with %s", out, want)
			}
			file := writeFeed(t, first)
			again, errs, status := runApp(t, "", append(args, file)...)
			if again != out || status != 0 {
				t.Errorf("with a FILE: status %d, stderr %q, printed %s, want %s", status, errs, again, out)
			}
		})
	}
}

// Bad lines are told of in words, the others are answered, and the status is 1.
func TestInspectAnswersAroundBadLines(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: one line after the other")
	}
	for _, tt := range []struct{ name, line, want string }{
		{"cut off", `{"id":1,"text":"a`, `it ends in the middle of its JSON; expected a whole object on one line`},
		{"no JSON", `id=1`, `it is no JSON from "id=1" on; expected one JSON object on a line`},
		{"two objects", `{"id":1} {"id":2}`, `it is no JSON from "{\"id\":2}" on; expected one JSON object on a line`},
		{"a list", `["a"]`, `it is a list; expected one JSON object on a line, in braces`},
		{"a string", ` "a"`, `it is a string; expected one JSON object on a line, in braces`},
		{"no id", `{"text":"a"}`, `it has no id; expected an id, a string or a number such as "id":"a-1"`},
		{"null as id", `{"id":null,"text":"a"}`, `its id is null; expected an id, a string or a number such as "id":"a-1"`},
		{"a list as id", `{"id":[1],"text":"a"}`, `its id is a list; expected an id, a string or a number such as "id":"a-1"`},
		{"true as id", `{"id":true,"text":"a"}`, `its id is true or false; expected an id, a string or a number such as "id":"a-1"`},
		{"nothing but null", `null`, `it has no id; expected an id, a string or a number such as "id":"a-1"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, stage := range []string{"sanitize", "group", "classify", "language"} {
				out, errs, status := runApp(t, `{"id":"a"}`+"\n"+tt.line+"\n"+`{"id":"b"}`+"\n", "inspect", stage)
				want := "rightswire: line 2: " + tt.want + "\nrightswire: 1 line not answered, all others were\n"
				if status != 1 || errs != want {
					t.Errorf("inspect %s: status %d, stderr %q, want 1 and %q", stage, status, errs, want)
				}
				if n := strings.Count(out, "\n"); n != 2 || !strings.Contains(out, `{"id":"b"`) {
					t.Errorf("inspect %s: printed %s, want the answers of a and b", stage, out)
				}
			}
		})
	}
}

// A key that holds something else is named.
func TestInspectNamesKeysThatHoldSomethingElse(t *testing.T) {
	for stage, tests := range map[string]map[string]string{
		"sanitize": {`{"id":1,"html":5}`: `"html" is a number; expected a string`},
		"group":    {`{"id":1,"published":true}`: `"published" is true or false; expected a string`},
		"classify": {`{"id":1,"tags":"a"}`: `"tags" is a string; expected a list of strings`, `{"id":1,"title":["a"]}`: `"title" is a list; expected a string`},
		"language": {`{"id":1,"text":{}}`: `"text" is an object; expected a string`},
	} {
		for line, want := range tests {
			if _, errs, status := runApp(t, line+"\n", "inspect", stage); status != 1 || !strings.HasPrefix(errs, "rightswire: line 1: "+want+"\n") {
				t.Errorf("inspect %s of %s: status %d, stderr %q, want 1 and %q", stage, line, status, errs, want)
			}
		}
	}
}

// A file of the wrong kind does not fill the terminal.
func TestInspectCountsTheRestOfManyBadLines(t *testing.T) {
	_, errs, status := runApp(t, strings.Repeat("no\n", 1000), "inspect", "language")
	if n := strings.Count(errs, "\n"); status != 1 || n != maxTold+2 || !strings.HasSuffix(errs, "rightswire: 1000 lines not answered, all others were\n") {
		t.Errorf("status %d, %d lines on stderr, ends %q", status, n, errs[max(0, len(errs)-100):])
	}
}

// A line without an end does not take all the memory there is.
func TestInspectBoundsLines(t *testing.T) {
	_, errs, status := runApp(t, `{"id":1}`+"\n\n"+strings.Repeat(" ", maxLine+1), "inspect", "language")
	if want := "rightswire: line 3: longer than 64 MiB\n"; status != 1 || errs != want {
		t.Errorf("status %d, stderr %q, want 1 and %q", status, errs, want)
	}
}

// Ctrl-C ends a stage that waits for input, and what it has answered is there
// before it waits.
func TestInspectAnswersBeforeItWaitsAndEndsWithContext(t *testing.T) {
	in, ask := io.Pipe()
	answers, out := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	a := &app{in: in, out: out, err: io.Discard}
	root := newRoot(a)
	root.SetArgs([]string{"inspect", "canonical"})
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(ctx) }()
	if _, err := io.WriteString(ask, "https://a.example/1\n"); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 100)
	n, err := answers.Read(got)
	if want := `{"url":"https://a.example/1","canonical":"https://a.example/1"}` + "\n"; err != nil || string(got[:n]) != want {
		t.Errorf("read %q, %v, want %q", got[:n], err, want)
	}
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v, want %v", err, context.Canceled)
		}
	case <-time.After(patience):
		t.Error("still waits for input after the end of its context")
	}
}
