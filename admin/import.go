package admin

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"

	"github.com/rightswire/rightswire/news"
)

// Importer takes over lists of feeds of other programs.
type Importer interface {
	// Plan says what a list would bring in, and changes nothing. folders say
	// which category a folder is, "" for none.
	Plan(ctx context.Context, list []byte, folders map[string]string, status news.Status) (ImportPlan, error)
	// Import brings it in.
	Import(ctx context.Context, list []byte, folders map[string]string, status news.Status) (ImportPlan, error)
}

// ImportPlan is what a list would bring in.
type ImportPlan struct {
	Lines    []ImportLine // one for each entry
	Folders  []ImportFolder
	Problems []string // what was left out or mended
	Added    int
	SourceEdit
}

// ImportLine is what becomes of an entry.
type ImportLine struct {
	Line                int
	Outcome             string // added, duplicate or wrong
	ID, Title, URL, Why string
}

// ImportFolder is a folder of the list, and the category that it is here.
type ImportFolder struct {
	Name, Category string
	Sources        int
}

// importView is the page of an import.
type importView struct {
	List       string // in base64, once it was read: its encoding may be any
	Proposed   bool
	Plan       *ImportPlan // nil: no list was sent yet
	Categories []news.Category
}

// maxList bounds a list, in bytes; a form with it has room for the rest.
const maxList = 4 << 20

// importPage asks for a list.
func (d *Desk) importPage(w http.ResponseWriter, v *visit) error {
	return d.page(w, v, "import.html", "Take over a list", importView{Categories: d.opt.Items.Categories()})
}

// planImport reads a list and says what it would bring in, or brings it in if
// that was asked for: nobody takes over what they have not seen.
func (d *Desk) planImport(w http.ResponseWriter, v *visit) error {
	page := importView{Proposed: v.PostFormValue("proposed") != "", Categories: d.opt.Items.Categories()}
	list, err := base64.RawURLEncoding.DecodeString(v.PostFormValue("list"))
	seen := err == nil && len(list) > 0
	if !seen {
		if list, err = uploaded(v); err != nil {
			return err
		}
	}
	page.List = base64.RawURLEncoding.EncodeToString(list)
	folders := map[string]string{}
	for i, name := range v.PostForm["folder"] {
		if values := v.PostForm["category"]; i < len(values) {
			folders[name] = values[i]
		}
	}
	status := news.Active
	if page.Proposed {
		status = news.Proposed
	}
	if v.PathValue("deed") == "save" && seen {
		plan, err := d.opt.Importer.Import(v.Context(), list, folders, status)
		d.record(v, done{object: many(plan.Added, "source"), after: plan.Diff}, err)
		if err == nil {
			d.sessions.tell(v.session, notice{Text: many(plan.Added, "source") + " came in. The wire asks them by and by."})
			w.Header().Set("Location", home)
			w.WriteHeader(http.StatusSeeOther)
			return nil
		}
		d.sessions.tell(v.session, notice{sentence(err.Error()), true})
	}
	plan, err := d.opt.Importer.Plan(v.Context(), list, folders, status)
	if err != nil {
		d.sessions.tell(v.session, notice{sentence(err.Error()), true})
		page.List = ""
	} else {
		page.Plan = &plan
	}
	return d.page(w, v, "import.html", "Take over a list", page)
}

// uploaded returns the file of a form, which is never written to the disk and
// whose name is not looked at (S31).
func uploaded(v *visit) ([]byte, error) {
	f, _, err := v.FormFile("file")
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "There is no file in this form.")
	}
	defer f.Close()
	list, err := io.ReadAll(io.LimitReader(f, maxList+1))
	if err != nil {
		return nil, err
	}
	if len(list) > maxList {
		return nil, refuse(http.StatusRequestEntityTooLarge, "This list has more than %d MiB; split it.", maxList>>20)
	}
	return list, nil
}
