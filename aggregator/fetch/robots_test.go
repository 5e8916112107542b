package fetch

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

func TestP48_WhatARobotsFileAllows(t *testing.T) {
	const both = "User-agent: *\nDisallow: /\n\nUser-Agent: Rightswire/2.0\nDisallow: /private\nAllow: /private/press\n"
	for _, tt := range []struct {
		name, text  string
		allowed, no string // paths
	}{
		{"nothing said", "", "/ /a", ""},
		{"everything closed", "User-agent: *\nDisallow: /", "", "/ /a /a?b"},
		{"an empty line closes nothing", "User-agent: *\nDisallow:", "/ /a", ""},
		{"our own group counts alone", both, "/ /a /private/press /private/press/1", "/private /private/x /privately"},
		{"others' groups do not concern us", "User-agent: otherbot\nDisallow: /", "/ /a", ""},
		{"a group may have several names", "User-agent: a\nUser-agent: rightswire\nDisallow: /a\nUser-agent: b\nDisallow: /b", "/b", "/a"},
		{"groups of one name are one", "User-agent: rightswire\nDisallow: /a\n\nUser-agent: rightswire\nDisallow: /b", "/c", "/a /b"},
		{"the longest rule wins", "User-agent: *\nAllow: /a/b\nDisallow: /a\nAllow: /$", "/ /a/b/c /x", "/a /a/c"},
		{"of two as long, allow wins", "User-agent: *\nDisallow: /page\nAllow: /page", "/page", ""},
		{"a star is any text, a dollar the end", "User-agent: *\nDisallow: /*.pdf$\nDisallow: /*?print=*", "/a.pdf.html /a", "/a.pdf /x/y.pdf /a?print=1"},
		{"the end may be what comes twice", "User-agent: *\nDisallow: /a*b$", "/abc", "/ab /axbyb"},
		{"beyond ASCII", "User-agent: *\nDisallow: /é", "/e", "/%C3%A9tude"},
		{"sloppy lines", "\xef\xbb\xbfuser-AGENT : *  # all\r\n\tDISALLOW:/a # x\r\n\r\nSitemap: /a\r\nnonsense\r\n", "/b", "/a"},
		{"rules before any name are nobody's", "Disallow: /\nUser-agent: *\nDisallow: /a", "/b", "/a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rs := parseRobots([]byte(tt.text), robotsName)
			for path := range strings.FieldsSeq(tt.allowed) {
				if !rs.allow(path) {
					t.Errorf("%s is refused", path)
				}
			}
			for path := range strings.FieldsSeq(tt.no) {
				if rs.allow(path) {
					t.Errorf("%s is allowed", path)
				}
			}
		})
	}
}

func TestP48_PagesObeyRobotsAndFeedsDoNot(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/robots.txt", fetchtest.Answer{Body: "User-agent: *\nDisallow: /feed\nDisallow: /closed"},
		fetchtest.Answer{Status: 500}, fetchtest.Answer{Status: 404})
	for _, path := range []string{"/feed", "/closed", "/open"} {
		o.On(path, fetchtest.Answer{Body: rss})
	}
	o.On("/way", fetchtest.Redirect(302, "/closed"))
	clock := noon
	c := newClient(t, func(o *Options) { o.Now = func() time.Time { return clock } })
	ask := func(path string, page bool, want error) {
		t.Helper()
		res, err := c.Get(t.Context(), Request{URL: o.URL(path), Page: page})
		res.Release()
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("Get(%s, page %t): %v, want %v", path, page, err, want)
		}
	}
	ask("/feed", false, nil)
	if n := len(o.Requests("/robots.txt")); n != 0 {
		t.Errorf("robots.txt was asked for %d times for a feed that the desk listed", n)
	}
	ask("/open", true, nil)
	ask("/closed", true, ErrRobots)
	ask("/way", true, ErrRobots) // at every hop
	clock = clock.Add(23 * time.Hour)
	ask("/closed", true, ErrRobots)
	if n := len(o.Requests("/robots.txt")); n != 1 {
		t.Errorf("robots.txt was asked for %d times in a day, want once", n)
	}
	if n := len(o.Requests("/closed")); n != 0 {
		t.Errorf("a closed page was asked for %d times", n)
	}
	clock = clock.Add(time.Hour)
	ask("/open", true, ErrRobots) // its rules cannot be had
	clock = clock.Add(9 * time.Minute)
	ask("/open", true, ErrRobots) // which is remembered for some minutes
	ask("/closed", true, ErrRobots)
	if n := len(o.Requests("/robots.txt")); n != 2 {
		t.Errorf("robots.txt was asked for %d times, want no third time so soon", n)
	}
	clock = clock.Add(time.Minute)
	ask("/open", true, nil) // now there are none
	if n := len(o.Requests("/robots.txt")); n != 3 {
		t.Errorf("robots.txt was asked for %d times, want 3", n)
	}
}

