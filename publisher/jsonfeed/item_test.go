package jsonfeed

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/clean"
	"github.com/rightswire/rightswire/publisher/internal/jsonpart"
	"github.com/rightswire/rightswire/publisher/internal/sample"
)

// An item as encoding/json writes it: what [writeItem] is held to.

type item struct {
	ID            string       `json:"id"`
	URL           string       `json:"url,omitempty"`
	ExternalURL   string       `json:"external_url,omitempty"`
	Title         string       `json:"title,omitempty"`
	ContentHTML   string       `json:"content_html"` // required: one of content_html and content_text
	Summary       string       `json:"summary,omitempty"`
	Image         string       `json:"image,omitempty"`
	DatePublished string       `json:"date_published,omitempty"`
	DateModified  string       `json:"date_modified,omitempty"`
	Authors       []author     `json:"authors"`
	Tags          []string     `json:"tags,omitempty"`
	Language      string       `json:"language,omitempty"`
	Attachments   []attachment `json:"attachments,omitempty"`
	Wire          wire         `json:"_rightswire"`
}

type attachment struct {
	URL      string `json:"url"`
	MIMEType string `json:"mime_type"`
	Size     int64  `json:"size_in_bytes,omitempty"`
}

// wire is our extension: what a reader needs to credit and to dig deeper.
type wire struct {
	About    string   `json:"about"`
	StoryURL string   `json:"story_url,omitempty"`
	Source   outlet   `json:"source"`
	Labels   []label  `json:"labels,omitempty"` // one for each tag, in the same order
	Coverage []report `json:"coverage,omitempty"`
}

type outlet struct {
	Title       string `json:"title"`
	FeedURL     string `json:"feed_url,omitempty"`
	HomePageURL string `json:"home_page_url,omitempty"`
}

type label struct {
	Term   string `json:"term"`
	Scheme string `json:"scheme,omitempty"`
}

type report struct {
	Source        outlet `json:"source"`
	Title         string `json:"title"`
	URL           string `json:"url,omitempty"`
	Language      string `json:"language,omitempty"`
	DatePublished string `json:"date_published,omitempty"`
	Copy          bool   `json:"copy,omitempty"`
}

func newItem(e publisher.Entry) item {
	it := item{
		ID:            clean.Text(clean.First(e.ID, e.URL, "unknown")), // F06
		URL:           clean.Text(e.URL),
		ExternalURL:   clean.Text(e.URL),
		Title:         clean.Line(e.Title),
		ContentHTML:   clean.Text(e.Content),
		Summary:       clean.Line(e.Summary),
		Image:         clean.Text(e.Image),
		DatePublished: date(e.Published),
		DateModified:  date(e.Updated),
		Language:      clean.Language(e.Language),
		Authors:       []author{{Name: clean.Line(clean.First(e.Author, e.Source.Title, e.Source.ID, "unknown"))}},
		Wire: wire{
			About:    "https://github.com/rightswire/rightswire",
			StoryURL: clean.Text(e.StoryURL),
			Source:   newOutlet(e.Source),
		},
	}
	for _, labels := range [][]publisher.Label{e.Categories, e.Countries} {
		for _, l := range labels {
			if t := clean.Line(clean.First(l.Label, l.Term)); t != "" {
				it.Tags = append(it.Tags, t)
				it.Wire.Labels = append(it.Wire.Labels, label{Term: clean.Line(l.Term), Scheme: clean.Text(l.Scheme)})
			}
		}
	}
	for _, enc := range e.Enclosures { // F29: all of them
		it.Attachments = append(it.Attachments, attachment{URL: clean.Text(enc.URL), MIMEType: clean.MediaType(enc.Type, enc.URL), Size: max(0, enc.Length)})
	}
	for _, c := range e.Coverage {
		it.Wire.Coverage = append(it.Wire.Coverage, report{
			Source: newOutlet(c.Outlet), Title: clean.Line(c.Title), URL: clean.Text(c.URL),
			Language: clean.Language(c.Language), DatePublished: date(c.Published), Copy: c.Copy,
		})
	}
	return it
}

func newOutlet(o publisher.Outlet) outlet {
	return outlet{Title: clean.Line(clean.First(o.Title, o.ID)), FeedURL: clean.Text(o.FeedURL), HomePageURL: clean.Text(o.Homepage)}
}

func sameAsLibrary(t interface {
	Fatal(...any)
	Errorf(string, ...any)
}, e publisher.Entry) {
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	enc.SetIndent("  ", " ")
	if err := enc.Encode(newItem(e)); err != nil {
		t.Fatal(err)
	}
	got := jsonpart.Write(func(p *jsonpart.Part) { writeItem(p, &e) })
	if diff := cmp.Diff(string(bytes.TrimSuffix(want.Bytes(), []byte("\n"))), got); diff != "" {
		t.Errorf("%q (-encoding/json +writeItem)\n%s", e.Title, diff)
	}
}

func sameForAny(t *rapid.T) {
	for _, e := range sample.Any(t).Entries {
		for i := range e.Coverage {
			e.Coverage[i].Copy = rapid.Bool().Draw(t, "copy")
		}
		sameAsLibrary(t, e)
	}
}

func TestItemsAreWrittenAsTheLibraryHasThem(t *testing.T) {
	for _, e := range append(sample.Odd().Entries, sample.Plain(1), publisher.Entry{}) {
		sameAsLibrary(t, e)
	}
	rapid.Check(t, sameForAny)
}

func FuzzItem(f *testing.F) { f.Fuzz(rapid.MakeFuzz(sameForAny)) }
