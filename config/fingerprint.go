package config

import (
	"bufio"
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
	// Piece by piece: as one text it would be a megabyte, for a run in which
	// nothing is new.
	hash := sha256.New()
	out := bufio.NewWriterSize(hash, 16<<10)
	pieces := json.NewEncoder(out)
	write := func(v any) {
		if err := pieces.Encode(v); err != nil {
			// Strings, numbers, lists and maps of them always encode.
			panic(err)
		}
	}
	publish := c.Publish
	publish.To, publish.HubLimits = "", HubLimits{}
	write(struct {
		Site        Site
		Publish     Publish
		Stories     Stories
		Feeds       []Feed
		Retired     []string
		GlobalMasks map[string][]string
		ShortTerms  map[string]map[string][]string
		Sources     int
		Categories  int
	}{c.Site, publish, c.Stories, c.Feeds, c.Retired, c.GlobalMasks, c.ShortTerms, len(c.Sources), len(c.Categories)})
	sources := make([]*news.Source, len(c.Sources))
	for i := range c.Sources {
		sources[i] = &c.Sources[i]
	}
	slices.SortFunc(sources, func(a, b *news.Source) int { return cmp.Compare(a.ID, b.ID) })
	var source news.Source
	for _, s := range sources {
		source = *s
		source.Schedule, source.Headers = "", nil
		write(&source)
	}
	for _, category := range c.Categories {
		category.Crosswalk = nil // for people
		write(&category)
	}
	out.Flush() // a hash takes whatever it is given
	return hex.EncodeToString(hash.Sum(nil))
}
