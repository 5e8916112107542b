package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch"
	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

// newSourcesDiscover is the command "sources discover".
func newSourcesDiscover(a *app) *cobra.Command {
	var asJSON bool
	var f searchFlags
	cmd := &cobra.Command{
		Use:   "discover URL",
		Short: "Find the feeds of a site or page, and what they hold",
		Long: `Looks for feeds, beginning with the address itself: if that is a feed, one
request is all. If it is a page, the feeds that it names are read (link
elements and the Link header). If it names none, the places are tried where
its software has them (WordPress /feed/, SPIP spip.php?page=backend, Drupal
/rss.xml, Ghost /rss/, Hugo /index.xml, Jekyll /feed.xml), then those that many
sites use, until one has a feed. A site without a feed may have a news sitemap:
it is looked for where robots.txt says, then at usual places.

Of each feed you see title, format, entries and the date of the newest. One
feed in several formats is listed once, readers' comments come last. Requests
are as polite as polls: paced, with your contact in the User-Agent, at most
thirty, and robots.txt decides about addresses that nobody named. Nothing is
stored; "rightswire sources add" takes the same addresses.`,
		Example: `  rightswire sources discover https://union.example/
  rightswire sources discover union.example/news --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			fetcher, err := a.fetcher(cfg)
			if err != nil {
				return err
			}
			defer fetcher.Close()
			list, err := a.search(cmd.Context(), cfg, fetcher, args[0], f)
			if asJSON {
				if err := writeJSONLines(a.out, candidateLines(list)); err != nil {
					return err
				}
			} else if err := a.printCandidates(list); err != nil {
				return err
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	f.flags(cmd)
	return cmd
}

// searchFlags are the flags of commands that look for feeds.
type searchFlags struct {
	kind, proxy string
	headers     map[string]string // of requests to the site that was named
}

func (f *searchFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.kind, "type", "", "`what` to look for: feed, or sitemap for a site's news sitemap; left out: a feed, or else a sitemap")
	cmd.Flags().StringVar(&f.proxy, "proxy", "", "ask through this `URL`, without a password; left out: as sources of the same host are asked, or fetch.proxy")
	offer(cmd, "type", words("feed", "sitemap"))
}

// search looks for the feeds of an address as written on the command line.
func (a *app) search(ctx context.Context, cfg *config.Config, fetcher *fetch.Client, address string, f searchFlags) ([]aggregator.Candidate, error) {
	address, err := webAddress(address)
	if err != nil {
		return nil, err
	}
	kind := news.Type(f.kind)
	if kind != "" && kind != news.TypeFeed && kind != news.TypeSitemap {
		return nil, usagef("--type: %q is neither feed nor sitemap", f.kind)
	}
	proxy, err := f.via(cfg, address)
	if err != nil {
		return nil, err
	}
	heard, err := a.heard(ctx, cfg)
	if err != nil {
		return nil, err
	}
	list, err := aggregator.Search{Guest: fetcher, Limits: limits(cfg), Proxy: proxy, Header: f.headers, Type: kind, Sitemaps: cfg.Fetch.Sitemaps,
		States: heard, Now: a.now()}.Find(ctx, address)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("no %s found: %w", cmp.Or(string(kind), "feed"), err)
	}
	return list, err
}

// heard returns what polls were told, also of sources that are in the list no
// more; nothing if there is no database yet.
func (a *app) heard(ctx context.Context, cfg *config.Config) (all []news.SourceState, err error) {
	store, err := a.openStore(ctx, cfg, true)
	if errors.Is(err, errNoDatabase) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer store.Close()
	if all, err = store.FormerStates(ctx); err != nil {
		return nil, err
	}
	now, err := store.States(ctx)
	return append(all, now...), err
}

// via returns the proxy through which an address is asked: the one that was
// named, else that of a source whose feed or homepage is on the same host, so
// that looking at a source goes the way that its polls go.
func (f searchFlags) via(cfg *config.Config, address string) (string, error) {
	if f.proxy != "" {
		u, err := url.Parse(f.proxy)
		if err != nil || u.Hostname() == "" || u.User != nil || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
			return "", usagef("--proxy: write http://host:port, https://host:port or socks5://host:port; one with a password belongs into the file, as proxy: with $NAME at the source")
		}
		return f.proxy, nil
	}
	host := hostOf(address)
	for _, s := range cfg.Sources {
		if s.Proxy != "" && (hostOf(s.URL) == host || hostOf(s.Homepage) == host) {
			return s.Proxy, nil
		}
	}
	return "", nil
}

// hostOf is the host of a URL, with its port; "" if it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// webAddress completes an address as people write it.
func webAddress(s string) (string, error) {
	whole := s
	if !strings.Contains(s, "://") {
		whole = "https://" + s
	}
	u, err := url.Parse(whole)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", usagef("%q is not an http or https URL; write the whole address, such as https://union.example/", typed(s))
	}
	if u.User != nil {
		return "", usagef("the address has a user name or password, and addresses are published; write headers: {Authorization: $NAME} at the source instead")
	}
	return whole, nil
}

// typed is an address that cannot be read, for whoever wrote it: without what
// may be a password or a key in it (S32).
func typed(s string) string {
	if shown := fetch.Redact(s); !strings.HasPrefix(shown, "invalid") {
		return shown
	}
	s, _, _ = strings.Cut(s, "?")
	if at := strings.LastIndex(s, "@"); at >= 0 {
		return "…" + s[at:]
	}
	return s
}

// candidateLine is a line of "sources discover --json"; its keys stay.
type candidateLine struct {
	URL      string   `json:"url"`
	Title    string   `json:"title"`
	Format   string   `json:"format"`
	Type     string   `json:"type"` // feed or sitemap
	Items    int      `json:"items"`
	Newest   string   `json:"newest"` // "" if no entry has a date
	Via      string   `json:"via"`
	Comments bool     `json:"comments"`
	Same     []string `json:"same"`  // further addresses with the same entries
	Error    string   `json:"error"` // why it cannot be read
}

func candidateLines(list []aggregator.Candidate) []candidateLine {
	lines := make([]candidateLine, 0, len(list))
	for _, c := range list {
		l := candidateLine{URL: c.URL, Type: string(cmp.Or(c.Type, news.TypeFeed)), Via: c.Via, Comments: c.Comments, Same: c.Same, Newest: stamp(c.Newest())}
		if l.Same == nil {
			l.Same = []string{}
		}
		if c.Document != nil {
			l.Title, l.Format, l.Items = c.Document.Title, c.Document.Format, len(c.Document.Entries)
		}
		if c.Err != nil {
			l.Error = c.Err.Error()
		}
		lines = append(lines, l)
	}
	return lines
}

// printCandidates is the table for people; nothing at all where there is
// nothing to list.
func (a *app) printCandidates(list []aggregator.Candidate) error {
	if len(list) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "URL\tTITLE\tFORMAT\tITEMS\tNEWEST\tFOUND")
	for _, c := range list {
		if c.Document == nil {
			fmt.Fprintf(w, "%s\t-\t-\t-\t-\t%s; %s\n", c.URL, c.Via, brief(c.Err.Error()))
			continue
		}
		via := c.Via
		if c.Comments {
			via += "; comments"
		}
		if len(c.Same) > 0 {
			via += "; the same as " + strings.Join(c.Same, ", ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", c.URL, dash(clip(c.Document.Title, 60)), c.Document.Format,
			len(c.Document.Entries), since(c.Newest(), a.now()), via)
	}
	return w.Flush()
}
