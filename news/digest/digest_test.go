package digest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/news/health"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var week = Digest{
	Site: "Test wire", URL: "https://wire.example.org", Sources: 12,
	From: time.Date(2026, 11, 16, 7, 0, 0, 0, time.UTC), Until: time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC),
	Findings: []health.Finding{
		{Kind: health.Disk, Severity: health.Problem, Says: "The disk has 40 MiB left.", Do: "Make room."},
		{Source: "a", Title: "A & <b>B</b>", Kind: health.Gone, Severity: health.Problem, Since: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Says: "It is gone.", Do: "Look for it."},
	},
	Notices: 3, Ended: []health.Finding{{Source: "c", Kind: health.Silent}}, Added: []string{"d", "e"}, Removed: []string{"f"},
	Total:     Row{Items: 120, ItemsBefore: 100, Stories: 80, StoriesBefore: 90},
	Rows:      []Row{{ID: "wages", Title: "Wages", Items: 20, ItemsBefore: 20, Stories: 3, StoriesBefore: 0}},
	Corrected: 1, Withdrawn: 2, Decisions: 3,
	Proposals: []Proposal{{"g", "Its site names https://g.example/feed as a feed."}},
}

func TestGolden(t *testing.T) {
	for name, write := range map[string]func(*strings.Builder) error{
		"digest.txt":  func(b *strings.Builder) error { return week.Text(b) },
		"digest.html": func(b *strings.Builder) error { return week.HTML(b) },
		"quiet.txt": func(b *strings.Builder) error {
			return Digest{Site: "Test wire", URL: week.URL, From: week.From, Until: week.Until, Sources: 12}.Text(b)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Errorf("-want +got (-update rewrites it)\n%s", d)
			}
		})
	}
}

// What sources say is text in the mail, whatever they say.
func TestHTMLEscapes(t *testing.T) {
	var b strings.Builder
	if err := week.HTML(&b); err != nil || strings.Contains(b.String(), "<b>B</b>") || !strings.Contains(b.String(), "A &amp; &lt;b&gt;B") {
		t.Errorf("HTML: %v\n%s", err, b.String())
	}
}

func TestSubject(t *testing.T) {
	for _, tt := range []struct {
		name string
		d    Digest
		want string
	}{
		{"problems come first", week, "Test wire: 2 problems, 120 items"},
		{"then warnings", Digest{Site: "W", Findings: []health.Finding{{Severity: health.Warning}}}, "W: 1 warning, 0 items"},
		{"or all is well", Digest{Site: "W", Total: Row{Items: 1}}, "W: all is well, 1 item"},
	} {
		if got := tt.d.Subject(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestChange(t *testing.T) {
	for _, tt := range []struct {
		now, before int
		want        string
	}{{0, 0, "as before"}, {5, 0, "none before"}, {0, 5, "-100%"}, {110, 100, "+10%"}, {2, 3, "-33%"}, {5, 3, "+67%"}, {1000, 1, "+99900%"}} {
		if got := Change(tt.now, tt.before); got != tt.want {
			t.Errorf("Change(%d, %d) = %q, want %q", tt.now, tt.before, got, tt.want)
		}
	}
}
