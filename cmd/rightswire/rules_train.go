package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/aggregator/classify/learn"
	"github.com/rightswire/rightswire/aggregator/classify/training"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// trainFlags are the flags of "rules train".
type trainFlags struct {
	data, out string
	precision float64
	noDesk    bool
	noBundled bool
	asJSON    bool
}

// newRulesTrain is "rules train".
func newRulesTrain(a *app) *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train the learned layer, and say how good it is",
		Long: `Trains the model that adds categories which no term of the taxonomy finds: on the
lines that the program carries, on the *.tsv files of --data, and on every item
that the desk has corrected with "items file". It prints how well each category
is told, measured on lines that were held back, and writes the model.

A file of lines is named NAME.LANGUAGE.tsv, such as ours.en.tsv; a line is the ids
of the categories with commas between them (- for none), a tab, a title, a tab
and a summary. The same lines give the same model, byte for byte.

A category whose threshold is "never" has too few examples, or they are too hard
to tell from others: the model says nothing about it.`,
		Example: `  rightswire rules train
  rightswire rules train --data training --out wire.model`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.train(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.data, "data", "", "`folder` with lines of your own")
	cmd.Flags().StringVar(&f.out, "out", "", "`file` to write; default: classify.model_file, else rightswire.model beside config.yaml")
	cmd.Flags().Float64Var(&f.precision, "precision", 0, "`share` of what the model adds that has to be right, from 0.5 to 0.99; default 0.8")
	cmd.Flags().BoolVar(&f.noDesk, "no-desk", false, "leave the desk's corrections out")
	cmd.Flags().BoolVar(&f.noBundled, "no-bundled", false, "leave the program's own lines out, for a taxonomy of other subjects")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "one JSON object a category")
	return cmd
}

// train reads all examples, trains, prints and writes.
func (a *app) train(ctx context.Context, f trainFlags) error {
	if f.precision != 0 && (f.precision < 0.5 || f.precision > 0.99) {
		return usagef("--precision: %g is out of range; write 0.5 to 0.99", f.precision)
	}
	cfg, err := a.newsroom()
	if err != nil {
		return err
	}
	lines, err := a.examples(ctx, cfg, f)
	if err != nil {
		return err
	}
	rules, err := classify.New(cfg.Taxonomy())
	if err != nil {
		return usagef("%s: taxonomy: %w", a.config, err)
	}
	bar := a.progress("training", 0)
	m, err := learn.Train(rules.Examples(lines), learn.Options{Precision: f.precision, Progress: a.advanceTo})
	bar()
	if errors.Is(err, learn.ErrTooFew) {
		return fmt.Errorf("%w; give it lines with --data", err)
	}
	if err != nil {
		return err
	}
	file, err := m.Encode()
	if err != nil {
		return err
	}
	if err := a.printQuality(m, f.asJSON); err != nil {
		return err
	}
	out := a.modelOut(cfg, f.out)
	if err := writeWhole(out, file); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	fmt.Fprintf(a.err, "trained on %s, wrote %s (%d KiB)%s\n", news.Count(len(lines), "example"), out, len(file)>>10, a.modelHint(cfg, f.out))
	return nil
}

// modelOut is where the model goes.
func (a *app) modelOut(cfg *config.Config, out string) string {
	if out != "" {
		return out
	}
	return a.beside(cmp.Or(cfg.Classify.ModelFile, "rightswire.model"))
}

// modelHint says what else it takes until the new model is used.
func (a *app) modelHint(cfg *config.Config, out string) string {
	switch {
	case out != "":
		return ""
	case cfg.Classify.ModelFile != "":
		return "; it files what comes from the next start on"
	}
	return "; to use it, write classify: {model_file: rightswire.model} in " + a.config
}

