package admin

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"time"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static/desk.css static/desk.svg
var files embed.FS

// pages are the parsed templates, by file.
type pages map[string]*template.Template

// parsePages parses every template with the frame around it. An error means
// that the program was built from broken templates.
func parsePages() (pages, error) {
	names, err := templates.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	p := pages{}
	for _, n := range names {
		name := n.Name()
		if name == "layout.html" || name == "parts.html" {
			continue
		}
		t, err := template.New("layout.html").Option("missingkey=error").Funcs(funcs).
			ParseFS(templates, "templates/layout.html", "templates/parts.html", "templates/"+name)
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w", name, err)
		}
		p[name] = t
	}
	return p, nil
}

// frame is a page with what stands around it.
type frame struct {
	Title  string
	Site   string
	Who    string // who is logged in; "": nobody
	Token  string // of the session, for forms
	Here   string // address of this page, for forms to come back to
	Notice notice
	Now    time.Time
	Page   any

	Refused []string // why the newsroom's files are not in effect; none: they are
}

// page shows a page to somebody who is logged in.
func (d *Desk) page(w http.ResponseWriter, v *visit, name, title string, page any) error {
	f := frame{
		Title: title, Who: v.who, Token: v.session.token, Here: v.URL.RequestURI(), Notice: d.sessions.told(v.session), Page: page,
	}
	if d.opt.Refused != nil {
		f.Refused = d.opt.Refused()
	}
	return d.render(w, http.StatusOK, name, f)
}

// render makes the whole page before the first byte is sent: an error half way
// could no longer become a status.
func (d *Desk) render(w http.ResponseWriter, status int, name string, f frame) error {
	f.Site, f.Now = d.opt.Site, d.opt.Now()
	var b bytes.Buffer
	if err := d.pages[name].Execute(&b, f); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // who hung up is nobody to tell
	return nil
}

// sorry says what went wrong. It repeats nothing of the request (S06).
func (d *Desk) sorry(w http.ResponseWriter, r *http.Request, status int, text string) {
	err := d.render(w, status, "sorry.html", frame{Title: http.StatusText(status), Page: text})
	if err != nil {
		http.Error(w, text, status)
	}
}

// static serves the style sheet and the icon, which everybody may see.
func static(mux *http.ServeMux) {
	for _, name := range []string{"desk.css", "desk.svg"} {
		body, err := files.ReadFile("static/" + name)
		if err != nil {
			panic(err) // it is embedded
		}
		sum := sha256.Sum256(body)
		tag := `"` + hex.EncodeToString(sum[:8]) + `"`
		media := map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}[path.Ext(name)]
		mux.HandleFunc("GET /admin/"+name, func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Type", media)
			h.Set("Cache-Control", "no-cache")
			h.Set("ETag", tag)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
		})
	}
}
