package news

import (
	"fmt"
	"slices"
	"strings"
)

// maxStays is how many reports [Story.StaysUnder] names.
const maxStays = 5

// StaysUnder says, as a sentence with a space before it, which reports keep the
// story under a category that one of them was taken out of: a story is listed
// wherever one of its reports is. "" if none does.
func (s Story) StaysUnder(category string) string {
	var ids []string
	for _, it := range s.Items {
		if slices.ContainsFunc(it.Filings, func(f Filing) bool { return f.Category == category }) {
			ids = append(ids, fmt.Sprint(it.ID))
		}
	}
	if len(ids) == 0 {
		return ""
	}
	what := "item"
	if len(ids) > 1 {
		what = "items"
	}
	if n := len(ids) - maxStays; n > 0 {
		ids = append(ids[:maxStays], fmt.Sprintf("%d more", n))
	}
	return fmt.Sprintf(" Story %d stays under %s because of %s %s.", s.ID, category, what, strings.Join(ids, ", "))
}
