// Package config reads the newsroom's file, config.yaml, and the files it
// includes.
//
// It decides what the desk may write: the keys, their defaults, and what
// counts as a mistake. Every mistake is reported at once, each with file,
// line, column and a hint, because a desk that repairs one line per run gives
// up after the third. A file that has a mistake yields no [Config] at all, so
// that it can never replace a good one.
//
// It also decides how a program may change the files: [Plan] takes a change,
// such as [Adding] or [Setting], makes the new text of one file, proves that
// the newsroom says exactly what was meant and nothing else, and returns an
// [Edit] to show ([Edit.Diff]) and to make ([Edit.Apply]). Lists of other feed
// readers are read in the room below, config/sourcelist.
//
// It does not open the network, does not keep state, and knows nothing of
// what the rooms do with the values: cmd hands each room plain options, never
// a Config. It is a room of its own because the file is a contract with
// people and tools (docs/architecture.md), and because it is the one place
// where hostile YAML has to be survived.
package config

import (
	"net/netip"

	"github.com/rightswire/rightswire/news"
)

// Config is one newsroom, complete with what its file includes. [Default]
// gives the values that a file need not state; a Config that [Load] returned
// is valid throughout.
type Config struct {
	Site      Site      `yaml:"site" jsonschema_description:"What the public sees of this newsroom."`
	Database  Database  `yaml:"database" jsonschema_description:"A file for SQLite, or postgres://…; a mapping of url and password_file where a password is needed."`
	Listen    string    `yaml:"listen" jsonschema_description:"Address of the public pages and feeds, host:port."`
	Admin     Admin     `yaml:"admin" jsonschema_description:"The desk's pages."`
	Schedule  Schedule  `yaml:"schedule" jsonschema_description:"When things happen, as cron expressions; an empty one switches a task off."`
	Fetch     Fetch     `yaml:"fetch" jsonschema_description:"How sources are asked."`
	Publish   Publish   `yaml:"publish" jsonschema_description:"What is published, and where to."`
	Classify  Classify  `yaml:"classify" jsonschema_description:"How items are filed, beside the taxonomy."`
	Stories   Stories   `yaml:"stories" jsonschema_description:"How reports are grouped into stories."`
	Retention Retention `yaml:"retention" jsonschema_description:"How long things are kept; 0 is for ever."`
	Backup    Backup    `yaml:"backup" jsonschema_description:"Where copies of the database go."`
	Metrics   Metrics   `yaml:"metrics" jsonschema_description:"Who may read the metrics."`
	Health    Health    `yaml:"health" jsonschema_description:"Who may read how the sources are doing."`
	Digest    Digest    `yaml:"digest" jsonschema_description:"Where the digest goes."`
	Part      `yaml:",inline"`

	notes   []Problem     // see Notes
	files   []string      // see Files
	written []news.Source // see Written
}

// Part is what an included file may hold, and the main file too. Lists of
// several files are joined in the order of inclusion, the including file's own
// first.
type Part struct {
	Include    []string        `yaml:"include,omitempty" jsonschema_description:"Files or globs, relative to this file, with sources, categories and feeds of their own."`
	Categories []news.Category `yaml:"categories,omitempty" jsonschema_description:"The buckets that items are filed under, with their terms."`
	Sources    []news.Source   `yaml:"sources,omitempty" jsonschema_description:"The subscriptions."`
	Feeds      []Feed          `yaml:"feeds,omitempty" jsonschema_description:"Published feeds beyond the automatic ones."`

	Retired []string `yaml:"retired,omitempty" jsonschema_description:"Ids of categories, and cut/ID of feeds, that are gone for good: their feeds answer 410."`

	Version           int                            `yaml:"version,omitempty" jsonschema_description:"Version of the taxonomy's matching contract; this program knows 1."`
	LanguagesFull     []string                       `yaml:"languages_full,omitempty" jsonschema_description:"Languages with full term lists."`
	LanguagesShort    []string                       `yaml:"languages_short,omitempty" jsonschema_description:"Languages with short_terms only."`
	GlobalMasks       map[string][]string            `yaml:"global_masks,omitempty" jsonschema_description:"Phrases that never count, by the word they protect."`
	ShortTerms        map[string]map[string][]string `yaml:"short_terms,omitempty" jsonschema_description:"Strong terms by language and category, for languages without full lists."`
	GazetteerPitfalls []Pitfall                      `yaml:"gazetteer_pitfalls,omitempty" jsonschema_description:"Place names that mislead, for people who edit the gazetteer."`
	CrosswalkNotes    map[string]string              `yaml:"crosswalk_notes,omitempty" jsonschema_description:"Notes on other vocabularies, for people."`
}

// Site is what the public sees of a newsroom.
type Site struct {
	Title       string `yaml:"title" jsonschema_description:"Name of the site."`
	Description string `yaml:"description" jsonschema_description:"One sentence about it."`
	URL         string `yaml:"url" jsonschema_description:"Public address; changing it never changes an entry's id."`
	Language    string `yaml:"language" jsonschema_description:"BCP 47 language of the site's title and description, which feeds say they are in that have none of their own. The pages' own words are English."`
	Contact     string `yaml:"contact" jsonschema_description:"Mail address or URL; goes into the fetcher's User-Agent."`
}

