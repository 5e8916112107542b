package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// base is a small valid newsroom to which each test adds its mistake.
const base = `site:
  title: Test wire
  contact: desk@example.org
categories:
  - {id: labor, title: Labor, umbrella: true}
  - {id: wages, title: Wages, group: labor, strong: [minimum wage*]}
sources:
  - id: a
    title: A
    url: https://a.example/feed
`

func TestASmallNewsroomIsValid(t *testing.T) {
	c, err := loadText(base)
	if err != nil {
		t.Fatalf("Load = %v", err)
	}
	if len(c.Notes()) > 0 {
		t.Errorf("Notes = %v, want none", c.Notes())
	}
	want := Default()
	if diff := cmp.Diff(want.Fetch, c.Fetch); diff != "" {
		t.Errorf("what a file leaves out is not the default (-want +got):\n%s", diff)
	}
}

func TestEveryKindOfMistakeHasItsPlaceAndMessage(t *testing.T) {
	tests := []struct{ name, add, want string }{
		{"a misspelt key", "fetch:\n  timeut: 3s\n", `c.yaml:12:3: fetch: unknown field "timeut"; did you mean "timeout"?`},
		{"a key that nothing resembles", "zzz: 1\n", `c.yaml:11:1: unknown field "zzz"`},
		{"another program's word for a key", "  - {id: b, name: B, url: \"https://b.example/\", title: B}\n", `c.yaml:11:13: sources[1]: unknown field "name"; did you mean "title"?`},
		{"a key given twice", "listen: :1\nlisten: :2\n", `c.yaml:12:1: field "listen" is given twice, first in line 11; delete one`},
		{"a list where a value belongs", "listen: [a]\n", `c.yaml:11:9: listen: must be one value, not a list`},
		{"a term that YAML takes for a mapping", "global_masks: {x: [{a: b}]}\n", `c.yaml:11:21: global_masks.x[0]: must be one value, not a mapping; put it in quotes if it has a colon`},
		{"a value where a list belongs", "include: 5\n", `c.yaml:11:10: include: must be a list; write [a, b] or one element per line after a dash`},
		{"a value where a mapping belongs", "fetch: fast\n", `c.yaml:11:8: fetch: must be a mapping of keys to values, such as key: value`},
		{"a bad duration", "fetch: {timeout: soon}\n", `c.yaml:11:18: fetch.timeout: "soon" is not a duration; write 30s, 15m, 1h30m, 7d or 2w`},
		{"a negative duration", "fetch: {timeout: -3s}\n", `c.yaml:11:18: fetch.timeout: "-3s" is not a duration; write 30s, 15m, 1h30m, 7d or 2w`},
		{"a duration without a unit", "fetch: {timeout: 30}\n", `c.yaml:11:18: fetch.timeout: "30" is not a duration; write 30s, 15m, 1h30m, 7d or 2w`},
		{"a bad size", "fetch: {max_body: big}\n", `c.yaml:11:19: fetch.max_body: "big" is not a size; write 512KiB, 15MiB or 2MB`},
		{"a word where a number belongs", "fetch: {concurrency: many}\n", `c.yaml:11:22: fetch.concurrency: "many" is not a whole number`},
		{"a number out of range", "fetch: {concurrency: 0}\n", `c.yaml:11:22: fetch.concurrency: 0 is out of range; write a number from 1 to 100000`},
		{"a bad network", "fetch: {allow: [10.0.0.0/33]}\n", `c.yaml:11:17: fetch.allow[0]: "10.0.0.0/33" is not a network; write 10.0.0.0/8 or fd00::/8`},
		{"an interval out of order", "fetch: {interval: {min: 2h}}\n", `c.yaml:11:20: fetch.interval: min 2h0m0s, default 1h0m0s and max 1d are not in order; write them so that min <= default <= max`},
		{"a bad listen address", "listen: 8080\n", `c.yaml:11:9: listen: "8080" is not an address; write localhost:8080 or :8080`},
		{"a bad time zone", "schedule: {timezone: Mars/Olympus}\n", `c.yaml:11:22: schedule.timezone: "Mars/Olympus" is not a time zone; write UTC or a name such as Europe/Berlin`},
		{"a bad cron expression", "schedule: {poll: often}\n", `c.yaml:11:18: schedule.poll: "often" is not a cron expression (expected exactly 5 fields, found 1: [often]); "0 */2 * * *" and "@every 30m" are`},
		{"a zone and nothing else, which the cron library panics on", "schedule: {poll: TZ=UTC}\n", `c.yaml:11:18: schedule.poll: "TZ=UTC" is not a cron expression; "0 */2 * * *" and "@every 30m" are`},
		{"an interval that is none", "schedule: {poll: \"@every -5m\"}\n", `c.yaml:11:18: schedule.poll: "@every -5m" is not a cron expression; "0 */2 * * *" and "@every 30m" are`},
		{"a day that no month has", "schedule: {poll: \"0 0 31 2 *\"}\n", `c.yaml:11:18: schedule.poll: "0 0 31 2 *" never comes; no month has that day`},
		{"a bad content policy", "publish: {content: fulll}\n", `c.yaml:11:20: publish.content: "fulll" is not one of title, excerpt, full; did you mean "full"?`},
		{"a place we cannot write to", "publish: {to: \"ftp://x/y\"}\n", `c.yaml:11:15: publish.to: "ftp://x/y" is neither a folder nor a store we can write to; write the path of a folder`},
		{"a site in the newsroom's folder", "publish: {to: .}\n", `c.yaml:11:15: publish.to: "." holds c.yaml, so a web server would hand that out too; name a folder for the site alone, such as public`},
		{"a site in a folder further up", "publish: {to: \"file:///\"}\n", `c.yaml:11:15: publish.to: "file:///" holds c.yaml, so a web server would hand that out too; name a folder for the site alone, such as public`},
		{"a site in the database's folder", "publish: {to: data/}\ndatabase: data/x/wire.db\n", `c.yaml:11:15: publish.to: "data/" holds data/x/wire.db, so a web server would hand that out too; name a folder for the site alone, such as public`},
		{"limits of our hub that are none", "publish: {hub: self, hub_limits: {per_host: 0, per_minute: -1, lease: {min: 2d, default: 1d}, timeout: 0s, give_up: 1s}}\n", `c.yaml:11:45: publish.hub_limits.per_host: 0 is out of range; write a number from 1 to 1000000
c.yaml:11:60: publish.hub_limits.per_minute: -1 is out of range; write a number from 1 to 100000
c.yaml:11:72: publish.hub_limits.lease: min 2d, default 1d and max 30d are not in order; write them so that 1m <= min <= default <= max
c.yaml:11:104: publish.hub_limits.timeout: 0s is too short; write 10ms or more
c.yaml:11:117: publish.hub_limits.give_up: 1s is too short; write 1m0s or more`},
		{"a hub that is none", "publish: {hub: me}\n", `c.yaml:11:16: publish.hub: "me" is not a hub; write its URL, or self for our own`},
		{"a source without an id", "  - {title: B, url: \"https://b.example/\"}\n", `c.yaml:11:6: sources[1]: has no id; write id: followed by a short name that never changes`},
		{"a source without anything", "  - {}\n", "c.yaml:11:5: sources[1]: has no id; write id: followed by a short name that never changes\n" +
			"c.yaml:11:5: sources[1]: has no title; write title: followed by the outlet's name\n" +
			"c.yaml:11:5: sources[1]: has no url; write url: followed by the feed's address"},
		{"an empty element", "  -\n", `c.yaml:11:5: sources[1]: is empty; delete the element`},
		{"an id used twice", src("a", ""), `c.yaml:11:10: sources[1].id: "a" is used already, at c.yaml:8:9; ids are unique`},
		{"an id that climbs out of the site", src("../x", ""), `c.yaml:11:10: sources[1].id: "../x" is not an id; write up to 64 lowercase letters, digits and single hyphens`},
		{"an id in capitals", src("BBC", ""), `c.yaml:11:10: sources[1].id: "BBC" is not an id; write up to 64 lowercase letters, digits and single hyphens`},
		{"an address that is no web address", "  - {id: b, title: B, url: \"ftp://b.example/\"}\n", `c.yaml:11:28: sources[1].url: "ftp://b.example/" is not an http or https URL; write the whole address, such as https://news.example/feed.xml`},
		{"a relative address", "  - {id: b, title: B, url: /feed}\n", `c.yaml:11:28: sources[1].url: "/feed" is not an http or https URL; write the whole address, such as https://news.example/feed.xml`},
		{"an address with a script", "  - {id: b, title: B, url: \"javascript:alert(1)\"}\n", `c.yaml:11:28: sources[1].url: "javascript:alert(1)" is not an http or https URL; write the whole address, such as https://news.example/feed.xml`},
		{"a password in an address", "  - {id: b, title: B, url: \"https://u:p@b.example/\"}\n", `c.yaml:11:28: sources[1].url: has a user name or password in the address, and addresses are published; write headers: {Authorization: $NAME} instead`},
		{"a password in an address that is none", "  - {id: b, title: B, url: \"ftp://u:sesame@b.example/\"}\n", `c.yaml:11:28: sources[1].url: "ftp://…@b.example/" is not an http or https URL; write the whole address, such as https://news.example/feed.xml`},
		{"a bad language", src("b", "language: english"), `c.yaml:11:67: sources[1].language: "english" is not a BCP 47 language; write en, pt-BR or zh-Hant`},
		{"a language with an underscore", src("b", "language: pt_BR"), `c.yaml:11:67: sources[1].language: "pt_BR" is not a BCP 47 language; write en, pt-BR or zh-Hant`},
		{"a country that is none", src("b", "country: EU"), `c.yaml:11:66: sources[1].country: "EU" is not an ISO 3166-1 country; leave country out where it is about more than one`},
		{"the code that people take for Britain's", src("b", "country: UK"), `c.yaml:11:66: sources[1].country: "UK" is not an ISO 3166-1 country; the United Kingdom is GB`},
		{"a bad kind", src("b", "kind: blog"), `c.yaml:11:63: sources[1].kind: "blog" is not one of news, ngo, igo, union, gov, law`},
		{"a bad type", src("b", "type: sitemaps"), `c.yaml:11:63: sources[1].type: "sitemaps" is not one of feed, sitemap; did you mean "sitemap"?`},
		{"a bad status", src("b", "status: activ"), `c.yaml:11:65: sources[1].status: "activ" is not one of active, paused, proposed; did you mean "active"?`},
		{"a bad rank", src("b", "rank: 10"), `c.yaml:11:63: sources[1].rank: 10 is out of range; write 1 for a primary source to 9 for an aggregator`},
		{"a category that does not exist", src("b", "categories: [wage]"), `c.yaml:11:70: sources[1].categories[0]: there is no category "wage"; did you mean "wages"?`},
		{"a header that we set", src("b", "headers: {User-Agent: x}"), `c.yaml:11:79: sources[1].headers.User-Agent: the fetcher sets User-Agent itself; delete the line`},
		{"a secret in a header", src("b", "headers: {Authorization: Bearer x}"), `c.yaml:11:82: sources[1].headers.Authorization: holds a secret; write $NAME and set that variable`},
		{"a variable that is not set", src("b", "headers: {Authorization: $NOPE}"), `c.yaml:11:82: sources[1].headers.Authorization: the environment variable NOPE is not set; set it, or delete the reference ($$ is a plain dollar sign)`},
		{"a password in the database's address", "database: postgres://u:sesame@db/wire\n", `c.yaml:11:11: database: holds a password; write it as $NAME and set that variable, or name a password_file`},
		{"a database of another make", "database: mysql://db/wire\n", `c.yaml:11:11: database: "mysql://db/wire" is neither a file nor a PostgreSQL address; write a file name such as rightswire.db`},
		{"a password file that is missing", "database: {url: postgres://db/wire, password_file: pw}\n", `c.yaml:11:52: database.password_file: "pw": no such file`},
		{"a password in the proxy", "fetch: {proxy: \"http://u:sesame@p:3128\"}\n", `c.yaml:11:16: fetch.proxy: holds a password; write it as $NAME and set that variable`},
		{"a password in a source's proxy", src("b", "proxy: 'socks5://u:sesame@p:1080'"), `c.yaml:11:64: sources[1].proxy: holds a password; write it as $NAME and set that variable`},
		{"a source's proxy that is none", src("b", "proxy: tor"), `c.yaml:11:64: sources[1].proxy: "tor" is not a proxy; write http://host:port, https://host:port or socks5://host:port`},
		{"a feed without a condition", "feeds:\n  - {id: x, title: X, where: {}}\n", `c.yaml:12:6: feeds[0]: has no condition under where; a feed of everything exists already`},
		{"a condition that there is not", "feeds:\n  - {id: x, title: X, where: {sources: [a], countries: [KE]}}\n", `c.yaml:12:31: feeds[0].where: unknown field "sources"; there are categories, countries, languages, query`},
		{"a feed about nowhere", "feeds:\n  - {id: x, title: X, where: {countries: [XX]}}\n", `c.yaml:12:43: feeds[0].where.countries[0]: "XX" is not an ISO 3166-1 country; write two capital letters such as KE`},
		{"a feed whose query says too little", "feeds:\n  - {id: x, title: X, where: {query: 'strike OR'}}\n", `c.yaml:12:38: feeds[0].where.query: OR needs something on its right`},
		{"a feed whose query names nothing", "feeds:\n  - {id: x, title: X, where: {query: 'category:wage country:XX'}}\n", `c.yaml:12:38: feeds[0].where.query: "XX" is not an ISO 3166-1 country; write two capital letters such as KE
c.yaml:12:38: feeds[0].where.query: there is no category "wage"; did you mean "wages"?`},
		{"a taxonomy of the future", "version: 2\n", `c.yaml:11:10: version: is 2; this program knows version 1 of the taxonomy`},
		{"a short list for no category", "short_terms: {hi: {wags: [x]}}\n", `c.yaml:11:26: short_terms.hi.wags: there is no category "wags"; did you mean "wages"?`},
		{"a mask that is no expression", "global_masks: {x: ['re:(']}\n", "c.yaml:11:20: global_masks.x[0]: is not a regular expression: error parsing regexp: missing closing ): `(`"},
		{"a term that matches everything", "global_masks: {x: ['*', 're:a*']}\n", "c.yaml:11:20: global_masks.x[0]: \"*\" is no term; it would match everything\n" +
			"c.yaml:11:25: global_masks.x[1]: is a regular expression that matches everything"},
		{"an include that is missing", "include: [gone.yaml]\n", `c.yaml:11:11: include[0]: "gone.yaml": no such file`},
		{"what a missing include would have held", src("b", "categories: [wage]") + "include: [gone.yaml]\n", `c.yaml:12:11: include[0]: "gone.yaml": no such file`},
		{"a glob without files", "include: [d/*.yaml]\n", `c.yaml:11:11: include[0]: no file matches "d/*.yaml"`},
		{"an include of itself", "include: [c.yaml]\n", `c.yaml:11:11: include[0]: include loop: c.yaml includes c.yaml; delete one of the includes`},
		{"an alias", "listen: *x\n", `c.yaml:11:9: anchors, aliases and merge keys are not allowed here; write the value out, or put a text that begins with & or * in quotes`},
		{"a colon in a text", "listen: UN: Women\n", `c.yaml:11:9: is not readable as YAML: mapping value is not allowed in this context; put a text with ": " in it in quotes`},
		{"a tab", "site:\n\ttitle: x\n", `c.yaml:12:1: is not readable as YAML: found character '\t' that cannot start any token; a tab stands here: indent with spaces`},
		{"a quote that is not closed", "a: \"x\nb: \"y\"\n", `c.yaml:12:5: is not readable as YAML: value is not allowed in this context. map key-value is pre-defined; look above for a quote that is not closed, and put a text with ": " in it in quotes`},
		{"a syntax error", "listen: [a\n", "c.yaml:11:9: is not readable as YAML: sequence end token ']' not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := loadText(base + tt.add)
			if err == nil {
				t.Fatalf("Load = %+v, want the mistake %s", c, tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("Load reports (-want +got):\n%s", diff)
			}
		})
	}
}

