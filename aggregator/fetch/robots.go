package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// robotsName is the product token that a robots.txt calls us by (RFC 9309
// section 2.2.1).
const robotsName = "rightswire"

const (
	maxRobots     = 500 << 10 // bytes of a robots.txt that are read (RFC 9309 section 2.5)
	maxRobotRules = 5000
	maxRobotSites = 1000 // sites remembered
	maxSitemaps   = 100

	robotsRetry = 10 * time.Minute // until rules that could not be had are asked for again
)

// robotsCache remembers the rules of sites.
type robotsCache struct {
	mu    sync.Mutex
	sites map[string]*siteRules // by scheme and host
}

// siteRules is the robots.txt of one site. Whoever finds it without rules
// asks for them; others wait.
type siteRules struct {
	mu    sync.Mutex
	rules rules
	maps  []string // sitemaps that it names
	err   error    // why the rules could not be had; nil: they are known
	until time.Time
}

// mayVisit returns an error that wraps [ErrRobots] if the site's robots.txt
// keeps the page from us. Feeds that the desk listed are not asked about: a
// feed is there to be polled (P48).
func (c *Client) mayVisit(ctx context.Context, u *url.URL, proxy string) error {
	rules, _, err := c.robotsOf(ctx, u, proxy)
	if err == nil && !rules.allow(u.RequestURI()) {
		err = fmt.Errorf("%w: %s", ErrRobots, redact(u))
	}
	return err
}

// Sitemaps returns the absolute addresses of the sitemaps that the robots.txt
// of a page's site names, in its order, at most a hundred; none if it has no
// robots.txt. proxy is as in [Request].
func (c *Client) Sitemaps(ctx context.Context, page, proxy string) ([]string, error) {
	u, err := url.Parse(page)
	if err != nil || checkScheme(u) != nil {
		return nil, fmt.Errorf("sitemaps of %s: %w", Redact(page), ErrScheme)
	}
	_, maps, err := c.robotsOf(ctx, u, proxy)
	return maps, err
}

// robotsOf returns what a site's robots.txt says, from memory while it is
// believed.
func (c *Client) robotsOf(ctx context.Context, u *url.URL, proxy string) (rules, []string, error) {
	site := c.robots.site(u.Scheme + "://" + u.Host)
	site.mu.Lock()
	defer site.mu.Unlock()
	if now := c.opt.Now(); !now.Before(site.until) || site.until.Sub(now) > c.opt.RobotsTTL {
		rules, maps, err := c.askRobots(ctx, u, proxy)
		if ctx.Err() != nil {
			return nil, nil, err // our own interruption
		}
		site.rules, site.maps, site.err, site.until = rules, maps, err, now.Add(c.opt.RobotsTTL)
		if err != nil {
			site.until = now.Add(min(robotsRetry, c.opt.RobotsTTL))
		}
	}
	return site.rules, site.maps, site.err
}

// site returns the place of a site's rules, which may be empty yet.
func (r *robotsCache) site(origin string) *siteRules {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.sites[origin]
	if s == nil {
		if r.sites == nil || len(r.sites) >= maxRobotSites {
			r.sites = map[string]*siteRules{} // a day's pages come from fewer sites
		}
		s = &siteRules{}
		r.sites[origin] = s
	}
	return s
}

// askRobots fetches a site's rules, with the manners of any other request. A
// site that has none allows everything, one whose rules cannot be had nothing
// (RFC 9309 section 2.3.1). To be asked too often is no word about its rules.
func (c *Client) askRobots(ctx context.Context, u *url.URL, proxy string) (rules, []string, error) {
	res, err := c.Get(ctx, Request{URL: u.Scheme + "://" + u.Host + "/robots.txt", Proxy: proxy})
	if err == nil {
		defer res.Release()
		text := res.Body[:min(len(res.Body), maxRobots)]
		return parseRobots(text, robotsName), parseSitemaps(text), nil
	}
	if se, ok := errors.AsType[*StatusError](err); ok && se.Code >= 400 && se.Code < 500 && se.Code != http.StatusTooManyRequests {
		return nil, nil, nil
	}
	return nil, nil, fmt.Errorf("%w: its robots.txt cannot be had: %w", ErrRobots, err)
}

// rules are the allow and disallow lines that concern us; none allow all.
type rules []rule

type rule struct {
	allow   bool
	length  int // of the pattern: the longest match wins
	pattern pathPattern
}

// allow reports whether a path with its query may be asked for. Of rules that
// match, the most octets win, and allow over disallow (RFC 9309 section 2.2.2).
func (rs rules) allow(path string) bool {
	best := rule{allow: true, length: -1}
	for _, r := range rs {
		if (r.length > best.length || r.length == best.length && r.allow) && r.pattern.match(path) {
			best = r
		}
	}
	return best.allow
}

// parseRobots returns the rules of all groups that name us, or of those for
// everybody ("*") if none does (RFC 9309 section 2.2.1).
func parseRobots(text []byte, name string) rules {
	var ours, everybody rules
	var forUs, forAll, named, inRules bool
	for line := range strings.Lines(string(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))) {
		for part := range strings.SplitSeq(line, "\r") { // old Mac line ends
			key, value := directive(part)
			switch key {
			case "user-agent":
				if inRules { // a new group
					forUs, forAll, inRules = false, false, false
				}
				agent, _, _ := strings.Cut(value, "/")
				forUs = forUs || strings.EqualFold(agent, name)
				forAll = forAll || agent == "*"
				named = named || forUs
			case "allow", "disallow":
				inRules = true
				if value == "" || len(ours)+len(everybody) >= maxRobotRules {
					continue // an empty disallow keeps nothing from anyone
				}
				r := rule{allow: key == "allow", length: len(value), pattern: newPathPattern(value)}
				if forUs {
					ours = append(ours, r)
				}
				if forAll {
					everybody = append(everybody, r)
				}
			}
		}
	}
	if named {
		return ours
	}
	return everybody
}

// parseSitemaps returns the addresses of sitemap lines, which belong to no
// group (sitemaps.org), each once.
func parseSitemaps(text []byte) []string {
	var out []string
	for line := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return r == '\r' || r == '\n' }) {
		key, value := directive(line)
		u, err := url.Parse(value)
		if key == "sitemap" && err == nil && checkScheme(u) == nil && u.User == nil && !slices.Contains(out, value) && len(out) < maxSitemaps {
			out = append(out, value)
		}
	}
	return out
}

// directive splits a line; the key is in lower case, "" if there is none.
func directive(line string) (key, value string) {
	line, _, _ = strings.Cut(line, "#")
	key, value, _ = strings.Cut(line, ":")
	return strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
}

// pathPattern is a path of a rule: pieces of text with anything in between,
// the first at the start; closed if the last must stand at the end. Matching
// takes one pass, whatever a site writes.
type pathPattern struct {
	pieces []string
	closed bool
}

// newPathPattern reads the special characters: * for any text, $ for the end.
// What is beyond ASCII is compared as a request line has it.
func newPathPattern(path string) pathPattern {
	path, closed := strings.CutSuffix(escapeQuery(path), "$")
	return pathPattern{strings.Split(path, "*"), closed}
}

func (p pathPattern) match(path string) bool {
	for i, piece := range p.pieces {
		last := p.closed && i == len(p.pieces)-1
		at := strings.Index(path, piece)
		if last {
			at = len(path) - len(piece)
		}
		if at < 0 || i == 0 && at > 0 || !strings.HasPrefix(path[at:], piece) {
			return false
		}
		path = path[at+len(piece):]
	}
	return !p.closed || path == ""
}
