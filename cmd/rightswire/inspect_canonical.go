package main

import (
	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/dedupe"
)

// newInspectCanonical is "inspect canonical".
func newInspectCanonical(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "canonical [FILE]",
		Short: "Print the canonical form of addresses, one per line",
		Long: `Reads an address per line from FILE or standard input and prints
{"url","canonical"} for each. canonical is "" when the line is not an absolute
http or https URL. Two addresses with one canonical form are taken for one
article.`,
		Example: `  echo 'https://www.news.example/a?utm_source=rss' | rightswire inspect canonical`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.answerLines(cmd.Context(), args, func(line []byte) (any, error) {
				return canonicalAnswer{string(line), dedupe.Canonical(string(line))}, nil
			})
		},
	}
}

// canonicalAnswer is a line that "inspect canonical" prints: a contract.
type canonicalAnswer struct {
	URL       string `json:"url"`
	Canonical string `json:"canonical"`
}
