package config

import (
	"strings"
	"testing"
)

// F42: an address that once was leads to one place or is gone, and nothing
// else has it.
func TestF42_FormerAndRetiredIDsCollideWithNothing(t *testing.T) {
	const good = `
retired: [old-topic, cut/old-cut]
feeds:
  - {id: gulf, title: Gulf, formerly: [gulf-news, wages], where: {countries: [QA]}}
`
	text := strings.Replace(base, "group: labor,", "group: labor, formerly: [pay, salaries],", 1)
	c, err := loadText(text + good)
	if err != nil || len(c.Retired) != 2 || len(c.Categories[1].Formerly) != 2 || len(c.Feeds[0].Formerly) != 2 {
		t.Fatalf("Load = %+v, %v", c, err)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"the id of another category", strings.Replace(text, "salaries", "labor", 1), `categories[1].formerly[1]: "labor" is used already, at c.yaml:5`},
		{"its own id", strings.Replace(text, "salaries", "wages", 1), `categories[1].formerly[1]: "wages" is used already, at c.yaml:6`},
		{"twice the same", strings.Replace(text, "salaries", "pay", 1), `categories[1].formerly[1]: "pay" is used already, at c.yaml:6`},
		{"a path of the site", strings.Replace(text, "salaries", "all", 1), `categories[1].formerly[1]: "all" is a path of the site`},
		{"no id", strings.Replace(text, "salaries", "../x", 1), `categories[1].formerly[1]: "../x" is not an id`},
		{"retired although it is there", text + "retired: [wages]\n", `retired[0]: "wages" is used already, at c.yaml:6`},
		{"retired and moved", text + "retired: [pay]\n", `retired[0]: "pay" is used already, at c.yaml:6`},
		{"retired and no id", text + "retired: [source/x]\n", `retired[0]: "source/x" is not an id; write that of a category, or cut/ and that of a feed`},
		{"a former id is no category", text + "retired: [x]\nfeeds: [{id: f, title: F, where: {categories: [pay]}}]\n", `there is no category "pay"`},
	} {
		if _, err := loadText(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Load = %v, want %s", tt.name, err, tt.want)
		}
	}
}
