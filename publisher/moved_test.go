package publisher_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

// renamed are options under which a category and a feed of the desk have other
// ids than they had, and others are gone.
func renamed() publisher.Options {
	opt := options()
	opt.Categories[1].ID, opt.Categories[1].Formerly = "strikes", []string{"unions-strikes", "walkouts"}
	opt.Feeds = []publisher.DeskFeed{{ID: "gulf", Title: "Gulf", Formerly: []string{"emirates"}, Query: news.Query{Countries: []string{"QA"}}}}
	opt.Retired = []string{"old-topic", "cut/old-cut"}
	return opt
}

func strikes() *newsroom {
	n := small()
	n.put(story(4, "beta", "strikes", "es", noon))
	return n
}

func TestF42_MovedFeedsLeadToTheirNewAddressForEver(t *testing.T) {
	site := build(t, strikes(), renamed())
	for path, want := range map[string]string{
		"/feeds/unions-strikes.rss":     "/feeds/strikes.rss",
		"/feeds/unions-strikes.atom":    "/feeds/strikes.atom",
		"/feeds/walkouts.json":          "/feeds/strikes.json",
		"/feeds/walkouts/es.rss":        "/feeds/strikes/es.rss",
		"/feeds/walkouts/xx.rss":        "",
		"/feeds/walkouts/../all.rss":    "",
		"/feeds/walkouts-.rss":          "",
		"/category/walkouts/":           "/category/strikes/",
		"/category/walkouts":            "/category/strikes/",
		"/category/walkouts/page/9/":    "",
		"/category/walkouts/index.html": "/category/strikes/",
		"/feeds/cut/emirates.atom":      "/feeds/cut/gulf.atom",
		"/cut/emirates/":                "/cut/gulf/",
		"/feeds/emirates.atom":          "",
		"/feeds/strikes.rss":            "",
	} {
		if to, forever := site.Elsewhere(path); to != want || forever != (want != "") {
			t.Errorf("Elsewhere(%q) = %q, %v; want %q for ever", path, to, forever, want)
		}
	}
	// A folder has the same feed at the old address, and a page that says where
	// the other one is.
	for old, now := range map[string]string{"/feeds/unions-strikes.rss": "/feeds/strikes.rss", "/feeds/walkouts/es.atom": "/feeds/strikes/es.atom", "/feeds/cut/emirates.json": "/feeds/cut/gulf.json"} {
		f := site.Files[old]
		if f == nil || f.MovedTo != now || string(bytesOf(f)) != string(bytesOf(site.Files[now])) {
			t.Errorf("%s is not what %s is: %+v", old, now, f)
		}
	}
	if f := site.Files["/category/walkouts/index.html"]; f == nil || f.MovedTo == "" || !strings.Contains(string(f.Body), `"Target":"/category/strikes/"`) {
		t.Errorf("/category/walkouts/ leads nowhere: %+v", f)
	}
	want := "/feeds/unions-strikes.rss /feeds/strikes.rss 301\n"
	if f := site.Files["/_redirects"]; f == nil || !strings.HasPrefix(string(f.Body), want) {
		t.Errorf("/_redirects = %+v, want %s…", f, want)
	}
	// Whoever is led there knows the feed by the id that it always had (F05).
	for _, p := range []string{"/feeds/strikes.atom", "/feeds/strikes/es.atom"} {
		old := strings.TrimSuffix(strings.Replace(p, "strikes", "unions-strikes", 1), ".atom")
		if !strings.Contains(string(bytesOf(site.Files[p])), "<id>"+publisher.EditionID(old)+"</id>") {
			t.Errorf("%s has another id than it had as %s", p, old)
		}
	}
}

func TestF42_RetiredFeedsSaySo(t *testing.T) {
	site := build(t, strikes(), renamed())
	for path, want := range map[string]string{
		"/feeds/old-topic.rss": "/feeds/old-topic.rss", "/feeds/old-topic/es.json": "/feeds/old-topic.json",
		"/feeds/cut/old-cut.atom": "/feeds/cut/old-cut.atom", "/category/old-topic/page/2/": "/category/old-topic/",
		"/cut/old-cut/": "/cut/old-cut/", "/feeds/old-topics.rss": "", "/feeds/all.rss": "",
	} {
		if got := site.RetiredAs(path); got != want {
			t.Errorf("RetiredAs(%q) = %q, want %q", path, got, want)
		}
	}
	for _, id := range []string{"old-topic", "cut/old-cut"} {
		for _, f := range publisher.Formats {
			file := site.Files["/feeds/"+id+"."+f.Ext]
			if file == nil || !file.Retired || !strings.Contains(string(file.Body), "has ended") {
				t.Errorf("the last %s of %s is %+v", f.Name, id, file)
			}
		}
		var doc struct {
			Expired bool
			Items   []any
		}
		if err := json.Unmarshal(bytesOf(site.Files["/feeds/"+id+".json"]), &doc); err != nil || !doc.Expired || doc.Items == nil || len(doc.Items) > 0 {
			t.Errorf("%s.json: %+v, %v; want an expired feed without items", id, doc, err)
		}
	}
	if body := string(bytesOf(site.Files["/feeds/all.json"])); strings.Contains(body, "expired") {
		t.Error("a feed that goes on says something of expiring")
	}
}

func TestF42_AnUpdateKeepsMovedFeedsInStep(t *testing.T) {
	n := strikes()
	b := newBuilder(t, n, renamed())
	site, _, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n.put(story(5, "beta", "strikes", "es", noon))
	after, report, err := b.Update(t.Context(), site)
	if err != nil || report.Removed != 0 {
		t.Fatalf("Update: %+v, %v; want nothing removed", report, err)
	}
	if diff := differ(build(t, n, renamed()), after); diff != "" {
		t.Errorf("Update differs from Build (-build +update)\n%s", diff)
	}
}
