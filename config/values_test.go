package config

import (
	"encoding/json"
	"testing"
	"testing/quick"
	"time"

	"github.com/rightswire/rightswire"
	"pgregory.net/rapid"
)

func TestDurationReadsWhatPeopleWrite(t *testing.T) {
	tests := map[string]time.Duration{
		"0": 0, "30s": 30 * time.Second, "1h30m": 90 * time.Minute, "7d": 168 * time.Hour, "2w": 336 * time.Hour,
		"1w2d": 216 * time.Hour, "1d12h": 36 * time.Hour, "1.5d": 36 * time.Hour, "250ms": 250 * time.Millisecond,
	}
	for in, want := range tests {
		var d Duration
		if err := d.UnmarshalText([]byte(in)); err != nil || d.Std() != want {
			t.Errorf("Duration(%q) = %v, %v, want %v", in, d, err, want)
		}
	}
	for _, in := range []string{"", "d", "-1d", "1d-1h", "2d1w", "1y", "NaNd", "Infw", "1e300d", "99999999999d", "9223372036854775807ns9h", "5"} {
		var d Duration
		if err := d.UnmarshalText([]byte(in)); err == nil {
			t.Errorf("Duration(%q) = %v, want an error", in, d)
		}
	}
}

func TestSizeReadsWhatPeopleWrite(t *testing.T) {
	tests := map[string]Size{"0": 0, "4096": 4096, "512KiB": 512 << 10, "15MiB": 15 << 20, "2MB": 2e6, "1.5GiB": 3 << 29, "10 KB": 1e4, "7B": 7}
	for in, want := range tests {
		var s Size
		if err := s.UnmarshalText([]byte(in)); err != nil || s != want {
			t.Errorf("Size(%q) = %v, %v, want %v", in, int64(s), err, int64(want))
		}
	}
	for _, in := range []string{"", "MiB", "-1KiB", "1TiB", "1e300MB", "NaN", "one"} {
		var s Size
		if err := s.UnmarshalText([]byte(in)); err == nil {
			t.Errorf("Size(%q) = %d, want an error", in, s)
		}
	}
}

// What is written back is read as the same value.
func TestValuesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Duration(rapid.Int64Range(0, int64(50*365*24*time.Hour)).Draw(t, "d"))
		var back Duration
		if err := back.UnmarshalText([]byte(d.String())); err != nil || back != d {
			t.Fatalf("Duration(%s) reads as %v, %v", d, back, err)
		}
		s := Size(rapid.Int64Range(0, 1<<52).Draw(t, "s"))
		var size Size
		if err := size.UnmarshalText([]byte(s.String())); err != nil || size != s {
			t.Fatalf("Size(%s) reads as %v, %v", s, size, err)
		}
	})
}

func TestDurationNeverPanicsAndIsNeverNegative(t *testing.T) {
	prop := func(text string) bool {
		var d Duration
		return d.UnmarshalText([]byte(text)) != nil || d >= 0
	}
	if err := quick.Check(prop, nil); err != nil {
		t.Error(err)
	}
}

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{{"", "", 0}, {"evry", "every", 1}, {"tilte", "title", 1}, {"urls", "url", 1}, {"cat", "dog", 3}, {"a", "", 1}}
	for _, tt := range tests {
		if got := editDistance(tt.a, tt.b); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	symmetric := func(a, b string) bool { return editDistance(a, b) == editDistance(b, a) }
	if err := quick.Check(symmetric, nil); err != nil {
		t.Error(err)
	}
}

// Every key that the structs read has a place and a description in the schema.
func TestSchemaDescribesEveryKey(t *testing.T) {
	data, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Defs map[string]struct {
			Properties map[string]struct{ Description string }
			Additional *bool `json:"additionalProperties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"site", "database", "sources", "short_terms", "retention"} {
		if _, ok := s.Defs["Config"].Properties[key]; !ok {
			t.Errorf("the schema has no key %q", key)
		}
	}
	for name, def := range s.Defs {
		if def.Additional == nil || *def.Additional {
			t.Errorf("%s allows unknown keys, which Load refuses", name)
		}
		for key, p := range def.Properties {
			if p.Description == "" {
				t.Errorf("%s.%s has no description", name, key)
			}
		}
	}
}

func TestTheShippedNewsroomIsValid(t *testing.T) {
	c, err := LoadFS(rightswire.Newsroom, "config.yaml")
	if err != nil {
		t.Fatalf("LoadFS(Newsroom) = %v, want no mistakes", err)
	}
	if got := len(c.Sources); got != 232 {
		t.Errorf("the newsroom has %d sources, want 232", got)
	}
	groups := map[string]int{}
	for _, cat := range c.Categories {
		if !cat.Umbrella {
			groups[cat.Group]++
		}
		for _, lang := range c.LanguagesFull {
			if lang != "en" && len(cat.I18n[lang]) < 8 {
				t.Errorf("category %s has %d terms in %s, want at least 8", cat.ID, len(cat.I18n[lang]), lang)
			}
		}
	}
	if groups["labor"] != 7 || groups["human-rights"] != 13 || len(groups) != 2 {
		t.Errorf("categories by group = %v, want 7 of labor and 13 of human-rights", groups)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := LoadFS(rightswire.Newsroom, "config.yaml"); err != nil {
			b.Fatal(err)
		}
	}
}
