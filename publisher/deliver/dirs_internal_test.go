package deliver

import (
	"testing"

	"github.com/google/go-cmp/cmp"
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
