package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoadTaxonomy(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // in the error; "": none
	}{
		{"a taxonomy needs no sources", "version: 1\ncategories:\n- {id: wages, title: Wages, strong: [minimum wage]}\n", ""},
		{"a mistake has its place", "categories:\n- {id: wages, title: Wages, strnog: [x]}\n", `taxonomy.yaml:2:29: `},
		{"an unknown umbrella is a mistake", "categories:\n- {id: wages, title: Wages, group: labour}\n", `"labour" is not a category with umbrella: true`},
		{"keys of the main file have no place in it", "listen: localhost:1\ncategories:\n- {id: wages, title: Wages}\n", "listen"},
		{"an empty file is no taxonomy", "", "no categories: this is no taxonomy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "taxonomy.yaml")
			if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
				t.Fatal(err)
			}
			tax, err := LoadTaxonomy(path)
			switch {
			case tt.want == "" && (err != nil || len(tax.Categories) != 1):
				t.Errorf("LoadTaxonomy = %d categories, %v, want 1 and no error", len(tax.Categories), err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("LoadTaxonomy: %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := LoadTaxonomy("nowhere.yaml"); err == nil || !strings.Contains(err.Error(), "nowhere.yaml: no such file") {
		t.Errorf("LoadTaxonomy of no file: %v", err)
	}
}
