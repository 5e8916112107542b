package publisher_test

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// sitemap is a sitemap, or an index of several, as a crawler reads it.
type sitemap struct {
	XMLName xml.Name
	URLs    []mapped `xml:"url"`
	Parts   []mapped `xml:"sitemap"`
}

type mapped struct {
	Loc     string `xml:"loc"`
	Lastmod string `xml:"lastmod"`
}

func readSitemap(t *testing.T, site *publisher.Site, path string) sitemap {
	t.Helper()
	f := site.Files[path]
	if f == nil {
		t.Fatalf("the site has no %s", path)
	}
	var m sitemap
	if err := xml.Unmarshal(f.Body, &m); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return m
}

func TestTheSitemapNamesEveryPageWithTheTimeOfItsContent(t *testing.T) {
	site := build(t, small(), options())
	m := readSitemap(t, site, "/sitemap.xml")
	if want := "http://www.sitemaps.org/schemas/sitemap/0.9"; m.XMLName.Space != want || m.XMLName.Local != "urlset" {
		t.Errorf("root is %v, want urlset of %s", m.XMLName, want)
	}
	seen := map[string]string{}
	for _, u := range m.URLs {
		path, ours := strings.CutPrefix(u.Loc, "https://wire.example")
		if _, twice := seen[path]; twice || !ours {
			t.Errorf("%q is listed twice, or is not ours", u.Loc)
		}
		seen[path] = u.Lastmod
		if site.Files[path+"index.html"] == nil {
			t.Errorf("%s is listed and not there", path)
		}
	}
	for path, f := range site.Files {
		page, is := strings.CutSuffix(path, "index.html")
		last, listed := seen[page]
		switch {
		case !is || strings.Contains(page, "/page/"):
		case !listed && page != "/cut/gulf/":
			t.Errorf("%s is not listed", page)
		case strings.HasPrefix(page, "/story/") && last != f.Modified.Format(time.RFC3339):
			t.Errorf("%s changed at %q, want %s as its page says", page, last, f.Modified.Format(time.RFC3339))
		}
	}
	if got := seen["/feeds/"]; got != "" {
		t.Errorf("/feeds/ changed at %q: nobody knows when", got)
	}
}

func TestALargeSiteHasASitemapOfSitemaps(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds a site of 10,000 pages")
	}
	n := small()
	for id := range int64(10_100) {
		n.put(story(100+id, "alpha", "labor", "en", noon.Add(-time.Duration(id)*time.Minute)))
	}
	opt := options()
	opt.Items, opt.HomePages = 1000, 11
	site := build(t, n, opt)
	index := readSitemap(t, site, "/sitemap.xml")
	if index.XMLName.Local != "sitemapindex" || len(index.Parts) != 2 {
		t.Fatalf("sitemap.xml is a %s of %d; want an index of 2", index.XMLName.Local, len(index.Parts))
	}
	total := 0
	for _, p := range index.Parts {
		part := readSitemap(t, site, strings.TrimPrefix(p.Loc, "https://wire.example"))
		total += len(part.URLs)
		if len(part.URLs) > 10_000 || p.Lastmod == "" {
			t.Errorf("%s has %d addresses and the time %q", p.Loc, len(part.URLs), p.Lastmod)
		}
	}
	if total < 10_100 {
		t.Errorf("%d addresses in all parts, want every story", total)
	}
}

func TestRobotsNamesTheSitemap(t *testing.T) {
	text := string(build(t, small(), options()).Files["/robots.txt"].Body)
	if !strings.Contains(text, "\nSitemap: https://wire.example/sitemap.xml\n") {
		t.Errorf("robots.txt = %q, want it to name the sitemap", text)
	}
	opt := options()
	opt.Pages = nil
	if text := string(build(t, small(), opt).Files["/robots.txt"].Body); strings.Contains(text, "Sitemap") {
		t.Errorf("robots.txt of a site without pages = %q", text)
	}
}

func TestSecurityTxtEndsAYearAfterTheMonthOfTheNewestReport(t *testing.T) {
	const path = "/.well-known/security.txt"
	n := small()
	first := build(t, n, options()).Files[path]
	for _, line := range []string{"Contact: mailto:desk@wire.example\n", "Expires: " + noon.AddDate(1, 0, 1-noon.Day()).Format("2006-01-02") + "T00:00:00Z\n", "Canonical: https://wire.example" + path + "\n"} {
		if !strings.Contains(string(first.Body), line) {
			t.Errorf("security.txt = %q, want %q in it", first.Body, line)
		}
	}
	n.put(story(9, "alpha", "labor", "en", noon.Add(time.Hour)))
	if again := build(t, n, options()).Files[path]; again.ETag != first.ETag {
		t.Error("a further report in the same month changed security.txt")
	}
	opt := options()
	opt.Site.Contact = ""
	if build(t, n, opt).Files[path] != nil {
		t.Error("there is a security.txt without anybody to write to")
	}
}

func TestLlmsTxtNamesAddressesThatAreThere(t *testing.T) {
	site := build(t, small(), options())
	for part := range strings.SplitSeq(string(site.Files["/llms.txt"].Body), "](https://wire.example") {
		path, _, link := strings.Cut(part, ")")
		if !link || !strings.HasPrefix(path, "/") {
			continue
		}
		if site.Files[path] == nil && site.Files[path+"index.html"] == nil {
			t.Errorf("llms.txt names %s, which is not there", path)
		}
	}
}
