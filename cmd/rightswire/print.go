package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// writeJSONLines prints one JSON object a line.
func writeJSONLines[T any](w io.Writer, lines []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

// keep returns the elements that pass.
func keep[T any](in []T, pass func(T) bool) []T {
	var out []T
	for _, v := range in {
		if pass(v) {
			out = append(out, v)
		}
	}
	return out
}

// dash stands for an empty cell.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// since says for people how long ago something was; "-" if it never was.
func since(t, now time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return short(now.Sub(t)) + " ago"
}

// until says for people how far ahead something is.
func until(t, now time.Time) string {
	if !t.After(now) {
		return "due"
	}
	return "in " + short(t.Sub(now))
}

// short writes a length of time in its largest unit. What is not quite over
// rounds down: a source that is due in 59 minutes is not due in an hour.
func short(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*day:
		return fmt.Sprintf("%dd", d/day)
	case d >= time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= time.Minute:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return fmt.Sprintf("%ds", max(d, 0)/time.Second)
}
