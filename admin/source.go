package admin

import (
	"fmt"
	"net/http"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/health"
)

// sourceView is the page of one source.
type sourceView struct {
	SourceLine
	Spark   Spark
	Seen    string
	Polls   []news.Poll
	Last    *news.Poll // the last one that read a document; nil: none of those at hand
	Limit   int
	Confirm bool // removing it is asked back
	Wrong   []health.Finding
}

const ledgerRows = 50

// sourcePage shows a source, its ledger, and what had to be mended in its last
// document.
func (d *Desk) sourcePage(w http.ResponseWriter, v *visit) error {
	l, err := d.opt.Sources.Source(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	polls, err := d.opt.Sources.Ledger(v.Context(), l.ID, ledgerRows)
	if err != nil {
		return err
	}
	wrong, err := d.opt.Health.Judge(v.Context(), l.ID)
	if err != nil {
		return err
	}
	page := sourceView{Wrong: wrong, SourceLine: l, Spark: spark(polls), Seen: seen(polls), Polls: polls, Limit: ledgerRows, Confirm: v.URL.Query().Has("remove")}
	for i := range polls {
		if polls[i].Seen > 0 {
			page.Last = &polls[i]
			break
		}
	}
	return d.page(w, v, "source.html", l.Title, page)
}

// editSource pauses, resumes or removes a source.
func (d *Desk) editSource(v *visit) (done, error) {
	id := v.PathValue("id")
	out := done{object: "source " + id}
	l, err := d.opt.Sources.Source(v.Context(), id)
	if err != nil {
		return out, err
	}
	out.before = string(l.Status)
	var file, is string
	switch v.PathValue("deed") {
	case "pause":
		is = "paused"
		file, err = d.opt.Sources.SetStatus(v.Context(), id, news.Paused)
	case "resume":
		is = "active"
		file, err = d.opt.Sources.SetStatus(v.Context(), id, news.Active)
	case "remove":
		is, out.to = "removed; its items stay", home
		file, err = d.opt.Sources.RemoveSource(v.Context(), id)
	default:
		return out, news.ErrNotFound
	}
	if err != nil {
		out.to = ""
		return out, err
	}
	if out.after = is; file == "" {
		out.say = fmt.Sprintf("%s is %s already.", l.Title, is)
	} else {
		out.say = fmt.Sprintf("%s is %s. %s was changed.", l.Title, is, file)
	}
	return out, nil
}
