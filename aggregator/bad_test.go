package aggregator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/aggregator"
	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/news"
)

// cutGzip is a compressed body that ends in the middle.
func cutGzip(body string) fetchtest.Answer {
	z := fetchtest.Gzip(body)
	return fetchtest.Answer{Body: z[:len(z)*2/3], Header: map[string]string{"Content-Encoding": "gzip"}}
}

// many is a feed that compresses badly, so that a part of it holds whole items.
func many(n int) string {
	var list []entry
	for i := range n {
		e := story(fmt.Sprint("n", i))
		e.text = fmt.Sprintf("%x", []byte(strings.Repeat(fmt.Sprint(i*i*7919), 9)))
		list = append(list, e)
	}
	return rss(list...)
}

// bombs
const (
	laughs = `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>
<rss version="2.0"><channel><title>&e;</title><item><guid>1</guid><title>Kept &e;</title></item></channel></rss>`
	anonymous = `<rss version="2.0"><channel><title>t</title><item></item><item><description>Only a text.</description></item>` +
		`<item><guid>2</guid><title>Whole</title></item></channel></rss>`
	twins = `<rss version="2.0"><channel><title>t</title>` +
		`<item><guid>x</guid><link>https://t.test/1</link><title>First</title></item>` +
		`<item><guid>x</guid><link>https://t.test/2</link><title>Second</title></item></channel></rss>`
)

// nested is a feed that holds thousands of namespace declarations inside each
// other after its one item, below more than enough on the channel.
func nested(n int) string {
	var open, shut strings.Builder
	for i := range n {
		fmt.Fprintf(&open, `<p%d:x xmlns:p%[1]d="urn:x:%[1]d">`, i)
	}
	for i := n - 1; i >= 0; i-- {
		fmt.Fprintf(&shut, `</p%d:x>`, i)
	}
	spaces := func(from int) string {
		var b strings.Builder
		for i := range 40 {
			fmt.Fprintf(&b, ` xmlns:q%d="urn:y:%[1]d"`, from+i)
		}
		return b.String()
	}
	return `<rss version="2.0"` + spaces(0) + `><channel` + spaces(40) + `><title>t</title><item><guid>1</guid><title>Kept</title></item>` +
		open.String() + shut.String() + `</channel></rss>`
}

// badSource is a source with something wrong, and what must come of it.
type badSource struct {
	name    string
	url     string // "": the origin answers
	answers []fetchtest.Answer

	failed bool
	status int
	reason string   // in the ledger's error, or in its note and repairs
	titles []string // what is usable
	some   bool     // titles are not exact: some came, not all
}

func one(a fetchtest.Answer) []fetchtest.Answer { return []fetchtest.Answer{a} }

