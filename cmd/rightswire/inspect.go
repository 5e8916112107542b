package main

import "github.com/spf13/cobra"

// newInspect is the command that runs one stage of the pipeline on its own:
// for people debugging a feed and for measuring. The lines its subcommands
// read and print are a contract (docs/architecture.md).
func newInspect(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inspect",
		Short: "Run one stage of the pipeline on a file or on standard input",
		Long: `Each subcommand runs one stage on its own and prints JSON lines: what the feed
reader makes of a file, what an address becomes in canonical form, what the
sanitizer leaves of a piece of HTML, which articles are grouped, how a headline
is filed and why, and which language a text is in. A line that cannot be read
is told of on standard error, with its number and what was expected; the others
are answered, and the exit status is 1.`,
		Example: `  rightswire inspect parse -u https://a.example/rss feed.xml
  rightswire inspect classify < articles.jsonl`,
	}
	cmd.AddCommand(
		newInspectParse(a),
		newInspectSanitize(a),
		newInspectCanonical(a),
		newInspectGroup(a),
		newInspectClassify(a),
		newInspectLanguage(a),
	)
	return cmd
}