// src is a second source with one more key.
func src(id, more string) string {
	return `  - {id: ` + id + `, title: B, url: "https://b.example/feed.xml",` + more + "}\n"
}

// A category whose name the site has for something else would be published at
// another address than its id says.
func TestCategoriesLeaveTheSiteItsNames(t *testing.T) {
	for _, id := range []string{"all", "country", "language", "source", "cut", "archive", "search", "corrections", "index"} {
		_, err := loadText(`categories: [{id: ` + id + `, title: T}]
sources: [{id: a, title: A, url: "https://a.example/"}]
`)
		if err == nil || !strings.Contains(err.Error(), "is a path of the site; choose another id") {
			t.Errorf("a category %q is answered by %v", id, err)
		}
	}
}

func TestCategoriesAreChecked(t *testing.T) {
	_, err := loadText(`sources: [{id: a, title: A, url: "https://a.example/"}]
categories:
  - {id: all, title: All}
  - {id: labor, title: Labor, umbrella: true, group: rights}
  - {id: wages, title: "", group: labour, implies: [wages, strikes], titles: {xx-yy-z: W}}
  - {id: wages, title: W, group: wages, pairs: [{a: [x]}], i18n: {e: [y]}, strong: ['']}
`)
	want := `c.yaml:3:10: categories[0].id: "all" is a path of the site; choose another id
c.yaml:4:54: categories[1].group: an umbrella is not under another one; delete group
c.yaml:5:6: categories[2]: has no title; write title: followed by the category's English name
c.yaml:5:35: categories[2].group: "labour" is not a category with umbrella: true; did you mean "labor"?
c.yaml:5:52: categories[2].implies: "wages" implies itself; delete it
c.yaml:5:60: categories[2].implies[1]: there is no category "strikes"
c.yaml:5:88: categories[2].titles.xx-yy-z: "xx-yy-z" is not a BCP 47 language; write en, pt-BR or zh-Hant
c.yaml:6:10: categories[3].id: "wages" is used already, at c.yaml:5:10; ids are unique
c.yaml:6:34: categories[3].group: "wages" is not a category with umbrella: true
c.yaml:6:50: categories[3].pairs[0]: needs terms on both sides, a and b
c.yaml:6:70: categories[3].i18n.e: "e" is not a BCP 47 language; write en, pt-BR or zh-Hant
c.yaml:6:85: categories[3].strong[0]: "" is no term; it would match everything`
	var all *Errors
	if !errors.As(err, &all) {
		t.Fatalf("Load = %v, want *Errors", err)
	}
	if diff := cmp.Diff(want, all.Error()); diff != "" {
		t.Errorf("Load reports (-want +got):\n%s", diff)
	}
}

