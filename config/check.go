package config

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// checker looks at values that are of the right type for mistakes of meaning.
type checker struct {
	*loader
	c          *Config
	main       *document
	sources    map[string]origin // by id
	categories map[string]origin
	umbrellas  []string // ids of the categories with umbrella: true
	feeds      map[string]origin
	gone       map[string]origin // ids that there were, of categories and, as cut/ID, of feeds
	addresses  map[string]origin // of the active sources, by what is asked for
}

func newChecker(l *loader, c *Config, main *document) *checker {
	return &checker{loader: l, c: c, main: main,
		sources: map[string]origin{}, categories: map[string]origin{},
		feeds: map[string]origin{}, gone: map[string]origin{}, addresses: map[string]origin{}}
}

// check reports every mistake of meaning, and puts secrets in their places.
func (l *loader) check(c *Config, main *document) {
	k := newChecker(l, c, main)
	defer k.sortNotes()
	k.site()
	k.database()
	k.listen("listen", k.c.Listen)
	k.admin()
	k.schedule()
	k.fetch()
	k.publish()
	k.tell()
	k.care()
	// Ids first: whatever refers to one may stand in an earlier file.
	for _, p := range l.parts {
		k.ids(p)
	}
	for _, p := range l.parts {
		k.formerIDs(p)
	}
	sources := 0
	for _, p := range l.parts {
		k.taxonomy(p)
		for i := range p.Sources {
			if l.rep.full() {
				return
			}
			k.source(p.doc, index("sources", i), &p.Sources[i])
		}
		for i, f := range p.Feeds {
			k.feed(p.doc, index("feeds", i), f)
		}
		sources += len(p.Sources)
	}
	if sources == 0 && !main.has("sources") {
		main.problem("", "no sources: list some under sources, or include a file that does; \"sources: []\" is a list for \"rightswire sources add\" to begin with")
	}
}