var badSources = []badSource{
	{name: "a host that does not exist", url: "http://nowhere.test/feed", failed: true, reason: "no such host"},
	{name: "a port where nobody listens", url: "http://127.0.0.1:1/feed", failed: true, reason: "connection refused"},
	{name: "a host on a private network", url: "http://inside.test/feed", failed: true, reason: "address is not public"},
	{name: "an address on a private network", url: "http://192.168.0.1/feed", failed: true, reason: "address is not public: 192.168.0.1; fetch.allow names networks inside that may be asked"},
	{name: "an address of no known kind", url: "gopher://a.test/feed", failed: true, reason: "not an http or https URL"},
	{name: "a connection that is reset", answers: one(fetchtest.Answer{Fault: fetchtest.Reset}), failed: true, reason: "reset"},
	{name: "HTML instead of a feed", answers: one(fetchtest.Answer{Body: "<!doctype html><html><head><title>Log in</title></head><body>Hello</body></html>"}),
		failed: true, status: 200, reason: "not a feed"},
	{name: "an empty body", answers: one(fetchtest.Answer{Body: " \n"}), failed: true, status: 200, reason: "empty document"},
	{name: "a PDF instead of a feed", answers: one(fetchtest.Answer{Body: "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"}), failed: true, status: 200, reason: "not a feed"},
	{name: "gzip that ends in the middle", answers: one(cutGzip(many(60))), status: 200, reason: "ended early", some: true},
	{name: "a body shorter than announced", answers: one(fetchtest.Answer{Body: many(60), Fault: fetchtest.Truncate}), status: 200, reason: "ended early", some: true},
	{name: "a body over the limit", answers: one(fetchtest.Answer{Body: rss(entry{title: strings.Repeat("a", 300<<10)})}), failed: true, reason: "too large"},
	{name: "a body without end", answers: one(fetchtest.Answer{Body: many(20), Fault: fetchtest.Endless}), failed: true, reason: "too large"},
	{name: "a body that unpacks beyond the limit", answers: one(fetchtest.Answer{Body: strings.Repeat(" ", 2<<20), Gzip: true}), failed: true, reason: "too large"},
	{name: "XML entities that expand", answers: one(fetchtest.Answer{Body: laughs}), status: 200, reason: "undefined-entities", some: true},
	{name: "thousands of nested namespace declarations", answers: one(fetchtest.Answer{Body: nested(3000)}), status: 200, reason: "too-deep", titles: []string{"Kept"}},
	{name: "an item without id, link, title and date", answers: one(fetchtest.Answer{Body: anonymous}), status: 200,
		reason: "1 item left out: empty", titles: []string{"Only a text.", "Whole"}},
	{name: "two items with one id", answers: one(fetchtest.Answer{Body: twins}), status: 200, reason: "duplicate-ids", titles: []string{"First", "Second"}},
	{name: "404", answers: one(fetchtest.Answer{Status: 404}), failed: true, status: 404, reason: "status 404"},
	{name: "410", answers: one(fetchtest.Answer{Status: 410}), failed: true, status: 410, reason: "status 410"},
	{name: "429", answers: one(fetchtest.Answer{Status: 429, Header: map[string]string{"Retry-After": "7200"}}), failed: true, status: 429, reason: "status 429"},
	{name: "500", answers: one(fetchtest.Answer{Status: 500, Body: "oops"}), failed: true, status: 500, reason: "status 500"},
	{name: "304 to a question without conditions", answers: one(fetchtest.Answer{Status: 304}), failed: true, status: 304, reason: "status 304"},
	{name: "a redirect to itself", answers: one(fetchtest.Redirect(302, "/bad")), failed: true, reason: "redirect loop"},
	{name: "a redirect to a private address", answers: one(fetchtest.Redirect(301, "http://10.1.2.3/")), failed: true, reason: "address is not public"},
	{name: "a challenge of a bot guard", answers: one(fetchtest.Answer{Status: 403, Header: map[string]string{"Cf-Mitigated": "challenge"}}), failed: true,
		status: 403, reason: "blocked by Cloudflare"},
}

func (b badSource) add(w *wire, id string) {
	if b.url == "" {
		w.source(id, b.answers...)
		return
	}
	w.sources = append(w.sources, news.Source{ID: id, Title: id, URL: b.url})
}

// check looks at what a poll of a bad source left behind.
func (b badSource) check(t *testing.T, w *wire, id string) {
	t.Helper()
	p, st := w.last(id), w.state(id)
	said := p.Error + "; " + p.Note + "; " + strings.Join(p.Repairs, ", ")
	if !strings.Contains(said, b.reason) {
		t.Errorf("the ledger says %q, want %q in it", said, b.reason)
	}
	if got := p.Outcome == news.OutcomeFailed; got != b.failed || p.Status != b.status {
		t.Errorf("poll = %s, status %d, want failed %t, status %d", p.Outcome, p.Status, b.failed, b.status)
	}
	if st.Error != p.Error || (st.Error != "") != b.failed || (st.Failures == 1) != b.failed {
		t.Errorf("state: error %q after %d failures, ledger %q, want failed %t", st.Error, st.Failures, p.Error, b.failed)
	}
	if !st.LastPoll.Equal(start) || !st.NextDue.After(start) || st.NextWhy == "" {
		t.Errorf("state: asked %v, next %v because %q, want asked now and a reasoned time to come", st.LastPoll, st.NextDue, st.NextWhy)
	}
	got := w.titles(id)
	if b.some {
		if len(got) == 0 || len(got) > 59 || p.New != len(got) {
			t.Errorf("%d items kept and %d in the ledger, want those that were readable", len(got), p.New)
		}
	} else if d := cmp.Diff(append([]string{}, b.titles...), got); d != "" {
		t.Errorf("items -want +got\n%s", d)
	}
}

