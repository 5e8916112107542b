package config

import (
	"time"

	"github.com/rightswire/rightswire/news"
)

const day = 24 * time.Hour

// Default returns the values that a file need not state: those of the
// contract in docs/architecture.md. It has no sources and no categories, and
// is therefore not a valid newsroom by itself.
func Default() Config {
	return Config{
		Site: Site{
			Title:       "Rightswire",
			Description: "Human-rights and labor news from many desks",
			URL:         "http://localhost:8080",
			Language:    "en",
		},
		Database: Database{URL: "rightswire.db"},
		Listen:   "localhost:8080",
		Admin:    defaultAdmin(),
		Schedule: Schedule{
			Timezone: "UTC",
			Poll:     "@every 1m",
			Publish:  "@every 5m",
			Digest:   "0 7 * * MON",
			Backup:   "30 3 * * *",
			Prune:    "0 4 * * *",
		},
		Fetch: Fetch{
			Interval:      Interval{Min: Duration(15 * time.Minute), Default: Duration(time.Hour), Max: Duration(day)},
			Floor:         Duration(15 * time.Minute), // P22
			Timeout:       Duration(30 * time.Second), // P44
			MaxBody:       15 * MiB,
			MaxItems:      2000,
			MaxRedirects:  5, // P30
			Concurrency:   64,
			PerDomain:     PerDomain{Connections: 1, Gap: Duration(2 * time.Second), Pause: Duration(time.Hour)}, // P21, P19
			RetryAfterMax: Duration(7 * day),                                                                     // P17
			FreshnessMax:  Duration(day),                                                                         // P09
			NoValidators:  Duration(day),                                                                         // P23
			Unconditional: Duration(7 * day),                                                                     // P06
			Moves:         Moves{Seen: 3, For: Duration(7 * day)},                                                // P27
			Burst:         64,                                                                                    // P26
			Outage:        5,                                                                                     // P36
			ArchivePages:  5,                                                                                     // P47
			Sitemaps:      3,
			Robots:        Duration(day), // P48
		},
		Publish: Publish{
			Items:     50,
			MaxBytes:  512 * KiB, // F33
			PerSource: 10,        // F34
			Content:   news.ContentExcerpt,
			Verify:    Duration(day),
			HubLimits: HubLimits{ // F31
				Subscriptions: 10_000,
				PerHost:       500,
				PerMinute:     30,
				Lease:         Lease{Min: Duration(time.Hour), Default: Duration(10 * day), Max: Duration(30 * day)},
				Timeout:       Duration(10 * time.Second),
				Concurrency:   16,
				GiveUp:        Duration(7 * day),
			},
		},
		Classify:  Classify{Model: true},
		Stories:   Stories{Window: Duration(96 * time.Hour), Revisions: 20},
		Digest:    Digest{Mail: Mail{TLS: TLSStart}},
		Retention: Retention{Ledger: Duration(90 * day), Audit: Duration(365 * day)},
		Backup:    Backup{To: "backups", Keep: 7},
	}
}
