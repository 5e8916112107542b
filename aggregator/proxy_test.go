package aggregator_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rightswire/rightswire/aggregator"
)

func TestOnlyTheSourceThatHasAProxyIsAskedThroughIt(t *testing.T) {
	var through []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		through = append(through, r.URL.Path)
		w.WriteHeader(http.StatusNotFound) // then its site is searched, also through the proxy
	}))
	defer proxy.Close()
	w := newWire(t)
	w.source("direct", fineAnswer)
	w.source("far", fineAnswer).Proxy = proxy.URL
	w.run(aggregator.Selection{})
	if got := strings.Join(through, " "); got != "/far /robots.txt /" {
		t.Errorf("the proxy was asked for %q", got)
	}
	w.wantAsked("directly", map[string]int{"direct": 1})

	// Who shares the address and not the proxy does not share the answer.
	w.sources[0].URL = w.sources[1].URL
	w.run(aggregator.Selection{Source: "direct"})
	w.tick(48 * 3600e9)
	if w.last("direct").Status == w.last("far").Status {
		t.Errorf("both sources got %d", w.last("far").Status)
	}
}