// writeWhole replaces a file in one step, so that nobody reads half of it.
func writeWhole(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		if at := (*fs.PathError)(nil); errors.As(err, &at) {
			err = at.Err // the name of what is made first tells nobody anything
		}
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// examples gathers what there is to learn from.
func (a *app) examples(ctx context.Context, cfg *config.Config, f trainFlags) ([]training.Example, error) {
	known := func(id string) bool {
		return slices.ContainsFunc(cfg.Categories, func(c news.Category) bool { return c.ID == id })
	}
	var lines []training.Example
	if !f.noBundled {
		// The bundled lines know the bundled taxonomy. A desk may have fewer
		// categories; that a line is in none of those is still true.
		var err error
		if lines, err = training.Read(training.Bundled, func(string) bool { return true }); err != nil {
			return nil, err
		}
		for i := range lines {
			lines[i].Categories = keep(lines[i].Categories, known)
		}
	}
	if f.data != "" {
		own, err := training.Read(os.DirFS(f.data), known)
		if err != nil {
			return nil, usageError{err}
		}
		if len(own) == 0 {
			return nil, usagef("--data: %s has no lines; name them NAME.LANGUAGE.tsv", f.data)
		}
		lines = append(lines, own...)
	}
	if f.noDesk {
		return lines, nil
	}
	desk, err := a.corrected(ctx, cfg, known)
	return append(lines, desk...), err
}

// corrected turns the items that the desk has corrected into examples: what
// they are filed under now is what the desk saw and left.
func (a *app) corrected(ctx context.Context, cfg *config.Config, known func(string) bool) ([]training.Example, error) {
	store, err := a.openStore(ctx, cfg, true)
	if errors.Is(err, errNoDatabase) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	items, err := store.Corrected(ctx)
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	var out []training.Example
	for _, it := range items {
		e := training.Example{Title: it.Title, Summary: it.Summary, Language: it.Language}
		for _, f := range it.Filings {
			if known(f.Category) {
				e.Categories = append(e.Categories, f.Category)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// qualityLine is a line of "rules train --json": what was filed of examples that
// were held back, by the rules alone and together with the model.
type qualityLine struct {
	Category  string  `json:"category"`
	Examples  int     `json:"examples"`
	Rules     rates   `json:"rules"`
	Both      rates   `json:"both"`
	Threshold float64 `json:"threshold"` // least probability that files; 0: never
}

// rates are the usual three.
type rates struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

func ratesOf(f learn.Filed, n int) rates { return rates{f.Precision(), f.Recall(n), f.F1(n)} }

// printQuality prints how well each category is told.
func (a *app) printQuality(m *learn.Model, asJSON bool) error {
	var lines []qualityLine
	for _, c := range m.Classes() {
		q := c.Quality
		l := qualityLine{Category: c.ID, Examples: q.N, Rules: ratesOf(q.Rules, q.N), Both: ratesOf(q.Both, q.N)}
		if c.Threshold <= 1 {
			l.Threshold = c.Threshold
		}
		lines = append(lines, l)
	}
	if asJSON {
		return writeJSONLines(a.out, lines)
	}
	fmt.Fprintf(a.out, "%-30s %8s  %-22s  %-22s  %s\n", "", "", "RULES ALONE", "WITH THE MODEL", "")
	fmt.Fprintf(a.out, "%-30s %8s  %9s %6s %5s  %9s %6s %5s  %s\n",
		"CATEGORY", "EXAMPLES", "PRECISION", "RECALL", "F1", "PRECISION", "RECALL", "F1", "THRESHOLD")
	for _, l := range lines {
		fmt.Fprintf(a.out, "%-30s %8d  %9.2f %6.2f %5.2f  %9.2f %6.2f %5.2f  %s\n", l.Category, l.Examples,
			l.Rules.Precision, l.Rules.Recall, l.Rules.F1, l.Both.Precision, l.Both.Recall, l.Both.F1, orNever(l.Threshold))
	}
	return nil
}

func orNever(p float64) string {
	if p == 0 {
		return "never"
	}
	return fmt.Sprintf("%.2f", p)
}
