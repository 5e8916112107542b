package atom_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"

	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/publisher/atom"
	"github.com/rightswire/rightswire/publisher/internal/sample"
)

type document struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"lang,attr"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Author  person   `xml:"author"`
	Links   []link   `xml:"link"`
	Entries []entry  `xml:"entry"`
}

type entry struct {
	Lang       string    `xml:"lang,attr"`
	ID         string    `xml:"id"`
	Title      construct `xml:"title"`
	Published  string    `xml:"published"`
	Updated    string    `xml:"updated"`
	Author     person    `xml:"author"`
	Links      []link    `xml:"link"`
	Categories []struct {
		Term   string `xml:"term,attr"`
		Scheme string `xml:"scheme,attr"`
		Label  string `xml:"label,attr"`
	} `xml:"category"`
	Source struct {
		ID      string    `xml:"id"`
		Title   construct `xml:"title"`
		Updated string    `xml:"updated"`
		Author  person    `xml:"author"`
		Links   []link    `xml:"link"`
	} `xml:"source"`
	Content construct `xml:"http://www.w3.org/2005/Atom content"`
}

type person struct {
	Name  string `xml:"name"`
	Email string `xml:"email"`
}

type construct struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type link struct {
	Rel    string `xml:"rel,attr"`
	Href   string `xml:"href,attr"`
	Type   string `xml:"type,attr"`
	Length string `xml:"length,attr"`
}

func parse(t *testing.T, b []byte) document {
	t.Helper()
	var d document
	if err := xml.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestF05_F06_IDsAreTheEditionsAndTheEntries(t *testing.T) {
	ed := sample.Odd()
	d := parse(t, encode(t, ed))
	if d.ID != ed.ID {
		t.Errorf("feed id %q, want %q", d.ID, ed.ID)
	}
	for i, e := range d.Entries {
		if e.ID != ed.Entries[i].ID {
			t.Errorf("entry id %q, want %q", e.ID, ed.Entries[i].ID)
		}
	}
}

func TestF08_UpdatedKeepsItsMicroseconds(t *testing.T) {
	e := parse(t, encode(t, sample.Odd())).Entries[1]
	if e.Updated != "2026-03-04T10:00:00.123456Z" || e.Published != "2026-03-04T10:00:00Z" {
		t.Errorf("updated %q, published %q", e.Updated, e.Published)
	}
}

func TestF10_AnEmptyFeedHasAPlausibleDate(t *testing.T) {
	if got := parse(t, encode(t, sample.Empty())).Updated; got != "2000-01-01T00:00:00Z" {
		t.Errorf("updated %q, want the fixed one", got)
	}
}

func TestF21_SourceIsComplete(t *testing.T) {
	s := parse(t, encode(t, sample.Odd())).Entries[1].Source
	if s.ID != "https://alpha.example/feed.xml?x=1&y=2" || s.Title.Text != "Alpha & Co" || s.Updated == "" || s.Author.Name != "Alpha & Co" {
		t.Errorf("source %+v", s)
	}
	if len(s.Links) != 2 || s.Links[0].Rel != "self" || s.Links[1].Rel != "alternate" {
		t.Errorf("links of the source %+v, want self and alternate", s.Links)
	}
}

func TestF23_EveryoneHasAName(t *testing.T) {
	d := parse(t, encode(t, sample.Odd()))
	if d.Author.Name != "Test wire" || d.Author.Email != "desk@wire.example" {
		t.Errorf("feed author %+v", d.Author)
	}
	for i, want := range []string{"بيتا", "‹i›Ana‹/i› & Bea", "Ana Díaz", "Ana Díaz", "Ana Díaz", "Gamma"} {
		if got := d.Entries[i].Author.Name; got != want {
			t.Errorf("entry %d: author %q, want %q", i, got, want)
		}
	}
}

func TestF24_CategoriesHaveTermSchemeAndLabel(t *testing.T) {
	c := parse(t, encode(t, sample.Odd())).Entries[0].Categories
	if len(c) != 3 || c[0].Term != "unions-strikes" || c[0].Scheme != "https://wire.example/category/" || c[0].Label != "Unions & strikes" || c[2].Term != "CL" {
		t.Errorf("categories %+v", c)
	}
}

func TestF28_TextThatLooksLikeMarkupIsEscapedTwice(t *testing.T) {
	d := parse(t, encode(t, sample.Odd()))
	if got := d.Entries[1].Title; got.Type != "html" || got.Text != "Why &lt;b&gt;&#34;AT&amp;T&#34;&lt;/b&gt; &amp;amp; others &lt;script&gt;alert(1)&lt;/script&gt; write &lt;/title&gt;" {
		t.Errorf("title %+v", got)
	}
	if got := d.Entries[2].Title; got.Type != "" {
		t.Errorf("a plain title %+v, want no type", got)
	}
}

func TestF29_AllEnclosures(t *testing.T) {
	var got []link
	for _, l := range parse(t, encode(t, sample.Odd())).Entries[2].Links {
		if l.Rel == "enclosure" {
			got = append(got, l)
		}
	}
	if len(got) != 3 || got[1].Type != "audio/mpeg" || got[1].Length != "8589934592" || got[2].Length != "" {
		t.Errorf("enclosures %+v, want all three, without a length where it is unknown", got)
	}
}

func TestF30_LanguageWhereItDiffers(t *testing.T) {
	d := parse(t, encode(t, sample.Odd()))
	if d.Lang != "en" || d.Entries[0].Lang != "ar" || d.Entries[1].Lang != "" || d.Entries[6].Lang != "" {
		t.Errorf("xml:lang %q, %q, %q, %q; want en, ar and none", d.Lang, d.Entries[0].Lang, d.Entries[1].Lang, d.Entries[6].Lang)
	}
}

func TestF31_HubIsNamedWhenThereIsOne(t *testing.T) {
	links := parse(t, encode(t, sample.Hub())).Links
	if len(links) != 3 || links[2].Rel != "hub" || links[0].Href != "https://wire.example/feeds/unions-strikes.atom" {
		t.Errorf("links %+v, want self, alternate and hub", links)
	}
}

// F03, S22, S07: any text gives a document that XML readers read to the end,
// without a document type and without a style sheet.
func TestAnyEditionIsWellFormed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ed := sample.Any(rt)
		got, err := atom.Append(nil, ed)
		if err != nil {
			rt.Fatal(err)
		}
		if r, bad := sample.Forbidden(got); bad {
			rt.Fatalf("U+%04X in %q", r, got)
		}
		entries := 0
		dec := xml.NewDecoder(bytes.NewReader(got))
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				rt.Fatalf("%v in %q", err, got)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				if tok.Name.Local == "entry" {
					entries++
				}
			case xml.Directive:
				rt.Fatalf("directive %q", tok)
			case xml.ProcInst:
				if tok.Target != "xml" {
					rt.Fatalf("instruction %q", tok.Target)
				}
			}
		}
		if entries != len(ed.Entries) {
			rt.Fatalf("%d entries, want %d", entries, len(ed.Entries))
		}
	})
}
