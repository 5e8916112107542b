package publisher

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"
)

func TestASafeIDIsWhatTheExpressionSays(t *testing.T) {
	says := regexp.MustCompile(`^[a-z0-9]([a-z0-9_-]|\.[a-z0-9_-]){0,79}$`)
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.OneOf(
			rapid.StringMatching(`[a-c0_.A -]{0,6}\n?`), rapid.StringMatching(`[a-z0-9](\.?[a-z0-9_-]){76,82}`), rapid.String(),
		).Draw(rt, "id")
		if got, want := safeID(id), says.MatchString(id); got != want {
			rt.Fatalf("safeID(%q) = %v, want %v", id, got, want)
		}
	})
}