func TestNotesPointAtWhatIsWorthASecondLook(t *testing.T) {
	c, err := loadText(strings.Replace(base, "  contact: desk@example.org\n", "", 1) +
		"  - {id: b, title: B, url: \"http://a.example/feed\"}\n" +
		"  - {id: c, title: C, url: \"https://c.example/?token=1\"}\n" +
		"  - {id: d, title: D, url: \"https://[::ffff:10.0.0.1]/\"}\n" +
		"fetch: {interval: {min: 1s}, floor: 2s}\n" +
		"schedule: {digest: \"\", backup: \"@daily\", prune: \"\"}\n" +
		"retention: {items: 90d, ledger: 90d}\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range c.Notes() {
		got = append(got, n.String())
	}
	want := []string{
		"c.yaml:2:3: site.contact: webmasters cannot reach you: contact goes into the fetcher's User-Agent (P37)",
		"c.yaml:10:28: sources[1].url: is http; anyone on the way can change what it says, so try https",
		"c.yaml:10:28: sources[1].url: is asked twice, here and at c.yaml:9:10",
		`c.yaml:11:28: sources[2].url: carries a key in "token", and addresses are published`,
		`c.yaml:12:28: sources[3].url: is an address inside, which no poll reaches; add "10.0.0.1/32" to fetch.allow`,
		"c.yaml:13:25: fetch.interval.min: is shorter than fetch.floor, which wins",
		"c.yaml:13:37: fetch.floor: is so short that one address may be asked again within five minutes, and servers lock out who does; the default is 15m (P22)",
		`c.yaml:14:49: schedule.prune: is off: nothing leaves by itself; "rightswire prune" does it by hand`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Notes (-want +got):\n%s", diff)
	}
}

