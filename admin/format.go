package admin

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/digest"
)

// funcs are what templates can say.
var funcs = template.FuncMap{
	"ago":     ago,
	"in":      ahead,
	"stamp":   stamp,
	"machine": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"join":    func(list []string) string { return strings.Join(list, ", ") },
	"hand":    hand,
	"many":    many,
	"change":  digest.Change,
	"itemsOf": itemsOf,
	"took":    func(d time.Duration) string { return d.Round(time.Millisecond).String() },
}

// stamp is a time for people.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2 Jan 2006 15:04 UTC")
}

// ago says how long ago something was.
func ago(now, t time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return "never"
	case d < time.Minute:
		return "just now"
	default:
		return span(d) + " ago"
	}
}

// ahead says how long it is until something.
func ahead(now, t time.Time) string {
	switch d := t.Sub(now); {
	case t.IsZero():
		return "–"
	case d <= 0:
		return "due"
	case d < time.Minute:
		return "in a minute"
	default:
		return "in " + span(d)
	}
}

// span is a length of time in its largest unit.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	for _, u := range []struct {
		d    time.Duration
		name string
	}{{365 * day, "year"}, {30 * day, "month"}, {day, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / u.d); n > 0 {
			return many(n, u.name)
		}
	}
	return "less than a minute"
}

// many is a number and a word for what there are so many of.
func many(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

// hand says who filed an item under a category, and how surely.
func hand(f news.Filing) string {
	by := map[news.By]string{
		news.ByRules: "by the taxonomy's terms", news.BySource: "by the source's own default", news.ByTag: "by the publisher's own tag",
		news.ByImply: "as it follows from another", news.ByDesk: "by the desk", news.ByModel: "by the learned layer",
	}[f.By]
	if f.Score > 0 {
		by += fmt.Sprintf(", %.1f points", f.Score)
	}
	return by
}
