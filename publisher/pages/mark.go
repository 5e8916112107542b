package pages

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/rightswire/rightswire/news/search"
)

// piece is a part of a text; Hit, if it is what somebody looked for.
type piece struct {
	Text string
	Hit  bool
}

// pieces cuts a text where what was looked for begins and ends.
func pieces(text string, looked []search.Term) []piece {
	type span struct{ start, end int }
	var spans []span
	var words []string
	for start, end := range search.Words(text) {
		spans, words = append(spans, span{start, end}), append(words, bare(text[start:end]))
	}
	hit := make([]bool, len(words))
	for _, t := range looked {
		var want []string
		for start, end := range search.Words(t.Text) {
			want = append(want, bare(t.Text[start:end]))
		}
		for i := range words {
			if begins(words[i:], want, t.Prefix) {
				for j := range want {
					hit[i+j] = true
				}
			}
		}
	}
	var out []piece
	last := 0
	for i := 0; i < len(spans); i++ {
		if !hit[i] {
			continue
		}
		first := i
		for i+1 < len(spans) && hit[i+1] {
			i++ // one mark for words in a row, with what stands between them
		}
		out = append(out, piece{Text: text[last:spans[first].start]}, piece{text[spans[first].start:spans[i].end], true})
		last = spans[i].end
	}
	out = append(out, piece{Text: text[last:]})
	return slices.DeleteFunc(out, func(p piece) bool { return p.Text == "" })
}

// begins reports whether words begin with those that are wanted; with open,
// the last one may go on.
func begins(words, want []string, open bool) bool {
	if len(want) == 0 || len(want) > len(words) {
		return false
	}
	last := len(want) - 1
	return slices.Equal(words[:last], want[:last]) && (words[last] == want[last] || open && strings.HasPrefix(words[last], want[last]))
}

// bare is a word without case and accents, as the index compares it.
func bare(word string) string {
	word = norm.NFKD.String(word)
	word = strings.Map(func(r rune) rune {
		if r >= 0x0300 && r <= 0x036F {
			return -1
		}
		return r
	}, word)
	return search.Fold(norm.NFC.String(word))
}

// marked reports whether anything in a text was looked for.
func marked(ps []piece) bool {
	return slices.ContainsFunc(ps, func(p piece) bool { return p.Hit })
}
