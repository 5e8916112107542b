package config

import (
	"slices"
	"strings"
)

// otherNames are what other feed programs call our keys.
var otherNames = map[string]string{
	"name": "title", "label": "title", "labels": "titles", "feed": "url", "feed_url": "url", "xmlurl": "url",
	"link": "homepage", "lang": "language", "enabled": "status", "tags": "categories", "category": "categories",
	"interval": "schedule", "cron": "schedule", "scope": "description", "db": "database", "password": "password_file",
}

// DidYouMean returns "; did you mean …?" when one of the candidates is close
// to what was written, and "" otherwise.
func DidYouMean(written string, candidates []string) string {
	best, distance := "", 3
	if len(written) < 5 {
		distance = 2
	}
	for _, c := range candidates {
		if d := editDistance(written, c); d < distance {
			best, distance = c, d
		}
	}
	if best == "" && slices.Contains(candidates, otherNames[strings.ToLower(written)]) {
		best = otherNames[strings.ToLower(written)]
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + quote(best) + "?"
}

// editDistance counts insertions, deletions, replacements and swaps of
// neighbours between two short words. Longer ones are simply far apart.
func editDistance(a, b string) int {
	const far = 99
	if len(a) > 40 || len(b) > 40 {
		return far
	}
	before, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
