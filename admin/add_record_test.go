package admin

import (
	"strings"
	"testing"
)

func TestS15_NoPasswordOfAnAddressIsRecorded(t *testing.T) {
	for _, address := range []string{"http://bob:hunter2@a.example/feed", "http://bob:hunter2@a.example:port/", "\x7fhttp://bob:hunter2@a.example"} {
		if got := forTheRecord(address); strings.Contains(got, "hunter2") {
			t.Errorf("forTheRecord(%q) = %q, which tells the password", address, got)
		}
	}
	if got := forTheRecord("https://a.example/feed?id=1"); got != "https://a.example/feed?id=1" {
		t.Errorf("forTheRecord changes what is no secret: %q", got)
	}
}
