package rss

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/feeds"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/sample"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// An item as encoding/xml writes it: what [writeItem] is held to.

type item struct {
	Title       plain               `xml:"title"`
	Link        string              `xml:"link,omitempty"`
	Guid        *feeds.RssGuid      //
	PubDate     string              `xml:"pubDate,omitempty"`
	Updated     string              `xml:"atom:updated,omitempty"`
	Creator     *plain              `xml:"dc:creator"`
	Language    string              `xml:"dc:language,omitempty"`
	Categories  []category          `xml:"category"`
	Source      *source             `xml:"source"`
	Description string              `xml:"description,omitempty"`
	Content     *feeds.RssContent   //
	Enclosure   *feeds.RssEnclosure //
	Media       []media             `xml:"media:content"`
	Thumbnail   *thumbnail          `xml:"media:thumbnail"`
}

type category struct {
	Domain string `xml:"domain,attr,omitempty"`
	plain
}

type source struct {
	URL string `xml:"url,attr"`
	plain
}

type media struct {
	URL    string `xml:"url,attr"`
	Type   string `xml:"type,attr,omitempty"`
	Medium string `xml:"medium,attr,omitempty"`
	Size   string `xml:"fileSize,attr,omitempty"`
}

type thumbnail struct {
	URL string `xml:"url,attr"`
}

// newItem says an entry in RSS; lang is its language where that is not the
// channel's (F30).
func newItem(e publisher.Entry, lang string) item {
	it := item{
		Language: lang,
		Title:    text(clean.First(e.Title, e.URL, "Untitled")),
		Link:     clean.Text(e.URL),
		Guid:     &feeds.RssGuid{Id: clean.Text(e.ID), IsPermaLink: "false"}, // F06
		PubDate:  date(e.Published),
	}
	if e.Updated.Truncate(time.Second).After(e.Published) {
		// RSS has no word for a correction (F09); feedparser and others know
		// this one.
		it.Updated = e.Updated.UTC().Format(time.RFC3339)
	}
	if s := clean.Text(e.Summary); s != "" {
		it.Description = htmlText(s)
		it.Content = &feeds.RssContent{Content: clean.Text(e.Content)}
	} else {
		// Without an excerpt the credit is all there is to say, and the W3C
		// validator wants a description before any content:encoded.
		it.Description = clean.Text(e.Content)
	}
	if a := clean.Line(clean.First(e.Author, e.Source.Title)); a != "" {
		c := text(a)
		it.Creator = &c // F19
	}
	for _, l := range [][]publisher.Label{e.Categories, e.Countries} {
		for _, c := range l {
			if t := text(clean.First(c.Label, c.Term)); t.XML != "" {
				it.Categories = append(it.Categories, category{Domain: clean.Text(c.Scheme), plain: t}) // F24
			}
		}
	}
	if e.Source.FeedURL != "" {
		it.Source = &source{URL: clean.Text(e.Source.FeedURL), plain: text(clean.First(e.Source.Title, e.Source.ID, e.Source.FeedURL))} // F20
	}
	it.media(e)
	return it
}

// media adds the one enclosure that RSS readers expect (F29), preferring what
// can be played over what can be seen, and everything else in the media
// module.
func (it *item) media(e publisher.Entry) {
	best := -1
	for i, enc := range e.Enclosures {
		if !hosted.MatchString(enc.URL) {
			continue
		}
		if best < 0 || playable(enc) && !playable(e.Enclosures[best]) {
			best = i
		}
	}
	seen := map[string]bool{"": true}
	for i, enc := range e.Enclosures {
		if i == best {
			it.Enclosure = &feeds.RssEnclosure{Url: clean.Text(enc.URL), Length: strconv.FormatInt(max(0, enc.Length), 10), Type: clean.MediaType(enc.Type, enc.URL)}
			seen[enc.URL] = !strings.HasPrefix(it.Enclosure.Type, "image/")
		}
	}
	if !seen[e.Image] {
		seen[e.Image] = true
		it.Media = append(it.Media, media{URL: clean.Text(e.Image), Medium: "image"})
		it.Thumbnail = &thumbnail{URL: clean.Text(e.Image)}
	}
	for _, enc := range e.Enclosures {
		if seen[enc.URL] {
			continue
		}
		seen[enc.URL] = true
		m := media{URL: clean.Text(enc.URL), Type: clean.MediaType(enc.Type, enc.URL)}
		if enc.Length > 0 {
			m.Size = strconv.FormatInt(enc.Length, 10)
		}
		it.Media = append(it.Media, m)
	}
}

func sameAsLibrary(t *rapid.T) {
	for _, e := range sample.Any(t).Entries {
		for _, lang := range []string{"", clean.FeedLanguage(e.Language)} {
			want, err := xmlpart.Encode(newItem(e, lang), "    ")
			if err != nil {
				t.Fatal(err)
			}
			got := xmlpart.Write(func(p *xmlpart.Part) { writeItem(p, &e, lang) })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("(-encoding/xml +writeItem)\n%s", diff)
			}
		}
	}
}

func TestItemsAreWrittenAsTheLibraryHasThem(t *testing.T) {
	for _, e := range append(sample.Odd().Entries, sample.Plain(1)) {
		want, err := xmlpart.Encode(newItem(e, "ar"), "    ")
		if err != nil {
			t.Fatal(err)
		}
		got := xmlpart.Write(func(p *xmlpart.Part) { writeItem(p, &e, "ar") })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-encoding/xml +writeItem)\n%s", e.Title, diff)
		}
	}
	rapid.Check(t, sameAsLibrary)
}

func FuzzItem(f *testing.F) { f.Fuzz(rapid.MakeFuzz(sameAsLibrary)) }
