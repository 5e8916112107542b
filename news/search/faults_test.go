package search

import (
	"strings"
	"testing"
)

func TestFaults(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"words, phrases and fields are fine", `strike OR "walk out"* -football category:wages after:2024 “quoted (so)”`, ""},
		{"so are addresses and times", "https://a.example 10:30", ""},
		{"a date that is none", "after:yesterday", `after: "yesterday" is no date; 2024-01-31, 2024-01 and 2024 are.`},
		{"an open quote", `"minimum wage`, "a quotation mark is not closed"},
		{"an unknown field", "title:strike", `there is no field "title"`},
		{"a field without a value", "source: un-news", "nothing stands behind source:"},
		{"OR at the beginning", "OR strike", "OR needs something on its left"},
		{"OR at the end", "strike OR", "OR needs something on its right"},
		{"two operators", "a OR AND b", "AND needs something on its left"},
		{"NOT at the end", "strike NOT", "NOT needs something on its right"},
		{"parentheses", "(strike OR lockout) wages", "parentheses mean nothing here"},
		{"a short prefix", "a*", "before a star stand 2 letters or more"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Faults(tt.in)
			if joined := strings.Join(got, "\n"); tt.want == "" && joined != "" || !strings.Contains(joined, tt.want) || len(got) > 1 {
				t.Errorf("Faults(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}
