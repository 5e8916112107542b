package pages

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/rightswire/rightswire/publisher"
)

// funcs are what the templates may call.
var funcs = template.FuncMap{
	"stamp":    stamp,
	"machine":  machine,
	"tag":      tag,
	"dir":      direction,
	"language": languageName,
	"slug":     publisher.Slug,
	"lower":    strings.ToLower,
	"web":      web,
	"media":    media,
	"span":     span,
	"one":      func(v *view, e *entry) single { return single{View: v, Entry: e} },
}

// stamp is a time for people: "24 Nov 2026, 06:30 UTC". It names the zone
// because readers of one page sit in many.
func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

const stampLayout = "2 Jan 2006, 15:04 UTC"

// span is a length of time in words, in its largest unit that divides it: "15
// minutes", "1 second".
func span(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := d / u.size; n >= 1 && d%u.size == 0 {
			if n == 1 {
				return "1 " + u.name
			}
			return fmt.Sprintf("%d %ss", n, u.name)
		}
	}
	return d.String()
}

// machine is a time for machines, RFC 3339, as the datetime attribute wants it.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// longDay is a date as a heading.
func longDay(t time.Time) string { return t.UTC().Format("Monday, 2 January 2006") }

// media describes an attached file for people: "audio/mpeg, 12.4 MB".
func media(kind string, length int64) string {
	kind, _, _ = strings.Cut(kind, ";")
	if kind == "" {
		kind = "file"
	}
	switch {
	case length >= 1_000_000:
		return fmt.Sprintf("%s, %.1f MB", kind, float64(length)/1e6)
	case length >= 1000:
		return fmt.Sprintf("%s, %d kB", kind, length/1000)
	}
	return kind
}

// Reach says how many outlets carry a story.
func (e entry) Reach() string {
	if e.Outlets < 2 {
		return "single source"
	}
	return fmt.Sprintf("%d outlets", e.Outlets)
}

// LanguageLink is the code under which the site files a language: the
// language alone, without script or region.
func (e entry) LanguageLink() string {
	base, _, _ := strings.Cut(strings.ToLower(e.Language), "-")
	return base
}

// Topics are the categories that a list has room for; the story's own page
// shows them all.
func (e entry) Topics() []publisher.Label { return e.Categories[:min(len(e.Categories), 4)] }

// HeadTitle is the text of the title element.
func (v *view) HeadTitle() string {
	switch {
	case v.Title == "" || v.Title == v.Site.Title:
		return v.Site.Title
	case v.Home:
		return v.Site.Title + ": " + v.Title
	}
	return v.Title + " - " + v.Site.Title
}

// OpenGraph is the kind of object that a page is to those who preview links.
func (v *view) OpenGraph() string {
	if v.Kind == publisher.PageStory {
		return "article"
	}
	return "website"
}
