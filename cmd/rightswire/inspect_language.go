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
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.answerLines(cmd.Context(), args, asJSON(languageIn.answer))
		},
	}
}

// languageIn is a line that "inspect language" reads.
type languageIn struct {
	identified
	Text     string `json:"text"`
	Declared string `json:"declared"`
}

// languageOut is a line that "inspect language" prints: a contract.
type languageOut struct {
	ID         json.RawMessage `json:"id"`
	Language   string          `json:"language"`
	Confidence float64         `json:"confidence"`
}

// answer says which language a text is in.
func (in languageIn) answer() any {
	lang, sure := classify.Language(in.Text, in.Declared)
	return languageOut{in.ID, lang, sure}
}