func index(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// ids collects the ids of a file, and reports those that exist already.
func (k *checker) ids(p located) {
	for i, s := range p.Sources {
		k.id(k.sources, p.doc, index("sources", i), s.ID)
	}
	for i, cat := range p.Categories {
		path := index("categories", i)
		k.id(k.categories, p.doc, path, cat.ID)
		if cat.Umbrella {
			k.umbrellas = append(k.umbrellas, cat.ID)
		}
		if news.Reserved(cat.ID) {
			p.doc.problem(path+".id", "%s is a path of the site; choose another id", quote(cat.ID))
		}
	}
	for i, f := range p.Feeds {
		k.id(k.feeds, p.doc, index("feeds", i), f.ID)
	}
}

// maxID is how long an id may be, in bytes.
const maxID = 64

// isID reports whether a text is fit to be an id: it becomes a path segment and
// a file name (S31), so it holds no dots and is not long.
func isID(s string) bool {
	hyphen := true // nothing stands before the first letter
	for i := range len(s) {
		c := s[i]
		if c == '-' && hyphen || c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
		hyphen = c == '-'
	}
	return !hyphen && len(s) <= maxID
}

func (k *checker) id(seen map[string]origin, doc *document, path, id string) {
	at := path + ".id"
	switch {
	case id == "":
		doc.problem(path, "has no id; write id: followed by a short name that never changes")
		return
	case !isID(id):
		doc.problem(at, "%s is not an id; write up to %d lowercase letters, digits and single hyphens", quote(id), maxID)
		return
	}
	if first, twice := seen[id]; twice {
		doc.problem(at, "%s is used already, at %s; ids are unique", quote(id), first)
		return
	}
	seen[id] = origin{doc, at}
}

func (k *checker) site() {
	s := &k.c.Site
	if strings.TrimSpace(s.Title) == "" {
		k.main.problem("site.title", "is empty; the site needs a name")
	}
	if u := k.url(k.main, "site.url", s.URL); u != nil && (u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/") {
		k.main.problem("site.url", "%s has a path, query or fragment; the site needs a host of its own, such as https://wire.example.org", quote(s.URL))
	}
	s.URL = strings.TrimRight(s.URL, "/")
	k.language(k.main, "site.language", s.Language)
	if s.Language == "" {
		k.main.problem("site.language", "is empty; write a BCP 47 tag such as en")
	}
	if strings.ContainsAny(s.Contact, " \t\n<>()") || s.Contact != "" && !strings.Contains(s.Contact, "@") && !isWebURL(s.Contact) {
		k.main.problem("site.contact", "%s is neither a mail address nor a URL", quote(s.Contact))
	}
	if s.Contact == "" {
		k.note(k.main, "site.contact", "webmasters cannot reach you: contact goes into the fetcher's User-Agent (P37)")
	}
}

func (k *checker) schedule() {
	s := k.c.Schedule
	if _, err := time.LoadLocation(s.Timezone); err != nil {
		k.main.problem("schedule.timezone", "%s is not a time zone; write UTC or a name such as Europe/Berlin", quote(s.Timezone))
	}
	for _, task := range []struct{ name, expr string }{
		{"poll", s.Poll}, {"publish", s.Publish}, {"digest", s.Digest}, {"backup", s.Backup}, {"prune", s.Prune},
	} {
		k.cron(k.main, "schedule."+task.name, task.expr)
	}
}

// politeFloor is the shortest fetch.floor that check has nothing to say about.
const politeFloor = 5 * time.Minute

func (k *checker) fetch() {
	f := k.c.Fetch
	i := f.Interval
	if i.Min > i.Default || i.Default > i.Max {
		k.main.problem("fetch.interval", "min %s, default %s and max %s are not in order; write them so that min <= default <= max", i.Min, i.Default, i.Max)
	}
	for _, d := range []struct {
		path  string
		value Duration
		least time.Duration
	}{
		{"fetch.interval.min", i.Min, time.Second},
		{"fetch.timeout", f.Timeout, 10 * time.Millisecond},
		{"fetch.retry_after_max", f.RetryAfterMax, time.Second},
		{"fetch.freshness_max", f.FreshnessMax, time.Second},
		{"fetch.robots", f.Robots, time.Second},
		{"stories.window", k.c.Stories.Window, time.Minute},
	} {
		if d.value.Std() < d.least {
			k.main.problem(d.path, "%s is too short; write %s or more", d.value, d.least)
		}
	}
	if i.Min < f.Floor {
		k.note(k.main, "fetch.interval.min", "is shorter than fetch.floor, which wins")
	}
	if f.Floor.Std() < politeFloor {
		k.note(k.main, "fetch.floor", "is so short that one address may be asked again within five minutes, and servers lock out who does; the default is 15m (P22)")
	}
	k.atLeast("fetch.max_body", int64(f.MaxBody), 1024)
	k.within("stories.revisions", k.c.Stories.Revisions, 1, 1000)
	k.within("fetch.max_items", f.MaxItems, 1, 1_000_000)
	k.within("fetch.max_redirects", f.MaxRedirects, 0, 20)
	k.within("fetch.concurrency", f.Concurrency, 1, 100_000)
	k.within("fetch.per_domain.connections", f.PerDomain.Connections, 1, 64)
	k.within("fetch.moves.seen", f.Moves.Seen, 0, 1000)
	k.within("fetch.burst", f.Burst, 0, 1_000_000)
	k.within("fetch.outage", f.Outage, 0, 1_000_000)
	k.within("fetch.archive_pages", f.ArchivePages, 0, 1000)
	k.within("fetch.sitemaps", f.Sitemaps, 1, 100)
	k.proxy(k.main, "fetch.proxy", &k.c.Fetch.Proxy)
}

func (k *checker) publish() {
	p := k.c.Publish
	k.within("publish.items", p.Items, 1, 10_000)
	k.within("publish.per_source", p.PerSource, 0, 10_000)
	k.atLeast("publish.max_bytes", int64(p.MaxBytes), 16*1024)
	oneOf(k.main, "publish.content", p.Content, news.ContentTitle, news.ContentExcerpt, news.ContentFull)
	for i, e := range p.Compress {
		oneOf(k.main, fmt.Sprintf("publish.compress[%d]", i), e, "gzip", "br")
	}
	if wrong := WrongPlace(p.To); wrong != "" {
		k.main.problem("publish.to", "%s", wrong)
	}
	k.apart()
	k.hub()
	k.hubLimits()
}

// apart reports a site that would stand around what is nobody else's: a web
// server hands out every file of the folder that it is given.
func (k *checker) apart() {
	site := k.c.Publish.To
	if path, isURL := strings.CutPrefix(site, "file://"); isURL {
		site = path
	} else if site == "" || strings.Contains(site, "://") {
		return
	}
	private := slices.Clone(k.rep.files)
	if db := k.c.Database.URL; !strings.Contains(db, "://") {
		private = append(private, k.beside(k.main.name, strings.TrimPrefix(db, "file:")))
	}
	site = k.beside(k.main.name, site)
	for _, file := range private {
		if way, err := filepath.Rel(absolute(site), absolute(file)); err == nil && filepath.IsLocal(way) {
			k.main.problem("publish.to", "%s holds %s, so a web server would hand that out too; name a folder for the site alone, such as public", quote(k.c.Publish.To), file)
			return
		}
	}
}

// absolute is a path from the root; as it is, if nobody knows where we are.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// WrongPlace says what is wrong with a place to publish to, a folder or an object
// store, or "". What may be a secret in it is not repeated (S32).
func WrongPlace(to string) string {
	scheme, _, found := strings.Cut(to, "://")
	if !found {
		return ""
	}
	u, err := url.Parse(to)
	switch {
	case err != nil || u.User != nil:
		return "holds a user name or password, or is no URL; credentials of a store come from its own environment variables"
	case !slices.Contains([]string{"s3", "gs", "azblob", "file"}, scheme):
		return quote(to) + " is neither a folder nor a store we can write to; write the path of a folder"
	case u.Host == "" && (scheme != "file" || !strings.HasPrefix(u.Path, "/")):
		return fmt.Sprintf("%s names no bucket; write %s://BUCKET or %s://BUCKET/FOLDER", quote(to), scheme, scheme)
	}
	return ""
}

func (k *checker) hubLimits() {
	h := k.c.Publish.HubLimits
	k.within("publish.hub_limits.subscriptions", h.Subscriptions, 1, 1_000_000)
	k.within("publish.hub_limits.per_host", h.PerHost, 1, 1_000_000)
	k.within("publish.hub_limits.per_minute", h.PerMinute, 1, 100_000)
	k.within("publish.hub_limits.concurrency", h.Concurrency, 1, 10_000)
	if l := h.Lease; l.Min > l.Default || l.Default > l.Max || l.Min.Std() < time.Minute {
		k.main.problem("publish.hub_limits.lease", "min %s, default %s and max %s are not in order; write them so that 1m <= min <= default <= max", l.Min, l.Default, l.Max)
	}
	if h.Timeout.Std() < 10*time.Millisecond {
		k.main.problem("publish.hub_limits.timeout", "%s is too short; write 10ms or more", h.Timeout)
	}
	if h.GiveUp.Std() < time.Minute {
		k.main.problem("publish.hub_limits.give_up", "%s is too short; write 1m0s or more", h.GiveUp)
	}
	if k.c.Publish.Hub == "self" && strings.HasPrefix(k.c.Site.URL, "http://") {
		k.note(k.main, "publish.hub", "subscribers send the secrets that sign what they get to site.url, which is not https")
	}
}

func (k *checker) within(path string, n, least, most int) {
	if n < least || n > most {
		k.main.problem(path, "%d is out of range; write a number from %d to %d", n, least, most)
	}
}

func (k *checker) atLeast(path string, n, least int64) {
	if n < least {
		k.main.problem(path, "%s is too small; write %s or more", Size(n), Size(least))
	}
}

// oneOf reports a value that is set and not one of the few that exist.
func oneOf[S ~string](doc *document, path string, value S, allowed ...S) {
	if value == "" && !doc.has(path) || slices.Contains(allowed, value) {
		return
	}
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	doc.problem(path, "%s is not one of %s%s", quote(string(value)), strings.Join(words, ", "), DidYouMean(string(value), words))
}

// note records what is allowed but worth a second look.
func (k *checker) note(doc *document, path, message string) {
	k.c.notes = append(k.c.notes, doc.locate(path, message))
}

// sortNotes puts the notes in the order in which their places are read.
func (k *checker) sortNotes() {
	slices.SortStableFunc(k.c.notes, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(slices.Index(k.rep.files, a.File), slices.Index(k.rep.files, b.File)), cmp.Compare(a.Line, b.Line))
	})
}
