package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
)

// Items is what the desk sees of the archive and corrects in it.
type Items interface {
	// ItemsBefore returns visible items that match, the last stored first, with
	// ids below before, 0 being the newest; next is where to go on, 0 at the end.
	ItemsBefore(ctx context.Context, q search.Query, before int64, limit int) (items []news.Item, next int64, err error)
	// HiddenBefore is the same for items that are hidden.
	HiddenBefore(ctx context.Context, before int64, limit int) ([]news.Item, error)
	// Explain says of an item why it is where it is. It returns an error that
	// wraps [news.ErrNotFound] if there is none.
	Explain(ctx context.Context, id int64) (Explained, error)
	// File puts an item into categories and takes it out of others, for good.
	// It returns what it is filed under then.
	File(ctx context.Context, id int64, who string, in, out []string) (news.Item, error)
	// Forget takes back what the desk has said about an item and a category: the
	// taxonomy and the model decide again. It returns the same.
	Forget(ctx context.Context, id int64, who, category string) (news.Item, error)
	// Hide and Unhide withdraw an item and bring it back.
	Hide(ctx context.Context, id int64, who, why string) error
	Unhide(ctx context.Context, id int64, who string) error
	// Categories returns the categories there are, in the desk's order.
	Categories() []news.Category
}

// Explained is everything that was decided about an item.
type Explained struct {
	news.Item
	Text      string // its content as plain text
	Story     *news.Story
	Withdrawn news.Withdrawal // By is "" if it is shown
	Changes   []Change        // the oldest first
	Decisions []news.Decision // of the desk, about it or its story
	Rulings   []news.Ruling   // of the desk, that hold: what it was put into and taken out of
}

// Change is one way in which an item said something else before.
type Change struct {
	Until string // when it stopped
	What  []string
}

// itemsView is the page of the latest items.
type itemsView struct {
	Items      []news.Item
	Query      string
	Category   string
	Categories []news.Category
	Hidden     bool
	Ignored    []string // what of the query was not understood
	Next       string   // address of the next page; "": none
}

const itemRows = 50

// itemsPage lists items, the newest first.
func (d *Desk) itemsPage(w http.ResponseWriter, v *visit) error {
	form := v.URL.Query()
	before, _ := strconv.ParseInt(form.Get("before"), 10, 64) // what is no number begins at the newest
	page := itemsView{Query: form.Get("q"), Category: form.Get("category"), Hidden: form.Has("hidden"), Categories: d.opt.Items.Categories()}
	var next int64
	var err error
	if page.Hidden {
		page.Items, err = d.opt.Items.HiddenBefore(v.Context(), before, itemRows)
		if len(page.Items) == itemRows {
			next = page.Items[itemRows-1].ID
		}
	} else {
		// An address or a number is somebody's item.
		if id, err := strconv.ParseInt(strings.TrimSpace(page.Query), 10, 64); err == nil && id > 0 {
			w.Header().Set("Location", "/admin/items/"+strconv.FormatInt(id, 10))
			w.WriteHeader(http.StatusSeeOther)
			return nil
		}
		q := search.Parse(page.Query)
		if page.Category != "" {
			q.And(search.Category, page.Category)
		}
		page.Ignored = q.Ignored
		page.Items, next, err = d.opt.Items.ItemsBefore(v.Context(), q, before, itemRows)
	}
	if err != nil {
		return err
	}
	if next > 0 {
		form.Set("before", strconv.FormatInt(next, 10))
		page.Next = "/admin/items?" + form.Encode()
	}
	return d.page(w, v, "items.html", "Items", page)
}

// itemView is the page of one item.
type itemView struct {
	Explained
	Categories []news.Category // that it is not filed under
	Titles     map[string]string
	Parts      map[string][]string // categories that it is filed under, by the umbrella that follows from them
}

