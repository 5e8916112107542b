package admin

import (
	"net/url"
	"strings"
	"testing"
)

func TestLoggingOutTakesTheCookieBack(t *testing.T) {
	w := newBench(t, nil).browser().in()
	a := w.send("/admin/logout", url.Values{})
	if got := a.header.Get("Set-Cookie"); a.status != 303 || !strings.Contains(got, "Max-Age=0") {
		t.Errorf("logout = %d, Set-Cookie %q, want one that ends it", a.status, got)
	}
	if w.inside() {
		t.Error("somebody who has logged out is inside")
	}
}
