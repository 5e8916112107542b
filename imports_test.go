package rightswire

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/rightswire/rightswire"

// mayImport says which rooms a top-level room may import, itself apart: the
// direction of docs/architecture.md. Only cmd wires rooms together.
var mayImport = map[string][]string{
	"":           {},
	"cmd":        {"", "admin", "aggregator", "publisher", "storage", "config", "news"},
	"admin":      {"news"},
	"aggregator": {"news"},
	"publisher":  {"news"},
	"storage":    {"news"},
	"config":     {"news"},
	"news":       {},
	"scripts":    {},
}

// The go command caches a test by the files of its own package: run this with
// -count=1, or a bad import elsewhere goes unnoticed.
func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		from, pkg := room(fields[0]), fields[0]
		allowed, known := mayImport[from]
		if !known {
			t.Errorf("%s is in no room of docs/architecture.md", pkg)
		}
		for _, imp := range fields[1:] {
			if !strings.HasPrefix(imp, module) {
				if from == "news" && strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") {
					t.Errorf("%s imports %s; news imports the standard library only", pkg, imp)
				}
				continue
			}
			if to := room(imp); to != from && !contains(allowed, to) {
				t.Errorf("%s imports %s: %s may import %q only", pkg, imp, from, allowed)
			}
		}
	}
}

// room is the top-level folder of a package of ours; "" for the module root.
func room(pkg string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/"), "/")
	return first
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}
