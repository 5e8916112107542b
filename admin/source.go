package admin

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

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
	Fields  []sourceField
	Confirm bool // removing it is asked back
	Wrong   []health.Finding
}

// sourceField is one field of the form that changes a source.
type sourceField struct{ Name, Title, Hint, Value string }

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
	for _, f := range fields {
		page.Fields = append(page.Fields, sourceField{f.Name, f.Title, f.Hint, l.Field(f.Name)})
	}
	for i := range polls {
		if polls[i].Seen > 0 {
			page.Last = &polls[i]
			break
		}
	}
	return d.page(w, v, "source.html", l.Title, page)
}

// fields are those of a source that the desk sets in a form, by their names in
// the file.
var fields = []struct{ Name, Title, Hint string }{
	{"title", "Title", ""},
	{"url", "Address of the feed", ""},
	{"homepage", "Page for people", ""},
	{"categories", "Categories that its items lean to", "ids, separated by commas"},
	{"language", "Language", "BCP 47, such as en; empty: detected per item"},
	{"country", "Country that it is about", "such as KE; empty: none in particular"},
	{"kind", "Kind", "news, ngo, igo, union, gov or law"},
	{"rank", "Rank", "who leads a story: 1 primary … 9 aggregator; empty: 5"},
	{"scope", "Scope", "all, or filter: only what is about our subjects"},
	{"content", "How much may be republished", "title, excerpt or full; empty: as the site does"},
	{"schedule", "Schedule", "cron expression; empty: as often as it has news"},
}

// Field is what a source has in one of the form's fields.
func (l SourceLine) Field(name string) string {
	rank := ""
	if l.Rank != 0 {
		rank = strconv.Itoa(l.Rank)
	}
	return map[string]string{
		"title": l.Title, "url": l.URL, "homepage": l.Homepage, "categories": strings.Join(l.Categories, ", "), "language": l.Language,
		"country": l.Country, "kind": l.Kind, "rank": rank, "scope": string(l.Scope), "content": string(l.Content), "schedule": l.Schedule,
	}[name]
}

// FieldEdit is what a field held when somebody began to edit it, and what it is
// to hold.
type FieldEdit struct{ Was, Now string }

// setFields changes the fields of a source that somebody wrote something else
// into. What the form began with is in the form: a field that a colleague has
// changed since is not set back by one that was left alone.
func (d *Desk) setFields(v *visit, l SourceLine) (SourceEdit, error) {
	changed := map[string]FieldEdit{}
	for _, f := range fields {
		values, sent := v.PostForm[f.Name]
		if !sent {
			continue
		}
		edit := FieldEdit{l.Field(f.Name), strings.TrimSpace(values[0])}
		if was, ok := v.PostForm["was-"+f.Name]; ok {
			edit.Was = was[0]
		}
		if edit.Now != strings.TrimSpace(edit.Was) {
			changed[f.Name] = edit
		}
	}
	if len(changed) == 0 {
		return SourceEdit{}, nil
	}
	return d.opt.Sources.SetFields(v.Context(), l.ID, changed)
}

// accept makes a proposed source an active one. On a page that is old it may be
// something else by now: who paused it meanwhile meant it.
func (d *Desk) accept(v *visit, l SourceLine) (SourceEdit, error) {
	if l.Status != news.Proposed {
		return SourceEdit{}, fmt.Errorf("%s is not proposed any more, it is %s", l.Title, l.Status)
	}
	return d.opt.Sources.SetStatus(v.Context(), l.ID, news.Active)
}

// editSource changes a source in the list, or takes it out.
func (d *Desk) editSource(v *visit) (done, error) {
	id := v.PathValue("id")
	out := done{object: "source " + id}
	l, err := d.opt.Sources.Source(v.Context(), id)
	if err != nil {
		return out, err
	}
	var edit SourceEdit
	is, to := "", ""
	switch v.PathValue("deed") {
	case "pause":
		is = "paused"
		edit, err = d.opt.Sources.SetStatus(v.Context(), id, news.Paused)
	case "resume":
		is = "active"
		edit, err = d.opt.Sources.SetStatus(v.Context(), id, news.Active)
	case "accept":
		is = "active; a running wire publishes its preview at once"
		edit, err = d.accept(v, l)
	case "set":
		is = "as you wrote"
		edit, err = d.setFields(v, l)
	case "remove":
		is, to = "removed; its items stay", home
		edit, err = d.opt.Sources.RemoveSource(v.Context(), id)
	default:
		return out, news.ErrNotFound
	}
	if err != nil {
		return out, err
	}
	out.before, out.after, out.to = string(l.Status), is, to
	if out.say = fmt.Sprintf("%s is %s already.", l.Title, is); edit.File != "" {
		out.after = edit.Diff
		out.say = fmt.Sprintf("%s is %s. %s was changed.", l.Title, is, edit.File)
	}
	return out, nil
}
