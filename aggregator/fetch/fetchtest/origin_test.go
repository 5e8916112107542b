package fetchtest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// notes is a test that remembers what it was told.
type notes struct {
	testing.TB
	said []string
}

func (n *notes) Errorf(format string, args ...any) {
	n.said = append(n.said, fmt.Sprintf(format, args...))
}

func ask(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestAScriptIsPlayedInOrderAndItsLastAnswerStays(t *testing.T) {
	o := New(t)
	o.On("/feed", Answer{Status: 503, Body: "busy"}, Answer{Body: "feed", ETag: `"1"`})
	want := []string{"503 busy", "200 feed", "304 ", "200 feed"}
	for i, etag := range []string{"", "", `"1"`, `"2"`} {
		status, body := ask(t, o.URL("/feed"), "If-None-Match", etag)
		if got := fmt.Sprint(status, " ", body); got != want[i] {
			t.Errorf("answer %d = %q, want %q", i, got, want[i])
		}
	}
	if status, _ := ask(t, o.URL("/other")); status != 404 || len(o.Requests("/feed")) != 4 || len(o.Requests()) != 5 {
		t.Errorf("status %d of a path without a script, requests %+v", status, o.Requests())
	}
}

func TestARequestThatDiffersFailsTheTest(t *testing.T) {
	n := &notes{TB: t}
	o := New(n)
	o.On("/feed", Answer{Sees: map[string]string{"If-None-Match": `"1"`, "Cookie": ""}})
	ask(t, o.URL("/feed"), "If-None-Match", `"1"`)
	if len(n.said) != 0 {
		t.Errorf("a request as it must be: %q", n.said)
	}
	ask(t, o.URL("/feed"), "If-None-Match", `"2"`)
	ask(t, o.URL("/feed"), "If-None-Match", `"1"`, "Cookie", "a=b")
	if len(n.said) != 2 || !strings.Contains(n.said[0], `If-None-Match: "\"2\"", want "\"1\""`) || !strings.Contains(n.said[1], `Cookie: "a=b", want ""`) {
		t.Errorf("the test was told %q", n.said)
	}
}