func TestABadSourceSaysWhyAndCostsTheOthersNothing(t *testing.T) {
	for _, tt := range badSources {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			tt.add(w, "bad")
			w.source("good", fetchtest.Answer{Body: rss(story("one"), story("two"))})
			sum := w.run(aggregator.Selection{})
			tt.check(t, w, "bad")
			if d := cmp.Diff([]string{"Report one", "Report two"}, w.titles("good")); d != "" {
				t.Errorf("the good source beside it: -want +got\n%s", d)
			}
			if sum.Polled != 2 || (sum.Failed == 1) != tt.failed {
				t.Errorf("Run = %+v, want 2 polled, failed %t", sum, tt.failed)
			}
		})
	}
}

func TestAllBadSourcesTogetherDoNotEndARun(t *testing.T) {
	w := newWire(t)
	for i, b := range badSources {
		if strings.Contains(b.name, "itself") {
			continue // its address is written into its answer
		}
		b.add(w, fmt.Sprint("bad", i))
	}
	w.source("good", fetchtest.Answer{Body: rss(story("one"))})
	w.run(aggregator.Selection{})
	for i, b := range badSources {
		if !strings.Contains(b.name, "itself") {
			b.check(t, w, fmt.Sprint("bad", i))
		}
	}
	if got := w.titles("good"); len(got) != 1 {
		t.Errorf("the good source brought %q", got)
	}
}

// What expands must not expand: neither into the archive nor into the ledger.
func TestS17EntitiesAreNotExpanded(t *testing.T) {
	w := newWire(t)
	w.source("bad", fetchtest.Answer{Body: laughs})
	w.run(aggregator.Selection{})
	for _, it := range w.items() {
		if len(it.Title) > 100 || strings.Contains(it.Title, "haha") {
			t.Errorf("title %.60q of %d bytes", it.Title, len(it.Title))
		}
	}
}

// A source chooses the text of its own error, but not what the desk's
// terminal does with it, nor how long it is (S32).
func TestS32AReasonIsOneLineWithoutSecrets(t *testing.T) {
	w := newWire(t)
	w.source("bad", fetchtest.Redirect(302, "http://nowhere.test/\u009b31m\u202e"+strings.Repeat("x", 3000)))
	w.sources[0].URL = strings.Replace(w.sources[0].URL, "//", "//desk:hunter2@", 1) + "?token=s3cret"
	w.run(aggregator.Selection{})
	p := w.last("bad")
	if p.Outcome != news.OutcomeFailed || len(p.Error) > 600 || strings.ContainsAny(p.Error, "\n\x1b\u009b\u202e") {
		t.Errorf("ledger: %s, error of %d bytes %q", p.Outcome, len(p.Error), p.Error)
	}
	if row := fmt.Sprintf("%+v", p); strings.Contains(row, "hunter2") || strings.Contains(row, "s3cret") {
		t.Errorf("a secret is in the ledger: %s", row)
	}
}

func TestP32TheSecond410OnAnotherDayCounts(t *testing.T) {
	gone, busy, fine := fetchtest.Answer{Status: 410}, fetchtest.Answer{Status: 503}, fetchtest.Answer{Body: rss(story("one"))}
	for _, tt := range []struct {
		name    string
		answers []fetchtest.Answer
		waits   []time.Duration // before the second answer, and so on
		want    int
	}{
		{"once", []fetchtest.Answer{gone}, nil, 1},
		{"twice on one day is once", []fetchtest.Answer{gone, gone}, []time.Duration{time.Hour}, 1},
		{"twice on two days", []fetchtest.Answer{gone, gone}, []time.Duration{24 * time.Hour}, 2},
		{"a year later is another day", []fetchtest.Answer{gone, gone}, []time.Duration{365 * 24 * time.Hour}, 2},
		{"an answer between them starts again", []fetchtest.Answer{gone, fine, gone}, []time.Duration{24 * time.Hour, 24 * time.Hour}, 1},
		{"another refusal between them starts again", []fetchtest.Answer{gone, busy, gone}, []time.Duration{24 * time.Hour, 24 * time.Hour}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.source("s", tt.answers...)
			w.run(aggregator.Selection{})
			for _, d := range tt.waits {
				w.later(d)
				w.run(aggregator.Selection{All: true})
			}
			if got := w.state("s").Gone; got != tt.want {
				t.Errorf("Gone = %d, want %d", got, tt.want)
			}
			if due, gone := w.state("s").NextWhy, tt.want == 2; (due == "gone twice") != gone {
				t.Errorf("next because %q, want the pause %t", due, gone)
			}
		})
	}
}
