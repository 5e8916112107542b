package deliver

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestFoldersOfFilesComeOnceAndParentsFirst(t *testing.T) {
	tests := map[string]struct{ names, want []string }{
		"none":                     {nil, nil},
		"files of the folder":      {[]string{"a", "b"}, []string{"."}},
		"siblings":                 {[]string{"s/a/f", "s/b/f", "s/b/g"}, []string{".", "s", "s/a", "s/b"}},
		"one in another":           {[]string{"a/b/c/f", "a/b/f", "a/f"}, []string{".", "a", "a/b", "a/b/c"}},
		"one that begins like it":  {[]string{"ab/c/f", "a/c/f", "ab/d/f"}, []string{".", "a", "a/c", "ab", "ab/c", "ab/d"}},
		"in an order of their own": {[]string{"b/x/f", "a/f", "b/y/f"}, []string{".", "a", "b", "b/x", "b/y"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var files []*payload
			for _, n := range tt.names {
				files = append(files, named(n))
			}
			if diff := cmp.Diff(tt.want, dirsOf(files)); diff != "" {
				t.Errorf("dirsOf (-want +got)\n%s", diff)
			}
		})
	}
}

func TestFoldersOfSortedFilesComeOnceWithoutSorting(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		names := rapid.SliceOfDistinct(rapid.StringMatching(`([a-c-]{1,2}/){0,3}[a-c-]{1,2}`), rapid.ID).Draw(rt, "names")
		slices.Sort(names)
		var files []*payload
		for _, n := range names {
			files = append(files, named(n))
		}
		got := slices.Collect(dirsIn(files))
		for i, dir := range got {
			for _, later := range got[i+1:] {
				if within(dir, later) {
					rt.Fatalf("%s comes before %s, which it is in", dir, later)
				}
			}
		}
		if len(files) > 0 {
			got = append(got, ".")
		}
		if slices.Sort(got); cmp.Diff(dirsOf(files), got, cmpopts.EquateEmpty()) != "" {
			rt.Fatalf("dirsIn gives %q, of which dirsOf makes %q", got, dirsOf(files))
		}
	})
}