// Database says where the archive is. In the file it is either one string or
// a mapping of url and password_file.
type Database struct {
	URL          string `yaml:"url" jsonschema_description:"A file for SQLite, or postgres://…; passwords come from password_file or from $NAME."`
	PasswordFile string `yaml:"password_file,omitempty" jsonschema_description:"File that holds the password and nothing else, relative to config.yaml."`
}

// Schedule says when things happen, as robfig/cron expressions in Timezone.
// An empty expression switches the task off.
type Schedule struct {
	Timezone string `yaml:"timezone" jsonschema_description:"IANA time zone of the expressions below."`
	Poll     string `yaml:"poll" jsonschema_description:"Look for sources that are due."`
	Publish  string `yaml:"publish" jsonschema_description:"Publish; happens at once after a poll that changed something, too."`
	Digest   string `yaml:"digest" jsonschema_description:"Send the digest."`
	Backup   string `yaml:"backup" jsonschema_description:"Back the database up."`
	Prune    string `yaml:"prune" jsonschema_description:"Delete what is older than retention says."`
}

// Fetch says how sources are asked. Every number of spec/FETCHING.md that a
// test or a load run may want to change is here.
type Fetch struct {
	Interval      Interval       `yaml:"interval" jsonschema_description:"The adaptive window between two polls of one source."`
	Floor         Duration       `yaml:"floor" jsonschema_description:"Never ask one URL more often, not even by hand or after a restart."`
	Timeout       Duration       `yaml:"timeout" jsonschema_description:"Deadline of one fetch, redirects and body included."`
	MaxBody       Size           `yaml:"max_body" jsonschema_description:"Largest document, after decompression."`
	MaxItems      int            `yaml:"max_items" jsonschema_description:"Most items that are read from one document, newest first."`
	MaxRedirects  int            `yaml:"max_redirects" jsonschema_description:"Longest chain of redirects that is followed."`
	Concurrency   int            `yaml:"concurrency" jsonschema_description:"Most fetches at one time."`
	PerDomain     PerDomain      `yaml:"per_domain" jsonschema_description:"Limits towards one registrable domain."`
	RetryAfterMax Duration       `yaml:"retry_after_max" jsonschema_description:"Longest Retry-After that is honoured."`
	FreshnessMax  Duration       `yaml:"freshness_max" jsonschema_description:"Longest Cache-Control, Expires or ttl that is honoured."`
	NoValidators  Duration       `yaml:"no_validators" jsonschema_description:"Shortest interval for sources that send neither ETag nor Last-Modified."`
	Unconditional Duration       `yaml:"unconditional" jsonschema_description:"After nothing but 304 for this long, a document is asked for without conditions; 0: never."`
	Moves         Moves          `yaml:"moves" jsonschema_description:"When a permanent redirect within one domain is learned."`
	Burst         int            `yaml:"burst" jsonschema_description:"If more sources than this are due when the daemon starts, they are spread over a quarter of an hour; 0: never."`
	Outage        int            `yaml:"outage" jsonschema_description:"So many domains in a row without any answer mean that our own network is down; 0: never."`
	ArchivePages  int            `yaml:"archive_pages" jsonschema_description:"Most older pages that are read with the first document of a source; 0: none."`
	Sitemaps      int            `yaml:"sitemaps" jsonschema_description:"Most sitemaps of an index that are read at one poll."`
	WebSub        bool           `yaml:"websub" jsonschema_description:"Let hubs send the news of sources that have one; site.url must be reachable for them."`
	Robots        Duration       `yaml:"robots" jsonschema_description:"How long a site's robots.txt is believed; it is obeyed for pages, not for feeds."`
	Downgrade     bool           `yaml:"downgrade" jsonschema_description:"Follow redirects from https to http."`
	Allow         []netip.Prefix `yaml:"allow" jsonschema_description:"Networks that may be asked although they are private, as CIDRs."`
	Proxy         string         `yaml:"proxy" jsonschema_description:"Proxy for all fetches, http, https or socks5; empty for none."`
}

// Interval is the window within which the schedule adapts to a source.
type Interval struct {
	Min     Duration `yaml:"min" jsonschema_description:"Shortest."`
	Default Duration `yaml:"default" jsonschema_description:"Before anything is known of a source."`
	Max     Duration `yaml:"max" jsonschema_description:"Longest."`
}

// PerDomain limits what one registrable domain gets from us (P21).
type PerDomain struct {
	Connections int      `yaml:"connections" jsonschema_description:"Most at one time."`
	Gap         Duration `yaml:"gap" jsonschema_description:"Pause between two requests."`
	Pause       Duration `yaml:"pause" jsonschema_description:"After two addresses said 429 or 503 within this time, the whole domain is left alone for as long; 0: never."`
}

