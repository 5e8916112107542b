package demo

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html/charset"

	"github.com/rightswire/rightswire/news"
)

var (
	start    = time.Date(2026, 11, 24, 6, 30, 0, 0, time.UTC)
	opts     = Options{Start: start, Step: time.Minute}
	declared = regexp.MustCompile(`^<\?xml version="1.0" encoding="([^"]+)"\?>`)
)

// everyEdition calls f with every feed as every wave shows it.
func everyEdition(t *testing.T, f func(t *testing.T, o outlet, wave int, e edition)) {
	t.Helper()
	for _, o := range outlets {
		if o.file == "" {
			continue
		}
		eds, err := editions(o.file, opts)
		if err != nil {
			t.Fatalf("editions(%s) = %v", o.file, err)
		}
		if len(eds) != Waves() {
			t.Fatalf("editions(%s) gave %d, want one for each of %d waves", o.file, len(eds), Waves())
		}
		for wave, e := range eds {
			f(t, o, wave, e)
		}
	}
}

func TestEveryFeedIsInTheEncodingItClaims(t *testing.T) {
	scripts := map[string]struct {
		encoding string
		letters  *unicode.RangeTable
	}{
		"rabochiy-listok.rss": {"windows-1251", unicode.Cyrillic},
		"roudou-tsuushin.rdf": {"Shift_JIS", unicode.Han},
	}
	everyEdition(t, func(t *testing.T, o outlet, wave int, e edition) {
		if path.Ext(o.file) == ".json" {
			if !utf8.Valid(e.body) || !json.Valid(e.body) {
				t.Errorf("%s, wave %d: not JSON in UTF-8", o.file, wave)
			}
			return
		}
		m := declared.FindSubmatch(e.body)
		if m == nil {
			t.Fatalf("%s, wave %d: begins with %q, want an XML declaration", o.file, wave, e.body[:60])
		}
		want := scripts[o.file]
		if want.encoding == "" {
			if string(m[1]) != "UTF-8" || !utf8.Valid(e.body) {
				t.Errorf("%s, wave %d: declares %s, valid UTF-8: %v", o.file, wave, m[1], utf8.Valid(e.body))
			}
			return
		}
		if string(m[1]) != want.encoding || utf8.Valid(e.body) {
			t.Errorf("%s, wave %d: declares %s, valid UTF-8: %v, want %s and false", o.file, wave, m[1], utf8.Valid(e.body), want.encoding)
		}
		r, err := charset.NewReaderLabel(want.encoding, bytes.NewReader(e.body))
		if err != nil {
			t.Fatalf("NewReaderLabel(%s) = %v", want.encoding, err)
		}
		text, err := io.ReadAll(r)
		if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			t.Errorf("%s, wave %d: does not decode as %s (%v)", o.file, wave, want.encoding, err)
		}
		letters := 0
		for _, c := range string(text) {
			if unicode.Is(want.letters, c) {
				letters++
			}
		}
		if letters < 150 {
			t.Errorf("%s, wave %d: %d letters of its script after decoding, want at least 150", o.file, wave, letters)
		}
	})
}

func TestEveryFeedButTheMalformedOneIsRead(t *testing.T) {
	items, langs := 0, map[string]bool{}
	everyEdition(t, func(t *testing.T, o outlet, wave int, e edition) {
		if o.file == "border-kitchen.rss" {
			if xml.Unmarshal(e.body, new(struct{})) == nil {
				t.Errorf("%s is well-formed, and must not be", o.file)
			}
			if n := bytes.Count(e.body, []byte("</item>")); n != 4 {
				t.Errorf("%s has %d complete items, want 4 before it breaks off", o.file, n)
			}
			items++ // counted once, with its four below
			if wave == Waves()-1 {
				items += 4 - Waves()
			}
			return
		}
		f, err := gofeed.NewParser().Parse(bytes.NewReader(e.body))
		if err != nil {
			t.Fatalf("Parse(%s, wave %d) = %v", o.file, wave, err)
		}
		if wave == Waves()-1 {
			items += len(f.Items)
			langs[o.source.Language] = true
			if len(f.Items) < 4 || len(f.Items) > 8 {
				t.Errorf("%s holds %d items in the last wave, want 4 to 8", o.file, len(f.Items))
			}
		}
		for _, it := range f.Items {
			if it.Title == "" || it.Link == "" || len(it.Description) < 80 {
				t.Errorf("%s, wave %d: item %q, link %q, description of %d bytes", o.file, wave, it.Title, it.Link, len(it.Description))
			}
			if d := it.PublishedParsed; d != nil && d.After(opts.at(wave)) && d.Year() != 2099 {
				t.Errorf("%s, wave %d: %q is dated %v, after the wave", o.file, wave, it.Title, d)
			}
		}
	})
	if items < 60 {
		t.Errorf("the newsroom holds %d items, want at least 60", items)
	}
	if len(langs) < 6 || !langs["ar"] || !langs["fa"] || !langs["ur"] {
		t.Errorf("languages = %v, want at least 6, three of them right to left", langs)
	}
}

