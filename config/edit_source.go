package config

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// sourceText writes a source as the desk would, in lines, the dash after
// indent. What is empty is left out.
func (f *listFile) sourceText(s news.Source, indent string) []string {
	var lines []string
	put := func(key, value string) {
		if value != "" {
			lines = append(lines, indent+"  "+key+": "+value+f.eol())
		}
	}
	put("id", scalar(s.ID))
	put("title", scalar(s.Title))
	put("url", scalar(s.URL))
	put("type", scalar(string(s.Type)))
	put("homepage", scalar(s.Homepage))
	put("language", scalar(s.Language))
	put("country", scalar(s.Country))
	put("kind", scalar(s.Kind))
	put("categories", flowList(s.Categories))
	put("scope", scalar(string(s.Scope)))
	if s.Rank != 0 {
		put("rank", strconv.Itoa(s.Rank))
	}
	put("schedule", scalar(s.Schedule))
	put("content", scalar(string(s.Content)))
	put("status", scalar(string(s.Status)))
	if len(s.Headers) > 0 {
		lines = append(lines, indent+"  headers:"+f.eol())
		for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
			value, _ := json.Marshal(s.Headers[name]) // a string always encodes
			lines = append(lines, indent+"    "+scalar(name)+": "+string(value)+f.eol())
		}
	}
	put("proxy", scalar(s.Proxy))
	lines[0] = indent + "- " + strings.TrimPrefix(lines[0], indent+"  ")
	return lines
}

// categoryText writes a category that has no terms yet.
func (f *listFile) categoryText(c news.Category, indent string) []string {
	lines := []string{indent + "- id: " + scalar(c.ID) + f.eol(), indent + "  title: " + scalar(c.Title) + f.eol()}
	if c.Group != "" {
		lines = append(lines, indent+"  group: "+scalar(c.Group)+f.eol())
	}
	return lines
}

// flowList writes texts in brackets; "" if there are none.
func flowList(list []string) string {
	if len(list) == 0 {
		return ""
	}
	words := make([]string, len(list))
	for i, word := range list {
		words[i] = scalar(word)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

var (
	// plainScalar is what needs no quotes anywhere in YAML.
	plainScalar = lazily(`^(https?://[A-Za-z0-9][A-Za-z0-9./:_?=&%~+-]*[A-Za-z0-9/]|[A-Za-z][A-Za-z0-9 ./_?=&%~+-]*)$`)
	// wordyScalar is what YAML takes for something other than a text.
	wordyScalar = lazily(`(?i)^(null|true|false|yes|no|on|off|y|n)$`)
)

// scalar writes a text as a YAML value, in double quotes unless it is plain
// without doubt; "" stays "".
func scalar(s string) string {
	if s == "" || plainScalar().MatchString(s) && !wordyScalar().MatchString(s) && strings.TrimSpace(s) == s {
		return s
	}
	// A JSON string is a YAML one. Reading takes one line end off.
	if strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
