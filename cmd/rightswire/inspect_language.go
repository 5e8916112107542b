package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/classify"
)

// newInspectLanguage is "inspect language".
func newInspectLanguage(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "language [FILE]",
		Short: "Say which language texts are in",
		Long: `Reads texts as JSON lines {"id","text"} from FILE or standard input and prints for
each {"id","language","confidence"}. A line may carry "declared", the language
that its feed claims. The language is "und" where nothing can be said.`,
		Example: `  echo '{"id":"1","text":"Los estibadores van a la huelga"}' | rightswire inspect language`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.eachLine(args, languageLine)
		},
	}
}

func languageLine(line []byte, enc *json.Encoder) error {
	var in struct {
		ID       string `json:"id"`
		Text     string `json:"text"`
		Declared string `json:"declared"`
	}
	if err := json.Unmarshal(line, &in); err != nil {
		return err
	}
	lang, sure := classify.Language(in.Text, in.Declared)
	return enc.Encode(struct {
		ID         string  `json:"id"`
		Language   string  `json:"language"`
		Confidence float64 `json:"confidence"`
	}{in.ID, lang, sure})
}
