package atom

import (
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/sample"
	"github.com/rightswire/rightswire/publisher/internal/xmlpart"
)

// An entry as encoding/xml writes it: what [writeEntry] is held to.

type entry struct {
	Lang       string     `xml:"xml:lang,attr,omitempty"`
	ID         string     `xml:"id"`
	Title      construct  `xml:"title"`
	Links      []link     `xml:"link"`
	Published  string     `xml:"published,omitempty"`
	Updated    string     `xml:"updated"`
	Author     *person    `xml:"author"`
	Categories []category `xml:"category"`
	Source     *source    `xml:"source"`
	Summary    *construct `xml:"summary"`
	Content    *content   `xml:"content"`
	Picture    *picture   `xml:"media:content"`
	Thumbnail  *picture   `xml:"media:thumbnail"`
}

// media adds the picture of an entry, which Atom has no word for (F29).
func (e *entry) media(from publisher.Entry) {
	if from.Image != "" {
		u := clean.Text(from.Image)
		e.Picture, e.Thumbnail = &picture{URL: u, Medium: "image"}, &picture{URL: u}
	}
}

// content is written as CDATA, so that people can read the HTML in it; what
// CDATA cannot hold was filtered before.
type content struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",cdata"`
}

type category struct {
	Term   string `xml:"term,attr"`
	Scheme string `xml:"scheme,attr,omitempty"`
	Label  string `xml:"label,attr,omitempty"`
}

type source struct {
	Lang    string    `xml:"xml:lang,attr,omitempty"`
	ID      string    `xml:"id"`
	Title   construct `xml:"title"`
	Updated string    `xml:"updated"`
	Author  *person   `xml:"author"`
	Links   []link    `xml:"link"`
}

type picture struct {
	URL    string `xml:"url,attr"`
	Medium string `xml:"medium,attr,omitempty"`
}

// newEntry says an entry in Atom; lang is its language where that is not the
// edition's (F30).
func newEntry(e publisher.Entry, lang string) entry {
	out := entry{
		Lang:    lang,
		ID:      clean.Text(e.ID), // F06
		Title:   text(clean.First(e.Title, e.URL, "Untitled")),
		Updated: stamp(e.Updated),
		Author:  &person{Name: clean.NoTags(clean.First(e.Author, e.Source.Title, e.Source.ID, "unknown"))}, // F23
		Content: &content{Type: "html", HTML: clean.Text(e.Content)},
	}
	if !e.Published.IsZero() {
		out.Published = seconds(e.Published)
	}
	if s := clean.Text(e.Summary); s != "" {
		t := text(s)
		out.Summary = &t
	}
	if e.URL != "" {
		out.Links = append(out.Links, link{Rel: "alternate", Type: "text/html", Href: clean.Text(e.URL), Lang: clean.FeedLanguage(e.Language)})
	}
	if e.StoryURL != "" && e.StoryURL != e.URL {
		out.Links = append(out.Links, link{Rel: "related", Type: "text/html", Href: clean.Text(e.StoryURL)})
	}
	for _, enc := range e.Enclosures { // F29: all of them
		out.Links = append(out.Links, link{Rel: "enclosure", Type: clean.MediaType(enc.Type, enc.URL), Href: clean.Text(enc.URL), Length: length(enc.Length)})
	}
	for _, labels := range [][]publisher.Label{e.Categories, e.Countries} {
		for _, l := range labels {
			if term := clean.Line(l.Term); term != "" {
				out.Categories = append(out.Categories, category{Term: term, Scheme: clean.Text(l.Scheme), Label: clean.Line(l.Label)}) // F24
			}
		}
	}
	out.Source = newSource(e)
	out.media(e)
	return out
}

// newSource says where the entry comes from (F21). The feed's own id is not
// known to us, so its address stands for it, which is what most feeds use.
func newSource(e publisher.Entry) *source {
	if e.Source.FeedURL == "" {
		return nil
	}
	s := &source{
		ID:      clean.Text(e.Source.FeedURL),
		Title:   text(clean.First(e.Source.Title, e.Source.ID, e.Source.FeedURL)),
		Updated: stamp(e.Updated),
		Links:   []link{{Rel: "self", Href: clean.Text(e.Source.FeedURL)}},
		Author:  &person{Name: clean.NoTags(clean.First(e.Source.Title, e.Source.ID, "unknown"))},
		Lang:    clean.FeedLanguage(e.Source.Language),
	}
	if e.Source.Homepage != "" {
		s.Links = append(s.Links, link{Rel: "alternate", Type: "text/html", Href: clean.Text(e.Source.Homepage)})
		s.Author.URI = clean.Text(e.Source.Homepage)
	}
	return s
}

func sameAsLibrary(t *rapid.T) {
	for _, e := range sample.Any(t).Entries {
		for _, lang := range []string{"", clean.FeedLanguage(e.Language)} {
			want, err := xmlpart.Encode(newEntry(e, lang), "  ")
			if err != nil {
				t.Fatal(err)
			}
			got := xmlpart.Write(func(p *xmlpart.Part) { writeEntry(p, &e, lang) })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("(-encoding/xml +writeEntry)\n%s", diff)
			}
		}
	}
}

func TestEntriesAreWrittenAsTheLibraryHasThem(t *testing.T) {
	for _, e := range append(sample.Odd().Entries, sample.Plain(1)) {
		want, err := xmlpart.Encode(newEntry(e, "ar"), "  ")
		if err != nil {
			t.Fatal(err)
		}
		got := xmlpart.Write(func(p *xmlpart.Part) { writeEntry(p, &e, "ar") })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-encoding/xml +writeEntry)\n%s", e.Title, diff)
		}
	}
	rapid.Check(t, sameAsLibrary)
}

func FuzzEntry(f *testing.F) { f.Fuzz(rapid.MakeFuzz(sameAsLibrary)) }

func TestMarkupIsFoundAsTheExpressionFindsIt(t *testing.T) {
	want := regexp.MustCompile(`<[/!?a-zA-Z]|&#?\w+`)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune(`<&#/!?aZ_9;@[ é`+"`{"))).Draw(t, "text")
		if got := markup(s); got != want.MatchString(s) {
			t.Errorf("markup(%q) = %v", s, got)
		}
	})
}
