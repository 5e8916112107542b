package main

import (
	"slices"
	"strings"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/storage"
)

// withUmbrellas adds to a correction what follows from it: an umbrella comes
// with the first category of its group and goes with the last one. Taking out
// an umbrella alone is refused: it would come again with the next update.
func withUmbrellas(t news.Taxonomy, it news.Item, fix *storage.Correction) error {
	group := map[string]string{}
	for _, cat := range t.Categories {
		group[cat.ID] = cat.Group
		if cat.Umbrella {
			fix.Umbrellas = append(fix.Umbrellas, cat.ID)
		}
	}
	after := filedAfter(it, *fix)
	for _, u := range fix.Umbrellas {
		var parts []string
		for _, id := range after {
			if id != u && group[id] == u {
				parts = append(parts, id)
			}
		}
		at := slices.IndexFunc(it.Filings, func(f news.Filing) bool { return f.Category == u })
		switch {
		case slices.Contains(fix.Out, u) && len(parts) > 0:
			return usagef("item %d is under %s because it is under %s: take it out of that, \"rightswire items file %d -%s\", and %s goes with it",
				it.ID, u, strings.Join(parts, " and "), it.ID, strings.Join(parts, " -"), u)
		case slices.Contains(fix.Out, u) && follows(it.Filings[at]):
			// It goes anyway, and has to come again with the next category.
			fix.Out = slices.DeleteFunc(slices.Clone(fix.Out), func(id string) bool { return id == u })
			fix.Without = append(fix.Without, u)
		case slices.Contains(fix.Out, u) || slices.ContainsFunc(fix.In, func(f news.Filing) bool { return f.Category == u }):
		case len(parts) > 0 && !slices.Contains(after, u):
			fix.With = append(fix.With, news.Filing{Category: u, Why: []string{"takes in what the desk has put there"}})
		case len(parts) == 0 && at >= 0 && follows(it.Filings[at]):
			fix.Without = append(fix.Without, u)
		}
	}
	return nil
}

// filedAfter lists what an item is filed under after a correction, umbrellas
// that come and go with it left aside.
func filedAfter(it news.Item, fix storage.Correction) []string {
	var after []string
	for _, f := range it.Filings {
		back := slices.Contains(fix.Forget, f.Category) && f.By == news.ByDesk
		if !back && !slices.Contains(fix.Out, f.Category) {
			after = append(after, f.Category)
		}
	}
	for _, f := range append(slices.Clone(fix.In), fix.Restore...) {
		if !slices.Contains(after, f.Category) {
			after = append(after, f.Category)
		}
	}
	return after
}

// follows reports whether an umbrella's filing is there because of another one
// alone.
func follows(f news.Filing) bool {
	return f.By == news.ByImply || f.By == news.ByDesk && slices.ContainsFunc(f.Why, func(w string) bool { return strings.HasPrefix(w, "takes in") })
}
