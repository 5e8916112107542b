package clean

import (
	"path"
	"regexp"
	"strings"
)

// First returns the first text that is more than white space, or "".
func First(texts ...string) string {
	for _, t := range texts {
		if len(t) > 0 && t[0] > ' ' && t[0] < 0x7f || Line(t) != "" {
			return t
		}
	}
	return ""
}

var tag = regexp.MustCompile(`<(/?[A-Za-z][^<>]*)>`)

// NoTags is [Line] with the brackets of whatever looks like a tag replaced by
// their look-alikes ‹ and ›. It is for places that are text by their format
// and HTML to half of the readers, such as the title of an RSS item, where
// even an escaped tag may come alive (S01, F28).
func NoTags(s string) string {
	s = Line(s)
	if !strings.Contains(s, "<") {
		return s
	}
	return tag.ReplaceAllString(s, "‹$1›")
}

var address = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)

// Mail returns a mail address, or "" for what is none.
func Mail(s string) string {
	if s = Line(s); address.MatchString(s) {
		return s
	}
	return ""
}

var media = regexp.MustCompile(`^[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+$`)

// types are the attachments that news feeds carry. The table of package mime
// is not used: it differs from machine to machine, and bytes must not (F02).
var types = map[string]string{
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".mp4": "video/mp4", ".webm": "video/webm",
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".pdf": "application/pdf",
}

// MediaType returns the type of a file without parameters, guessed from its
// address if the source did not say: RSS and JSON Feed require one (F29).
func MediaType(t, url string) string {
	t, _, _ = strings.Cut(strings.ToLower(t), ";")
	if t = strings.TrimSpace(t); media.MatchString(t) {
		return t
	}
	url, _, _ = strings.Cut(url, "?")
	if t, ok := types[strings.ToLower(path.Ext(url))]; ok {
		return t
	}
	return "application/octet-stream"
}
