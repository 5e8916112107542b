package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
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

// short writes a length of time in its largest unit, rounded to the nearest:
// what comes in an hour and fifty-nine minutes comes in two hours.
func short(d time.Duration) string {
	const day = 24 * time.Hour
	d = max(d, 0)
	switch {
	case d.Round(time.Hour) >= 2*day:
		return fmt.Sprintf("%dd", d.Round(day)/day)
	case d.Round(time.Minute) >= time.Hour:
		return fmt.Sprintf("%dh", d.Round(time.Hour)/time.Hour)
	case d.Round(time.Second) >= time.Minute:
		return fmt.Sprintf("%dm", d.Round(time.Minute)/time.Minute)
	}
	return fmt.Sprintf("%ds", d.Round(time.Second)/time.Second)
}

// span writes a length of time as the configuration does, without the zeros:
// 15m, not 15m0s.
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Parts of a poll's error that a table has no room for, or that it says
// elsewhere.
var (
	errorAddress = regexp.MustCompile(`^get \S+: (Get "\S+": )?`)
	errorSocket  = regexp.MustCompile(`^(dial|read|write) tcp \S+: ((connect|read|write): )?`)
	errorLookup  = regexp.MustCompile(`(dial tcp: )?lookup \S+( on \S+)?: `)
	errorStatus  = regexp.MustCompile(`^status (\d{3})\b`)
)

// brief shortens the error of a poll for a table, where its source stands
// beside it; "rightswire sources show" has it whole.
func brief(text string) string {
	text = errorAddress.ReplaceAllString(text, "")
	text = errorSocket.ReplaceAllString(text, "")
	text = errorLookup.ReplaceAllString(text, "lookup failed: ")
	return errorStatus.ReplaceAllStringFunc(text, func(s string) string {
		number := strings.TrimPrefix(s, "status ")
		code, _ := strconv.Atoi(number) // three digits
		return strings.TrimSpace(number + " " + http.StatusText(code))
	})
}

// clip shortens a text to n characters.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
