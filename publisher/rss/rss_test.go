package rss_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher/internal/sample"
	"github.com/rightswire/rightswire/publisher/rss"
)

// channel is the document as a namespace-aware reader sees it.
type channel struct {
	Title    string `xml:"channel>title"`
	Language string `xml:"channel>language"`
	Built    string `xml:"channel>lastBuildDate"`
	TTL      string `xml:"channel>ttl"`
	Docs     string `xml:"channel>docs"`
	Made     string `xml:"channel>generator"`
	Links    []link `xml:"http://www.w3.org/2005/Atom channel>link"`
	Items    []item `xml:"channel>item"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
	Type string `xml:"type,attr"`
}

type item struct {
	Title string `xml:"title"`
	Guid  struct {
		ID        string `xml:",chardata"`
		Permalink string `xml:"isPermaLink,attr"`
	} `xml:"guid"`
	Author      *struct{} `xml:"author"`
	Creator     string    `xml:"http://purl.org/dc/elements/1.1/ creator"`
	Language    string    `xml:"http://purl.org/dc/elements/1.1/ language"`
	Updated     string    `xml:"http://www.w3.org/2005/Atom updated"`
	Description string    `xml:"description"`
	Content     string    `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
	Categories  []struct {
		Domain string `xml:"domain,attr"`
		Text   string `xml:",chardata"`
	} `xml:"category"`
	Source struct {
		URL   string `xml:"url,attr"`
		Title string `xml:",chardata"`
	} `xml:"source"`
	Enclosures []struct {
		URL    string `xml:"url,attr"`
		Length string `xml:"length,attr"`
		Type   string `xml:"type,attr"`
	} `xml:"enclosure"`
	Media []struct {
		URL    string `xml:"url,attr"`
		Medium string `xml:"medium,attr"`
	} `xml:"http://search.yahoo.com/mrss/ content"`
	Thumbnail struct {
		URL string `xml:"url,attr"`
	} `xml:"http://search.yahoo.com/mrss/ thumbnail"`
}

