package admin

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Finder looks for feeds and takes them into the source list, as politely as
// the commands do.
type Finder interface {
	// Search looks for the feeds of an address, the most likely first. What it
	// has read of them is remembered for a while.
	Search(ctx context.Context, address string, kind news.Type) ([]Candidate, error)
	// Found returns what the last searches found at a feed's address. It returns
	// an error that wraps [news.ErrNotFound] if that is not remembered any more.
	Found(address string) (Candidate, error)
	// Add writes a source into the list; what was read of its feed becomes its
	// first poll. It returns the source as it was written.
	Add(ctx context.Context, s news.Source) (news.Source, SourceEdit, error)
}

// Candidate is a feed that was found.
type Candidate struct {
	URL      string
	Title    string
	Format   string
	Type     news.Type
	Items    int
	Newest   time.Time // zero if no entry has a date
	Via      string    // how it was found
	Comments bool      // readers' comments
	Same     []string  // further addresses with the same entries
	Entries  []Preview // the first ones
	Error    string    // why it cannot be read; "": it can
	Known    string    // id of the source that it is already; "": none
}

// Preview is an entry of a feed that is not subscribed yet.
type Preview struct {
	Title string
	At    time.Time
	Filed []string // categories that the taxonomy would file it under
}

// addView is the page for new sources.
type addView struct {
	Address    string
	Candidates []Candidate
	Searched   bool
	Categories []news.Category
}

// addPage asks for an address.
func (d *Desk) addPage(w http.ResponseWriter, v *visit) error {
	return d.page(w, v, "add.html", "Add a source", addView{Categories: d.opt.Items.Categories()})
}

// searchPage looks for feeds and shows what they hold.
func (d *Desk) searchPage(w http.ResponseWriter, v *visit) error {
	page := addView{Address: strings.TrimSpace(v.PostFormValue("address")), Searched: true, Categories: d.opt.Items.Categories()}
	kind := news.Type("")
	if v.PostFormValue("sitemap") != "" {
		kind = news.TypeSitemap
	}
	var err error
	page.Candidates, err = d.opt.Finder.Search(v.Context(), page.Address, kind)
	d.record(v, done{object: forTheRecord(page.Address)}, err)
	if err != nil {
		d.sessions.tell(v.session, notice{sentence(err.Error()), true})
	}
	return d.page(w, v, "add.html", "Add a source", page)
}

// forTheRecord is an address as the log and the audit keep it, for long and for
// every eye of the desk: without a password (S15).
func forTheRecord(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "what is no address"
	}
	return u.Redacted()
}

// add writes a feed that was found into the list.
func (d *Desk) add(v *visit) (done, error) {
	address := v.PostFormValue("url")
	out := done{object: forTheRecord(address), to: "/admin/add"}
	c, err := d.opt.Finder.Found(address)
	if err != nil {
		return out, refuse(http.StatusNotFound, "it was found too long ago; search again")
	}
	s := news.Source{
		URL: c.URL, Type: c.Type, Title: strings.TrimSpace(v.PostFormValue("title")), ID: strings.TrimSpace(v.PostFormValue("id")),
		Language: strings.TrimSpace(v.PostFormValue("language")), Kind: v.PostFormValue("kind"), Categories: v.PostForm["categories"], Status: news.Active,
	}
	if v.PostFormValue("proposed") != "" {
		s.Status = news.Proposed
	}
	s, edit, err := d.opt.Finder.Add(v.Context(), s)
	if err != nil {
		return out, err
	}
	out.object, out.after, out.to = "source "+s.ID, edit.Diff, "/admin/sources/"+url.PathEscape(s.ID)
	out.say = s.Title + " is in the list. " + edit.File + " was changed; the wire takes it over by itself."
	return out, nil
}
