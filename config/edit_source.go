package config

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// sourceText writes a source as the desk would, in lines, the dash after
// indent. What is empty is left out.
func (f *sourceFile) sourceText(s news.Source, indent string) []string {
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
	if len(s.Categories) > 0 {
		words := make([]string, len(s.Categories))
		for i, c := range s.Categories {
			words[i] = scalar(c)
		}
		put("categories", "["+strings.Join(words, ", ")+"]")
	}
	put("scope", scalar(string(s.Scope)))
	if s.Rank != 0 {
		put("rank", strconv.Itoa(s.Rank))
	}
	put("schedule", scalar(s.Schedule))
	put("content", scalar(string(s.Content)))
	put("status", scalar(string(s.Status)))
	put("proxy", scalar(s.Proxy))
	lines[0] = indent + "- " + strings.TrimPrefix(lines[0], indent+"  ")
	return lines
}

var (
	// plainScalar is what needs no quotes anywhere in YAML.
	plainScalar = regexp.MustCompile(`^(https?://[A-Za-z0-9][A-Za-z0-9./:_?=&%~+-]*[A-Za-z0-9/]|[A-Za-z][A-Za-z0-9 ./_?=&%~+-]*)$`)
	// wordyScalar is what YAML takes for something other than a text.
	wordyScalar = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n)$`)
)

// scalar writes a text as a YAML value, in double quotes unless it is plain
// without doubt; "" stays "".
func scalar(s string) string {
	if s == "" || plainScalar.MatchString(s) && !wordyScalar.MatchString(s) && strings.TrimSpace(s) == s {
		return s
	}
	// A JSON string is a YAML one.
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
