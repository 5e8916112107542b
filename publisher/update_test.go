package publisher_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

func TestUpdateEqualsBuild(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := &newsroom{}
		opt := narrow()
		opt.Feeds = []publisher.DeskFeed{{ID: "x", Query: news.Query{Sources: []string{"alpha", "beta"}, Languages: []string{"en", "pt"}}}}
		b := newBuilder(t, n, opt)
		site, _, err := b.Build(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		next := int64(1)
		for range rapid.IntRange(1, 6).Draw(rt, "rounds") {
			for range rapid.IntRange(0, 4).Draw(rt, "changes") {
				change(rt, n, &next)
			}
			updated, report, err := b.Update(t.Context(), site)
			if err := errors.Join(err, report.Err()); err != nil {
				rt.Fatal(err)
			}
			fresh, _, err := b.Build(t.Context())
			if err != nil {
				rt.Fatal(err)
			}
			if diff := differ(fresh, updated); diff != "" {
				rt.Fatalf("Update differs from Build (-build +update):\n%s", diff)
			}
			for p, f := range updated.Files {
				if last := site.Files[p]; last != nil && last.ETag == f.ETag && !bytes.Equal(bytesOf(last), bytesOf(f)) {
					rt.Fatalf("%s: one ETag %s for\n%s\nand\n%s", p, f.ETag, bytesOf(last), bytesOf(f))
				}
			}
			site = updated
		}
	})
}

// narrow are options under which a few stories fill the lists. What encoders make
// of an edition is not the question then, and they are what takes the time.
func narrow() publisher.Options {
	opt := options()
	hash := func(dst []byte, ed publisher.Edition) ([]byte, error) {
		b, err := json.Marshal(ed)
		return fmt.Appendf(dst, "<edition hash=\"%x\"/>", sha256.Sum256(b)), err
	}
	opt.Encoders = map[string]publisher.Encoder{"rss": hash, "atom": hash, "json": func(dst []byte, ed publisher.Edition) ([]byte, error) {
		b, err := json.Marshal(ed)
		return append(dst, b...), err
	}}
	opt.Items, opt.PerSource, opt.HomePages, opt.ListPages = 4, 2, 2, 1
	return opt
}

// change adds, rewrites, refiles or withdraws a story.
func change(rt *rapid.T, n *newsroom, next *int64) {
	source := rapid.SampledFrom([]string{"alpha", "beta", "gamma", "gone"})
	category := rapid.SampledFrom([]string{"labor", "unions-strikes", "unknown"})
	lang := rapid.SampledFrom([]string{"en", "es", "pt-BR", "und"})
	if len(n.stories) == 0 || rapid.IntRange(0, 3).Draw(rt, "kind") < 2 {
		at := noon.Add(time.Duration(rapid.IntRange(0, 20).Draw(rt, "hour")) * time.Hour)
		n.put(story(*next, source.Draw(rt, "source"), category.Draw(rt, "category"), lang.Draw(rt, "language"), at))
		*next++
		return
	}
	s := n.stories[rapid.IntRange(0, len(n.stories)-1).Draw(rt, "which")]
	if rapid.Bool().Draw(rt, "withdraw") {
		n.drop(s.ID)
		return
	}
	items := slices.Clone(s.Items)
	items[0].Title += " (corrected)"
	items[0].Updated = s.Updated.Add(2 * time.Hour)
	items[0].Filings = []news.Filing{{Category: category.Draw(rt, "category")}}
	s.Items, s.Updated = items, items[0].Updated
	n.put(s)
}

