package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/config/sourcelist"
	"github.com/rightswire/rightswire/news"
)

// newSourcesExport is the command "sources export".
func newSourcesExport(a *app) *cobra.Command {
	var format, out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the source list as OPML for feed readers, or as CSV for spreadsheets",
		Long: `Writes all sources, paused and proposed ones too, to standard output or a file.

OPML is read by every feed reader: categories are its folders, each source is in
the folder of its first category. What only rightswire knows (ids, ranks,
schedules, headers, …) is in attributes that other readers ignore. CSV has a
column for each field, and one line for each source.

Both are lossless: "rightswire sources import" makes the same sources of them,
in the same order, and the same list is always the same bytes. Secrets are in
neither: a header or proxy that names $NAME goes out as $NAME. For the list that
the public may have there is /sources.opml on the site.`,
		Example: `  rightswire sources export > sources.opml
  rightswire sources export --out sources.csv
  rightswire sources export --format csv | cut -d, -f1,3`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.exportSources(format, out) },
	}
	cmd.Flags().StringVar(&format, "format", "", "opml or csv; left out: as --out ends, else opml")
	cmd.Flags().StringVar(&out, "out", "", "write to this `file` instead of standard output")
	offer(cmd, "format", words(sourcelist.OPML, sourcelist.CSV))
	return cmd
}

// exportSources writes the source list.
func (a *app) exportSources(format, out string) error {
	cfg, err := a.loadStored()
	if err != nil {
		return err
	}
	if ownFile(cfg, out) {
		return usagef("--out: %s is a file of the newsroom itself; name another", out)
	}
	if format == "" && strings.EqualFold(filepath.Ext(out), ".csv") {
		format = sourcelist.CSV
	}
	var text []byte
	switch format {
	case sourcelist.CSV:
		text, err = sourcelist.WriteCSV(cfg.Written())
	case "", sourcelist.OPML:
		text, err = sourcelist.WriteOPML(cfg.Site.Title, cfg.Written(), cfg.Categories)
	default:
		return usagef("--format: %q is neither opml nor csv", format)
	}
	if err != nil {
		return err
	}
	if out == "" {
		_, err = a.out.Write(text)
		return err
	}
	if err := writeWhole(out, text); err != nil {
		return fmt.Errorf("write %s: %w", out, err)
	}
	_, err = fmt.Fprintf(a.out, "wrote %s to %s\n", news.Count(len(cfg.Sources), "source"), out)
	return err
}

// ownFile reports whether a file is one that the newsroom is read from.
func ownFile(cfg *config.Config, name string) bool {
	return slices.ContainsFunc(cfg.Files(), func(file string) bool {
		a, errA := os.Stat(file)
		b, errB := os.Stat(name)
		return errA == nil && errB == nil && os.SameFile(a, b)
	})
}
