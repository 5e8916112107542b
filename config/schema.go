package config

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"

	"github.com/invopop/jsonschema"
	"github.com/rightswire/rightswire/news"
)

// Schema returns a JSON schema of config.yaml and of the files it includes,
// for editors. It is made from the structs that the file is read into, so it
// cannot name a key that [Load] refuses; what a value may mean beyond its
// type is only checked by Load.
func Schema() ([]byte, error) {
	r := jsonschema.Reflector{
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		Mapper:                     schemaOf,
		LookupComment:              commentOf,
	}
	s := r.Reflect(&Config{})
	s.Title = "rightswire: config.yaml"
	s.Description = "A newsroom. Included files may hold include, sources, categories, feeds and the taxonomy's keys."
	for name, required := range map[string][]string{
		"Source": {"id", "title", "url"}, "Category": {"id", "title"}, "Feed": {"id", "title", "where"}, "TermPair": {"a", "b"},
	} {
		if def := s.Definitions[name]; def != nil {
			def.Required = required
		}
	}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the JSON schema: %w", err)
	}
	return append(out, '\n'), nil
}

// schemaOf describes the types that are written as text but held as numbers
// or structs, and the words that a few texts are limited to.
func schemaOf(t reflect.Type) *jsonschema.Schema {
	text := func(pattern string, examples ...any) *jsonschema.Schema {
		return &jsonschema.Schema{
			OneOf:    []*jsonschema.Schema{{Type: "string", Pattern: pattern}, {Type: "integer", Minimum: "0"}},
			Examples: examples,
		}
	}
	enum := func(words ...any) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Enum: words} }
	switch t {
	case reflect.TypeFor[Duration]():
		return text(`^([0-9.]+(w|d|h|ms|m|us|µs|ns|s))+$|^0$`, "30s", "15m", "7d")
	case reflect.TypeFor[Size]():
		return text(`^[0-9.]+ ?([KMG]iB|[kKMG]B|B)?$`, "512KiB", "15MiB")
	case reflect.TypeFor[netip.Prefix]():
		return &jsonschema.Schema{Type: "string", Examples: []any{"10.0.0.0/8", "fd00::/8"}}
	case reflect.TypeFor[Database]():
		return databaseSchema()
	case reflect.TypeFor[news.Status]():
		return enum(news.Active, news.Paused, news.Proposed)
	case reflect.TypeFor[TLS]():
		return enum(TLSStart, TLSFull, TLSNone)
	case reflect.TypeFor[Secret]():
		return &jsonschema.Schema{Type: "string", Pattern: `^\$`, Examples: []any{"$NAME"}}
	case reflect.TypeFor[news.Type]():
		return enum(news.TypeFeed, news.TypeSitemap)
	case reflect.TypeFor[news.Scope]():
		return enum(news.ScopeAll, news.ScopeFilter)
	case reflect.TypeFor[news.ContentPolicy]():
		return enum(news.ContentTitle, news.ContentExcerpt, news.ContentFull)
	}
	return nil
}

// databaseSchema describes the two forms of the key.
func databaseSchema() *jsonschema.Schema {
	r := jsonschema.Reflector{FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true, Anonymous: true, DoNotReference: true}
	long := r.Reflect(&Database{})
	long.Version = ""
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, long}}
}

// commentOf describes the fields of news.Source, news.Category and
// news.TermPair, which do not know that there is a schema.
func commentOf(t reflect.Type, field string) string { return comments[t.Name()+"."+field] }

var comments = map[string]string{
	"Source.ID":         "Identifies the source for ever: lowercase letters, digits and hyphens.",
	"Source.Title":      "Name of the outlet, as readers see it.",
	"Source.URL":        "Absolute http or https URL of the feed.",
	"Source.Type":       "feed, or sitemap for the news sitemap of a site that has no feed.",
	"Source.Homepage":   "The outlet's page for people.",
	"Source.Language":   "BCP 47; leave out to have it detected per item.",
	"Source.Country":    "ISO 3166-1 alpha-2 of the one country that the source is about, if there is one.",
	"Source.Kind":       "news, ngo, igo, union, gov or law.",
	"Source.Categories": "Ids of the categories that its items lean to.",
	"Source.Scope":      "all keeps every item; filter keeps only what the classifier files.",
	"Source.Rank":       "Who leads a story: 1 primary to 9 aggregator; 0 counts as 5.",
	"Source.Schedule":   "Cron expression instead of the adaptive interval.",
	"Source.Content":    "How much of an item is republished; left out: the site's policy.",
	"Source.Status":     "active, paused (kept, not asked) or proposed (not yet accepted).",
	"Source.Headers":    "Extra request headers; secrets as $NAME.",
	"Source.Proxy":      "Ask this source through http://, https:// or socks5:// host:port instead of fetch.proxy; passwords as $NAME.",

	"Category.ID":          "Part of the feed's address; never changes.",
	"Category.Title":       "English name, as readers see it.",
	"Category.Titles":      "Name by language, BCP 47.",
	"Category.Description": "What belongs in it, in one sentence.",
	"Category.Formerly":    "Ids that it had before, the first one first; their addresses lead to this one for ever.",
	"Category.Group":       "Id of the umbrella above it.",
	"Category.Umbrella":    "Gets everything that is filed under a category whose group is this id.",
	"Category.Strong":      "Terms worth 3 points in the title, 2 in the summary.",
	"Category.Weak":        "Terms worth 1 point where the context hits too.",
	"Category.Context":     "Words that make a weak term count.",
	"Category.Pairs":       "Two-sided strong terms.",
	"Category.I18n":        "Strong terms by language.",
	"Category.Masks":       "Phrases that are blanked before matching.",
	"Category.Veto":        "Words that drop the category unless a strong term hit.",
	"Category.Implies":     "Ids of categories that are added without further evidence.",
	"Category.Tags":        "Publishers' own tags that file here without terms.",
	"Category.Crosswalk":   "Codes of other vocabularies, for people.",

	"TermPair.Langs": "Languages the pair is for; none: English.",
	"TermPair.A":     "One of these must hit,",
	"TermPair.B":     "and one of these.",
}
