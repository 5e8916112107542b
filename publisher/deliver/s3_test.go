package deliver_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	_ "gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob"

	"github.com/rightswire/rightswire/publisher"
	"github.com/rightswire/rightswire/publisher/deliver"
)

// s3 is a loopback server that speaks S3, with a bucket "wire".
type s3 struct {
	mu   sync.Mutex
	asks map[string]int         // by method
	sent map[string]http.Header // of the last PUT, by path: this server keeps no Cache-Control

	url string // of the server
	to  string // what publish.to says for a folder in the bucket
}

func newS3(t *testing.T) *s3 {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("wire"); err != nil {
		t.Fatal(err)
	}
	s := &s3{asks: map[string]int{}, sent: map[string]http.Header{}}
	inner := gofakes3.New(backend).Server()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asks[r.Method]++
		if r.Method == http.MethodPut {
			s.sent[r.URL.Path] = r.Header
		}
		s.mu.Unlock()
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	s.to = "s3://wire/pub/site?use_path_style=true&region=eu-west-1&endpoint=" + server.URL
	t.Setenv("AWS_ACCESS_KEY_ID", "desk")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "sesame")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return s
}

// asked returns how often the server was asked since the last call.
func (s *s3) asked() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	asks := s.asks
	s.asks = map[string]int{}
	return asks
}

// get returns an object as readers get it, who send no credentials.
func (s *s3) get(t *testing.T, key string) (http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/wire/"+key, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return res.Header, res.Status
	}
	return res.Header, string(body)
}

func TestS3GetsTheSite(t *testing.T) {
	s, long := newS3(t), strings.Repeat("news ", 200)
	opt := deliver.Options{To: s.to, Compress: both, MaxAge: 10 * time.Minute}
	first := &publisher.Site{Files: map[string]*publisher.File{}}
	add := func(path, media, body string) {
		first.Files[path] = publisher.NewFile(path, media, []byte(body), time.Time{})
	}
	add("/index.html", "text/html; charset=utf-8", long)
	add("/feeds/all.json", "application/feed+json", "{}")
	add("/old.html", "text/html; charset=utf-8", "old")
	run := func(want deliver.Report) map[string]int {
		t.Helper()
		said, err := deliver.Compare(t.Context(), first, opt)
		if err != nil {
			t.Fatal(err)
		}
		s.asked()
		got, err := deliver.Deliver(t.Context(), first, opt)
		if diff := cmp.Diff(want, got, butState); err != nil || diff != "" {
			t.Fatalf("Deliver: %v (-want +got)\n%s", err, diff)
		}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("Compare (-want +got)\n%s", diff)
		}
		return s.asked()
	}

	run(deliver.Report{Written: deliver.NamesOf("feeds/all.json", "index.html", "index.html.br", "index.html.gz", "old.html")})
	for _, tt := range []struct{ key, media, encoding, body string }{
		{"index.html", "text/html; charset=utf-8", "", long},
		{"index.html.gz", "text/html; charset=utf-8", "gzip", ""},
		{"index.html.br", "text/html; charset=utf-8", "br", ""},
		{"feeds/all.json", "application/feed+json", "", "{}"},
	} {
		h, body := s.get(t, "pub/site/"+tt.key)
		sent := s.sent["/wire/pub/site/"+tt.key]
		got := []string{h.Get("Content-Type"), h.Get("Content-Encoding"), sent.Get("Cache-Control")}
		want := []string{tt.media, tt.encoding, "public, max-age=600, stale-while-revalidate=600, stale-if-error=86400"}
		if diff := cmp.Diff(want, got); diff != "" || tt.body != "" && body != tt.body {
			t.Errorf("%s says %.20q (-want +got)\n%s", tt.key, body, diff)
		}
		if sent.Get("X-Amz-Checksum-Crc32")+sent.Get("X-Amz-Trailer")+sent.Get("Content-Md5") == "" {
			t.Errorf("%s was sent without a hash: %v", tt.key, sent)
		}
	}
	if asks := run(deliver.Report{Unchanged: 5}); asks["PUT"]+asks["DELETE"]+asks["POST"] > 0 {
		t.Errorf("nothing to do took %v", asks)
	}

	// A file that changed, one that is gone, one that a stranger wrote over,
	// and one of the stranger's own.
	add("/feeds/all.json", "application/feed+json", `{"new": 1}`)
	delete(first.Files, "/old.html")
	s.put(t, "pub/site/index.html", "theirs")
	s.put(t, "pub/site/mine.txt", "theirs")
	s.put(t, "elsewhere.txt", "theirs")
	run(deliver.Report{Written: deliver.NamesOf("feeds/all.json", "index.html"), Removed: []string{"old.html"}, Unchanged: 2})
	for key, want := range map[string]string{
		"pub/site/index.html": long, "pub/site/feeds/all.json": `{"new": 1}`, "pub/site/old.html": "404 Not Found",
		"pub/site/mine.txt": "theirs", "elsewhere.txt": "theirs",
	} {
		if _, got := s.get(t, key); got != want {
			t.Errorf("%s = %.30q, want %.30q", key, got, want)
		}
	}

	// How long caches may keep it is a header of every object.
	opt.MaxAge = time.Minute
	run(deliver.Report{Written: deliver.NamesOf("feeds/all.json", "index.html", "index.html.br", "index.html.gz")})
	if got := s.sent["/wire/pub/site/index.html"].Get("Cache-Control"); !strings.HasPrefix(got, "public, max-age=60,") {
		t.Errorf("Cache-Control: %s", got)
	}
}

// put writes an object as somebody else would.
func (s *s3) put(t *testing.T, key, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, s.url+"/wire/"+key, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("PUT %s: %s", key, res.Status)
	}
}

func TestABucketThatIsNotThereIsNamed(t *testing.T) {
	s := newS3(t)
	to := strings.Replace(s.to, "s3://wire/", "s3://wrie/", 1)
	_, err := deliver.Deliver(t.Context(), site("/index.html", "a"), deliver.Options{To: to})
	if err == nil || !strings.Contains(err.Error(), "no such bucket") {
		t.Errorf("Deliver = %v, want what is wrong", err)
	}
}

// A folder as a store, for trials.
func TestAFolderCanBeAStore(t *testing.T) {
	dir := t.TempDir()
	opt := deliver.Options{To: "file://" + dir + "?metadata=skip"}
	for i, want := range []deliver.Report{{Written: deliver.NamesOf("feeds/all.rss", "index.html")}, {Unchanged: 2}} {
		got, err := deliver.Deliver(t.Context(), site("/index.html", "a", "/feeds/all.rss", "b"), opt)
		if diff := cmp.Diff(want, got, butState); err != nil || diff != "" {
			t.Errorf("delivery %d: %v (-want +got)\n%s", i, err, diff)
		}
	}
	if diff := cmp.Diff(map[string]string{"/index.html": "a", "/feeds/all.rss": "b"}, tree(t, dir)); diff != "" {
		t.Errorf("folder (-want +got)\n%s", diff)
	}
}
