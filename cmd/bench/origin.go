package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// origin serves generated feeds on many loopback addresses, each a host of
// its own. The same seed gives the same bytes.
type origin struct {
	port  int
	srv   *http.Server
	feeds int
	hosts int
	delay func(feed int) time.Duration // until the first byte; nil: none

	mu     sync.Mutex
	bodies map[int]served
	every  int // each of so many feeds has one item more; 0: none has
}

// served is one feed as it goes over the wire.
type served struct {
	plain, zipped []byte
	etag          string
}

// epoch is the time at which the generated news begins: fixed, so that two
// runs compare like with like.
var epoch = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// fewHosts is how many loopback addresses the feeds are spread over where
// nothing else is said.
const fewHosts = 64

// startOrigin listens on the hosts' addresses, all on one port.
func startOrigin(feeds, hosts int) (*origin, error) {
	o := &origin{feeds: feeds, hosts: hosts, bodies: map[int]served{}}
	o.srv = &http.Server{Handler: o, ReadHeaderTimeout: 10 * time.Second}
	var err error
	if o.port, err = listenHosts(o.srv, hosts); err != nil {
		return nil, err
	}
	for i := range feeds {
		o.body(i)
	}
	return o, nil
}

// close stops serving.
func (o *origin) close() { _ = o.srv.Close() }

// url returns the address of a feed.
func (o *origin) url(i int) string {
	return fmt.Sprintf("http://%s:%d/feed/%d", address(i%o.hosts), o.port, i)
}

// news gives each of so many feeds one item more than it had, and takes that of
// others back; 0: none has one.
func (o *origin) news(every int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := range o.feeds {
		if o.hasNews(i) {
			delete(o.bodies, i)
		}
	}
	o.every = every
	for i := range o.feeds {
		if o.hasNews(i) {
			o.bodies[i] = makeServed(i, true)
		}
	}
}

// hasNews reports whether a feed has one item more.
func (o *origin) hasNews(i int) bool { return o.every > 0 && i%o.every == 0 }

// ServeHTTP answers a feed, or 304 to its ETag.
func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/feed/"))
	if err != nil || i < 0 || i >= o.feeds {
		http.NotFound(w, r)
		return
	}
	if o.delay != nil {
		time.Sleep(o.delay(i))
	}
	b := o.body(i)
	w.Header().Set("ETag", b.etag)
	if r.Header.Get("If-None-Match") == b.etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", contentTypes[i%len(contentTypes)])
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(b.zipped)
		return
	}
	w.Write(b.plain)
}

// body returns a feed, made once.
func (o *origin) body(i int) served {
	o.mu.Lock()
	defer o.mu.Unlock()
	if b, ok := o.bodies[i]; ok {
		return b
	}
	b := makeServed(i, o.hasNews(i))
	o.bodies[i] = b
	return b
}

// makeServed makes a feed, with one item more if it has news.
func makeServed(i int, news bool) served {
	plain := render(i, news)
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	zw.Write(plain)
	zw.Close()
	return served{plain: plain, zipped: buf.Bytes(), etag: fmt.Sprintf(`"feed-%d-%t"`, i, news)}
}

var contentTypes = []string{"application/rss+xml", "application/atom+xml", "application/rss+xml; charset=utf-8", "application/rss+xml"}

// render writes feed i: 20 to 60 items; every second of four kinds is Atom.
// With news, one more stands before them.
func render(i int, news bool) []byte {
	rng := rand.New(rand.NewPCG(uint64(i), 1))
	n := 20 + rng.IntN(41)
	var b bytes.Buffer
	atom := i%4 == 1
	if atom {
		fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Desk %d</title><id>urn:desk:%d</id><updated>%s</updated><link href="https://desk%d.example/"/>`, i, i, epoch.Format(time.RFC3339), i)
	} else {
		fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Desk %d</title><link>https://desk%d.example/</link><description>Generated news</description>`, i, i)
	}
	first := 0
	if news {
		first = -1
	}
	for k := first; k < n; k++ {
		rng := rand.New(rand.NewPCG(uint64(i), uint64(k+3)))
		at := epoch.Add(-time.Duration(k)*time.Hour - time.Duration(i)*time.Minute)
		title, link := sentence(rng, 6+rng.IntN(6)), fmt.Sprintf("https://desk%d.example/2026/%d", i, k)
		summary, text := sentence(rng, 25+rng.IntN(20)), paragraphs(rng, 2+rng.IntN(2))
		if atom {
			fmt.Fprintf(&b, `<entry><title>%s</title><id>%s</id><link href="%s"/><updated>%s</updated><author><name>Staff</name></author><summary>%s</summary><content type="html">%s</content></entry>`,
				title, link, link, at.Format(time.RFC3339), summary, html.EscapeString(text))
		} else {
			fmt.Fprintf(&b, `<item><title>%s</title><link>%s</link><guid>%s</guid><pubDate>%s</pubDate><dc:creator>Staff</dc:creator><category>news</category><description>%s</description><content:encoded><![CDATA[%s]]></content:encoded></item>`,
				title, link, link, at.Format(time.RFC1123Z), summary, text)
		}
	}
	if atom {
		b.WriteString("</feed>")
	} else {
		b.WriteString("</channel></rss>")
	}
	return b.Bytes()
}

// rare is how many invented words there are: 20 syllables to the power of 3.
const rare = 8000

// syllables make words that no two feeds are likely to share in a row, as
// different articles do not.
var syllables = strings.Fields("ba ko ri ta men sol ver dan li pro mar ten sha gu fe no ci pal tor wen")

// vocabulary is real English of the field, so that filing has work to do.
var vocabulary = strings.Fields("the of in and to a for on with after over from by as at is was said that more than workers union strike wages court minister police border camp journalists factory children law rights protest government report women migrant city company pay safety prison trial election water school hospital families hours talks deal ruling inquiry village mine port drivers nurses teachers two three days weeks")

// sentence makes n words, half of them invented: the hundred commonest words
// are about half of running English. Both kinds follow Zipf's law, as the
// words of a language do: a few are everywhere, most are seldom seen.
func sentence(rng *rand.Rand, n int) string {
	invented := rand.NewZipf(rng, 1.1, 20, rare-1)
	known := rand.NewZipf(rng, 1.2, 8, uint64(len(vocabulary)-1))
	words := make([]string, n)
	for i := range words {
		if rng.IntN(10) < 5 {
			k := invented.Uint64()
			words[i] = syllables[k%20] + syllables[k/20%20] + syllables[k/400]
		} else {
			words[i] = vocabulary[known.Uint64()]
		}
	}
	words[0] = strings.ToUpper(words[0][:1]) + words[0][1:]
	return strings.Join(words, " ")
}

// paragraphs makes n paragraphs of HTML with a link.
func paragraphs(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, `<p>%s. <a href="/more/%d">%s</a> %s.</p>`, sentence(rng, 25), rng.IntN(1e6), sentence(rng, 3), sentence(rng, 20))
	}
	return b.String()
}
