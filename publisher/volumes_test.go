package publisher_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/atom"
)

// chained is an Atom document as a reader that follows RFC 5005 sees it.
type chained struct {
	ID    string `xml:"id"`
	Links []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Archive *struct{} `xml:"http://purl.org/syndication/history/1.0 archive"`
	Entries []string  `xml:"entry>id"`
	Deleted []struct {
		Ref string `xml:"ref,attr"`
	} `xml:"http://purl.org/atompub/tombstones/1.0 deleted-entry"`
}

func (c chained) link(rel string) string {
	for _, l := range c.Links {
		if l.Rel == rel {
			return strings.TrimPrefix(l.Href, "https://wire.example")
		}
	}
	return ""
}

func parseAtom(t fatal, body []byte) chained {
	t.Helper()
	var c chained
	if err := xml.Unmarshal(body, &c); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return c
}

// fatal is what *testing.T and *rapid.T have in common.
type fatal interface {
	Helper()
	Fatalf(string, ...any)
}

// walk follows prev-archive from a cut's edition to the end and returns the
// entries on the way, and the volumes by path.
func walk(t fatal, site *publisher.Site, cut string) (ids map[string]int, docs map[string]string) {
	t.Helper()
	ids, docs = map[string]int{}, map[string]string{}
	body := bytesOf(site.Files[cut+".atom"])
	feed := parseAtom(t, body)
	id, current := feed.ID, feed.link("self")
	for newer := ""; ; {
		for _, e := range feed.Entries {
			ids[e]++
		}
		path := feed.link("prev-archive")
		if path == "" {
			return ids, docs
		}
		f, err := site.Volume(context.Background(), path)
		if err != nil || docs[path] != "" {
			t.Fatalf("%s, linked from %s: %v, seen already: %v", path, feed.link("self"), err, docs[path] != "")
		}
		docs[path] = string(f.Body)
		feed = parseAtom(t, f.Body)
		if feed.ID != id || feed.Archive == nil || feed.link("self") != path || feed.link("current") != current {
			t.Fatalf("%s: id %s, archive %v, self %q, current %q", path, feed.ID, feed.Archive != nil, feed.link("self"), feed.link("current"))
		}
		next := feed.link("next-archive")
		if to, _ := site.Elsewhere(next); newer == "" && to != current || newer != "" && next != newer {
			t.Fatalf("%s: next-archive %q (leads to %q), want %q or the edition", path, next, to, newer)
		}
		newer = path
	}
}

var stoneOf = regexp.MustCompile(`(?s)<at:deleted-entry.*?</at:deleted-entry>`)

