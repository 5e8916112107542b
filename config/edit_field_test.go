package config

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news"
)

func TestSetting(t *testing.T) {
	const cats = "categories: [{id: c, title: C}, {id: d, title: D}]\nsources:\n"
	tests := []struct{ name, before, key, value, after string }{
		{"a text in place of another", "  - id: a\n    title: A   # ours\n    url: https://a.example/\n", "title", "A: new", "  - id: a\n    title: \"A: new\"   # ours\n    url: https://a.example/\n"},
		{"a text in quotes with quotes", "  - id: a\n    title: 'it''s' # ours\n    url: https://a.example/\n", "title", "B", "  - id: a\n    title: B # ours\n    url: https://a.example/\n"},
		{"a text with a hash and a colon", "  - id: a\n    title: \"a # \\\" b: c\"\n    url: https://a.example/\n", "title", "B", "  - id: a\n    title: B\n    url: https://a.example/\n"},
		{"an address with a hash", "  - id: a\n    title: A\n    url: https://a.example/#x # y\n", "url", "https://b.example/", "  - id: a\n    title: A\n    url: https://b.example/ # y\n"},
		{"what was not there", "  - title: A\n    id: a # for ever\n    url: https://a.example/\n", "rank", "2", "  - title: A\n    id: a # for ever\n    rank: 2\n    url: https://a.example/\n"},
		{"what was empty", "  - id: a\n    title: A\n    country:   # none\n    url: https://a.example/\n", "country", "KE", "  - id: a\n    title: A\n    country: KE   # none\n    url: https://a.example/\n"},
		{"categories", "  - id: a\n    title: A\n    url: https://a.example/\n    categories: [ c ] # x\n", "categories", "d, c", "  - id: a\n    title: A\n    url: https://a.example/\n    categories: [d, c] # x\n"},
		{"nothing, and the line goes", "  - id: a\n    title: A\n    kind: ngo\n    url: https://a.example/\n", "kind", "", "  - id: a\n    title: A\n    url: https://a.example/\n"},
		{"nothing, and its comment stays", "  - id: a\n    title: A\n    kind: ngo # really\n    url: https://a.example/\n", "kind", "", "  - id: a\n    title: A\n    # really\n    url: https://a.example/\n"},
		{"in brackets", "  - {id: a, title: A, url: \"https://a.example/\"}\n", "homepage", "https://b.example/?x=1", "  - {id: a, homepage: \"https://b.example/?x=1\", title: A, url: \"https://a.example/\"}\n"},
		{"in brackets, nothing", "  - {id: a, kind: ngo, title: A, url: 'https://a.example/', rank: 3 } # x\n", "rank", "", "  - {id: a, kind: ngo, title: A, url: 'https://a.example/' } # x\n"},
		{"in brackets, nothing in the middle", "  - {id: a, kind: ngo, title: A, url: 'https://a.example/'}\n", "kind", "", "  - {id: a, title: A, url: 'https://a.example/'}\n"},
		{"the same again", "  - {id: a, kind: ngo, title: A, url: 'https://a.example/'}\n", "kind", "ngo", "  - {id: a, kind: ngo, title: A, url: 'https://a.example/'}\n"},
		{"after a mark, in the first line", "", "status", "paused", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after := cats+tt.before, cats+tt.after
			if tt.before == "" {
				before = "\ufeffsources: [{id: a, title: A, status: active, url: 'https://a.example/'}]\n"
				after = strings.Replace(before, "active", "paused", 1)
			}
			path := folderOf(t, "c.yaml", before)
			if _, err := makeEdit(path, Setting("a", tt.key, tt.value)); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(after, text(t, path, "c.yaml")); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func TestWhatCannotBeSetSaysWhy(t *testing.T) {
	before := "sources:\n  - id: a\n    title: |\n      A\n    url: https://a.example/\n    language: en\n  - id: b\n    title: B\n    url: https://b.example/\n"
	for _, tt := range []struct{ id, key, value, want string }{
		{"a", "title", "B", "written over several lines"},
		{"a", "colour", "red", `"colour" is no field that can be set`},
		{"a", "headers", "x", "is no field that can be set"},
		{"a", "rank", "high", `"high" is no number`},
		{"a", "kind", "uno", "is not one of"},
		{"a", "url", "", "has no url"},
		{"x", "rank", "1", news.ErrNotFound.Error()},
	} {
		path := folderOf(t, "c.yaml", before)
		if _, err := makeEdit(path, Setting(tt.id, tt.key, tt.value)); err == nil || !strings.Contains(err.Error(), tt.want) || text(t, path, "c.yaml") != before {
			t.Errorf("set %s of %s to %q: %v, want %q", tt.key, tt.id, tt.value, err, tt.want)
		}
	}
}

func TestAPlanIsShownBeforeItIsMade(t *testing.T) {
	path := folderOf(t, "c.yaml", "sources:\n"+aBlock)
	e, err := Plan(path, Adding("", newcomer))
	if err != nil {
		t.Fatal(err)
	}
	want := "--- " + path + "\n+++ " + path + "\n@@ -2,3 +2,7 @@\n   - id: a\n     title: A\n     url: https://a.example/\n+" + strings.ReplaceAll(strings.TrimSuffix(block, "\n"), "\n", "\n+") + "\n"
	if d := cmp.Diff(want, e.Diff()); d != "" || text(t, path, "c.yaml") != "sources:\n"+aBlock {
		t.Errorf("the diff, -want +got\n%s", d)
	}
	if len(e.Sources) != 2 {
		t.Errorf("%d sources are planned", len(e.Sources))
	}
	// Somebody else was quicker.
	if err := os.WriteFile(path, []byte("sources:\n"+bBlock), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := e.Apply(); err == nil || !strings.Contains(err.Error(), "changed by somebody else") || text(t, path, "c.yaml") != "sources:\n"+bBlock {
		t.Errorf("Apply: %v\n%s", err, text(t, path, "c.yaml"))
	}
}

func TestSecretsStayReferences(t *testing.T) {
	path := folderOf(t, "c.yaml", "sources:\n  - id: a\n    title: A\n    url: https://a.example/\n    headers: {Authorization: $TOKEN}\n    proxy: http://me:$TOKEN@proxy.example\n")
	env := WithEnv(func(string) (string, bool) { return "s3cret", true })
	s := newcomer
	s.Headers = map[string]string{"Authorization": "Bearer $TOKEN"}
	e, err := Plan(path, Together(Adding("", s), Setting("a", "rank", "2")), env)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(e.Diff(), "s3cret") || e.Sources[0].Headers["Authorization"] != "$TOKEN" || e.Sources[1].Headers["Authorization"] != "Bearer $TOKEN" {
		t.Errorf("%+v\n%s", e.Sources, e.Diff())
	}
	c, err := Load(path, env)
	if err != nil || c.Sources[0].Headers["Authorization"] != "s3cret" || c.Written()[0].Headers["Authorization"] != "$TOKEN" || c.Written()[0].Proxy != "http://me:$TOKEN@proxy.example" {
		t.Errorf("Load: %v, %+v, as written %+v", err, c.Sources, c.Written())
	}
}

func TestOneChangeConcernsOneFile(t *testing.T) {
	path := folderOf(t, "c.yaml", "include: [s.yaml]\nsources:\n"+aBlock, "s.yaml", "sources:\n"+bBlock)
	if _, err := Plan(path, Together(Setting("a", "rank", "2"), Setting("b", "rank", "2"))); !errors.Is(err, errTwoFiles) {
		t.Errorf("Plan: %v", err)
	}
	if _, err := makeEdit(path, Together(Setting("b", "rank", "2"), Removing("b"), Adding("", newcomer), Opening("", news.Category{ID: "c", Title: "C"}))); err != nil {
		t.Fatal(err)
	}
	if want := "sources:\n" + block + "\ncategories:\n  - id: c\n    title: C\n"; text(t, path, "s.yaml") != want {
		t.Errorf("-want +got\n%s", cmp.Diff(want, text(t, path, "s.yaml")))
	}
}

// The proof looks at the whole newsroom, not only at its sources.
func TestAnEditMayChangeNothingElse(t *testing.T) {
	load := func(head string) *Config {
		c, err := Load(folderOf(t, "c.yaml", head+"sources:\n"+aBlock))
		if err != nil {
			t.Fatal(err)
		}
		c.files = nil
		return c
	}
	for head, same := range map[string]bool{"": true, "# x\n": true, "listen: :1\n": false, "categories: [{id: c, title: C}]\n": false, "feeds: [{id: f, title: F, where: {countries: [KE]}}]\n": false} {
		c := load(head)
		e := &editor{want: c.written}
		if err := e.prove(c, load("")); (err == nil) != same {
			t.Errorf("an edit that also writes %q: %v", head, err)
		}
	}
}
