package deliver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
)

// part is a site of which a folder is said to have all but the files of these
// paths.
func part(whole *publisher.Site, changed ...string) *publisher.Site {
	p := &publisher.Site{Files: map[string]*publisher.File{}, Kept: map[string]bool{}, Missing: whole.Missing, Withdrawn: whole.Withdrawn}
	for path, f := range whole.Files {
		if slices.Contains(changed, path) {
			p.Files[path] = f
		} else {
			p.Kept[path] = true
		}
	}
	return p
}

// noted is what the manifest of a folder says, but for the times.
func noted(t testing.TB, dir string) map[string]map[string]any {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, ".rightswire-manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(body))
}

// read reads a manifest, but for the times.
func read(t testing.TB, text string) map[string]map[string]any {
	t.Helper()
	var m map[string]map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	for _, r := range m {
		delete(r, "modified")
	}
	return m
}

// butState compares reports without what differs wherever a manifest tells of a
// time.
var butState = cmpopts.IgnoreFields(deliver.Report{}, "State")

// follow brings a site to a place that is as the delivery before left it.
func follow(ctx context.Context, s *publisher.Site, opt *deliver.Options) error {
	r, err := deliver.Deliver(ctx, s, *opt)
	if err == nil {
		opt.After = r.State
	}
	return err
}

var storyPaths = []string{
	"/story/00000000-0000-4000-8000-000000000001/index.html", "/story/00000000-0000-4000-8000-000000000002/index.html",
	"/story/00000000-0000-4000-8000-000000000003/index.html",
}

// Delivered in parts, step by step, a site is what it is when it is delivered
// as a whole.
func TestPartsLeaveWhatTheWholeLeaves(t *testing.T) {
	base := t.TempDir()
	paths := append([]string{"/index.html", "/a/index.html", "/a/b/c.rss", "/a-b.rss", "/feeds/<x>.atom", "/story/index.html"}, storyPaths...)
	rapid.Check(t, func(rt *rapid.T) {
		var places [2]string
		var stores [2]*faulty
		folders := rapid.IntRange(0, 3).Draw(rt, "kind") == 0 // which cost more time
		for i := range places {
			var err error
			if stores[i], places[i] = newFaulty(fmt.Sprint("parts", i)); folders {
				if places[i], err = os.MkdirTemp(base, ""); err != nil {
					rt.Fatal(err)
				}
			}
		}
		opt := deliver.Options{}
		if rapid.Bool().Draw(rt, "compressed") {
			opt.Compress = both
		}
		before, left := map[string]string{}, [2]string{}
		for step := range rapid.IntRange(2, 4).Draw(rt, "deliveries") {
			now, changed := map[string]string{}, []string(nil)
			whole := site("/robots.txt", "everybody")
			for _, path := range paths {
				v := rapid.SampledFrom([]string{"same", "same", "1", "2", "long", "gone"}).Draw(rt, path)
				if now[path] = before[path]; v != "same" {
					now[path] = map[string]string{"1": "1", "2": "2", "long": strings.Repeat(fmt.Sprint("long", step), 200)}[v]
				}
				switch body := now[path]; {
				case body == "":
					if rapid.Bool().Draw(rt, "withdrawn") && strings.HasPrefix(path, "/story/0") {
						whole.Withdrawn = append(whole.Withdrawn, path)
					}
				case body != before[path] || rapid.IntRange(0, 4).Draw(rt, "looked at") == 0:
					changed = append(changed, path)
					fallthrough
				default:
					whole.Files[path] = site(path, body).Files[path]
				}
			}
			before = now
			var reports [2]deliver.Report
			var held [2]map[string]string
			var says [2]map[string]map[string]any
			for i, s := range []*publisher.Site{whole, part(whole, changed...)} {
				if step == 0 {
					s = whole
				}
				var err error
				opt.To, opt.After = places[i], left[i]
				if i == 1 && rapid.Bool().Draw(rt, "compared") {
					if _, err = deliver.Compare(t.Context(), s, opt); err != nil {
						rt.Fatal(err)
					}
				}
				if reports[i], err = deliver.Deliver(t.Context(), s, opt); err != nil {
					rt.Fatal(err)
				}
				left[i] = reports[i].State
			}
			if diff := cmp.Diff(reports[0], reports[1], butState); diff != "" {
				rt.Fatalf("report (-whole +part)\n%s", diff)
			}
			for i := range places {
				if folders {
					held[i], says[i] = tree(t, places[i]), noted(t, places[i])
				} else {
					held[i], says[i] = stores[i].bodies(), read(t, stores[i].objects[".rightswire-manifest.json"].body)
				}
			}
			if diff := cmp.Diff(held[0], held[1]); diff != "" {
				rt.Fatalf("place (-whole +part)\n%s", diff)
			}
			if diff := cmp.Diff(says[0], says[1]); diff != "" {
				rt.Fatalf("manifest (-whole +part)\n%s", diff)
			}
		}
	})
}

