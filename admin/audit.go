package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// Audit is the record of what the desk did.
type Audit interface {
	AddAudit(ctx context.Context, e news.AuditEntry) error
	// AuditBefore returns at most limit entries, the latest first, with ids
	// below before; 0: from the latest one.
	AuditBefore(ctx context.Context, before int64, limit int) ([]news.AuditEntry, error)
}

// maxNote bounds what is kept of before and after, in bytes: a whole
// configuration is in the desk's own version control, if anywhere.
const maxNote = 4000

// record puts on record what an action came to: first in the log, which a full
// disk does not stop, then in the archive.
func (d *Desk) record(v *visit, out done, err error) {
	e := news.AuditEntry{Who: v.who, What: deedOf(v.Request), Object: out.object, Before: cut(out.before), After: cut(out.after)}
	if err != nil {
		e.Error = cut(err.Error())
	}
	d.note(v.Request, e)
}

// deedOf names an action by the end of its address.
func deedOf(r *http.Request) string {
	if deed := r.PathValue("deed"); deed != "" {
		return deed
	}
	return r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
}

// detached is the context of a record: an action that was done is put on
// record though the browser has gone.
func detached(r *http.Request) context.Context { return context.WithoutCancel(r.Context()) }

// cut shortens a text for the record.
func cut(s string) string {
	if len(s) <= maxNote {
		return s
	}
	return strings.ToValidUTF8(s[:maxNote], "") + " …"
}

// auditView is the page of the record.
type auditView struct {
	Entries []news.AuditEntry
	Next    string // address of the next page; "": none
}

const auditRows = 100

// auditPage shows the record, the latest first.
func (d *Desk) auditPage(w http.ResponseWriter, v *visit) error {
	before, _ := strconv.ParseInt(v.URL.Query().Get("before"), 10, 64) // what is no number begins at the latest
	list, err := d.opt.Audit.AuditBefore(v.Context(), before, auditRows+1)
	if err != nil {
		return err
	}
	var page auditView
	if len(list) > auditRows {
		list = list[:auditRows]
		page.Next = "/admin/log?before=" + strconv.FormatInt(list[auditRows-1].ID, 10)
	}
	page.Entries = list
	return d.page(w, v, "log.html", "Log", page)
}