// The demo must not send a visitor, or a reader's browser, to anybody real.
func TestEveryAddressIsReserved(t *testing.T) {
	namespaces := []string{"www.w3.org", "purl.org", "search.yahoo.com", "jsonfeed.org"}
	address := regexp.MustCompile(`https?://([^/"'<> ]+)`)
	everyEdition(t, func(t *testing.T, o outlet, wave int, e edition) {
		for _, m := range address.FindAllSubmatch(e.body, -1) {
			if host := string(m[1]); !strings.HasSuffix(host, ".example") && !slices.Contains(namespaces, host) {
				t.Errorf("%s, wave %d: address of %s", o.file, wave, host)
			}
		}
	})
}

func TestTheSameStartGivesTheSameBytes(t *testing.T) {
	everyEdition(t, func(t *testing.T, o outlet, wave int, e edition) {
		again, err := editions(o.file, opts)
		if err != nil || !bytes.Equal(again[wave].body, e.body) || again[wave].etag != e.etag || !again[wave].modified.Equal(e.modified) {
			t.Errorf("%s, wave %d: differs the second time (%v)", o.file, wave, err)
		}
		later, err := editions(o.file, Options{Start: start.Add(24 * time.Hour), Step: time.Minute})
		if err != nil || bytes.Equal(later[wave].body, e.body) {
			t.Errorf("%s, wave %d: is the same a day later (%v)", o.file, wave, err)
		}
	})
}

func TestSourcesAreOnesThatAConfigAccepts(t *testing.T) {
	categories := strings.Fields(`labor-rights unions-strikes wages-work-life workplace-safety migrant-workers
		forced-labor-trafficking child-labor refugees-migration womens-rights lgbtqi-rights minorities-indigenous
		freedom-of-expression digital-rights democracy-protest torture-detention armed-conflict-accountability
		press-freedom killings-disappearances human-rights-defenders childrens-rights labor human-rights`)
	kinds := []string{"news", "ngo", "igo", "union", "gov", "law"}
	ids := map[string]bool{}
	for _, s := range Sources("http://127.0.0.1:1") {
		u, err := url.Parse(s.URL)
		if err != nil || u.Host != "127.0.0.1:1" || !strings.HasPrefix(u.Path, "/"+s.ID+"/") {
			t.Errorf("source %s has the address %q (%v)", s.ID, s.URL, err)
		}
		if ids[s.ID] {
			t.Errorf("two sources are called %s", s.ID)
		}
		ids[s.ID] = true
		for _, c := range s.Categories {
			if !slices.Contains(categories, c) {
				t.Errorf("source %s names the category %q, which is none", s.ID, c)
			}
		}
		if !slices.Contains(kinds, s.Kind) || s.Title == "" || s.Status != news.Active || s.Scope == "" || s.Rank < 1 || s.Rank > 9 {
			t.Errorf("source %s is incomplete: %+v", s.ID, s)
		}
	}
	if len(ids) < 16 {
		t.Errorf("Sources gave %d, want at least 16", len(ids))
	}
	if Sources("http://a")[1].Categories[0] = "x"; Sources("http://a")[1].Categories[0] == "x" {
		t.Error("two calls of Sources share their categories")
	}
}
