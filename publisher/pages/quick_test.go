package pages

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// byTemplate is a renderer that writes everything by template.
func byTemplate(t testing.TB) *Renderer {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	r.slow = true
	return r
}

// oddities are what the generators put between letters: what HTML, addresses
// and html/template treat as special, and what breaks careless code.
var oddities = []string{
	`"`, `'`, "&", "<", ">", "+", "`", "=", "%", "%2f", "%zz", "\x00", "\r", "\n", "\t", " ", "\\", "#", "?", "(", ")", "{{.}}", "\u202e", "\u2028", "\ufeff", "\ufffe", "\xff",
	"&amp;", "</title>", "<!--", "-->", "</script>", "<script>", "javascript:", "JAVASCRIPT:", "data:text/html,", "mailto:", "url=", ":", "/", "//", "[", "]", "@", "|", "~", ";", "é", "عمال", "مزدور", "💥",
}

func text() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.Just(""), rapid.SampledFrom(oddities), rapid.String(), rapid.StringMatching(`[A-Za-z' ]{1,30}`),
		rapid.Map(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(oddities), rapid.StringMatching(`[a-z]{1,5}`)), 1, 8), func(s []string) string { return strings.Join(s, "") }),
	)
}

func address() *rapid.Generator[string] {
	start := rapid.SampledFrom([]string{"https://a.example/", "http://b.example", "HTTPS://C.example/?q=", siteURL, siteURL + "/story/1/", "javascript:", "java/script:", "//", "/", "mailto:", "data:", "", "https://", "https:// ", "http://[::1]:8080/"})
	return rapid.Custom(func(t *rapid.T) string {
		return start.Draw(t, "start") + rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[a-z0-9/?&=+-]{1,12}`), text()).Draw(t, "rest")
	})
}

func anyTongue() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "en", "ar", "ur-Arab", "pt-br", "zh-Hans-CN", "und", "x-y", "iw", "art-lojban", "en-US-u-co-phonebk"}), text())
}

func moment() *rapid.Generator[time.Time] {
	return rapid.Map(rapid.OneOf(rapid.Int64Range(-3600, 3600), rapid.Int64Range(-1e11, 3e11)), func(s int64) time.Time {
		return noon.Add(time.Duration(s%1000) * time.Millisecond).Add(time.Duration(s) * time.Second / 30).In(time.FixedZone("", 5400))
	})
}

func labels() *rapid.Generator[[]publisher.Label] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) publisher.Label {
		return publisher.Label{Term: text().Draw(t, "term"), Label: text().Draw(t, "label")}
	}), 0, 6)
}

func outlet() *rapid.Generator[publisher.Outlet] {
	return rapid.Custom(func(t *rapid.T) publisher.Outlet {
		return publisher.Outlet{
			ID: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "id"), Title: text().Draw(t, "outlet"), Homepage: address().Draw(t, "home"),
			Language: anyTongue().Draw(t, "tongue"),
		}
	})
}

func story() *rapid.Generator[publisher.Entry] {
	return rapid.Custom(func(t *rapid.T) publisher.Entry {
		return publisher.Entry{
			Title: text().Draw(t, "title"), URL: address().Draw(t, "url"), StoryURL: address().Draw(t, "story"), Author: text().Draw(t, "author"),
			Summary: text().Draw(t, "summary"), Content: content().Draw(t, "content"), Published: moment().Draw(t, "published"), Updated: moment().Draw(t, "updated"),
			Language: anyTongue().Draw(t, "language"), Source: outlet().Draw(t, "source"), Categories: labels().Draw(t, "categories"), Countries: labels().Draw(t, "countries"),
			Correction: rapid.Bool().Draw(t, "correction"),
			Coverage: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) publisher.Coverage {
				return publisher.Coverage{
					Outlet: outlet().Draw(t, "outlet"), Title: text().Draw(t, "title"), URL: address().Draw(t, "url"), Language: anyTongue().Draw(t, "language"),
					Published: moment().Draw(t, "published"), Copy: rapid.Bool().Draw(t, "copy"),
				}
			}), 0, 12).Draw(t, "coverage"),
			Enclosures: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) news.Enclosure {
				return news.Enclosure{URL: address().Draw(t, "url"), Type: text().Draw(t, "type"), Length: rapid.Int64().Draw(t, "length")}
			}), 0, 3).Draw(t, "enclosures"),
		}
	})
}

func content() *rapid.Generator[string] {
	return rapid.OneOf(text(), rapid.Map(rapid.SliceOfN(rapid.OneOf(text(), rapid.SampledFrom([]string{
		"<p>", "</p>", "<p></p>", "<p>A word &amp; &#39;more&#39; &#34;x&#34; &lt;b&gt;</p>", "<p>Source: ", "<p>Source: a</p>", "<p>Also at:</p><ul><li>b</li></ul>", "<p>x</p>",
	})), 0, 8), func(s []string) string { return strings.Join(s, "") }))
}

// anyPage is a page of a story or a list of stories, here or on another site, often unlike what a
// builder would fill.
func anyPage() *rapid.Generator[publisher.Page] {
	odd := func(t *rapid.T, name string) string {
		if rapid.IntRange(0, 9).Draw(t, name) > 0 {
			return ""
		}
		return text().Draw(t, name)
	}
	return rapid.Custom(func(t *rapid.T) publisher.Page {
		p := publisher.Page{
			Kind: rapid.SampledFrom([]publisher.PageKind{publisher.PageStory, publisher.PageStory, publisher.PageList, publisher.PageList, publisher.PageEmbed, publisher.PageFragment}).Draw(t, "kind"),
			Site: publisher.SiteInfo{
				Title: text().Draw(t, "site"), Description: text().Draw(t, "motto"), Language: anyTongue().Draw(t, "tongue"), Contact: text().Draw(t, "contact"),
				URL: rapid.OneOf(rapid.Just(siteURL), rapid.Just(siteURL+"/wire"), address(), rapid.Just("")).Draw(t, "at"),
			},
			Path: rapid.OneOf(rapid.Just("/story/1/"), rapid.SampledFrom([]string{"/", "/about/", ""}), address()).Draw(t, "path"), Title: text().Draw(t, "title"),
			Description: text().Draw(t, "description"), Language: anyTongue().Draw(t, "language"), Updated: rapid.OneOf(moment(), rapid.Just(time.Time{})).Draw(t, "updated"),
			Entries: rapid.SliceOfN(story(), 0, 3).Draw(t, "entries"), More: rapid.SliceOfN(story(), 0, 3).Draw(t, "more"),
			Cut: publisher.Cut{Page: rapid.OneOf(rapid.Just("/category/x/"), text()).Draw(t, "cut")}, Target: odd(t, "target"), Prev: odd(t, "prev"), Next: odd(t, "next"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "feeds") {
			p.Feeds = append(p.Feeds, publisher.FeedLink{
				Title: text().Draw(t, "feed"), URL: rapid.OneOf(address(), rapid.Just(p.Site.URL+"/feeds/all.rss")).Draw(t, "feed url"), Type: rapid.OneOf(rapid.Just(atomType), text()).Draw(t, "type"), Name: text().Draw(t, "name"),
			})
		}
		if counts := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 4).Draw(t, "chart"); len(counts) > 0 {
			p.Chart = &publisher.Chart{First: moment().Draw(t, "first"), Counts: counts}
		}
		for range rapid.IntRange(0, 3).Draw(t, "nav") {
			p.Nav = append(p.Nav, publisher.NavItem{
				Title: text().Draw(t, "section"), Path: rapid.OneOf(rapid.Just("/feeds/"), address()).Draw(t, "to"), Count: rapid.IntRange(0, 9).Draw(t, "count"), Current: rapid.Bool().Draw(t, "current"),
			})
		}
		return p
	})
}

// sameByTemplate says that a page is written alike with and without the quick
// way. quick is used for page after page, as a wire does.
func sameByTemplate(quick, slow *Renderer) func(*rapid.T) {
	return func(t *rapid.T) {
		p := anyPage().Draw(t, "page")
		if quick.shell.Load() != nil && rapid.Bool().Draw(t, "same site") {
			p.Site, p.Nav = quick.shell.Load().site, quick.shell.Load().nav
		}
		want, wantErr := slow.Append(nil, p)
		for i := range p.Entries {
			p.Entries[i].Memo = &publisher.Memo{}
		}
		got, err := quick.Append(nil, p)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error %v, by template %v", err, wantErr)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Fatalf("(-by template +quick)\n%s", diff)
		}
	}
}

func TestStoriesAreWrittenAsTheTemplatesHaveThem(t *testing.T) {
	quick, slow := newRenderer(t), byTemplate(t)
	for i, p := range append(append(fixturePages(), emptyPages()...), embedPage(publisher.PageEmbed), embedPage(publisher.PageFragment)) {
		if diff := cmp.Diff(string(render(t, slow, p)), string(render(t, quick, p))); diff != "" {
			t.Errorf("page %d (-by template +quick)\n%s", i, diff)
		}
	}
	rapid.Check(t, sameByTemplate(quick, slow))
}

func FuzzStory(f *testing.F) {
	quick, err := New()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(rapid.MakeFuzz(sameByTemplate(quick, byTemplate(f))))
}

// FuzzEscape puts one text into every place that a page of a story has for
// foreign texts and addresses.
func FuzzEscape(f *testing.F) {
	for _, s := range append(oddities, hostile, "https://a.example/?a=1&b=%2f+c", "javascript:alert(1)", "a/b:c") {
		f.Add(s)
	}
	quick, err := New()
	if err != nil {
		f.Fatal(err)
	}
	slow := byTemplate(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, at := range []string{s, "https://a.example/" + s, "https://" + s} {
			o := publisher.Outlet{ID: "a", Title: s, Homepage: at, Language: s}
			lab := []publisher.Label{{Term: s, Label: s}}
			e := publisher.Entry{
				Title: s, URL: at, StoryURL: at, Author: s, Summary: s, Content: s, Language: s, Source: o, Categories: lab, Countries: lab, Published: noon, Updated: noon,
				Coverage:   []publisher.Coverage{{Outlet: o, Title: s, URL: at, Language: s, Published: noon}},
				Enclosures: []news.Enclosure{{URL: at, Type: s, Length: 1}},
			}
			p := publisher.Page{
				Kind: publisher.PageStory, Site: publisher.SiteInfo{Title: s, URL: siteURL}, Path: s, Title: s, Description: s, Entries: []publisher.Entry{e}, More: []publisher.Entry{e},
				Feeds: []publisher.FeedLink{{Title: s, URL: at, Type: s}}, Nav: []publisher.NavItem{{Title: s, Path: s}},
			}
			for _, kind := range []publisher.PageKind{publisher.PageStory, publisher.PageList, publisher.PageEmbed, publisher.PageFragment} {
				p.Kind, p.Cut.Page = kind, s
				want, wantErr := slow.Append(nil, p)
				got, err := quick.Append(nil, p)
				if (err == nil) != (wantErr == nil) {
					t.Fatalf("error %v, by template %v", err, wantErr)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Errorf("%s of %q (-by template +quick)\n%s", kind, at, diff)
				}
			}
		}
	})
}

func TestPagesThatThereAreManyOfAreWrittenTheQuickWay(t *testing.T) {
	r := newRenderer(t)
	many := []publisher.PageKind{publisher.PageStory, publisher.PageList, publisher.PageEmbed, publisher.PageFragment}
	for _, p := range append(fixturePages(), embedPage(publisher.PageEmbed), embedPage(publisher.PageFragment)) {
		if got, want := r.quickly(p) != nil, slices.Contains(many, p.Kind); got != want {
			t.Errorf("%s is written the quick way: %v, want %v", p.Path, got, want)
		}
	}
}

func TestAnAddressThatIsPlainIsOneOfTheWeb(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := address().Draw(t, "address")
		u, err := url.Parse(s)
		if plainWeb(s) && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			t.Errorf("plainWeb(%q) = true, but url.Parse = %v, %v", s, u, err)
		}
	})
}

// A page of a story as a wire with sections and feeds has it, both ways.
func BenchmarkStoryPage(b *testing.B) {
	p := fixturePages()[3]
	for i := range 4 {
		for _, f := range publisher.Formats {
			p.Feeds = append(p.Feeds, feedLink(testSite, f, fmt.Sprintf("/feeds/f%d", i), "Unions and strikes"))
		}
	}
	for i := range 40 {
		p.Nav = append(p.Nav, publisher.NavItem{Title: fmt.Sprint("Section ", i), Path: fmt.Sprintf("/category/s%d/", i), Count: i})
	}
	quick, err := New()
	if err != nil {
		b.Fatal(err)
	}
	for name, r := range map[string]*Renderer{"quick": quick, "template": byTemplate(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Append(nil, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestAMinuteIsWhatAStampTells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := time.Unix(rapid.Int64Range(-1e12, 1e12).Draw(t, "seconds"), 0)
		b := a.Add(time.Duration(rapid.IntRange(-90, 90).Draw(t, "later")) * time.Second)
		if (minute(a) == minute(b)) != (stamp(a) == stamp(b)) {
			t.Errorf("minute tells %d and %d, stamp %q and %q", minute(a), minute(b), stamp(a), stamp(b))
		}
		b = a.Add(time.Duration(rapid.IntRange(-30, 30).Draw(t, "hours")) * time.Hour)
		if (days(a) == days(b)) != (longDay(a) == longDay(b)) {
			t.Errorf("days tells %d and %d, longDay %q and %q", days(a), days(b), longDay(a), longDay(b))
		}
	})
}

// What another site shows of a cut, and a list of stories that other pages have
// shown, both ways.
func BenchmarkEmbed(b *testing.B) { bothWays(b, embedPage(publisher.PageEmbed)) }

func BenchmarkListPage(b *testing.B) { bothWays(b, fixturePages()[0]) }

func bothWays(b *testing.B, p publisher.Page) {
	for len(p.Entries) < 10 {
		p.Entries = append(p.Entries, p.Entries...)
	}
	for i := range p.Entries {
		p.Entries[i].Memo = &publisher.Memo{}
	}
	quick, err := New()
	if err != nil {
		b.Fatal(err)
	}
	for name, r := range map[string]*Renderer{"quick": quick, "template": byTemplate(b)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Append(nil, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
