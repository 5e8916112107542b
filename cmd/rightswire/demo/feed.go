package demo

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"net/http"
	"path"
	"text/template"
	"time"
)

//go:embed newsroom
var newsroom embed.FS

// edition is a feed as one wave shows it.
type edition struct {
	body     []byte
	etag     string // strong, quotes included
	modified time.Time
}

// editions renders a feed file for every wave.
func editions(file string, opts Options) ([]edition, error) {
	source, err := newsroom.ReadFile("newsroom/" + file)
	if err != nil {
		return nil, fmt.Errorf("read feed %s: %w", file, err)
	}
	var out []edition
	var before []byte
	for wave := range waves {
		// Whether a wave changed the feed is seen with the feed's own
		// {{updated}} held still; otherwise it would change because it changed.
		plain, newest, err := render(file, source, opts, wave, opts.Start)
		if err != nil {
			return nil, err
		}
		e := edition{modified: opts.at(wave)}
		switch {
		case wave == 0:
			e.modified = newest
		case bytes.Equal(plain, before):
			e.modified = out[wave-1].modified
		}
		before = plain
		if e.body, _, err = render(file, source, opts, wave, e.modified); err != nil {
			return nil, err
		}
		e.etag = fmt.Sprintf(`"%x"`, sha256.Sum256(e.body))[:18] + `"`
		out = append(out, e)
	}
	return out, nil
}

// render executes a feed file and returns it with the newest date that it
// shows. The bytes between the template's own words pass through untouched, in
// whichever encoding they are.
func render(file string, source []byte, opts Options, wave int, updated time.Time) ([]byte, time.Time, error) {
	layout := time.RFC3339
	if path.Ext(file) == ".rss" {
		layout = http.TimeFormat
	}
	var newest time.Time
	date := func(base time.Time, ago string) (string, error) {
		d, err := time.ParseDuration(ago)
		if err != nil {
			return "", err
		}
		t := base.Add(-d)
		if t.After(newest) {
			newest = t
		}
		return t.Format(layout), nil
	}
	t, err := template.New(file).Funcs(template.FuncMap{
		"ago":     func(d string) (string, error) { return date(opts.Start, d) },
		"at":      func(n int, d string) (string, error) { return date(opts.at(n), d) },
		"wave":    func(n int) bool { return wave >= n },
		"updated": func() string { return updated.Format(layout) },
	}).Parse(string(source))
	if err != nil {
		return nil, newest, fmt.Errorf("parse feed %s: %w", file, err)
	}
	var buf bytes.Buffer
	if err := t.Execute(&buf, nil); err != nil {
		return nil, newest, fmt.Errorf("render feed %s: %w", file, err)
	}
	return buf.Bytes(), newest, nil
}
