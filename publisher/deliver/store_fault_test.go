package deliver_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher/deliver"
)

// layers are paths of a site; those of a layer refer to all of the layers
// before it.
var layers = [][]string{
	{"/style.css"},
	{"/story/00000000-0000-4000-8000-000000000001/index.html", "/story/00000000-0000-4000-8000-000000000002/index.html"},
	{"/index.html", "/category/labor/index.html"},
	{"/feeds/all.rss", "/feeds/labor.atom", "/sitemap.xml"},
}

// edition draws a site, of which any file may be missing.
func edition(rt *rapid.T, label string) map[string]string {
	return linked(func(path string) string { return rapid.SampledFrom([]string{"", "1", "2"}).Draw(rt, label+path) })
}

// everything is a site with all files but some in one version.
func everything(version string, but ...string) map[string]string {
	return linked(func(path string) string {
		if slices.Contains(but, path) {
			return ""
		}
		return version
	})
}

// linked makes a site whose files say which version they are, and what they
// refer to; of version "" there is none.
func linked(version func(path string) string) map[string]string {
	files := map[string]string{}
	var refs []string
	for _, layer := range layers {
		var own []string
		for _, path := range layer {
			if v := version(path); v != "" {
				files[path] = fmt.Sprintf("version %s\n%s\nEND", v, strings.Join(refs, "\n"))
				own = append(own, path)
			}
		}
		refs = append(refs, own...)
	}
	return files
}

func pairs(files map[string]string) (out []string) {
	for path, body := range files {
		out = append(out, path, body)
	}
	return out
}

// incomplete says what is wrong with a store between two editions; "" if it
// is as a reader may see it at any moment.
func incomplete(s *faulty, old, next map[string]string) string {
	got, whole := s.bodies(), true
	for path, body := range next {
		whole = whole && got[path] == body
	}
	for path, body := range got {
		if body != old[path] && body != next[path] {
			return path + " is neither the old nor the new one"
		}
		for _, ref := range strings.Split(body, "\n") {
			if _, ok := got[ref]; strings.HasPrefix(ref, "/") && !ok {
				return path + " refers to " + ref + ", which is not there"
			}
		}
	}
	for path := range old {
		if _, ok := got[path]; !ok && !whole {
			return path + " is gone before all that is new is there"
		}
	}
	var known map[string]any
	_ = json.Unmarshal([]byte(s.objects[".rightswire-manifest.json"].body), &known)
	for path := range got {
		if _, ok := known[path[1:]]; !ok {
			return "the manifest does not know " + path
		}
	}
	return ""
}

// outage is a way in which a store fails at its k-th operation.
type outage struct {
	name   string
	fault  func(k int) func(op int, what string) fault
	stop   bool // and then we are told to stop
	passes bool // the delivery succeeds all the same, if it was writing already
}

var outages = []outage{
	{"is gone from then on", func(k int) func(int, string) fault { return from(k, refused) }, false, false},
	{"does it but does not answer from then on", func(k int) func(int, string) fault { return from(k, lost) }, false, false},
	{"denies from then on", func(k int) func(int, string) fault { return from(k, denied) }, false, false},
	{"keeps silent from then on", func(k int) func(int, string) fault { return from(k, stuck) }, false, false},
	{"keeps silent once", func(k int) func(int, string) fault { return at(k, stuck) }, false, true},
	{"fails once", func(k int) func(int, string) fault { return at(k, refused) }, false, true},
	{"does it once without an answer", func(k int) func(int, string) fault { return at(k, lost) }, false, true},
	{"we are told to stop", func(k int) func(int, string) fault { return at(k, refused) }, true, false},
}

