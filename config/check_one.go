package config

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// CheckSource says what is wrong with a source that is to be added, in the
// words of check; nil if nothing is. Whether its id is free and its categories
// exist is a matter of the newsroom, and not looked at.
func CheckSource(s news.Source, opts ...Option) []string {
	s.Categories = nil
	var f listFile
	text := "sources:\n" + strings.Join(f.sourceText(s, "  "), "")
	one := files{
		open:   func(string) (fs.File, error) { return inMemory{bytes.NewReader([]byte(text))}, nil },
		glob:   func(string) ([]string, error) { return nil, nil },
		beside: func(_, name string) string { return name },
	}
	_, err := load(one, "source", opts)
	all, ok := errors.AsType[*Errors](err)
	if !ok {
		return nil
	}
	var out []string
	for _, p := range all.Problems {
		out = append(out, strings.TrimPrefix(strings.TrimPrefix(p.Path, "sources[0]")+": "+p.Message, "."))
	}
	return out
}
