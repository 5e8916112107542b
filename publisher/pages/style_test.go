package pages

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
)

// luminance is the relative luminance of "#rrggbb", WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var rgb [3]int
	if _, err := fmt.Sscanf(hex, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); err != nil {
		t.Fatalf("%q is no colour: %v", hex, err)
	}
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(rgb[i]) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}

// Text and its ground, in light and in dark: WCAG 2.2 AA asks for 4.5.
func TestContrastIsEnoughInLightAndDark(t *testing.T) {
	css, err := static.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	roots := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllSubmatch(css, 2)
	if len(roots) != 2 {
		t.Fatalf("%d :root rules, want light and dark first", len(roots))
	}
	for i, scheme := range []string{"light", "dark"} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--(\w+): (#[0-9a-f]{6})`).FindAllSubmatch(roots[i][1], -1) {
			colour[string(m[1])] = string(m[2])
		}
		for _, pair := range []string{"ink on paper", "soft on paper", "accent on paper", "ink on tint", "soft on tint", "accent on tint", "paper on accent"} {
			fg, bg, _ := strings.Cut(pair, " on ")
			a, b := luminance(t, colour[fg]), luminance(t, colour[bg])
			if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
				t.Errorf("%s: contrast of %s is %.2f, want 4.5", scheme, pair, ratio)
			}
		}
	}
}

// One style sheet lays out both directions: a physical side in it would be
// right for half of the readers.
func TestStyleUsesLogicalSides(t *testing.T) {
	css, err := static.ReadFile("static/style.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?:margin|padding|border)-(?:left|right)\b|(?:^|[\s;{])(?:left|right):|text-align: (?:left|right)|float:`).FindAll(css, -1) {
		t.Errorf("style.css says %q", m)
	}
}