// Moves says when a permanent redirect is learned (P27).
type Moves struct {
	Seen int      `yaml:"seen" jsonschema_description:"Seen so often in a row; 0: never."`
	For  Duration `yaml:"for" jsonschema_description:"And over at least so long."`
}

// Publish says what is published, and where to.
type Publish struct {
	To        string             `yaml:"to" jsonschema_description:"Folder, or s3://, gs://, azblob://; empty: only serve."`
	Items     int                `yaml:"items" jsonschema_description:"Most entries in one feed."`
	MaxBytes  Size               `yaml:"max_bytes" jsonschema_description:"Largest feed document."`
	PerSource int                `yaml:"per_source" jsonschema_description:"Most entries of one feed that one source leads; 0: no limit."`
	Content   news.ContentPolicy `yaml:"content" jsonschema_description:"How much of an item is republished, unless its source says otherwise."`
	Verify    Duration           `yaml:"verify" jsonschema_description:"How often every published file is looked at, rather than what changed; 0: each time."`
	Compress  []string           `yaml:"compress" jsonschema_description:"Compressed forms beside each file: gzip, br."`
	Hub       string             `yaml:"hub" jsonschema_description:"URL of a WebSub hub, or self: serve is one then, at site.url/hub; empty for none."`
	HubLimits HubLimits          `yaml:"hub_limits" jsonschema_description:"What strangers can make our own hub do."`
}

// HubLimits bound what strangers can make our own WebSub hub do.
type HubLimits struct {
	Subscriptions int      `yaml:"subscriptions" jsonschema_description:"Most subscriptions in all."`
	PerHost       int      `yaml:"per_host" jsonschema_description:"Most subscriptions of callbacks at one host."`
	PerMinute     int      `yaml:"per_minute" jsonschema_description:"Most requests in a minute of one client, and of all clients for callbacks at one host."`
	Lease         Lease    `yaml:"lease" jsonschema_description:"How long a subscription lasts."`
	Timeout       Duration `yaml:"timeout" jsonschema_description:"Deadline of one request to a callback."`
	Concurrency   int      `yaml:"concurrency" jsonschema_description:"Most callbacks that are spoken to at one time."`
	GiveUp        Duration `yaml:"give_up" jsonschema_description:"A subscription ends whose callback has taken nothing for this long."`
}

// Lease bounds how long a subscription at our hub lasts.
type Lease struct {
	Min     Duration `yaml:"min" jsonschema_description:"Shortest."`
	Default Duration `yaml:"default" jsonschema_description:"Of who asks for none in particular."`
	Max     Duration `yaml:"max" jsonschema_description:"Longest."`
}

// Classify says what files items beside the taxonomy's rules.
type Classify struct {
	Model     bool   `yaml:"model" jsonschema_description:"Let the learned model add categories that the terms miss."`
	ModelFile string `yaml:"model_file,omitempty" jsonschema_description:"A model of the desk's own, made by rules train, relative to config.yaml; empty: the bundled one."`
}

// Stories says how reports are grouped into stories.
type Stories struct {
	Window    Duration `yaml:"window" jsonschema_description:"Reports further apart than this are different stories."`
	Revisions int      `yaml:"revisions" jsonschema_description:"How many earlier versions of an item are kept."`
}

// Feed is a published feed beyond the automatic ones, at /feeds/cut/{ID}.
type Feed struct {
	ID    string `yaml:"id" json:"id" jsonschema_description:"Last part of the feed's address; never changes."`
	Title string `yaml:"title" json:"title" jsonschema_description:"Title of the feed."`

	Formerly []string `yaml:"formerly,omitempty" json:"formerly,omitempty" jsonschema_description:"Ids that it had before, the first one first; their addresses lead to this one for ever."`

	Where Where `yaml:"where" json:"where" jsonschema_description:"What it selects; conditions that are given must all hold."`
}

// Where selects stories. Conditions that are given must all hold; within one
// list any element will do.
type Where struct {
	Categories []string `yaml:"categories,omitempty" json:"categories,omitempty" jsonschema_description:"Ids of categories."`
	Countries  []string `yaml:"countries,omitempty" json:"countries,omitempty" jsonschema_description:"ISO 3166-1 alpha-2 codes."`
	Languages  []string `yaml:"languages,omitempty" json:"languages,omitempty" jsonschema_description:"BCP 47 tags; pt also selects pt-BR."`
	Query      string   `yaml:"query,omitempty" json:"query,omitempty" jsonschema_description:"What one report has to say, as in a search: words, phrases in quotes, prefix*, -not, OR, source:, category:, country:, language:, after:, before:."`
}

// Pitfall is a place name that misleads, and the rule that resolves it. It is
// written for people who edit the gazetteer.
type Pitfall struct {
	Place string   `yaml:"place" jsonschema_description:"The name."`
	ISO   []string `yaml:"iso" jsonschema_description:"What it can mean: ISO 3166 codes."`
	Rule  string   `yaml:"rule" jsonschema_description:"How to tell."`
}