// entryOf matches the entry with an id.
func entryOf(id string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)<entry(?: [^>]*)?>\s*<id>` + regexp.QuoteMeta(id) + `</id>.*?</entry>`)
}

// unchanged reports whether now is what was published before, but for
// tombstones.
func unchanged(t fatal, before, now string) bool {
	t.Helper()
	for _, id := range parseAtom(t, []byte(now)).Deleted {
		before = entryOf(id.Ref).ReplaceAllString(before, "-")
	}
	return stoneOf.ReplaceAllString(before, "-") == stoneOf.ReplaceAllString(now, "-")
}

// Whatever happens, in whatever order, a document of the archive stays as it
// was published, but for tombstones, and the chain from the edition down holds
// every story and comes to an end.
func TestF32_ArchiveDocumentsStayAndTheChainIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := &newsroom{}
		c := newCabinet(n)
		opt := archived(c)
		opt.PerSource = rapid.IntRange(0, 2).Draw(t, "per source")
		opt.MaxBytes = rapid.SampledFrom([]int{0, 4_000}).Draw(t, "max bytes")
		var site *publisher.Site
		docs := map[string]map[string]string{}
		for step := range rapid.IntRange(1, 6).Draw(t, "steps") {
			clear(c.lost) // the build before saw to them
			happen(t, c, step)
			b, err := publisher.New(c, opt)
			if err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "restart") {
				site = nil
			}
			var report publisher.Report
			if site, report, err = b.Update(context.Background(), site); errors.Join(err, report.Err()) != nil {
				t.Fatal(err, report.Err())
			}
			for _, cut := range []string{"/feeds/all", "/feeds/labor", "/feeds/press-freedom"} {
				ids, now := walk(t, site, cut)
				for path, body := range docs[cut] {
					if !unchanged(t, body, now[path]) {
						t.Fatalf("%s was\n%s\nand is\n%s", path, body, now[path])
					}
				}
				docs[cut] = now
				for path, body := range now {
					for _, title := range c.hidden {
						if strings.Contains(body, title+"<") {
							t.Fatalf("%s says still %q", path, title)
						}
					}
				}
				want := map[string]bool{}
				for _, s := range n.stories {
					if cut == "/feeds/all" || strings.HasSuffix(cut, "/"+s.LeadItem().Filings[0].Category) {
						want[s.EntryID()] = true
						if ids[s.EntryID()] == 0 {
							t.Fatalf("step %d: story %d is nowhere in %s", step, s.ID, cut)
						}
					}
				}
				if cut == "/feeds/all" && len(ids) != len(want) {
					t.Fatalf("step %d: %d stories in the chain, %d in the archive", step, len(ids), len(want))
				}
			}
		}
	})
}

// archived are options with volumes, small enough to need some.
func archived(c *cabinet) publisher.Options {
	opt := options()
	opt.Items, opt.Pages, opt.Volumes, opt.Redact = 4, nil, c, atom.Redact
	return opt
}

// happen does to a newsroom what polls and the desk do.
func happen(t *rapid.T, c *cabinet, step int) {
	n := c.newsroom
	for range rapid.IntRange(0, 6).Draw(t, "new") {
		s := story(int64(len(n.changed)+len(n.stories)+1000*step+1), rapid.SampledFrom([]string{"alpha", "beta"}).Draw(t, "source"),
			rapid.SampledFrom([]string{"labor", "press-freedom"}).Draw(t, "category"), "en",
			noon.Add(time.Duration(rapid.IntRange(-300, 300).Draw(t, "age"))*time.Hour))
		s.Items[0].FirstSeen = noon.Add(time.Duration(300+step) * time.Hour)
		if rapid.Bool().Draw(t, "two reports") {
			second := s.Items[0]
			second.ID, second.Title = s.Lead+700_000, fmt.Sprintf("What others say of %d", s.ID)
			s.Items, s.Lead = []news.Item{second, s.Items[0]}, second.ID
		}
		s.Items[0].Content = "<p>" + strings.Repeat("long ", rapid.IntRange(0, 300).Draw(t, "length")) + "</p>"
		n.put(s)
	}
	if len(n.stories) == 0 {
		return
	}
	pick := func() news.Story {
		s := n.stories[rapid.IntRange(0, len(n.stories)-1).Draw(t, "which")]
		s.Items = slices.Clone(s.Items)
		return s
	}
	switch rapid.SampledFrom([]string{"nothing", "correct", "lead", "lead", "refile", "withdraw", "hide", "hide"}).Draw(t, "change") {
	case "correct":
		s := pick()
		s.Items[0].Title += ", corrected"
		s.Updated = s.Updated.Add(time.Hour)
		n.put(s)
	case "lead":
		s := pick()
		better := s.Items[0]
		better.ID, better.Source, better.Title = s.Lead+500_000, "gamma", fmt.Sprintf("As the union tells it in step %d", step)
		s.Items, s.Lead = append([]news.Item{better}, s.Items...), better.ID
		n.put(s)
	case "refile":
		s := pick()
		s.Items[0].Filings = []news.Filing{{Category: "labor"}}
		n.put(s)
	case "hide":
		for _, s := range n.stories {
			if len(s.Items) == 1 {
				continue
			}
			c.hidden = append(c.hidden, s.Items[0].Title)
			s.Items, s.Lead = s.Items[1:], s.Items[1].ID
			c.lost[s.ID] = true
			n.put(s)
			break
		}
	case "withdraw":
		s := pick()
		n.drop(s.ID)
		n.stones = slices.Insert(n.stones, 0, news.Tombstone{UID: s.UID, At: noon.Add(time.Duration(step) * time.Hour), Items: s.Items})
	}
}

// What was withdrawn is in no document any more, and each that had it says so.
func TestF32_F36_WhatIsWithdrawnLeavesTheArchive(t *testing.T) {
	n := &newsroom{}
	c := newCabinet(n)
	b := newBuilder(t, c, archived(c))
	for id := range int64(20) {
		n.put(story(id+1, "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Hour)))
	}
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const path = "/feeds/archive/labor/1.atom"
	before, err := site.Volume(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	n.drop(2)
	n.stones = []news.Tombstone{{UID: n.changed[2].UID, At: noon, Into: n.stories[5].UID}}
	if site, _, err = b.Update(t.Context(), site); err != nil {
		t.Fatal(err)
	}
	after, err := site.Volume(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(after.Body), "Report 2<") || !unchanged(t, string(before.Body), string(after.Body)) || before.ETag == after.ETag {
		t.Errorf("after a withdrawal %s (%s) is\n%s", path, after.ETag, after.Body)
	}
	if d := parseAtom(t, after.Body).Deleted; len(d) != 1 || d[0].Ref != "urn:uuid:"+n.changed[2].UID {
		t.Errorf("tombstones %v", d)
	}
	if files, err := site.Volumes(t.Context()); err != nil || !slices.ContainsFunc(files, func(f *publisher.File) bool {
		return f.Path == path && f.ETag == after.ETag && string(bytesOf(f)) == string(after.Body)
	}) {
		t.Errorf("Volumes() = %d files, %v; none of them is %s", len(files), err, path)
	}
}

// A build renders no more of a large archive than its share, and the next ones
// go on where it stopped, although nothing changed.
func TestF32_AnOldArchiveIsBoundOverSeveralBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: binds an archive of 5,200")
	}
	n := &newsroom{}
	for id := range int64(5200) {
		n.put(story(id+1, "alpha", "labor", "en", noon.Add(time.Duration(id)*time.Minute)))
	}
	c := newCabinet(n)
	opt := archived(c)
	opt.Items = 20
	b := newBuilder(t, c, opt)
	var site *publisher.Site
	for builds := 1; ; builds++ {
		next, _, err := b.Update(t.Context(), site)
		if err != nil {
			t.Fatal(err)
		}
		if next == site {
			for cut := range c.in {
				if n := len(c.docs[cut]); builds < 3 || n < 5200/20-2 {
					t.Errorf("done after %d builds with %d documents of %s", builds, n, cut)
				}
			}
			return
		}
		site = next
	}
}

func TestVolumeOfReadsNoOtherPath(t *testing.T) {
	for path, want := range map[string]string{
		"/feeds/archive/all/1.atom":         "/feeds/all 1",
		"/feeds/archive/country/qa/12.atom": "/feeds/country/qa 12",
		"/feeds/archive/all/0.atom":         "",
		"/feeds/archive/all/01.atom":        "",
		"/feeds/archive/all/1.rss":          "",
		"/feeds/archive/1.atom":             "",
		"/feeds/archive//1.atom":            "",
		"/feeds/all.atom":                   "",
	} {
		got := ""
		if cut, n, ok := publisher.VolumeOf(path); ok {
			got = fmt.Sprint(cut, " ", n)
		}
		if got != want {
			t.Errorf("VolumeOf(%q) = %q, want %q", path, got, want)
		}
	}
}

// A cut that searches has archive documents too, of what matched when it came.
func TestF32_ACutThatSearchesHasAnArchive(t *testing.T) {
	c := newCabinet(small())
	for i := range 30 {
		s := story(int64(100+i), "alpha", "labor", "en", noon.Add(time.Duration(i)*time.Minute))
		if i%2 == 0 {
			s.Items[0].Title += " strike"
		}
		c.put(s)
	}
	opt := options()
	opt.Items = 5
	opt.Feeds = []publisher.DeskFeed{{ID: "strikes", Title: "Strikes", Query: news.Query{Text: "strike", Categories: []string{"labor"}}}}
	opt.Volumes, opt.Redact = c, atom.Redact
	opt.Encoders["atom"] = atom.Append
	b := newBuilder(t, c, opt)
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids, docs := walk(t, site, "/feeds/cut/strikes")
	if len(docs) == 0 || len(ids) < 15 {
		t.Errorf("%d entries in the edition and %d documents, want all 15 that match", len(ids), len(docs))
	}
	for path, body := range docs {
		if strings.Contains(body, "<entry") && strings.Count(body, "strike</title>") != strings.Count(body, "<entry") {
			t.Errorf("%s holds what does not match:\n%s", path, body)
		}
	}
}
