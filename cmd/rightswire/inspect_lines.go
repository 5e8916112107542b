package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxLine bounds one line that is inspected: an article of any size that a
// fetch would read, escaped.
const maxLine = 64 << 20

// lineInput opens the file that a command was given, or standard input when it
// was given none or "-".
func lineInput(in io.Reader, args []string) (io.Reader, func(), error) {
	if len(args) == 0 || args[0] == "-" {
		return in, func() {}, nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, nil, fmt.Errorf("open the input: %w", err)
	}
	return f, func() { f.Close() }, nil
}

// answerLines prints what do makes of every line of the named file, or of
// standard input, as a line of JSON; nothing where it makes nil. Answers wait
// only while there are lines to read: whoever asks one at a time gets each at
// once. A bad line is told of, and makes the command fail in the end.
func (a *app) answerLines(ctx context.Context, args []string, do func(line []byte) (any, error)) (err error) {
	in, done, err := lineInput(a.in, args)
	if err != nil {
		return err
	}
	defer done()
	out := bufio.NewWriter(a.out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return a.eachLine(ctx, in, out.Flush, func(line []byte) error {
		answer, err := do(line)
		if err != nil || answer == nil {
			return err
		}
		return enc.Encode(answer)
	})
}

// asJSON makes what answers requests answer lines that hold them; empty lines
// are passed over.
func asJSON[Request any](do func(Request) any) func(line []byte) (any, error) {
	return func(line []byte) (any, error) {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil, nil
		}
		var req Request
		if err := json.Unmarshal(line, &req); err != nil {
			return nil, notAsExpected(line, err)
		}
		if l, ok := any(req).(interface{ checkID() error }); ok {
			if err := l.checkID(); err != nil {
				return nil, err
			}
		}
		return do(req), nil
	}
}

// read is a line, or why there is none.
type read struct {
	line []byte
	err  error
}

// eachLine calls do for every line of in, without its end, and idle before it
// has to wait for one. A [badLine] is told of at once and counted, any other
// error of do ends it. It returns when ctx ends, even if nothing comes from in
// any more.
func (a *app) eachLine(ctx context.Context, in io.Reader, idle func() error, do func(line []byte) error) error {
	bad := badLines{w: a.err}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := make(chan read)
	go readLines(ctx, in, lines)
	for n := 1; ; n++ {
		r, err := next(ctx, lines, idle)
		if err != nil {
			return err
		}
		// The last line need not have an end, but nothing is no line.
		if r.err == nil || r.err == io.EOF && len(r.line) > 0 {
			err := do(bytes.TrimSuffix(bytes.TrimSuffix(r.line, []byte("\n")), []byte("\r")))
			var is badLine
			switch {
			case errors.As(err, &is):
				bad.add(n, err)
			case err != nil:
				return fmt.Errorf("line %d: %w", n, err)
			}
		}
		switch {
		case r.err == io.EOF:
			return bad.err()
		case r.err != nil:
			return fmt.Errorf("line %d: %w", n, r.err)
		}
	}
}

// next waits for a line, and is idle first if none is there.
func next(ctx context.Context, lines <-chan read, idle func() error) (read, error) {
	select {
	case r := <-lines:
		return r, ctx.Err()
	default:
	}
	if err := idle(); err != nil {
		return read{}, err
	}
	select {
	case r := <-lines:
		return r, nil
	case <-ctx.Done():
		return read{}, ctx.Err()
	}
}

// readLines passes lines on until one cannot be read or ctx ends.
func readLines(ctx context.Context, in io.Reader, lines chan<- read) {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, err := readLine(r)
		select {
		case lines <- read{line, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// readLine reads up to the end of a line, or fails where it is too long.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > maxLine {
			return nil, fmt.Errorf("longer than %d MiB", maxLine>>20)
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
