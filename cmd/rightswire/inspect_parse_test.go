package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// runApp executes a command line and returns what it printed and its status.
func runApp(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(stdin), out: &out, err: &errs}
	root := newRoot(a)
	root.SetArgs(args)
	status = a.exit(root.ExecuteContext(t.Context()))
	return out.String(), errs.String(), status
}

const inspected = `<rss version="2.0"><channel><title>Wire</title><link>/</link><item><title>A &amp;amp; B</title><link>/1</link><pubDate>Sat, 06 Sep 2025 14:03:00 +0200</pubDate><description>&lt;p onclick=x&gt;&lt;a href="2"&gt;x</description></item></channel></rss>`

func writeFeed(t *testing.T, body string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "feed.xml")
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestInspectParse(t *testing.T) {
	file := writeFeed(t, inspected)
	item := func(title, summary string) string {
		return fmt.Sprintf(`{"file":%q,"format":"rss 2.0","title":"Wire","link":"https://a.example/","id":"","language":"","updated":"","description":"","author":"","categories":[],"encoding":"utf-8","repairs":[],"error":"","items":[{"id":"","title":%q,"url":"https://a.example/1","published":"2025-09-06T12:03:00Z","updated":"","author":"","content_html":"","summary":%q,"language":"","categories":[],"enclosures":[]}]}`,
			file, title, summary) + "\n"
	}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"cleaned", []string{"-u", "https://a.example/rss", file}, item("A & B", `<p><a href="https://a.example/2" rel="noopener noreferrer">x</a></p>`)},
		{"raw", []string{"-u", "https://a.example/rss", "--raw", file}, item("A &amp; B", `<p onclick=x><a href="https://a.example/2">x`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, status := runApp(t, "", append([]string{"inspect", "parse"}, tt.args...)...)
			if diff := cmp.Diff(tt.want, out); diff != "" || errs != "" || status != 0 {
				t.Errorf("status %d, stderr %q, -want +got:\n%s", status, errs, diff)
			}
		})
	}
}

func TestInspectParseUsesHeaders(t *testing.T) {
	file := writeFeed(t, "<rss><channel><title>\xf2\xf0\xf3\xe4</title></channel></rss>")
	out, _, _ := runApp(t, "", "inspect", "parse", "-H", "Content-Type: text/xml; charset=windows-1251", file)
	if !strings.Contains(out, `"title":"труд"`) || !strings.Contains(out, `"encoding":"windows-1251"`) {
		t.Errorf("printed %s, want the title труд read as windows-1251", out)
	}
	if _, errs, status := runApp(t, "", "inspect", "parse", "-H", "nonsense", file); status != 2 || !strings.Contains(errs, "write it as") {
		t.Errorf("a header without a colon: status %d, stderr %q, want 2 and a hint", status, errs)
	}
}

func TestInspectParseSaysWhatIsNoFeed(t *testing.T) {
	out, errs, status := runApp(t, "<html><title>Log in</title></html>", "inspect", "parse")
	if status != 1 || !strings.Contains(out, `"error":"not a feed: an HTML page titled \"Log in\""`) || !strings.Contains(errs, "Log in") {
		t.Errorf("status %d, printed %s, stderr %q, want 1 and what it is", status, out, errs)
	}
}

// Whoever uses --batch may wait for an answer before asking on.
func TestInspectParseBatchAnswersEachLineAsItComes(t *testing.T) {
	file := writeFeed(t, inspected)
	in, ask := io.Pipe()
	answers, out := io.Pipe()
	a := &app{in: in, out: out, err: io.Discard}
	root := newRoot(a)
	root.SetArgs([]string{"inspect", "parse", "--batch"})
	done := make(chan error, 1)
	go func() { done <- root.ExecuteContext(t.Context()); out.Close() }()

	lines := bufio.NewScanner(answers)
	for _, req := range []parseRequest{{Key: "a", File: file}, {Key: "b", File: file + ".missing"}, {Key: "", File: file, URL: "https://a.example/"}} {
		if err := json.NewEncoder(ask).Encode(req); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() {
			t.Fatalf("no answer to %+v: %v", req, lines.Err())
		}
		var got parsedLine
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.Key == nil || *got.Key != req.Key || (got.Error == "") != (req.Key != "b") {
			t.Errorf("the answer to %+v is %s", req, lines.Bytes())
		}
	}
	ask.Close()
	if err := <-done; err != nil {
		t.Errorf("inspect parse --batch: %v", err)
	}
}

func TestInspectSanitize(t *testing.T) {
	in := `{"id":7,"html":"<p onclick=x>hi <a href=y>z","url":"https://a.example/"}` + "\n\n" + `{"id":"b","html":"<script>x</script>","url":""}`
	want := `{"id":7,"html":"<p>hi <a href=\"https://a.example/y\" rel=\"noopener noreferrer\">z</a></p>"}` + "\n" + `{"id":"b","html":""}` + "\n"
	out, errs, status := runApp(t, in, "inspect", "sanitize")
	if diff := cmp.Diff(want, out); diff != "" || status != 0 {
		t.Errorf("status %d, stderr %q, -want +got:\n%s", status, errs, diff)
	}
}
