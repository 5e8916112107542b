package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// loadText loads one file that holds text.
func loadText(text string, opts ...Option) (*Config, error) {
	return LoadFS(fstest.MapFS{"c.yaml": {Data: []byte(text)}}, "c.yaml", opts...)
}

// hostile are files that must be refused, by name, quickly and without harm.
var hostile = map[string]string{
	"an empty file":                     "",
	"comments only":                     "# nothing\n",
	"a file without sources":            "site: {title: A}\n",
	"an empty list of documents":        "---\n---\n",
	"two documents":                     "site: {title: A}\n---\nsite: {title: B}\n",
	"a NUL byte":                        "site:\n  title: a\x00b\n",
	"NUL bytes only":                    strings.Repeat("\x00", 100),
	"an escape character":               "site: {title: \"\x1b[31m\"}",
	"an escaped control character":      "site: {title: \"a\\0b\"}\nsources: []\n",
	"text that is not UTF-8":            "site: {title: \xff\xfe}\n",
	"UTF-16":                            "\xff\xfes\x00i\x00t\x00e\x00",
	"a scalar":                          "just some words",
	"a list":                            "[1, 2, 3]",
	"HTML":                              "<!DOCTYPE html><html><body>404: not found</body></html>",
	"JSON cut short":                    `{"site": {"title": "A"`,
	"a quoted text cut short":           `site: {title: "A`,
	"an alias bomb":                     "a: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n",
	"an alias to itself":                "sources: &s\n  - *s\n",
	"a merge key":                       "sources:\n  - <<: {id: a}\n",
	"a tag":                             "site: !!python/object:os.system {}\n",
	"a directive":                       "%YAML 1.2\n---\nsite: {}\n",
	"brackets 100,000 deep":             strings.Repeat("[", 100_000),
	"closed brackets 1,000 deep":        strings.Repeat("[", 1000) + strings.Repeat("]", 1000),
	"braces 100,000 deep":               strings.Repeat("{a: ", 100_000),
	"dashes 100,000 deep":               strings.Repeat("- ", 100_000),
	"question marks 100,000 deep":       strings.Repeat("? ", 100_000),
	"lines 1,000 deep":                  staircase(1000),
	"closing brackets only":             strings.Repeat("]", 100_000),
	"20,000 keys":                       numbered("k%d: v\n", 20_000),
	"20,000 keys of a flow mapping":     "{" + numbered("k%d: v, ", 20_000) + "}",
	"half a million lines":              strings.Repeat("- a\n", 500_000),
	"20 MB":                             "site: {title: " + strings.Repeat("x", 20<<20) + "}",
	"a megabyte of one line":            "site: {title: \"" + strings.Repeat("x", 1<<20),
	"100,000 colons":                    strings.Repeat(":", 100_000),
	"60,000 mistakes in 20,000 sources": "sources:\n" + strings.Repeat("- {url: x}\n", 20_000),
	"a megabyte of block text":          "site: |\n" + strings.Repeat("  a\n", 250_000),
	"pipes and ampersands":              strings.Repeat("|&*!%@`\n", 1000),
	"tabs":                              strings.Repeat("\t", 10_000) + "a: b",
	"quotes":                            strings.Repeat(`"`, 99_999),
}

func staircase(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s a:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestHostileFilesAreRefusedByName(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			c, err := loadText(text)
			var all *Errors
			if c != nil || !errors.As(err, &all) {
				t.Fatalf("Load = %v, %v, want nil and *Errors", c, err)
			}
			for _, p := range all.Problems {
				if p.File != "c.yaml" || p.Message == "" {
					t.Fatalf("problem %+v does not name the file and say something", p)
				}
			}
			if len(err.Error()) > 400*(maxProblems+1) {
				t.Errorf("the message is %d bytes long", len(err.Error()))
			}
		})
	}
}
