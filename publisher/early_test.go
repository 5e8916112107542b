package publisher_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/publisher"
)

func TestAFileThatIsMadeEarlyIsTheOneThatIsBuilt(t *testing.T) {
	n := busy()
	opt := options()
	opt.Volumes, opt.Redact = newCabinet(n), func(doc []byte, _ []publisher.Deleted) ([]byte, error) { return doc, nil }
	site := build(t, n, opt)
	opt.Published = remembered(site)
	b := newBuilder(t, n, opt)
	early := 0
	for path, f := range site.Files {
		got, err := b.Early(t.Context(), strings.TrimSuffix(path, "index.html"))
		if errors.Is(err, news.ErrNotFound) {
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		early++
		if strings.HasPrefix(path, "/story/") {
			continue // without its neighbours, as the page of an old story
		}
		if !bytes.Equal(bytesOf(got), bytesOf(f)) || got.ETag != f.ETag || got.Type != f.Type || !got.Modified.Equal(f.Modified) {
			t.Errorf("%s is not what is built: tag %s of %v, want %s of %v", path, got.ETag, got.Modified, f.ETag, f.Modified)
		}
	}
	for _, path := range []string{"/", "/feeds/all.rss", "/feeds/press-freedom/es.json", "/feeds/language/es.atom", "/country/qa/", "/page/2/", "/style.css"} {
		if _, err := b.Early(t.Context(), path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	if early < 100 {
		t.Errorf("only %d of %d files are made early", early, len(site.Files))
	}
	if _, err := b.Early(t.Context(), "/feeds/language/xx.atom"); !errors.Is(err, news.ErrNotFound) {
		t.Errorf("a feed that there is not: %v", err)
	}
}

func TestTheFrontPageIsMadeEarlyFromItsOwnListAlone(t *testing.T) {
	n := busy()
	b := newBuilder(t, n, options())
	n.asked.Store(0)
	if _, err := b.Early(t.Context(), "/"); err != nil {
		t.Fatal(err)
	}
	if asked := n.asked.Load(); asked > 2 {
		t.Errorf("the archive was asked for %d lists", asked)
	}
}
