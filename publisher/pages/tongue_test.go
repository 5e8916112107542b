package pages

import (
	"fmt"
	"strings"
	"testing"
)

func TestWhatIsKeptOfTagsIsBounded(t *testing.T) {
	long := "en-" + strings.Repeat("x", tagSize)
	for i := range 3 * tonguesSize {
		tongueOf(fmt.Sprintf("no tag %d", i))
	}
	tongueOf(long)
	tongues.RLock()
	defer tongues.RUnlock()
	if len(tongues.kept) > tonguesSize {
		t.Errorf("%d tags are kept, want at most %d", len(tongues.kept), tonguesSize)
	}
	if _, ok := tongues.kept[long]; ok {
		t.Errorf("a tag of %d bytes is kept", len(long))
	}
}

func TestATagIsReadTheSameWhenItIsKept(t *testing.T) {
	for _, s := range []string{"", "en", "pt-br", "ur", "ku", "ckb", "und", "no tag", "x-y"} {
		for range 2 {
			if got, want := tongueOf(s), readTongue(s); got != want {
				t.Errorf("tongueOf(%q) = %v, want %v", s, got, want)
			}
		}
	}
}
