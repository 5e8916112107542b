package storage

import (
	"strconv"
	"strings"
)

// The limits of a tsvector, in
// https://www.postgresql.org/docs/current/textsearch-limitations.html: what is
// beyond them cannot be found.
const (
	maxLexeme    = 2046
	maxPosition  = 16383
	maxPositions = 255 // of one word
	maxVector    = 900_000
)

// textGap parts the title from the text, so that no phrase spans both.
const textGap = 300

// tsvector writes the words of an item with their positions, as the type reads
// them. No configuration of the server has a part in it: what a word is has
// been decided, the same for every engine.
func tsvector(title, body []string) string {
	at, size, n := map[string][]int{}, 0, 0
	add := func(words []string) {
		for _, w := range words {
			if n++; n > maxPosition || size > maxVector {
				return
			}
			w = lexeme(w)
			if at[w] == nil {
				size += len(w) + 8
			}
			if len(at[w]) < maxPositions {
				at[w] = append(at[w], n)
				size += 2
			}
		}
	}
	add(title)
	n += textGap
	add(body)
	var b strings.Builder
	for word, positions := range at {
		b.WriteByte('\'')
		b.WriteString(word) // no quote or backslash is part of a word
		b.WriteByte('\'')
		for i, p := range positions {
			b.WriteByte([]byte(":,")[min(i, 1)])
			b.WriteString(strconv.Itoa(p))
		}
		b.WriteByte(' ')
	}
	return b.String()
}

// lexeme cuts a word to what the index can hold.
func lexeme(word string) string {
	if len(word) <= maxLexeme {
		return word
	}
	return strings.ToValidUTF8(word[:maxLexeme], "")
}

// tsquery writes an expression for PostgreSQL's full-text search. Nothing in a
// phrase can end the quotes that it stands in.
func tsquery(all [][]phrase, none []phrase) string {
	anyOf := func(ps []phrase) string {
		var parts []string
		for _, p := range ps {
			words := strings.Fields(p.words)
			if len(words) == 0 {
				words = []string{" "} // which nothing says
			}
			for i, w := range words {
				words[i] = "'" + lexeme(w) + "'"
			}
			text := strings.Join(words, " <-> ")
			if p.prefix {
				text += ":*"
			}
			parts = append(parts, "("+text+")")
		}
		return "(" + strings.Join(parts, " | ") + ")"
	}
	var parts []string
	for _, ps := range all {
		parts = append(parts, anyOf(ps))
	}
	if len(none) > 0 {
		parts = append(parts, "!"+anyOf(none))
	}
	return strings.Join(parts, " & ")
}
