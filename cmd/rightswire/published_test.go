package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// siteOf runs the wire over one page of an origin and returns the files that
// it publishes, by path.
func siteOf(t *testing.T, sources string) map[string]string {
	t.Helper()
	a := newsroomFor(t, sources)
	out := t.TempDir()
	_ = a.run(t.Context(), runFlags{all: true, noPublish: true}) // some of the sources are meant to fail
	if err := a.publish(t.Context(), out, false); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err := filepath.WalkDir(out, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, out)] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What runs, frames, tracks or calls home in an item's HTML is in none of the
// files, whatever format they have, and what an item says is in all of them. A
// frame or an object is a link in the end.
func TestF26_NothingThatRunsIsPublished(t *testing.T) {
	const item = `<p onclick="x()">Dockers <b>walk out</b></p><script>steal()</script><style>p{}</style>` +
		`<iframe src="https://frame.example/"></iframe><a href="javascript:steal()">more</a><img src="data:text/html,steal()">` +
		`<img src="https://pixel.example/p.gif" width="1" height="1"><form action="https://form.example/"><input name="q"></form>` +
		`<object data="https://object.example/"></object><svg onload="steal()"></svg><base href="https://base.example/"><meta http-equiv="refresh" content="0;url=https://meta.example/">`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<rss version="2.0"><channel><title>A</title><item><guid>1</guid><title>Strike &lt;script&gt;steal()&lt;/script&gt;</title>` +
			`<link>https://a.example/1</link><description><![CDATA[` + item + `]]></description></item></channel></rss>`))
	}))
	defer srv.Close()
	files := siteOf(t, "  - {id: a, title: A, content: full, url: '"+srv.URL+"'}\n")
	bad := regexp.MustCompile(`(?i)steal|onclick|onload|<(?:iframe|object|form|input)|(?:pixel|form|base|meta)\.example|javascript:|data:text`)
	for path, body := range files {
		if hit := bad.FindString(body); hit != "" {
			t.Errorf("%s holds %q", path, hit)
		}
	}
	for _, path := range []string{"/feeds/all.rss", "/feeds/all.atom", "/feeds/all.json"} {
		if !strings.Contains(files[path], "walk out") {
			t.Errorf("%s lacks the item", path)
		}
	}
}

// A source that fails, that answers with an error page or that is empty adds
// nothing to any feed: readers are told by the page of sources, never by items.
func TestF40_AFailingSourcePublishesNoItem(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/good":
			_, _ = w.Write([]byte(`<rss version="2.0"><channel><title>A</title><item><guid>1</guid><title>Strike</title><link>https://a.example/1</link></item></channel></rss>`))
		case "/page":
			_, _ = w.Write([]byte(`<html><title>Service unavailable</title><body>Please try later</body></html>`))
		case "/error":
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte(`<rss version="2.0"><channel><title>Oops</title><item><guid>e</guid><title>Internal error</title></item></channel></rss>`))
		}
	}))
	defer srv.Close()
	var sources strings.Builder
	for _, id := range []string{"good", "page", "error", "empty"} {
		sources.WriteString("  - {id: " + id + ", title: " + id + ", url: '" + srv.URL + "/" + id + "'}\n")
	}
	files := siteOf(t, sources.String())
	feeds := 0
	for path, body := range files {
		if !strings.HasPrefix(path, "/feeds/") || !strings.HasSuffix(path, ".atom") {
			continue
		}
		feeds++
		want := 1
		if regexp.MustCompile(`/source/(?:page|error|empty)\.`).MatchString(path) || strings.Contains(path, "corrections") {
			want = 0
		}
		if n := strings.Count(body, "<entry"); n > want {
			t.Errorf("%s has %d entries, want at most %d:\n%s", path, n, want, body)
		}
		if strings.Contains(body, "Internal error") || strings.Contains(body, "unavailable") {
			t.Errorf("%s tells readers of an error", path)
		}
	}
	if feeds < 3 {
		t.Errorf("%d feeds were published", feeds)
	}
}

// Validators that others wrote find nothing in what the demo publishes.
func TestF01_TheDemoIsValid(t *testing.T) {
	validate := filepath.Join(evaluation, "robust/validate/validate.sh")
	if _, err := os.Stat(validate); err != nil {
		t.Skipf("the evaluation's validators are not beside this checkout: %v", err)
	}
	if probe := exec.Command("/usr/bin/python3", "-c", "import feedparser, lxml, html5lib, jsonschema, rdflib"); probe.Run() != nil {
		t.Skip("the validators' Python modules are not installed (Debian: python3-feedparser python3-lxml python3-html5lib python3-jsonschema python3-rdflib)")
	}
	a := newsroomFor(t, "")
	a.now = func() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }
	out := t.TempDir()
	if err := a.demoOnce(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(validate, "-q", out).CombinedOutput()
	if err != nil || !strings.Contains(string(said), " 0 failed") {
		t.Errorf("validate: %v\n%s", err, said)
	}
}
