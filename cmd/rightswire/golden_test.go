package main

import (
	"testing"

	"github.com/rightswire/rightswire"
	"github.com/rightswire/rightswire/config"
)

// The taxonomy that the program ships with files every golden headline where
// it belongs, by rules alone and with the model. What a desk adds to golden.yaml is tried here, too.
func TestGoldenHeadlinesLandWhereTheyBelong(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: files one headline after the other")
	}
	c, err := config.LoadFS(rightswire.Newsroom, "config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	headlines, err := c.LoadGoldenFS(rightswire.Newsroom, config.GoldenName)
	if err != nil {
		t.Fatal(err)
	}
	for _, model := range []bool{false, true} {
		c.Classify.Model = model
		filer, err := (&app{}).classifier(c, c.Taxonomy())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range goldenMisses(filer, c.Taxonomy(), headlines) {
			t.Errorf("with the model %t: golden.yaml:%s", model, m)
		}
	}
	languages := map[string]bool{}
	for _, g := range headlines {
		languages[g.Language] = true
	}
	if len(headlines) < 150 || len(languages) < 10 {
		t.Errorf("golden.yaml has %d headlines in %d languages, want 150 in 10 at least", len(headlines), len(languages))
	}
}