// itemPage explains an item.
func (d *Desk) itemPage(w http.ResponseWriter, v *visit) error {
	id, err := number(v, "id")
	if err != nil {
		return err
	}
	e, err := d.opt.Items.Explain(v.Context(), id)
	if err != nil {
		return err
	}
	page := itemView{Explained: e, Titles: map[string]string{}, Parts: map[string][]string{}}
	under := map[string]bool{}
	for _, f := range e.Filings {
		under[f.Category] = true
	}
	all := d.opt.Items.Categories()
	umbrella := map[string]bool{}
	for _, c := range all {
		umbrella[c.ID] = c.Umbrella
	}
	for _, c := range all {
		page.Titles[c.ID] = c.Title
		if under[c.ID] && umbrella[c.Group] && c.Group != c.ID {
			page.Parts[c.Group] = append(page.Parts[c.Group], c.ID)
		}
		if !under[c.ID] {
			page.Categories = append(page.Categories, c)
		}
	}
	return d.page(w, v, "item.html", e.Title, page)
}

// number is a number in the address.
func number(v *visit, name string) (int64, error) {
	id, err := strconv.ParseInt(v.PathValue(name), 10, 64)
	if err != nil || id < 1 {
		return 0, news.ErrNotFound
	}
	return id, nil
}

// editItem corrects the filing of an item, hides it or brings it back.
func (d *Desk) editItem(v *visit) (done, error) {
	id, err := number(v, "id")
	if err != nil {
		return done{}, err
	}
	name := strconv.FormatInt(id, 10)
	out := done{object: "item " + name}
	was, err := d.opt.Items.Explain(v.Context(), id)
	if err != nil {
		return out, err
	}
	out.before = filedUnder(was.Item)
	switch v.PathValue("deed") {
	case "file", "unfile", "forget":
		return d.refile(v, id, out)
	case "hide":
		why := strings.TrimSpace(v.PostFormValue("why"))
		out.before, out.after = shownOrHidden(was), "hidden: "+why
		if err := d.opt.Items.Hide(v.Context(), id, v.who, why); err != nil {
			return out, err
		}
		out.say = "It is hidden from every feed and page."
		return out, nil
	case "unhide":
		out.before, out.after = shownOrHidden(was), "shown"
		if err := d.opt.Items.Unhide(v.Context(), id, v.who); err != nil {
			return out, err
		}
		out.say = "It is shown again."
		return out, nil
	}
	return out, news.ErrNotFound
}

// shownOrHidden says in the audit log what was so before.
func shownOrHidden(e Explained) string {
	if e.Withdrawn.By == "" {
		return "shown"
	}
	return "hidden: " + e.Withdrawn.Why
}

// refile corrects what an item is filed under, or takes a correction back.
func (d *Desk) refile(v *visit, id int64, out done) (done, error) {
	category := v.PostFormValue("category")
	var it news.Item
	var err error
	switch v.PathValue("deed") {
	case "file":
		it, err = d.opt.Items.File(v.Context(), id, v.who, []string{category}, nil)
	case "unfile":
		it, err = d.opt.Items.File(v.Context(), id, v.who, nil, []string{category})
	default:
		it, err = d.opt.Items.Forget(v.Context(), id, v.who, category)
	}
	if err != nil {
		return out, err
	}
	out.after = filedUnder(it)
	out.say = "It is filed under " + orNothing(out.after) + " now, for good. The model learns from the whole list when it is trained next."
	switch v.PathValue("deed") {
	case "forget":
		out.say = "What the desk said about " + category + " is taken back: the taxonomy and the model file it under " + orNothing(out.after) + " now."
	case "unfile":
		now, err := d.opt.Items.Explain(v.Context(), id)
		if err == nil && now.Story != nil {
			out.say += now.Story.StaysUnder(category)
		}
	}
	return out, nil
}

// filedUnder lists the categories of an item.
func filedUnder(it news.Item) string {
	ids := make([]string, len(it.Filings))
	for i, f := range it.Filings {
		ids[i] = f.Category
	}
	return strings.Join(ids, ", ")
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// itemsOf is the address of a source's items.
func itemsOf(source string) string {
	return "/admin/items?" + url.Values{"q": {"source:" + source}}.Encode()
}
