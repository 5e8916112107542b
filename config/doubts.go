package config

import (
	"fmt"
	"strings"

	"github.com/rightswire/rightswire/news/search"
)

// Doubts says, a sentence each, what in a query is hardly what its writer
// meant: what [search.Faults] finds, and conditions that nothing here can meet.
// The query can be asked all the same. Sources are left out: the archive may
// hold what one said that is gone from the list.
func (c *Config) Doubts(query string) []string {
	doubts := search.Faults(query)
	ids := make([]string, len(c.Categories))
	known := map[string]bool{}
	for i, cat := range c.Categories {
		ids[i], known[cat.ID] = cat.ID, true
	}
	for _, clause := range search.Parse(query).Clauses {
		for _, t := range clause {
			switch {
			case t.Field == search.Category && !known[t.Text]:
				doubts = append(doubts, fmt.Sprintf("there is no category %s%s", quote(t.Text), DidYouMean(t.Text, ids)))
			case t.Field == search.Country && !IsCountry(t.Text):
				doubts = append(doubts, wrongCountry(t.Text))
			case t.Field == search.Language && !isLanguage(t.Text):
				doubts = append(doubts, wrongLanguage(t.Text))
			}
		}
	}
	for i, d := range doubts {
		doubts[i] = strings.TrimSuffix(d, ".")
	}
	return doubts
}