func TestAPartLeavesWhatItDoesNotHoldAsItIs(t *testing.T) {
	dir := t.TempDir()
	whole := site("/index.html", "a", "/feeds/all.rss", "b", "/old.html", "c")
	opt := deliver.Options{To: dir, After: deliverTo(t, dir, whole).State}
	before := noted(t, dir)
	write(t, dir, "index.html", "of others, which nobody looks at")
	next := site("/index.html", "a", "/feeds/all.rss", "B")
	want := deliver.Report{Written: deliver.NamesOf("feeds/all.rss"), Removed: []string{"old.html"}, Unchanged: 1}
	got, err := deliver.Deliver(t.Context(), part(next, "/feeds/all.rss"), opt)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, butState); diff != "" {
		t.Errorf("delivery (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"/index.html": "of others, which nobody looks at", "/feeds/all.rss": "B"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(before["index.html"], noted(t, dir)["index.html"]); diff != "" {
		t.Errorf("what the manifest says of it (-before +after)\n%s", diff)
	}
	if r := deliverTo(t, dir, next); r.Written.Len() != 1 {
		t.Errorf("the next whole delivery = %+v, want it to repair the page", r)
	}
}

// What the place does not have cannot be kept: nothing is done, so that the
// caller can deliver all of the site.
func TestAPartIsRefusedByAPlaceThatLacksTheRest(t *testing.T) {
	whole := site("/index.html", "a", "/feeds/all.rss", "b", storyPaths[0], strings.Repeat("news ", 500))
	next := part(site("/index.html", "A", "/feeds/all.rss", "b", storyPaths[0], strings.Repeat("news ", 500)), "/index.html")
	manifest := func(dir string, of func(m map[string]map[string]any)) {
		m := noted(t, dir)
		of(m)
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, ".rightswire-manifest.json", string(body))
	}
	for name, damage := range map[string]func(dir string){
		"no folder":         func(dir string) { _ = os.RemoveAll(dir) },
		"no manifest":       func(dir string) { remove(t, dir, ".rightswire-manifest.json") },
		"a torn manifest":   func(dir string) { write(t, dir, ".rightswire-manifest.json", `{"feeds`) },
		"an empty manifest": func(dir string) { write(t, dir, ".rightswire-manifest.json", `{}`) },
		"a manifest without a kept file": func(dir string) {
			manifest(dir, func(m map[string]map[string]any) { delete(m, "feeds/all.rss") })
		},
		"a kept file that was being written": func(dir string) {
			manifest(dir, func(m map[string]map[string]any) { m["feeds/all.rss"] = map[string]any{"sha256": ""} })
		},
		"a delivery that did not end": func(dir string) { write(t, dir, ".rightswire-manifest.json.changing", "feeds/all.rss\x00") },
		"a compressed form that was being written": func(dir string) {
			manifest(dir, func(m map[string]map[string]any) { m[storyPaths[0][1:]+".gz"] = nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "site")
			opt := deliver.Options{To: dir, Compress: []deliver.Encoding{deliver.Gzip}}
			if err := follow(t.Context(), whole, &opt); err != nil {
				t.Fatal(err)
			}
			damage(dir)
			before := everythingIn(dir)
			if _, err := deliver.Compare(t.Context(), next, opt); !errors.Is(err, deliver.ErrAstray) {
				t.Errorf("Compare = %v, want %v", err, deliver.ErrAstray)
			}
			err := follow(t.Context(), next, &opt)
			if !errors.Is(err, deliver.ErrAstray) {
				t.Errorf("Deliver = %v, want %v", err, deliver.ErrAstray)
			}
			if diff := cmp.Diff(before, everythingIn(dir)); diff != "" {
				t.Errorf("folder (-before +after)\n%s", diff)
			}
			if err := follow(t.Context(), whole, &opt); err != nil {
				t.Fatal(err)
			}
			if err := follow(t.Context(), next, &opt); err != nil {
				t.Errorf("after a delivery of the whole: %v", err)
			}
		})
	}
}

// everythingIn reads a folder with our own files; nil if there is none.
func everythingIn(dir string) map[string]string {
	var out map[string]string
	_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil {
			body, _ := os.ReadFile(path)
			if out == nil {
				out = map[string]string{}
			}
			out[path] = string(body)
		}
		return nil
	})
	return out
}

