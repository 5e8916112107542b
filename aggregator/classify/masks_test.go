package classify

import (
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/rightswire/rightswire"
)

// Whoever adds a mask adds a golden headline with what it hides: a mask that no
// headline tries may hide the news as well. Prefixes are tried as they stand.
func TestEveryMaskOfTheBundledTaxonomyHasAGoldenHeadline(t *testing.T) {
	data, err := rightswire.Newsroom.ReadFile("golden.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Headlines []struct{ Title, Text string } `yaml:"headlines"`
	}
	if err := yaml.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, h := range golden.Headlines {
		all.WriteString(fold(h.Title) + "\n" + fold(h.Text) + "\n")
	}
	text := strings.ReplaceAll(all.String(), "-", " ")
	tried := func(mask string) bool {
		if expr, ok := strings.CutPrefix(mask, "re:"); ok {
			return regexp.MustCompile(expr).MatchString(all.String())
		}
		return strings.Contains(text, strings.ReplaceAll(fold(strings.TrimSuffix(mask, "*")), "-", " "))
	}
	tax := bundled(t)
	for word, masks := range tax.GlobalMasks {
		for _, m := range masks {
			if !tried(m) {
				t.Errorf("golden.yaml has no headline with %q, a mask that protects %q", m, word)
			}
		}
	}
	for _, c := range tax.Categories {
		for _, m := range c.Masks {
			if !tried(m) {
				t.Errorf("golden.yaml has no headline with %q, a mask of %s", m, c.ID)
			}
		}
	}
}

// A phrase that is masked says nothing by itself, in whatever category it is
// masked.
func TestAMaskedPhraseFilesNothingByItself(t *testing.T) {
	tax := bundled(t)
	c := compiled(t, tax)
	for _, cat := range tax.Categories {
		for _, m := range cat.Masks {
			if strings.HasPrefix(m, "re:") {
				continue
			}
			title := strings.TrimSuffix(m, "*")
			if _, found := filed(c.Classify(Article{Title: title, Language: "en"}))[cat.ID]; found {
				t.Errorf("Classify(%q) files it under %s, which masks it", title, cat.ID)
			}
		}
	}
}
