package fetch

import (
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

// The limits are of memory: a document keeps its places for as long as its
// bytes are wanted, and nothing else keeps any.
func TestS19_ADocumentKeepsItsPlacesUntilItIsReleased(t *testing.T) {
	o := fetchtest.New(t)
	big := rss + strings.Repeat(" ", 2<<20)
	o.On("/small", fetchtest.Answer{Body: rss, ETag: `"1"`}).On("/moved", fetchtest.Redirect(301, "/small")).
		On("/empty", fetchtest.Answer{}).On("/big", fetchtest.Answer{Body: big}).On("/zipped", fetchtest.Answer{Body: big, Gzip: true}).
		On("/cut", fetchtest.Answer{Body: big, Fault: fetchtest.Truncate}).On("/gone", fetchtest.Answer{Status: 410}).
		On("/huge", fetchtest.Answer{Body: big + big})
	c := newClient(t, func(o *Options) { o.MaxBody = 3 << 20 })
	for _, tt := range []struct {
		name         string
		r            Request
		slots, large int // kept while the document is read
	}{
		{"a document", Request{URL: o.URL("/small")}, 1, 0},
		{"a document behind a redirect", Request{URL: o.URL("/moved")}, 1, 0},
		{"an empty document", Request{URL: o.URL("/empty")}, 1, 0},
		{"a large document", Request{URL: o.URL("/big")}, 1, 1},
		{"one that unpacks to a large one", Request{URL: o.URL("/zipped")}, 1, 1},
		{"a large one that ended early", Request{URL: o.URL("/cut")}, 1, 1},
		{"not modified", Request{URL: o.URL("/small"), ETag: `"1"`}, 0, 0},
		{"a refusal", Request{URL: o.URL("/gone")}, 0, 0},
		{"one over the limit", Request{URL: o.URL("/huge")}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res, err := c.Get(t.Context(), tt.r)
			if (err != nil) != (res == nil) {
				t.Fatalf("Get = %v, %v", res, err)
			}
			if len(c.slots) != tt.slots || len(c.large) != tt.large {
				t.Errorf("after Get (%v): %d slots and %d large places kept, want %d and %d", err, len(c.slots), len(c.large), tt.slots, tt.large)
			}
			for range 2 {
				res.Release()
				if len(c.slots) != 0 || len(c.large) != 0 {
					t.Errorf("after Release: %d slots and %d large places kept", len(c.slots), len(c.large))
				}
			}
			if res != nil && res.Body != nil {
				t.Errorf("a released document still holds %d bytes", len(res.Body))
			}
		})
	}
}
