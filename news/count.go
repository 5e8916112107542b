package news

import (
	"fmt"
	"strings"
)

// Count is a number with its noun, as English writes it: "1 story", "2 stories", "3
// days".
// The noun is in the singular, and a regular one.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok && !strings.ContainsAny(stem[max(len(stem)-1, 0):], "aeou") {
		noun = stem + "ie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
