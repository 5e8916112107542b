package pages

import (
	"testing"

	"github.com/rightswire/rightswire/publisher"
)

func newRenderer(t *testing.T) *Renderer {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatalf("New() = %v", err)
	}
	return r
}

func render(t *testing.T, r *Renderer, p publisher.Page) []byte {
	t.Helper()
	b, err := r.Render(p)
	if err != nil {
		t.Fatalf("Render(%s %s) = %v", p.Kind, p.Path, err)
	}
	return b
}