// However the store fails and whenever, and whenever we are killed, it holds a
// complete site, and the next delivery makes it the new one.
func TestAFailingStoreLeavesTheLastGoodSiteComplete(t *testing.T) {
	for _, o := range outages {
		t.Run(o.name, func(t *testing.T) {
			try := func(k int, old, next map[string]string) (hit bool, bad string) {
				synctest.Test(t, func(t *testing.T) { hit, bad = o.strike(t, k, old, next) }) // where pauses take no time
				return hit, bad
			}
			old, next := everything("1", layers[1][0]), everything("2", layers[1][1], layers[3][0])
			for k, hit := 1, true; hit; k++ {
				var bad string
				if hit, bad = try(k, old, next); bad != "" {
					t.Fatalf("operation %d: %s", k, bad)
				}
			}
			rapid.Check(t, func(rt *rapid.T) {
				if _, bad := try(rapid.IntRange(1, 25).Draw(rt, "operation"), edition(rt, "old"), edition(rt, "next")); bad != "" {
					rt.Fatal(bad)
				}
			})
		})
	}
}

// strike delivers an edition and then, with the outage at the k-th operation,
// the next one. It says what is wrong with the store then and after one more
// delivery, and whether there was a k-th operation.
func (o outage) strike(t *testing.T, k int, old, next map[string]string) (hit bool, bad string) {
	s, to := newFaulty("outage")
	then := site(pairs(next)...)
	for path := range old {
		if next[path] == "" {
			then.Withdrawn = append(then.Withdrawn, path) // or pages of stories would stay
		}
	}
	if _, err := deliver.Deliver(t.Context(), site(pairs(old)...), deliver.Options{To: to}); err != nil {
		return false, err.Error()
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	writing, plan := false, o.fault(s.ops+k)
	s.fault = func(op int, what string) fault {
		f := plan(op, what)
		if f != none && !hit {
			hit, writing = true, strings.HasPrefix(what, "write") || strings.HasPrefix(what, "delete")
		}
		if f != none && o.stop {
			cancel()
		}
		return f
	}
	_, err := deliver.Deliver(ctx, then, deliver.Options{To: to})
	s.fault = nil
	if fails := hit && !(o.passes && writing); fails != (err != nil) && !(o.passes && !writing) {
		return hit, fmt.Sprintf("Deliver = %v", err)
	}
	if bad := incomplete(s, old, next); bad != "" {
		return hit, bad
	}
	if _, err := deliver.Deliver(t.Context(), then, deliver.Options{To: to}); err != nil {
		return hit, err.Error()
	}
	if diff := cmp.Diff(next, s.bodies()); diff != "" {
		return hit, "after the next delivery (-want +got)\n" + diff
	}
	r, err := deliver.Deliver(t.Context(), then, deliver.Options{To: to})
	if err != nil || r.Written.Len()+len(r.Removed) > 0 {
		return hit, fmt.Sprintf("once more: %+v, %v; want nothing to do", r, err)
	}
	return hit, ""
}

func from(k int, f fault) func(int, string) fault {
	return func(op int, _ string) fault {
		if op >= k {
			return f
		}
		return none
	}
}

func at(k int, f fault) func(int, string) fault {
	return func(op int, _ string) fault {
		if op == k {
			return f
		}
		return none
	}
}

// What went wrong is said with what can be done, and what was done is not done
// again.
func TestADeliveryThatFailedGoesOnWhereItStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, to := newFaulty("resume")
		full := site("/style.css", "a", "/index.html", "b", "/feeds/all.rss", "c")
		s.fault = func(_ int, what string) fault {
			if what == "write feeds/all.rss" {
				return denied
			}
			return none
		}
		_, err := deliver.Deliver(t.Context(), full, deliver.Options{To: to})
		if !errors.Is(err, errDenied) && (err == nil || !strings.Contains(err.Error(), "credentials")) {
			t.Errorf("Deliver = %v, want what was refused and a hint", err)
		}
		s.fault = nil
		r, err := deliver.Deliver(t.Context(), full, deliver.Options{To: to})
		if diff := cmp.Diff(deliver.Report{Written: deliver.NamesOf("feeds/all.rss"), Unchanged: 2}, r, butState); err != nil || diff != "" {
			t.Errorf("the next delivery: %v (-want +got)\n%s", err, diff)
		}
	})
}