func TestASiteBesideTheNewsroomIsFine(t *testing.T) {
	for _, to := range []string{"public", "./public/", "..public", "public/site", "s3://wire/x", "/srv/else"} {
		if _, err := loadText(base + "publish: {to: \"" + to + "\"}\n"); err != nil {
			t.Errorf("to %s: %v", to, err)
		}
	}
}

// Both spellings of a SOCKS proxy are known to the fetcher; docs/security.md has
// the one that Tor's own documentation uses.
func TestBothSpellingsOfASOCKSProxyAreTaken(t *testing.T) {
	for _, proxy := range []string{"socks5://127.0.0.1:9050", "socks5h://127.0.0.1:9050"} {
		if _, err := loadText(base + "fetch: {proxy: \"" + proxy + "\"}\n"); err != nil {
			t.Error(err)
		}
	}
}

// What makes no difference to where a request goes makes no second source.
func TestOneFeedInOtherLettersIsAskedTwice(t *testing.T) {
	for url, want := range map[string]int{
		"https://A.example/feed": 1, "https://a.example:443/feed#top": 1, "http://a.example:80/feed": 2, // the other note: http
		"https://a.example:8443/feed": 0, "https://a.example/Feed": 0, "https://a.example/feed?x=1": 0,
	} {
		c, err := loadText(base + "  - {id: b, title: B, url: \"" + url + "\"}\n")
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Notes(); len(got) != want {
			t.Errorf("%s: %v, want %d notes", url, got, want)
		}
	}
}

func TestAnAddressOfThisMachineNamesItsWholeNetwork(t *testing.T) {
	c, err := loadText("site: {contact: a@b.example}\nsources:\n  - {id: a, title: A, url: \"https://127.0.0.1/rss\"}\n")
	if err != nil {
		t.Fatal(err)
	}
	if notes := c.Notes(); len(notes) != 1 || !strings.Contains(notes[0].Message, `add "127.0.0.0/8" to fetch.allow`) {
		t.Errorf("Notes() = %v, want 127.0.0.0/8 named", notes)
	}
}
