package config

import (
	"testing"
	"testing/fstest"
)

// What the program refuses stands among the other mistakes, and a key that is
// wrong already is reported once.
func TestLimitsAreMistakesWithTheirPlaces(t *testing.T) {
	refuseAll := WithLimits(func(c *Config, refuse func(path, value, hint string)) {
		refuse("database", c.Database.URL, "write a file")
		refuse("publish.hub", c.Publish.Hub, "leave it out")
	})
	const text = base + "publish: {hub: me}\ndatabase: {url: x.db}\n"
	_, err := LoadFS(fstest.MapFS{"c.yaml": {Data: []byte(text)}}, "c.yaml", refuseAll)
	const want = `c.yaml:11:16: publish.hub: "me" is not a hub; write its URL, or self for our own
c.yaml:12:17: database.url: "x.db" is not built yet: write a file`
	if err == nil || err.Error() != want {
		t.Errorf("Load reports\n%v\nwant\n%s", err, want)
	}
}
