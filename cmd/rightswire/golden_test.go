package main

import (
	"testing"

	"github.com/rightswire/rightswire"
	"github.com/rightswire/rightswire/config"
)

// The taxonomy that the program ships with files every golden headline where
// it belongs. What a desk adds to golden.yaml is tried here, too.
func TestGoldenHeadlinesLandWhereTheyBelong(t *testing.T) {
	c, err := config.LoadFS(rightswire.Newsroom, "config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	headlines, err := c.LoadGoldenFS(rightswire.Newsroom, config.GoldenName)
	if err != nil {
		t.Fatal(err)
	}
	misses, err := goldenMisses(c.Taxonomy(), headlines)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range misses {
		t.Errorf("golden.yaml:%s", m)
	}
	languages := map[string]bool{}
	for _, g := range headlines {
		languages[g.Language] = true
	}
	if len(headlines) < 150 || len(languages) < 10 {
		t.Errorf("golden.yaml has %d headlines in %d languages, want 150 in 10 at least", len(headlines), len(languages))
	}
}