func parse(t *testing.T, b []byte) channel {
	t.Helper()
	var c channel
	if err := xml.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestF04_SelfLinkIsTheFeedsOwnAddress(t *testing.T) {
	links := parse(t, encode(t, sample.Odd())).Links
	if len(links) != 1 || links[0] != (link{"self", "https://wire.example/feeds/unions-strikes.rss", "application/rss+xml"}) {
		t.Errorf("links %+v, want one rel=self with the address and type", links)
	}
}

func TestF31_HubIsNamedWhenThereIsOne(t *testing.T) {
	links := parse(t, encode(t, sample.Hub())).Links
	if len(links) != 2 || links[1].Rel != "hub" || links[1].Href != "https://hub.example/" {
		t.Errorf("links %+v, want self and hub", links)
	}
}

func TestF06_GuidIsTheEntrysIDAndNoLink(t *testing.T) {
	ed := sample.Odd()
	for i, it := range parse(t, encode(t, ed)).Items {
		if it.Guid.ID != ed.Entries[i].ID || it.Guid.Permalink != "false" {
			t.Errorf("guid %+v, want %s and isPermaLink=false", it.Guid, ed.Entries[i].ID)
		}
	}
}

func TestF09_CorrectionsSayWhen(t *testing.T) {
	items := parse(t, encode(t, sample.Odd())).Items
	if items[3].Updated != "2026-03-04T09:30:00Z" || items[2].Updated != "" {
		t.Errorf("updated %q and %q; want the correction's and none", items[3].Updated, items[2].Updated)
	}
}

func TestF18_ChannelSaysWhatItIs(t *testing.T) {
	c := parse(t, encode(t, sample.Odd()))
	for name, got := range map[string][2]string{
		"title": {c.Title, "Unions & strikes - Test wire"}, "language": {c.Language, "en"}, "lastBuildDate": {c.Built, "Wed, 04 Mar 2026 11:00:00 +0000"},
		"ttl": {c.TTL, "15"}, "generator": {c.Made, "rightswire 1.2.3"}, "docs": {c.Docs, "https://www.rssboard.org/rss-specification"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s = %q, want %q", name, got[0], got[1])
		}
	}
	if c := parse(t, encode(t, sample.Empty())); c.Built != "" {
		t.Errorf("an empty edition was built %q; want no date", c.Built)
	}
}

func TestF19_NamesAreCreatorsNotAuthors(t *testing.T) {
	c := parse(t, encode(t, sample.Odd()))
	for i, want := range []string{"بيتا", "‹i›Ana‹/i› & Bea", "Ana Díaz"} {
		if got := c.Items[i]; got.Creator != want || got.Author != nil {
			t.Errorf("item %d: creator %q, author %v; want %q and no author", i, got.Creator, got.Author, want)
		}
	}
}

func TestF20_SourceNamesFeedAndTitle(t *testing.T) {
	for i, it := range parse(t, encode(t, sample.Odd())).Items {
		if !strings.HasPrefix(it.Source.URL, "https://") || it.Source.Title == "" {
			t.Errorf("item %d: source %+v, want url and title", i, it.Source)
		}
	}
}

func TestF24_CategoriesHaveDomains(t *testing.T) {
	cats := parse(t, encode(t, sample.Odd())).Items[1].Categories
	if len(cats) != 3 || cats[0].Text != "Unions & strikes" || cats[0].Domain != "https://wire.example/category/" || cats[2].Domain != "https://wire.example/country/" {
		t.Errorf("categories %+v", cats)
	}
}

func TestF28_S01_NoTitleHoldsATag(t *testing.T) {
	it := parse(t, encode(t, sample.Odd())).Items[1]
	if want := `Why ‹b›"AT&T"‹/b› &amp; others ‹script›alert(1)‹/script› write ‹/title›`; it.Title != want {
		t.Errorf("title %q, want %q", it.Title, want)
	}
	if want := "5 &lt; 6 &amp;&amp; 7 &gt; 6, says &lt;Ana&gt;"; it.Description != want {
		t.Errorf("description %q, want escaped text", it.Description)
	}
}

func TestF29_OneEnclosureAndTheRestAsMedia(t *testing.T) {
	it := parse(t, encode(t, sample.Odd())).Items[2]
	if len(it.Enclosures) != 1 || it.Enclosures[0].Type != "audio/mpeg" || it.Enclosures[0].Length != "8589934592" {
		t.Errorf("enclosures %+v, want the recording only", it.Enclosures)
	}
	if len(it.Media) != 3 || it.Media[0].Medium != "image" || it.Thumbnail.URL != it.Media[0].URL {
		t.Errorf("media %+v, thumbnail %+v; want the picture in both and the other two files", it.Media, it.Thumbnail)
	}
}

// An address without a name that others could look up is no enclosure: the W3C
// validator takes it for an error (F01). It stands in the media module.
func TestF29_AnEnclosureHasAHostWithADot(t *testing.T) {
	for url, want := range map[string]int{
		"https://a.example/1.mp3": 1, "http://a.example": 1, "http://127.0.0.1:8080/1.mp3": 1, "http://localhost/1.mp3": 0, "http://[2001:db8::1]/1.mp3": 0, "https://a_b.example/1.mp3": 0,
	} {
		ed := sample.Odd()
		ed.Entries = ed.Entries[:1]
		ed.Entries[0].Image, ed.Entries[0].Enclosures = "", []news.Enclosure{{URL: url, Type: "audio/mpeg"}}
		it := parse(t, encode(t, ed)).Items[0]
		if len(it.Enclosures) != want || len(it.Media) != 1-want {
			t.Errorf("%s: %d enclosures and %d media, want %d and %d", url, len(it.Enclosures), len(it.Media), want, 1-want)
		}
	}
}

func TestF30_OtherLanguagesAreNamed(t *testing.T) {
	items := parse(t, encode(t, sample.Odd())).Items
	if items[0].Language != "ar" || items[1].Language != "" || items[6].Language != "" {
		t.Errorf("languages %q, %q, %q; want ar, and none where it is the channel's or unknown", items[0].Language, items[1].Language, items[6].Language)
	}
}

// F03, S22: any text gives a document that XML readers read to the end.
func TestAnyEditionIsWellFormed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ed := sample.Any(rt)
		got, err := rss.Append(nil, ed)
		if err != nil {
			rt.Fatal(err)
		}
		if r, bad := sample.Forbidden(got); bad {
			rt.Fatalf("U+%04X in %q", r, got)
		}
		items := 0
		dec := xml.NewDecoder(bytes.NewReader(got))
		for {
			tok, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				rt.Fatalf("%v in %q", err, got)
			}
			if s, ok := tok.(xml.StartElement); ok && s.Name.Local == "item" {
				items++
			}
		}
		if items != len(ed.Entries) {
			rt.Fatalf("%d items, want %d", items, len(ed.Entries))
		}
	})
}
