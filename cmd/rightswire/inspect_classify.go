package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/news"
)

// newInspectClassify is "inspect classify".
func newInspectClassify(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "classify [FILE]",
		Short: "Say how articles are filed and why",
		Long: `Reads articles as JSON lines {"id","title","text","url","source","language","tags"}
from FILE or standard input and prints for each {"id","language","countries":[],
"categories":[{"id","score","why":[…]}]}. The taxonomy and the model are the
configuration's, or the bundled ones where there is no configuration.`,
		Example: `  echo '{"id":"1","title":"Dockers walk out over pay","language":"en"}' | rightswire inspect classify`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.newsroom()
			if err != nil {
				return err
			}
			c, err := a.classifier(cfg, cfg.Taxonomy())
			if err != nil {
				return err
			}
			sources := sourcesByID(cfg)
			return a.answerLines(cmd.Context(), args, asJSON(func(in classifyIn) any { return in.answer(c, sources) }))
		},
	}
}

// classifyIn is a line that "inspect classify" reads.
type classifyIn struct {
	identified
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	URL      string   `json:"url"`
	Source   string   `json:"source"`
	Language string   `json:"language"`
	Tags     []string `json:"tags"`
}

// classifyOut is a line that "inspect classify" prints.
type classifyOut struct {
	ID         json.RawMessage `json:"id"`
	Language   string          `json:"language"`
	Countries  []string        `json:"countries"`
	Categories []news.Filing   `json:"categories"`
	Places     []news.Place    `json:"places,omitempty"`
	Masked     []string        `json:"masked,omitempty"`
}

// answer says how an article is filed.
func (in classifyIn) answer(c *classify.Classifier, sources map[string]news.Source) classifyOut {
	src, ok := sources[in.Source]
	if !ok {
		src = news.Source{ID: in.Source}
	}
	res := c.Classify(classify.Article{Title: in.Title, Text: in.Text, URL: in.URL, Language: in.Language, Tags: in.Tags, Source: src})
	out := classifyOut{ID: in.ID, Language: res.Language, Countries: []string{}, Categories: res.Filings, Places: res.Places, Masked: res.Masked}
	if out.Categories == nil {
		out.Categories = []news.Filing{}
	}
	for _, p := range res.Places {
		out.Countries = append(out.Countries, p.Country)
	}
	return out
}
