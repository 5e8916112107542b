package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/feed"
)

// sanitizeRequest is a line that "inspect sanitize" reads.
type sanitizeRequest struct {
	ID   any    `json:"id"`
	HTML string `json:"html"`
	URL  string `json:"url"`
}

// sanitizeAnswer is a line that "inspect sanitize" prints: a contract.
type sanitizeAnswer struct {
	ID   any    `json:"id"`
	HTML string `json:"html"`
}

// newInspectSanitize is "inspect sanitize".
func newInspectSanitize(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "sanitize",
		Short: "Show what the sanitizer leaves of pieces of HTML",
		Long: `Reads lines of {"id","html","url"} from standard input and prints {"id","html"}
for each: the HTML as it would be published if a feed had sent it. Relative
addresses start from url.`,
		Example: `  echo '{"id":1,"html":"<p onclick=x>hi","url":""}' | rightswire inspect sanitize`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return eachLine(cmd.Context(), a.in, func(line []byte) error {
				var req sanitizeRequest
				if err := json.Unmarshal(line, &req); err != nil {
					return fmt.Errorf("read request %.60q: %w", line, err)
				}
				return printLine(a.out, sanitizeAnswer{ID: req.ID, HTML: feed.Sanitize(req.HTML, req.URL)})
			})
		},
	}
}
