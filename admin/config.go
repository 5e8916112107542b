package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
)

// Config is the newsroom's files as the desk edits them.
type Config interface {
	// Files names the files, the main one first.
	Files(ctx context.Context) []string
	// Read returns the text of one of them. It returns an error that wraps
	// [news.ErrNotFound] if it is none of them.
	Read(ctx context.Context, file string) (string, error)
	// Try says what another text in a file would come to, and writes nothing.
	Try(ctx context.Context, file, text string) (Trial, error)
	// Save writes another text into a file if nothing is wrong with it and the
	// file still holds was.
	Save(ctx context.Context, file, was, text string) error
}

// Trial is what another text in a file would come to.
type Trial struct {
	Problems []Problem // why it cannot be saved; none: it can
	Notes    []Problem // what is allowed, and worth a second look
	Diff     string    // from what the file holds now, as "diff -u" writes it; "": nothing
	Sources  int       // in the newsroom then
	Taxonomy bool      // items would be filed in another way
}

// Problem is a mistake and its place.
type Problem struct {
	File         string
	Line, Column int // 0: the file as a whole
	Path, Text   string
}

// configView is the page of one file, or of their names.
type configView struct {
	Files []string
	File  string // "": none was chosen
	Text  string
	Base  string // hash of what the file held when the edit began
	Tried string // hash of the text that Trial is about; "": none yet
	Trial Trial
	Stale bool // the file holds something else by now
}

// DiffLine is a line of a difference, for its color.
type DiffLine struct{ Class, Text string }

// DiffLines splits the difference.
func (v configView) DiffLines() []DiffLine {
	var out []DiffLine
	for line := range strings.Lines(v.Trial.Diff) {
		class := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "@@"), strings.HasPrefix(line, "diff "):
			class = "head"
		case line[0] == '+':
			class = "plus"
		case line[0] == '-':
			class = "minus"
		}
		out = append(out, DiffLine{class, line})
	}
	return out
}

// configPage names the files, or shows one to edit.
func (d *Desk) configPage(w http.ResponseWriter, v *visit) error {
	page := configView{Files: d.opt.Config.Files(v.Context()), File: v.URL.Query().Get("file")}
	title := "Configuration"
	if page.File != "" {
		text, err := d.opt.Config.Read(v.Context(), page.File)
		if err != nil {
			return err
		}
		page.Text, page.Base, title = text, textHash(text), "Edit "+baseName(page.File)
	}
	return d.page(w, v, "config.html", title, page)
}

// editConfig tries a text, and saves it if that was asked for and it is the one
// that was tried: nobody saves what they have not seen the difference of.
func (d *Desk) editConfig(w http.ResponseWriter, v *visit) error {
	page := configView{
		Files: d.opt.Config.Files(v.Context()), File: v.PostFormValue("file"), Text: strings.ReplaceAll(v.PostFormValue("text"), "\r\n", "\n"),
		Base: v.PostFormValue("base"), Tried: v.PostFormValue("tried"),
	}
	now, err := d.opt.Config.Read(v.Context(), page.File)
	if err != nil {
		return err
	}
	if page.Trial, err = d.opt.Config.Try(v.Context(), page.File, page.Text); err != nil {
		return err
	}
	same := textHash(now) == page.Base
	if v.PathValue("deed") == "save" && same && page.Tried == textHash(page.Text) {
		err := d.opt.Config.Save(v.Context(), page.File, now, page.Text)
		d.record(v, done{object: page.File, after: page.Trial.Diff}, err)
		if err == nil {
			d.sessions.tell(v.session, notice{Text: baseName(page.File) + " was saved. The wire takes it over by itself."})
			w.Header().Set("Location", "/admin/config?"+url.Values{"file": {page.File}}.Encode())
			w.WriteHeader(http.StatusSeeOther)
			return nil
		}
		d.sessions.tell(v.session, notice{sentence(err.Error()), true})
	}
	if !same {
		// It can be saved over what is there now, but only by somebody who has
		// seen the difference from that.
		page.Stale, page.Base = true, textHash(now)
	}
	page.Tried = ""
	if len(page.Trial.Problems) == 0 {
		page.Tried = textHash(page.Text)
	}
	return d.page(w, v, "config.html", "Edit "+baseName(page.File), page)
}

func textHash(text string) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(text, "\r\n", "\n")))
	return hex.EncodeToString(sum[:])
}

// baseName is the last part of a file's name, on any system.
func baseName(file string) string { return file[strings.LastIndexAny(file, `/\`)+1:] }
