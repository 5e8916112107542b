package publisher

import (
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// The address of a story's page is the canonical form of its UID and no other.
func TestAStoryHasOneAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var id uuid.UUID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		uid := []byte(id.String())
		if rapid.Bool().Draw(t, "changed") {
			i := rapid.IntRange(0, len(uid)-1).Draw(t, "at")
			uid[i] = rapid.SampledFrom([]byte("AFg-0a{}/ ")).Draw(t, "byte")
		}
		s := rapid.SampledFrom([]string{"", "{", "urn:uuid:"}).Draw(t, "before") + string(uid) + rapid.SampledFrom([]string{"", "", "}", "/x"}).Draw(t, "after")
		parsed, err := uuid.Parse(s)
		want := err == nil && parsed.String() == s
		if got := IsStory("/story/" + s + "/"); got != want {
			t.Errorf("IsStory of %q = %v, want %v", s, got, want)
		}
	})
	for _, path := range []string{"", "/story/", "/story//", "/stories/7c9e6679-7425-40de-944b-e07fc1f90ae7/", "/story/7c9e6679-7425-40de-944b-e07fc1f90ae7", "/story/7c9e6679742540de944be07fc1f90ae7/"} {
		if IsStory(path) {
			t.Errorf("IsStory(%q)", path)
		}
	}
}