func TestUpdateRendersOnlyWhatChanged(t *testing.T) {
	n := small()
	for id := range int64(200) {
		n.put(story(id+100, "beta", "press-freedom", "es", noon.Add(-time.Duration(id)*time.Minute)))
	}
	pages := &plainPages{}
	opt := options()
	opt.Pages = pages
	b := newBuilder(t, n, opt)
	site, first, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if same, report, err := b.Update(t.Context(), site); err != nil || same != site || report.Rendered != 0 {
		t.Errorf("Update of an unchanged archive: %+v, %v; want the same site", report, err)
	}
	n.put(story(900, "alpha", "labor", "en", noon.Add(9*time.Hour)))
	pages.rendered.Store(0)
	after, report, err := b.Update(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	if report.Rendered == 0 || report.Rendered > 45 || report.Rendered+report.Unchanged != len(after.Files) {
		t.Errorf("Update: %+v of %d files; want some two dozen rendered (the first build: %+v)", report, len(after.Files), first)
	}
	if after.Files["/feeds/press-freedom.rss"] != site.Files["/feeds/press-freedom.rss"] {
		t.Error("a feed that did not change was made again")
	}
}

func TestUpdateFollowsAnotherConfiguration(t *testing.T) {
	n := small()
	before := build(t, n, options())
	opt := options()
	opt.Site.Title = "Another wire"
	b := newBuilder(t, n, opt)
	after, _, err := b.Update(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	if diff := differ(build(t, n, opt), after); diff != "" {
		t.Errorf("Update differs from Build (-build +update):\n%s", diff)
	}
}

func TestF39_AFailingFileKeepsTheLastGoodOne(t *testing.T) {
	n := small()
	pages := &plainPages{}
	opt := options()
	opt.Pages = pages
	good := opt.Encoders["rss"]
	var fail error
	opt.Encoders["rss"] = func(dst []byte, e publisher.Edition) ([]byte, error) {
		body, _ := good(dst, e)
		if fail != nil && e.Cut.Path == "/feeds/labor" {
			return body[:(len(dst)+len(body))/2], nil // torn, and without an error
		}
		return body, nil
	}
	b := newBuilder(t, n, opt)
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fail = errors.New("no more ink")
	pages.fail = func(p publisher.Page) error {
		if p.Path == "/" {
			return fail
		}
		return nil
	}
	n.put(story(7, "alpha", "labor", "en", noon.Add(3*time.Hour)))
	after, report, err := b.Update(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range report.Failed {
		failed = append(failed, f.Path)
	}
	want := []string{"/feeds/labor.atom", "/feeds/labor.json", "/feeds/labor.rss", "/index.html"}
	if diff := cmp.Diff(want, failed); diff != "" {
		t.Errorf("failed (-want +got)\n%s", diff)
	}
	if !errors.Is(report.Err(), fail) {
		t.Errorf("report.Err() = %v, want it to wrap %v", report.Err(), fail)
	}
	for _, p := range want {
		if after.Files[p] != site.Files[p] {
			t.Errorf("%s: the last good file did not stay", p)
		}
	}
	// A process that has no last good file says which ones it lacks, so that
	// a delivery does not take them for removed.
	blind, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, blind.Missing); diff != "" {
		t.Errorf("Missing (-want +got)\n%s", diff)
	}
	// As soon as it can be made again, it is, although nothing else changed.
	fail, pages.fail = nil, nil
	last, report, err := b.Update(t.Context(), after)
	if err != nil || report.Err() != nil {
		t.Fatal(err, report.Err())
	}
	if diff := differ(build(t, n, opt), last); diff != "" {
		t.Errorf("after recovery (-build +update)\n%s", diff)
	}
}

// A removed story has no row any more that could be named among the changes;
// only the cuts that it left are.
func TestUpdateSeesAWithdrawalWithoutAnID(t *testing.T) {
	n := small()
	b := newBuilder(t, nameless{n}, options())
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.drop(1)
	after, _, err := b.Update(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	if diff := differ(build(t, n, options()), after); diff != "" {
		t.Errorf("Update differs from Build (-build +update)\n%s", diff)
	}
}

// An archive may name only the cuts that a story is in now; those that show it
// still are read again all the same.
func TestUpdateReadsCutsThatAStoryLeft(t *testing.T) {
	n := small()
	b := newBuilder(t, forgetful{n}, options())
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	refiled := n.stories[0]
	refiled.Items = slices.Clone(refiled.Items)
	refiled.Items[0].Filings = []news.Filing{{Category: "press-freedom"}}
	n.put(refiled)
	after, _, err := b.Update(t.Context(), site)
	if err != nil {
		t.Fatal(err)
	}
	if diff := differ(build(t, n, options()), after); diff != "" {
		t.Errorf("Update differs from Build (-build +update)\n%s", diff)
	}
}

// forgetful tells changes by what stories are now, not by what they were.
type forgetful struct{ *newsroom }

func (n forgetful) Changes(ctx context.Context, after int64) (news.Changes, error) {
	n.changed, n.left = nil, nil
	return n.newsroom.Changes(ctx, after)
}

// nameless forgets the ids of removed stories, as a database does.
type nameless struct{ *newsroom }

func (n nameless) Changes(ctx context.Context, after int64) (news.Changes, error) {
	c, err := n.newsroom.Changes(ctx, after)
	c.Stories = slices.DeleteFunc(c.Stories, func(id int64) bool {
		_, there := n.at[id]
		return !there
	})
	return c, err
}

func TestUpdateKeepsTheOldSiteWhenTheArchiveFails(t *testing.T) {
	n := small()
	b := newBuilder(t, n, options())
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.broken = errors.New("disk on fire")
	if got, _, err := b.Update(t.Context(), site); got != nil || !errors.Is(err, n.broken) {
		t.Errorf("Update() = %v, %v; want no site and %v", got, err, n.broken)
	}
}

func TestF11_ModifiedMovesWheneverBytesDo(t *testing.T) {
	n := small()
	opt := options()
	before, _, err := newBuilder(t, n, opt).Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.drop(3) // the newest goes: no entry is newer than before
	after, _, err := newBuilder(t, n, opt).Update(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	opt.Published = map[string]news.EditionState{}
	for _, st := range before.States() {
		opt.Published[st.Path] = st
	}
	restarted := build(t, n, opt) // by a process that never saw the site before
	a := before.Files["/feeds/all.rss"]
	for _, site := range []*publisher.Site{after, restarted} {
		if b := site.Files["/feeds/all.rss"]; a.ETag == b.ETag || !b.Modified.After(a.Modified) {
			t.Errorf("ETag %s -> %s, modified %v -> %v; want both to move", a.ETag, b.ETag, a.Modified, b.Modified)
		}
	}
}

func TestS31_NoIDLeadsOutOfItsFolder(t *testing.T) {
	tests := []struct{ id, want string }{
		{"unions-strikes", "unions-strikes"},
		{"../../pwned", "pwned-"},
		{"/etc/x", "etc-x-"},
		{"..", ""},
		{"a..b", "a-b-"},
		{"Labor", "labor-"},
		{"all", "all-"},
		{"nul\x00", "nul-"},
		{"права", ""},
		{strings.Repeat("x", 500), strings.Repeat("x", 40) + "-"},
	}
	seen := map[string]string{}
	for _, tt := range tests {
		got := publisher.Slug(tt.id)
		if !strings.HasPrefix(got, tt.want) || got == "" || strings.ContainsAny(got, "/\\\x00") || strings.Contains(got, "..") || seen[got] != "" {
			t.Errorf("Slug(%q) = %q, want a plain name of its own that starts with %q", tt.id, got, tt.want)
		}
		seen[got] = tt.id
	}
}

const allID = "urn:uuid:a3a35326-b2a3-558a-bf47-e45cb9c7db27"