// A delivery that fails may have removed files by then: no later one may rely
// on them.
func TestAPartDoesNotRelyOnWhatAFailedDeliveryWasToRemove(t *testing.T) {
	s, to := newFaulty("part")
	whole := site("/index.html", "a", "/feeds/all.rss", "b", "/z.html", "c")
	opt := deliver.Options{To: to}
	if err := follow(t.Context(), whole, &opt); err != nil {
		t.Fatal(err)
	}
	s.fault = func(_ int, what string) fault {
		if what == "delete index.html" {
			return denied
		}
		return none
	}
	if err := follow(t.Context(), part(site("/index.html", "a", "/z.html", "C"), "/z.html"), &opt); err != nil {
		t.Fatal(err)
	}
	if err := follow(t.Context(), part(site("/z.html", "c"), "/z.html"), &opt); err == nil {
		t.Fatal("Deliver did not fail")
	}
	s.fault = nil
	after := site("/index.html", "a", "/z.html", "c")
	if err := follow(t.Context(), part(after, "/z.html"), &opt); !errors.Is(err, deliver.ErrAstray) {
		t.Errorf("Deliver = %v, want %v", err, deliver.ErrAstray)
	}
	if err := follow(t.Context(), after, &opt); err != nil {
		t.Fatal(err)
	}
	if err := follow(t.Context(), part(site("/index.html", "a", "/z.html", "d"), "/z.html"), &opt); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"/index.html": "a", "/z.html": "d"}, maps.Clone(s.bodies())); diff != "" {
		t.Errorf("store (-want +got)\n%s", diff)
	}
}

// What others have delivered in the meantime is not what a part goes on from,
// though every file of it be there: they may say something else.
func TestAPartGoesOnFromNoOtherDelivery(t *testing.T) {
	story := storyPaths[0]
	before := site("/index.html", "a", "/feeds/all.rss", "b", story, "c")
	for name, between := range map[string]func(s *faulty, opt deliver.Options) error{
		"a whole one": func(_ *faulty, opt deliver.Options) error {
			return follow(t.Context(), site("/index.html", "hidden later", "/feeds/all.rss", "b", story, "c"), &opt)
		},
		"one of the same files that failed": func(s *faulty, opt deliver.Options) error {
			s.fault = func(_ int, what string) fault {
				if what == "write feeds/all.rss" {
					return denied
				}
				return none
			}
			_, err := deliver.Deliver(t.Context(), part(site("/index.html", "hidden later", "/feeds/all.rss", "B", story, "hidden later"), "/index.html", "/feeds/all.rss", story), opt)
			s.fault = nil
			if err == nil {
				return errors.New("the delivery did not fail")
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, to := newFaulty("between")
			opt := deliver.Options{To: to}
			if err := follow(t.Context(), before, &opt); err != nil {
				t.Fatal(err)
			}
			if err := between(s, opt); err != nil {
				t.Fatal(err)
			}
			then := maps.Clone(s.bodies())
			next := part(site("/index.html", "a", "/feeds/all.rss", "new", story, "c"), "/feeds/all.rss")
			if _, err := deliver.Deliver(t.Context(), next, opt); !errors.Is(err, deliver.ErrAstray) {
				t.Errorf("Deliver = %v, want %v", err, deliver.ErrAstray)
			}
			if diff := cmp.Diff(then, maps.Clone(s.bodies())); diff != "" {
				t.Errorf("store (-before +after)\n%s", diff)
			}
		})
	}
}

// What a part says of a file counts, though it be said to stay as well; and
// forms go that nobody wants any more.
func TestAPartKeepsOnlyTheFormsThatAreWanted(t *testing.T) {
	dir, long := t.TempDir(), strings.Repeat("news ", 500)
	whole := site("/index.html", long, "/feeds/all.rss", long)
	some := part(site("/index.html", "short", "/feeds/all.rss", long), "/index.html")
	some.Kept["/index.html"] = true
	if err := follow(t.Context(), some, &deliver.Options{To: dir, Compress: both[:1], After: squeezed(t, dir, whole).State}); err != nil {
		t.Fatal(err)
	}
	want := []string{"/feeds/all.rss", "/feeds/all.rss.gz", "/index.html"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(tree(t, dir)))); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
}

func TestAPartThatKeepsNothingNeedsAManifestToo(t *testing.T) {
	s := site("/index.html", "a")
	s.Kept = map[string]bool{}
	dir := t.TempDir()
	if _, err := deliver.Deliver(t.Context(), s, deliver.Options{To: dir}); !errors.Is(err, deliver.ErrAstray) {
		t.Errorf("Deliver = %v, want %v", err, deliver.ErrAstray)
	}
	opt := deliver.Options{To: dir, After: deliverTo(t, dir, site("/other.html", "b")).State}
	if r, err := deliver.Deliver(t.Context(), s, opt); err != nil || r.Written.Len() != 1 || len(r.Removed) != 1 {
		t.Errorf("Deliver = %+v, want one file written and one removed", r)
	}
}
