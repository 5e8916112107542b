package dedupe

import (
	"slices"
	"strings"
	"testing"
)

func TestTokenizeFolds(t *testing.T) {
	tests := []struct{ name, a, b string }{
		{"case", "Workers STRIKE", "workers strike"},
		{"accents", "São Paulo huelga económica", "Sao Paulo huelga economica"},
		{"composed and decomposed letters", "caf\u00e9", "cafe\u0301"},
		{"punctuation", "Strike: workers, union!", "strike workers union"},
		{"possessive", "Obama's plan", "Obama plan"},
		{"curly and straight quotes", "don’t", "don't"},
		{"thousands", "4,000 dockers", "4000 dockers"},
		{"Arabic letter forms and vowel signs", "أَضْرَبَ العُمّال", "اضرب العمال"},
		{"full-width forms", "ＡＢＣ１２", "abc12"},
		{"dotless and dotted i", "İstanbul", "istanbul"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := hashesOf(tt.a), hashesOf(tt.b)
			if !slices.Equal(a, b) || len(a) == 0 {
				t.Errorf("tokens of %q and %q differ: %v, %v", tt.a, tt.b, a, b)
			}
		})
	}
}

// The vowels of these scripts stand beside the letter, above it or below it.
func TestWordsOfIndianScriptsStayWhole(t *testing.T) {
	tests := []struct {
		name, text string
		want       int
	}{
		{"Bengali", "কারখানায় আগুন, তিন শ্রমিক নিহত", 5},
		{"Hindi", "सफाई कर्मचारियों की अनिश्चितकालीन हड़ताल शुरू", 6},
		{"Tamil", "தொழிலாளர்கள் வேலைநிறுத்தம்", 2},
		{"Sinhala, joined by a sign without width", "ශ්\u200dරී ලංකාව", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tokenize(nil, normal(tt.text)); len(got) != tt.want {
				t.Errorf("%d tokens of %q, want %d", len(got), tt.text, tt.want)
			}
		})
	}
}

func TestTokenizeClasses(t *testing.T) {
	var got []class
	for _, tok := range tokenize(nil, "The 4,000 dockers of Valdoria") {
		got = append(got, tok.class)
	}
	if want := []class{stop, number, word, stop, word}; !slices.Equal(got, want) {
		t.Errorf("classes = %v, want %v", got, want)
	}
}

func TestTokenizeIsBounded(t *testing.T) {
	if n := len(tokenize(nil, strings.Repeat("word ", 100_000))); n > maxTokens {
		t.Errorf("%d tokens, want at most %d", n, maxTokens)
	}
	if n := len(tokenize(nil, strings.Repeat("長", 100_000))); n > maxTokens {
		t.Errorf("%d tokens of one long run, want at most %d", n, maxTokens)
	}
}

func TestWithoutOutlet(t *testing.T) {
	tests := []struct{ title, source, want string }{
		{"Dockers walk out at Valdoria | The Daily", "", "Dockers walk out at Valdoria"},
		{"Dockers walk out at Valdoria - The Daily", "The Daily", "Dockers walk out at Valdoria"},
		{"Dockers walk out - Valdoria", "The Daily", "Dockers walk out - Valdoria"},
		{"Live | Dockers walk out at Valdoria", "", "Live | Dockers walk out at Valdoria"},
	}
	for _, tt := range tests {
		if got := withoutOutlet(tt.title, tt.source); got != tt.want {
			t.Errorf("withoutOutlet(%q, %q) = %q, want %q", tt.title, tt.source, got, tt.want)
		}
	}
}

// hashesOf returns the hashes of the tokens of s.
func hashesOf(s string) (out []uint32) {
	for _, t := range tokenize(nil, normal(s)) {
		out = append(out, t.hash)
	}
	return out
}
