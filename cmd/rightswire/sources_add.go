package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/config/sourcelist"
	"github.com/rightswire/rightswire/news"
)

// addFlags are the flags of "sources add".
type addFlags struct {
	searchFlags
	file, feed string
	headers    []string
	source     news.Source // what the desk says itself
}

// newSourcesAdd is the command "sources add".
func newSourcesAdd(a *app) *cobra.Command {
	var f addFlags
	cmd := &cobra.Command{
		Use:   "add URL",
		Short: "Find the feed of a site and write it into the source list",
		Long: `Looks for feeds as "rightswire sources discover" does and writes the one that
it finds to the end of the source list. If there are several it lists them and
changes nothing: name the one that you mean with --feed. Readers' comments are
never taken unasked, nor is a news sitemap in place of a feed: say --type sitemap.

The id comes from the title unless you give one; published addresses hang on
it, so that it is not to be changed later. The rest of the file stays byte for
byte, comments included, and it is replaced only if the newsroom is valid
afterwards. What the search has read of the feed is stored as its first poll,
so that it is not asked for twice. Where a daemon or a run is at work, that is
left to it, or to the next run.`,
		Example: `  rightswire sources add https://union.example/ --category unions-strikes --kind union
  rightswire sources add https://union.example/ --feed https://union.example/press.rss
  rightswire sources add https://daily.example/ --type sitemap
  rightswire sources add union.example --id my-union --title "My Union" --file lists/mine.yaml
  rightswire sources add https://wire.example/ --rank 4 --scope filter --country KE --status proposed
  rightswire sources add https://wire.example/ --header 'Authorization=Bearer $WIRE_TOKEN'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.addSource(cmd.Context(), args[0], f) },
	}
	s, flags := &f.source, cmd.Flags()
	flags.StringVar(&s.ID, "id", "", "the source's `id`; left out: made from its title")
	flags.StringVar(&s.Title, "title", "", "the outlet's `name`; left out: what the feed says")
	flags.StringVar(&s.Homepage, "homepage", "", "`URL` of its page for people; left out: what the feed says")
	flags.StringSliceVar(&s.Categories, "category", nil, "`ids` of categories that its items lean to")
	flags.StringVar(&s.Language, "language", "", "BCP 47 `tag`; left out: detected per item")
	flags.StringVar(&s.Country, "country", "", "ISO 3166-1 `code` of the one country that it is about, such as KE")
	flags.StringVar(&s.Kind, "kind", "", "`what` it is: news, ngo, igo, union, gov or law")
	flags.IntVar(&s.Rank, "rank", 0, "who leads a story that several carry, from `1`, a primary source, to 9, an aggregator; left out: 5")
	flags.StringVar((*string)(&s.Scope), "scope", "", "`what` is kept: all, or filter, what is about a category only; left out: all")
	flags.StringVar((*string)(&s.Content), "content", "", "how `much` of an item may be republished: title, excerpt or full; left out: as publish.content says")
	flags.StringVar(&s.Schedule, "schedule", "", "cron `expression` for its polls; left out: as often as it has news")
	flags.StringVar((*string)(&s.Status), "status", "", "active, paused or proposed, which is not published; left out: active")
	flags.StringArrayVar(&f.headers, "header", nil, "a request header, as `NAME=VALUE`; write a secret as $VARIABLE, in single quotes; may be given often")
	flags.StringVar(&f.file, "file", "", "the `file` to write to; left out: the include that holds sources")
	flags.StringVar(&f.feed, "feed", "", "the `URL` of the feed that is meant, where a page has several")
	f.searchFlags.flags(cmd)
	offer(cmd, "category", a.completeCategory)
	offer(cmd, "kind", words("news", "ngo", "igo", "union", "gov", "law"))
	offer(cmd, "rank", words("1", "2", "3", "4", "5", "6", "7", "8", "9"))
	offer(cmd, "scope", words("all", "filter"))
	offer(cmd, "content", words("title", "excerpt", "full"))
	offer(cmd, "status", words("active", "paused", "proposed"))
	offer(cmd, "file", yamlFiles)
	return cmd
}

// addSource finds a feed and writes it into the source list.
func (a *app) addSource(ctx context.Context, address string, f addFlags) error {
	cfg, err := a.load()
	if err != nil {
		return err
	}
	if err := f.check(cfg); err != nil {
		return err
	}
	// What is subscribed already need not be asked for.
	address = cmp.Or(f.feed, address)
	if err := fresh(cfg, address); err != nil {
		return err
	}
	fetcher, err := a.fetcher(cfg)
	if err != nil {
		return err
	}
	defer fetcher.Close()
	f.searchFlags.headers = f.sent()
	list, err := a.search(ctx, cfg, fetcher, address, f.searchFlags)
	if err != nil {
		return err
	}
	c, err := a.theOne(list, address)
	if err != nil {
		return err
	}
	if c.Type == news.TypeSitemap && f.kind != string(c.Type) {
		return fmt.Errorf("there is no feed at %s, but a news sitemap, %s; nothing was changed: take that with --type sitemap", fetch.Redact(address), c.URL)
	}
	if err := fresh(cfg, append(c.Same, c.URL)...); err != nil {
		return err
	}
	if f.source.Proxy, err = f.via(cfg, c.URL); err != nil {
		return err
	}
	if strings.Contains(f.source.Proxy, "@") {
		f.source.Proxy = "" // its password must not be written
		fmt.Fprintln(a.err, "note: sources of its host are asked through a proxy that takes a password; write the same proxy: line at this one")
	}
	s, err := a.newSource(ctx, cfg, c, f.source)
	if err != nil {
		return err
	}
	return a.firstPoll(ctx, cfg, s, f, c, fetcher)
}

// check refuses what the newsroom would not take, before anybody is asked.
func (f *addFlags) check(cfg *config.Config) error {
	if err := existing(cfg, "--category", f.source.Categories); err != nil {
		return err
	}
	for _, h := range f.headers {
		name, value, ok := strings.Cut(h, "=")
		if !ok {
			return usagef("--header: write NAME=VALUE, such as --header 'X-Api-Key=$UNION_KEY'; %q is not", h)
		}
		if f.source.Headers == nil {
			f.source.Headers = map[string]string{}
		}
		f.source.Headers[name] = value
	}
	s := f.source
	s.ID, s.Title, s.URL = cmp.Or(s.ID, "id"), cmp.Or(s.Title, "title"), "https://a.example/"
	if wrong := config.CheckSource(s, config.WithEnv(os.LookupEnv)); len(wrong) > 0 {
		return usagef("--%s", strings.Join(wrong, "; --"))
	}
	return nil
}

// sent are the request headers with what the environment holds.
func (f *addFlags) sent() map[string]string {
	out := maps.Clone(f.source.Headers)
	for name, value := range out {
		out[name] = os.Expand(value, func(v string) string {
			if v == "$" {
				return "$"
			}
			return os.Getenv(v)
		})
	}
	return out
}

// existing refuses categories that do not exist.
func existing(cfg *config.Config, flag string, ids []string) error {
	all := make([]string, len(cfg.Categories))
	for i, c := range cfg.Categories {
		all[i] = c.ID
	}
	for _, id := range ids {
		if !slices.Contains(all, id) {
			return usagef("%s: there is no category %q%s", flag, id, config.DidYouMean(id, all))
		}
	}
	return nil
}

// fresh refuses addresses that are subscribed.
func fresh(cfg *config.Config, addresses ...string) error {
	for _, address := range addresses {
		for _, s := range cfg.Sources {
			if sourcelist.Same(s.URL) == sourcelist.Same(address) {
				return fmt.Errorf("%s is subscribed already, as %s", fetch.Redact(address), s.ID)
			}
		}
	}
	return nil
}

// theOne returns the feed that is meant, or lists those that may be.
func (a *app) theOne(list []aggregator.Candidate, address string) (aggregator.Candidate, error) {
	readable := keep(list, func(c aggregator.Candidate) bool { return c.Document != nil })
	if len(list) == 1 && len(readable) == 1 {
		return readable[0], nil // also comments, if they were asked for
	}
	if news := keep(readable, func(c aggregator.Candidate) bool { return !c.Comments }); len(news) == 1 {
		return news[0], nil
	}
	if err := a.printCandidates(list); err != nil {
		return aggregator.Candidate{}, err
	}
	return aggregator.Candidate{}, fmt.Errorf("there are %s at %s, and nothing was changed; name the one that you mean with --feed URL",
		news.Count(len(readable), "feed"), fetch.Redact(address))
}

// newSource makes a source of a feed and of what the desk says itself.
func (a *app) newSource(ctx context.Context, cfg *config.Config, c aggregator.Candidate, s news.Source) (news.Source, error) {
	host := ""
	if u, err := url.Parse(c.URL); err == nil {
		host = strings.TrimPrefix(u.Hostname(), "www.")
	}
	s.URL, s.Status, s.Homepage = c.URL, cmp.Or(s.Status, news.Active), cmp.Or(s.Homepage, c.Document.Link)
	if c.Type == news.TypeSitemap { // else it need not be said
		s.Type = c.Type
	}
	s.Title = cmp.Or(clip(oneSpaced(s.Title), 120), clip(oneSpaced(c.Document.Title), 120), host)
	if s.ID != "" {
		return s, nil
	}
	states, err := a.states(ctx, cfg)
	if err != nil {
		return s, err
	}
	// An id that another source had is taken too: its items are still there.
	taken := func(id string) bool {
		st, was := states[id]
		return was && st.URL != s.URL || slices.ContainsFunc(cfg.Sources, func(o news.Source) bool { return o.ID == id })
	}
	s.ID = sourcelist.NewID(taken, "source", s.Title, host)
	return s, nil
}

// oneSpaced is a text in one line, without what turns a line around.
func oneSpaced(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// unchanged says of an edit that failed that all files are as they were.
func unchanged(err error) error {
	err = fmt.Errorf("nothing was changed: %w", err)
	if _, ok := errors.AsType[*config.Errors](err); ok {
		return usageError{err}
	}
	return err
}
