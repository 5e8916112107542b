package config

import (
	"testing"

	"github.com/rightswire/rightswire"
)

func TestTheShippedNewsroomIsValid(t *testing.T) {
	c, err := LoadFS(rightswire.Newsroom, "config.yaml")
	if err != nil {
		t.Fatalf("LoadFS(Newsroom) = %v, want no mistakes", err)
	}
	for _, n := range c.Notes() {
		t.Log(n)
	}
	if got := len(c.Sources); got != 232 {
		t.Errorf("the newsroom has %d sources, want 232", got)
	}
	if got := len(c.Categories); got != 22 {
		t.Errorf("the newsroom has %d categories, want 22", got)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := LoadFS(rightswire.Newsroom, "config.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
