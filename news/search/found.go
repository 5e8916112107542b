package search

import "github.com/rightswire/rightswire/news"

// MaxFound is how many items a search looks at, the latest stored ones of
// those that match: what people page through is far less, and whoever finds
// more can ask for less.
const MaxFound = 5000

// Found is a page of what was found.
type Found struct {
	Stories []news.Story
	Total   int  // stories that match
	More    bool // there are older ones beyond [MaxFound] items
	Behind  int  // stories that changed since the index was last brought up to date
}
