package admin

import (
	"net/http"

	"github.com/rightswire/rightswire/news"
)

// previewRows bounds what is shown of a preview, which a generous feed fills
// with thousands.
const previewRows = 100

// previewView is the page of what a proposed source would bring.
type previewView struct {
	SourceLine
	Items []news.Item // the newest first
	Found int         // of which those are the newest
}

// previewPage shows what a proposed source has sent, of which nothing is
// published, and how that would be filed.
func (d *Desk) previewPage(w http.ResponseWriter, v *visit) error {
	l, err := d.opt.Sources.Source(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	items, err := d.opt.Sources.Preview(v.Context(), l.ID)
	if err != nil {
		return err
	}
	page := previewView{SourceLine: l, Items: items[:min(len(items), previewRows)], Found: len(items)}
	return d.page(w, v, "preview.html", "Preview of "+l.Title, page)
}
