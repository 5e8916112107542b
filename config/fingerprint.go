package config

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/rightswire/rightswire/news"
)

// Fingerprint returns a hash of everything that affects what is filed where
// or what is published: equal fingerprints, nothing to rebuild. Schedules,
// addresses we listen on, request headers and the order of the sources do not
// count.
func (c *Config) Fingerprint() string {
	sources := slices.Clone(c.Sources)
	slices.SortFunc(sources, func(a, b news.Source) int { return cmp.Compare(a.ID, b.ID) })
	for i := range sources {
		sources[i].Schedule, sources[i].Headers = "", nil
	}
	categories := slices.Clone(c.Categories)
	for i := range categories {
		categories[i].Crosswalk = nil // for people
	}
	publish := c.Publish
	publish.To, publish.HubLimits = "", HubLimits{}
	data, err := json.Marshal(struct {
		Site        Site
		Publish     Publish
		Stories     Stories
		Sources     []news.Source
		Categories  []news.Category
		Feeds       []Feed
		Retired     []string
		GlobalMasks map[string][]string
		ShortTerms  map[string]map[string][]string
	}{c.Site, publish, c.Stories, sources, categories, c.Feeds, c.Retired, c.GlobalMasks, c.ShortTerms})
	if err != nil {
		// Strings, numbers, lists and maps of them always encode.
		panic(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
