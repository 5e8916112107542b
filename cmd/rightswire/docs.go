package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newDocs is the command "docs", which packages are made with.
func newDocs() *cobra.Command {
	return &cobra.Command{
		Use:    "docs DIR",
		Hidden: true,
		Short:  "Write man pages and shell completions into a folder",
		Long: `Writes man/*.1, and completions/rightswire.bash, .zsh and .fish, for packages.
SOURCE_DATE_EPOCH is the date in the man pages; without it they are of 1970, so
that the same program always writes the same bytes.`,
		Example: "  rightswire docs dist/docs",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			man, shells := filepath.Join(args[0], "man"), filepath.Join(args[0], "completions")
			for _, dir := range []string{man, shells} {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					return err
				}
			}
			root.DisableAutoGenTag = true
			header := &doc.GenManHeader{Title: "RIGHTSWIRE", Section: "1", Source: "rightswire " + buildVersion(), Manual: "User Commands"}
			if os.Getenv("SOURCE_DATE_EPOCH") == "" {
				header.Date = new(time.Unix(0, 0).UTC())
			}
			if err := doc.GenManTree(root, header, man); err != nil {
				return fmt.Errorf("write man pages: %w", err)
			}
			for name, write := range map[string]func(string) error{
				"rightswire.bash": func(f string) error { return root.GenBashCompletionFileV2(f, true) },
				"rightswire.zsh":  root.GenZshCompletionFile,
				"rightswire.fish": func(f string) error { return root.GenFishCompletionFile(f, true) },
			} {
				if err := write(filepath.Join(shells, name)); err != nil {
					return fmt.Errorf("write completions: %w", err)
				}
			}
			return nil
		},
	}
}
