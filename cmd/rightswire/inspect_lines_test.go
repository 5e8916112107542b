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

// A line without an end does not take all the memory there is.
func TestInspectBoundsLines(t *testing.T) {
	_, errs, status := runApp(t, "{}\n\n"+strings.Repeat(" ", maxLine+1), "inspect", "language")
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