func TestP48_ASiteThatHasEnoughIsNotOpen(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/robots.txt", fetchtest.Answer{Status: 429, Header: map[string]string{"Retry-After": "3600"}}).On("/page", fetchtest.Answer{Body: rss})
	_, err := newClient(t, nil).Get(t.Context(), Request{URL: o.URL("/page"), Page: true})
	var se *StatusError
	if !errors.Is(err, ErrRobots) || !errors.As(err, &se) || se.RetryAfter != time.Hour || len(o.Requests("/page")) != 0 {
		t.Errorf("Get = %v, want ErrRobots with the refusal", err)
	}
}

func TestP48_ASiteWithoutRobotsFileIsOpen(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/page", fetchtest.Answer{Body: rss, Sees: map[string]string{"Accept": acceptPage, "Cookie": "", "Referer": ""}})
	get(t, newClient(t, nil), Request{URL: o.URL("/page"), Page: true})
}

func TestSitemapsAreThoseOfTheRobotsFile(t *testing.T) {
	o := fetchtest.New(t)
	o.On("/robots.txt", fetchtest.Answer{Body: "Sitemap: https://a.test/1.xml\r\nUser-agent: x\nsitemap : https://b.test/2.xml # the second\rDisallow: /\nSitemap: /relative.xml\n" +
		"Sitemap: file:///etc/passwd\nSitemap: https://u:p@a.test/\nSitemap: https://a.test/1.xml\n"}).On("/page", fetchtest.Answer{Body: rss})
	c := newClient(t, nil)
	get(t, c, Request{URL: o.URL("/page"), Page: true})
	got, err := c.Sitemaps(t.Context(), o.URL("/any/page"), "")
	if want := []string{"https://a.test/1.xml", "https://b.test/2.xml"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("Sitemaps = %q, %v; want %q", got, err, want)
	}
	if n := len(o.Requests("/robots.txt")); n != 1 {
		t.Errorf("robots.txt was asked for %d times", n)
	}
	if got, err := c.Sitemaps(t.Context(), fetchtest.New(t).URL("/"), ""); err != nil || len(got) != 0 {
		t.Errorf("Sitemaps of a site without robots.txt = %q, %v", got, err)
	}
	if _, err := c.Sitemaps(t.Context(), "file:///x", ""); !errors.Is(err, ErrScheme) {
		t.Errorf("Sitemaps of a file: %v", err)
	}
}

// Whatever a robots.txt says, reading and obeying it ends.
func FuzzRobots(f *testing.F) {
	f.Add("User-agent: *\nDisallow: /*a*b$\nAllow: /\xff", "/ab")
	f.Fuzz(func(t *testing.T, text, path string) {
		rs := parseRobots([]byte(text), robotsName)
		if rs.allow(path); len(rs) > maxRobotRules {
			t.Errorf("%d rules", len(rs))
		}
		for _, s := range parseSitemaps([]byte(text)) {
			if u, err := url.Parse(s); err != nil || checkScheme(u) != nil {
				t.Errorf("sitemap %q", s)
			}
		}
	})
}
