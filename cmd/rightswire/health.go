package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
	"github.com/rightswire/rightswire/storage"
)

// healthFlags are the flags of "health".
type healthFlags struct {
	asJSON, all bool
	source      string
}

// newHealth is the command "health".
func newHealth(a *app) *cobra.Command {
	var f healthFlags
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Say which sources fail, are silent or overdue, and what to do; exit 1 if there is a problem",
		Long: `Looks at every source: whether it fails and since when, whether it is silent for
longer than it usually is, whether we asked when we should have, whether it has
moved, floods, ran empty, or changed its language. What is wrong is printed with
what to do about it, the worst first. A source that cannot be reached from here
is told apart from one that is gone, and our own troubles from a source's.

The exit status is 1 if anything is a problem, which is when news is being lost
or somebody has to act; warnings and notices are 0. It asks no network and can
be used beside a daemon.`,
		Example: `  rightswire health
  rightswire health --source my-union
  rightswire health --json | jq -r 'select(.severity=="problem") | .source'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.health(cmd.Context(), f) },
	}
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "one JSON object a line")
	cmd.Flags().StringVar(&f.source, "source", "", "only the source with this `id`")
	offer(cmd, "source", a.completeSource)
	cmd.Flags().BoolVar(&f.all, "all", false, "list sources that are fine, too")
	return cmd
}

// health prints what is wrong.
func (a *app) health(ctx context.Context, f healthFlags) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	sources := cfg.Sources
	if f.source != "" {
		src, err := findSource(cfg, f.source)
		if err != nil {
			return err
		}
		sources = []news.Source{src}
	}
	store, err := a.openStore(ctx, cfg, true)
	if err != nil {
		return err
	}
	found, fine, err := a.examine(ctx, cfg, store, sources)
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	if f.source != "" {
		found = keep(found, func(x health.Finding) bool { return x.Source == f.source })
	}
	if f.all {
		found = append(found, fine...)
	}
	if f.asJSON {
		err = writeJSONLines(a.out, findingLines(found))
	} else {
		err = a.printHealth(found, len(sources), len(fine))
	}
	if n := countSeverity(found, health.Problem); err == nil && n > 0 {
		err = errors.New(news.Count(n, "problem"))
	}
	return err
}

// findingLine is a line of "health --json"; its keys are a contract.
type findingLine struct {
	Source   string          `json:"source"`
	Title    string          `json:"title"`
	Kind     health.Kind     `json:"kind"`
	Severity health.Severity `json:"severity"`
	Since    string          `json:"since"` // "": not known
	Says     string          `json:"says"`
	Do       string          `json:"do"`
}

func findingLines(found []health.Finding) []findingLine {
	lines := make([]findingLine, len(found))
	for i, f := range found {
		lines[i] = findingLine{f.Source, f.Title, f.Kind, f.Severity, stamp(f.Since), f.Says, f.Do}
	}
	return lines
}

// examine looks at sources, and at the wire if they are all of its. It returns
// what is wrong, worst first, and an entry for each source that is fine.
func (a *app) examine(ctx context.Context, cfg *config.Config, store *storage.Store, sources []news.Source) (found, fine []health.Finding, err error) {
	return a.examineWith(ctx, cfg, store, sources, saidByDaemon(ctx, store.OpenSpells))
}

// examineWith is [app.examine], where self adds what is known of the wire
// itself.
func (a *app) examineWith(ctx context.Context, cfg *config.Config, store *storage.Store, sources []news.Source, self func(*health.Exam) error) (found, fine []health.Finding, err error) {
	now := a.now()
	exam := health.NewExam(now, health.Default())
	err = store.EachFacts(ctx, sources, now, func(f health.Facts) error {
		if len(exam.Add(f)) == 0 {
			says := "It works."
			if f.Source.Status == news.Paused {
				says = "It is paused."
			}
			fine = append(fine, health.Finding{Source: f.Source.ID, Title: f.Source.Title, Kind: "fine", Says: says})
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if len(sources) == len(cfg.Sources) {
		a.examineDisks(cfg, exam)
		if err := self(exam); err != nil {
			return nil, nil, err
		}
	}
	return exam.Findings(), fine, nil
}

// freeEnough is how much room a disk should have left: far more than a day's
// news takes, and enough for a copy of most archives.
const freeEnough = 512 << 20

// examineDisks says when the disks that we write to are nearly full.
func (a *app) examineDisks(cfg *config.Config, exam *health.Exam) {
	for _, place := range []struct{ key, path string }{{"database", a.beside(cfg.Database.URL)}, {"publish.to", a.beside(cfg.Publish.To)}} {
		if storage.IsPostgres(place.path) {
			continue // the disk of another machine
		}
		if free, ok := freeBytes(place.path); ok && free < freeEnough {
			severity := health.Warning
			if free < freeEnough/8 {
				severity = health.Problem
			}
			exam.Own(health.Finding{Kind: health.Disk, Severity: severity,
				Says: fmt.Sprintf("The disk of %s (%s) has %d MiB left.", place.key, place.path, free>>20),
				Do:   "Make room, or move it to another disk: with a full disk nothing new is stored or published. Nothing that is stored gets lost."})
			break // they are one disk, or one is enough to act
		}
	}
}

// printHealth is the list for people.
func (a *app) printHealth(found []health.Finding, sources, fine int) error {
	now := a.now()
	for _, f := range found {
		head := fmt.Sprintf("%s  %s", strings.ToUpper(f.Severity.String()), cmp.Or(f.Source, "the wire"))
		if f.Severity != health.Fine {
			head += "  " + string(f.Kind)
		}
		if !f.Since.IsZero() {
			head += "  since " + since(f.Since, now)
		}
		fmt.Fprintln(a.out, head)
		indent(a.out, f.Says)
		if f.Do != "" {
			indent(a.out, "→ "+f.Do)
		}
	}
	_, err := fmt.Fprintf(a.out, "%s: %d fine; %s, %s, %s\n", news.Count(sources, "source"), fine,
		news.Count(countSeverity(found, health.Problem), "problem"), news.Count(countSeverity(found, health.Warning), "warning"),
		news.Count(countSeverity(found, health.Notice), "notice"))
	return err
}

func countSeverity(found []health.Finding, s health.Severity) int {
	return len(keep(found, func(f health.Finding) bool { return f.Severity == s }))
}

// indent writes a text below its head, in lines that fit a terminal.
func indent(w io.Writer, text string) {
	const width = 96
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			fmt.Fprintln(w, "   ", line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	fmt.Fprintln(w, "   ", line)
}
