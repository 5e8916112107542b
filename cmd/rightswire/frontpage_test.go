package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// frontPage is the evaluation's record of a workers'-rights site's front
// page: what each item must become.
type frontPage struct {
	Items []struct {
		Title      string `json:"title"`
		Summary    string `json:"summary"`
		Published  string `json:"published"`
		Group      string `json:"group"`
		Categories struct {
			All []string `json:"all"`
		} `json:"categories"`
		Countries struct {
			All []string `json:"all"`
		} `json:"countries"`
	} `json:"items"`
}

// feed writes the front page as RSS.
func (p frontPage) feed() ([]byte, error) {
	type item struct {
		Title       string `xml:"title"`
		Link        string `xml:"link"`
		Description string `xml:"description"`
		PubDate     string `xml:"pubDate,omitempty"`
	}
	doc := struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Title   string   `xml:"channel>title"`
		Items   []item   `xml:"channel>item"`
	}{Version: "2.0", Title: "Front page"}
	for i, it := range p.Items {
		at := ""
		if parsed, err := time.Parse(time.RFC3339, it.Published); err == nil {
			at = parsed.Format(time.RFC1123Z)
		}
		doc.Items = append(doc.Items, item{it.Title, fmt.Sprintf("https://front.example/%d", i), it.Summary, at})
	}
	return xml.Marshal(doc)
}

// The front page of a real workers'-rights site arrives as a feed, and every
// item lands in the group, the categories and the countries that its editors
// gave it.
func TestRunFilesFrontPage(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(evaluation, "site/recent.json"))
	if err != nil {
		t.Skipf("the evaluation's front page is not beside this checkout: %v", err)
	}
	var page frontPage
	if err := json.Unmarshal(raw, &page); err != nil {
		t.Fatal(err)
	}
	body, err := page.feed()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
		w.Write(body)
	}))
	defer srv.Close()
	a := newsroomFor(t, fmt.Sprintf("  - {id: front, title: Front page, url: %q, language: en}\n", srv.URL))
	if err := a.run(t.Context(), runFlags{all: true, noPublish: true}); err != nil {
		t.Fatal(err)
	}
	got := map[string]itemLine{}
	for _, l := range allItems(t, a) {
		got[l.Title] = l
	}
	for _, want := range page.Items {
		l, ok := got[want.Title]
		if !ok {
			t.Errorf("%q was not stored", want.Title)
			continue
		}
		categories := want.Categories.All
		if want.Group != "" {
			categories = append(slices.Clone(categories), want.Group)
		}
		for _, c := range categories {
			if !slices.Contains(l.Categories, c) {
				t.Errorf("%q is filed under %q, want %s among them", want.Title, l.Categories, c)
			}
		}
		for _, c := range want.Countries.All {
			if !slices.Contains(l.Countries, c) {
				t.Errorf("%q is about %q, want %s among them", want.Title, l.Countries, c)
			}
		}
	}
}
