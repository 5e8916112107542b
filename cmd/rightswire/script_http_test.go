package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// originKey is where a script's origin is kept.
type originKey struct{}

// patience bounds every wait of a script. It is long for machines that do much
// else; nothing waits longer than it must.
const patience = 2 * time.Minute

// faults are the ways to misbehave, by name.
var faults = map[string]fetchtest.Fault{
	"silent": fetchtest.Silent, "reset": fetchtest.Reset, "truncate": fetchtest.Truncate,
	"drip": fetchtest.Drip, "endless": fetchtest.Endless,
}

// cmdOrigin says what the script's origin answers at a path: one answer per
// request in this order, the last one for ever.
//
//	origin PATH WORD... [then WORD...]...
//
// The words of an answer are a file of the script (the body), a status, to=URL
// (Location), etag=…, fault=silent|reset|truncate|drip|endless, or a header as
// Name:value.
//
//	origin /a.rss a.rss etag="v1"
//	origin /busy 503 Retry-After:60 then a.rss
//	origin /moved 301 to=$ORIGIN/a.rss
func cmdOrigin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: origin PATH WORD... [then WORD...]...")
	}
	answers := []fetchtest.Answer{{Header: map[string]string{}}}
	for _, word := range args[1:] {
		if word == "then" {
			answers = append(answers, fetchtest.Answer{Header: map[string]string{}})
			continue
		}
		if err := answerWord(ts, &answers[len(answers)-1], word); err != nil {
			ts.Fatalf("origin: %v", err)
		}
	}
	ts.Value(originKey{}).(*fetchtest.Origin).On(args[0], answers...)
}

// answerWord adds what one word says to an answer.
func answerWord(ts *testscript.TestScript, a *fetchtest.Answer, word string) error {
	if status, err := strconv.Atoi(word); err == nil {
		a.Status = status
		return nil
	}
	if isFile(ts, word) {
		a.Body = ts.ReadFile(word)
		return nil
	}
	key, value, _ := strings.Cut(word, "=")
	switch key {
	case "to":
		a.Header["Location"] = value
		return nil
	case "etag":
		a.ETag = value
		return nil
	case "fault":
		a.Fault = faults[value]
		if a.Fault == fetchtest.None {
			return fmt.Errorf("there is no fault %q", value)
		}
		return nil
	}
	name, value, ok := strings.Cut(word, ":")
	if !ok {
		return fmt.Errorf("%q is neither a file of the script, a status, to=, etag=, fault= nor a header", word)
	}
	a.Header[name] = value
	return nil
}

// cmdAsked wants a path of the origin to have been asked so many times, and
// the last request to have had a header, or with "!" not to have had it.
//
//	[!] asked PATH TIMES ['Name: value']
//
// With TIMES followed by "+" it waits until that many requests have come.
func cmdAsked(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 || neg && len(args) != 3 {
		ts.Fatalf("usage: [!] asked PATH TIMES[+] ['Name: value']")
	}
	o := ts.Value(originKey{}).(*fetchtest.Origin)
	want, err := strconv.Atoi(strings.TrimSuffix(args[1], "+"))
	ts.Check(err)
	if strings.HasSuffix(args[1], "+") {
		poll(ts, "requests for "+args[0], func() bool { return len(o.Requests(args[0])) >= want })
		return
	}
	seen := o.Requests(args[0])
	if len(seen) != want {
		ts.Fatalf("%s was asked %d times, want %d", args[0], len(seen), want)
	}
	if len(args) < 3 {
		return
	}
	name, value, _ := strings.Cut(args[2], ":")
	got := seen[len(seen)-1].Header.Get(name)
	if (got == strings.TrimSpace(value)) == neg {
		ts.Fatalf("the last request for %s has %s: %s", args[0], name, got)
	}
}

// cmdGet fetches a URL without following redirects and puts the body into a
// file, and the status and the headers, one a line, into FILE.head.
//
//	get URL FILE ['Name: value']...
func cmdGet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: get URL FILE ['Name: value']...")
	}
	head, body, err := fetchURL(args[0], args[2:])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), body, 0o644))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]+".head"), head, 0o644))
}

// plainClient asks as a feed reader does, one connection per request: the
// server under test is to be able to stop without waiting for us.
var plainClient = http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       patience,
}

// fetchURL returns the status line with the headers, and the body.
func fetchURL(url string, headers []string) (head, body []byte, err error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Set(name, strings.TrimSpace(value))
	}
	res, err := plainClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err != nil {
		return nil, nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "status %d\n", res.StatusCode)
	err = res.Header.Write(&b)
	return []byte(strings.ReplaceAll(b.String(), "\r\n", "\n")), body, err
}

// cmdAwait waits until a file or the body at a URL matches a regular
// expression, and keeps what its first group matched in a variable.
//
//	await FILE-OR-URL REGEXP [VARIABLE]
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: await FILE-OR-URL REGEXP [VARIABLE]")
	}
	re, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	var found []string
	poll(ts, fmt.Sprintf("%q in %s", args[1], args[0]), func() bool {
		var text []byte
		if strings.HasPrefix(args[0], "http://") {
			_, text, err = fetchURL(args[0], nil)
		} else {
			text, err = os.ReadFile(ts.MkAbs(args[0]))
		}
		found = re.FindStringSubmatch(string(text))
		return err == nil && found != nil
	})
	if len(args) == 3 {
		ts.Setenv(args[2], found[len(found)-1])
	}
}

// poll looks again and again until something is so, within patience.
func poll(ts *testscript.TestScript, what string, so func() bool) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-limit.C:
			ts.Fatalf("waited %v for %s in vain", patience, what)
		case <-again.C:
		}
	}
}
