package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

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
			in, done, err := lineInput(a.in, args)
			if err != nil {
				return err
			}
			defer done()
			return inspectCanonical(in, a.out)
		},
	}
}

// lineInput opens the file that a command was given, or standard input when it
// was given none or "-".
func lineInput(in io.Reader, args []string) (io.Reader, func(), error) {
	if len(args) == 0 || args[0] == "-" {
		return in, func() {}, nil
	}
	f, err := os.Open(args[0])
	if err != nil {
		return nil, nil, fmt.Errorf("open the input: %w", err)
	}
	return f, func() { f.Close() }, nil
}

// inspectCanonical answers each line of in with one line.
func inspectCanonical(in io.Reader, out io.Writer) error {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), 16<<20)
	for lines.Scan() {
		line := strings.TrimSuffix(lines.Text(), "\r")
		err := enc.Encode(struct {
			URL       string `json:"url"`
			Canonical string `json:"canonical"`
		}{line, dedupe.Canonical(line)})
		if err != nil {
			return fmt.Errorf("write the answer for %q: %w", line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read addresses: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write answers: %w", err)
	}
	return nil
}
