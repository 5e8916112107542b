package feed

import (
	"testing"
)

func parseRSS(t *testing.T, items string) *Document {
	t.Helper()
	d, err := Parse([]byte(`<rss version="2.0"><channel><title>t</title>`+items+`</channel></rss>`), Hints{URL: "https://a.example/rss"})
	if err != nil {
		t.Fatalf("Parse(%s): %v", items, err)
	}
	return d
}

func TestKeysSurviveWhatMayChange(t *testing.T) {
	tests := []struct {
		name, before, after string
		same                bool
	}{
		{"a corrected headline", `<item><guid>g</guid><title>Wrnog</title></item>`, `<item><guid>g</guid><title>Wrong</title></item>`, true},
		{"a corrected headline without guid", `<item><link>https://a.example/1</link><title>Wrnog</title></item>`, `<item><link>https://a.example/1</link><title>Wrong</title></item>`, true},
		{"white space in the guid", "<item><guid>\n g </guid><title>t</title></item>", `<item><guid>g</guid><title>t</title></item>`, true},
		{"another guid", `<item><guid>g</guid><title>t</title></item>`, `<item><guid>h</guid><title>t</title></item>`, false},
		{"another text without guid and link", `<item><title>t</title></item>`, `<item><title>u</title></item>`, false},
		{"new entries before it", `<item><guid>g</guid><title>t</title></item>`, `<item><guid>g</guid><title>t</title></item><item><guid>x</guid><title>y</title></item>`, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := parseRSS(t, tt.before).Entries[0].Key, parseRSS(t, tt.after).Entries[0].Key
			if (a == b) != tt.same {
				t.Errorf("keys %q and %q, want them the same: %v", a, b, tt.same)
			}
		})
	}
}

func TestExactDoublesAreOneEntry(t *testing.T) {
	const item = `<item><guid>g</guid><link>https://a.example/1</link><title>t</title></item>`
	d := parseRSS(t, item+item)
	if len(d.Entries) != 1 || d.Doubles != 1 {
		t.Errorf("%d entries and %d doubles, want one each", len(d.Entries), d.Doubles)
	}
}

// A feed that keeps the old version beside the corrected one has them in either
// order.
func TestOfTwoVersionsInOneDocumentTheNewerCounts(t *testing.T) {
	item := func(title, date string) string {
		return `<item><guid>g</guid><link>https://a.example/1</link><title>` + title + `</title>` + date + `</item>`
	}
	const eight, nine = `<pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>`, `<pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate>`
	const other = `<item><guid>h</guid><title>other</title></item>`
	for name, items := range map[string]string{
		"the old one first":     item("old", eight) + other + item("new", nine),
		"the new one first":     item("new", nine) + other + item("old", eight),
		"the old one undated":   item("old", "") + other + item("new", eight),
		"three of them":         item("old", eight) + other + item("new", nine) + item("older", ""),
		"changed, not anew":     item("old", eight) + other + item("new", eight+`<atom:updated xmlns:atom="http://www.w3.org/2005/Atom">2026-03-02T10:00:00Z</atom:updated>`),
		"dates alike: as first": item("new", eight) + other + item("old", eight),
	} {
		d := parseRSS(t, items)
		if len(d.Entries) != 2 || d.Entries[0].Title != "new" || d.Entries[1].Title != "other" || d.Doubles == 0 || d.Dropped != 0 {
			t.Errorf("%s: %+v, %d doubles", name, d.Entries, d.Doubles)
		}
	}
}

func TestRawHashShowsEveryChange(t *testing.T) {
	const plain = `<item><guid>g</guid><title>t</title><description>d</description></item>`
	base := parseRSS(t, plain).Entries[0].RawHash
	if again := parseRSS(t, "\n"+plain).Entries[0].RawHash; again != base {
		t.Errorf("the same entry hashes to %s and %s", base, again)
	}
	for _, changed := range []string{
		`<item><guid>g</guid><title>T</title><description>d</description></item>`,
		`<item><guid>g</guid><title>t</title><description>D</description></item>`,
		`<item><guid>g</guid><title>t</title><description>d</description><category>c</category></item>`,
		`<item><guid>g</guid><title>t</title><description>d</description><pubDate>2025-09-06</pubDate></item>`,
		`<item><guid>g</guid><title>t</title><description>d</description><author>a</author></item>`,
		`<item><guid>g</guid><title>t</title><description>d</description><enclosure url="https://a.example/x" type="a/b"/></item>`,
		`<item><guid>g</guid><title>t</title><description>d</description><link>https://a.example/2</link></item>`,
	} {
		if parseRSS(t, changed).Entries[0].RawHash == base {
			t.Errorf("%s hashes like the unchanged entry", changed)
		}
	}
}

func TestNewestEntriesAreKept(t *testing.T) {
	doc := `<rss><channel><title>t</title>
	<item><title>old</title><pubDate>2001-01-01</pubDate></item>
	<item><title>new</title><pubDate>2025-01-01</pubDate></item>
	<item><title>undated, after the new one</title></item>
	<item><title>older</title><pubDate>2000-01-01</pubDate></item></channel></rss>`
	d, err := Parse([]byte(doc), Hints{Limits: Limits{Items: 2}})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Entries) != 2 || d.Entries[0].Title != "new" || d.Entries[1].Title != "undated, after the new one" || d.Excess != 2 {
		t.Errorf("kept %+v, %d in excess, want the two newest", d.Entries, d.Excess)
	}
}
