// Package pages turns a [publisher.Page] into HTML, and holds the style sheet
// and the icon that the HTML refers to.
//
// It decides looks only: what a page lists, in which order, and when it
// changed was decided by whoever filled the Page. It knows no archive, no
// clock and no network, so the same Page gives the same bytes (F02).
//
// It is a room of its own because a page has rules that a feed has not. It is
// read in a browser that obeys it, so nothing in it may run or be fetched
// from elsewhere: no script, no foreign picture, no cookie. What a feed sent
// stands in elements with class item-content and nowhere else; titles and
// names are text.
package pages

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"sync/atomic"

	"github.com/microcosm-cc/bluemonday"

	"github.com/rightswire/rightswire/publisher"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static/style.css static/embed.css static/favicon.svg
var static embed.FS

// files names the template that shows each kind of page.
var files = map[publisher.PageKind]string{
	publisher.PageList:    "list.html",
	publisher.PageStory:   "story.html",
	publisher.PageFeeds:   "feeds.html",
	publisher.PageSources: "sources.html",
	publisher.PageIndex:   "index.html",
	publisher.PageAbout:   "about.html",
	publisher.PageBot:     "bot.html",
	publisher.PageMissing: "missing.html",
	publisher.PageMoved:   "moved.html",
	publisher.PageSearch:  "search.html",
}

// Renderer is the [publisher.PageRenderer] of the house. It is safe for
// concurrent use.
type Renderer struct {
	kinds  map[publisher.PageKind]*template.Template
	parts  *template.Template // of what several kinds share
	shelf  shelf
	shell  atomic.Pointer[shell]
	slow   bool // write everything by template: what the quick way is compared with
	policy *bluemonday.Policy
	assets []publisher.File
	print  string
}

var _ publisher.PageRenderer = (*Renderer)(nil)

// New parses the embedded templates. An error means that the program was
// built from broken templates.
func New() (*Renderer, error) {
	r := &Renderer{kinds: make(map[publisher.PageKind]*template.Template, len(files)), policy: contentPolicy()}
	var err error
	if r.parts, err = template.New("parts").Option("missingkey=error").Funcs(funcs).ParseFS(templates, "templates/parts.html", "templates/site.html"); err != nil {
		return nil, fmt.Errorf("parse templates of parts: %w", err)
	}
	for kind, file := range files {
		t, err := template.New("layout.html").Option("missingkey=error").Funcs(funcs).
			ParseFS(templates, "templates/layout.html", "templates/parts.html", "templates/"+file)
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w", file, err)
		}
		r.kinds[kind] = t
	}
	for kind, file := range map[publisher.PageKind]string{publisher.PageEmbed: "embed.html", publisher.PageFragment: "fragment.html"} {
		t, err := template.New(file).Option("missingkey=error").Funcs(funcs).ParseFS(templates, "templates/"+file, "templates/embedded.html")
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w", file, err)
		}
		r.kinds[kind] = t
	}
	for _, a := range []struct{ path, media string }{
		{"style.css", "text/css; charset=utf-8"},
		{"embed.css", "text/css; charset=utf-8"},
		{"favicon.svg", "image/svg+xml"},
	} {
		body, err := static.ReadFile("static/" + a.path)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", a.path, err)
		}
		r.assets = append(r.assets, publisher.File{Path: "/" + a.path, Type: a.media, Body: body})
	}
	if r.print, err = fingerprint(); err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	return r, nil
}

// fingerprint is a hash of the templates. The code around them changes with
// the program's version, which the builder knows.
func fingerprint() (string, error) {
	h := sha256.New()
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		body, err := templates.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(body), body)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Fingerprint changes with the templates.
func (r *Renderer) Fingerprint() string { return r.print }

// Append appends the page as HTML in UTF-8 to dst. The same page gives the same
// bytes. It returns an error for a kind that it has no template for.
func (r *Renderer) Append(dst []byte, p publisher.Page) ([]byte, error) {
	t, ok := r.kinds[p.Kind]
	if !ok {
		return dst, fmt.Errorf("render page %s: no template for kind %q", p.Path, p.Kind)
	}
	body, err := r.write(markup(dst), t, p)
	if err != nil {
		return dst, fmt.Errorf("render page %s: %w", p.Path, err)
	}
	return body, nil
}

// write writes a page by its template, or by the function that does the same.
func (r *Renderer) write(m markup, t *template.Template, p publisher.Page) (markup, error) {
	if write := r.quickly(p); write != nil {
		return write(m, p)
	}
	v, err := r.view(p)
	if err != nil {
		return nil, err
	}
	buf := bytes.NewBuffer(m)
	err = t.Execute(buf, v)
	return buf.Bytes(), err
}

// quickly returns the function that writes a page without its template; nil if
// there is none.
func (r *Renderer) quickly(p publisher.Page) func(markup, publisher.Page) (markup, error) {
	switch {
	case r.quick(p):
		return r.quickStory
	case r.quickList(p):
		return r.list
	case !r.slow && (p.Kind == publisher.PageEmbed || p.Kind == publisher.PageFragment):
		return r.quickEmbed
	}
	return nil
}

// Assets returns the files that every page refers to. Their ETag and Modified
// are left to whoever puts them into a [publisher.Site]. The bodies are shared:
// do not change them.
func (r *Renderer) Assets() []publisher.File {
	return append([]publisher.File(nil), r.assets...)
}
