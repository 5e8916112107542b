package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/feed"
)

// sanitizeRequest is a line that "inspect sanitize" reads.
type sanitizeRequest struct {
	identified
	HTML string `json:"html"`
	URL  string `json:"url"`
}

// sanitizeAnswer is a line that "inspect sanitize" prints: a contract.
type sanitizeAnswer struct {
	ID   json.RawMessage `json:"id"`
	HTML string          `json:"html"`
}

// newInspectSanitize is "inspect sanitize".
func newInspectSanitize(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "sanitize [FILE]",
		Short: "Show what the sanitizer leaves of pieces of HTML",
		Long: `Reads lines of {"id","html","url"} from FILE or standard input and prints
{"id","html"} for each: the HTML as it would be published if a feed had sent it.
Relative addresses start from url.`,
		Example: `  echo '{"id":1,"html":"<p onclick=x>hi","url":""}' | rightswire inspect sanitize`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.answerLines(cmd.Context(), args, asJSON(func(req sanitizeRequest) any {
				return sanitizeAnswer{ID: req.ID, HTML: feed.Sanitize(req.HTML, req.URL)}
			}))
		},
	}
}
