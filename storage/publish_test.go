package storage

import (
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
)

// A path has one row in a statement, the last that was given for it: of more,
// PostgreSQL takes none.
func TestLastOfHasEachPathOnce(t *testing.T) {
	for _, tt := range []struct{ name, states, want string }{
		{"sorted", "/a=1 /b=2 /c=3", "/a=1 /b=2 /c=3"},
		{"not sorted", "/c=1 /a=2 /b=3", "/a=2 /b=3 /c=1"},
		{"twice in a row", "/a=1 /a=2", "/a=2"},
		{"twice in a row among sorted ones", "/a=1 /b=2 /b=3 /b=4 /c=5", "/a=1 /b=4 /c=5"},
		{"twice, far from each other", "/b=1 /a=2 /b=3", "/a=2 /b=3"},
		{"one", "/a=1", "/a=1"},
		{"none", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var states []news.EditionState
			for field := range strings.FieldsSeq(tt.states) {
				path, hash, _ := strings.Cut(field, "=")
				states = append(states, news.EditionState{Path: path, Hash: hash})
			}
			var got []string
			for _, st := range lastOf(states) {
				got = append(got, st.Path+"="+st.Hash)
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("lastOf(%s) = %s, want %s", tt.states, got, tt.want)
			}
		})
	}
}
