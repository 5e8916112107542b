package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/classify"
	"github.com/rightswire/rightswire/news"
)

// maxLine bounds one line of JSON on standard input.
const maxLine = 16 << 20

// newInspectClassify is "inspect classify".
func newInspectClassify(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "classify [FILE]",
		Short: "Say how articles are filed and why",
		Long: `Reads articles as JSON lines {"id","title","text","url","source","language","tags"}
from FILE or standard input and prints for each {"id","language","countries":[],
"categories":[{"id","score","why":[…]}]}. The taxonomy is the configuration's,
or the bundled one where there is no configuration.`,
		Example: `  echo '{"id":"1","title":"Dockers walk out over pay","language":"en"}' | rightswire inspect classify`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			t, sources, err := a.taxonomy()
			if err != nil {
				return err
			}
			c, err := classify.New(t)
			if err != nil {
				return fmt.Errorf("compile the taxonomy: %w", err)
			}
			return a.eachLine(args, func(line []byte, enc *json.Encoder) error {
				return classifyLine(c, sources, line, enc)
			})
		},
	}
}

// classifyIn is a line that "inspect classify" reads.
type classifyIn struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	URL      string   `json:"url"`
	Source   string   `json:"source"`
	Language string   `json:"language"`
	Tags     []string `json:"tags"`
}

// classifyOut is a line that "inspect classify" prints.
type classifyOut struct {
	ID         string        `json:"id"`
	Language   string        `json:"language"`
	Countries  []string      `json:"countries"`
	Categories []news.Filing `json:"categories"`
	Places     []news.Place  `json:"places,omitempty"`
	Masked     []string      `json:"masked,omitempty"`
}

func classifyLine(c *classify.Classifier, sources map[string]news.Source, line []byte, enc *json.Encoder) error {
	var in classifyIn
	if err := json.Unmarshal(line, &in); err != nil {
		return err
	}
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
	return enc.Encode(out)
}

// eachLine calls do with every line of the named file, or of standard input,
// and with an encoder onto standard output.
func (a *app) eachLine(args []string, do func(line []byte, enc *json.Encoder) error) (err error) {
	in := a.in
	if len(args) > 0 && args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	out := bufio.NewWriter(a.out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		if err := do(lines.Bytes(), enc); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}
