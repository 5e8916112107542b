package admin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Stories is what the desk sees of stories and decides about them, for good.
type Stories interface {
	// Stories returns the stories that a query selects, the latest first.
	Stories(ctx context.Context, q news.Query) ([]news.Story, error)
	// Story returns one by number, entry id, or the address of its page or of a
	// report.
	Story(ctx context.Context, what string) (StoryFile, error)
	// Split gives an item a story of its own and returns that one's number.
	Split(ctx context.Context, item int64, who string) (int64, error)
	// Merge makes the story that from names part of another.
	Merge(ctx context.Context, into int64, from, who string) error
	// Pin lets an item lead a story; 0 ends that.
	Pin(ctx context.Context, story, item int64, who string) error
}

// StoryFile is a story with all that is kept of it.
type StoryFile struct {
	news.Story
	Hidden    []news.Item
	Decisions []news.Decision
}

// storiesView is the page of the latest stories.
type storiesView struct {
	Stories    []news.Story
	Category   string
	Language   string
	Source     string
	Categories []news.Category
	Next       string // address of the next page; "": none
}

const storyRows = 50

// storiesPage lists stories, the latest first.
func (d *Desk) storiesPage(w http.ResponseWriter, v *visit) error {
	form := v.URL.Query()
	if what := strings.TrimSpace(form.Get("story")); what != "" {
		s, err := d.opt.Stories.Story(v.Context(), what)
		if err != nil {
			d.sessions.tell(v.session, notice{sentence(err.Error()), true})
			w.Header().Set("Location", "/admin/stories")
		} else {
			w.Header().Set("Location", storyAddress(s.ID))
		}
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	page := storiesView{Category: form.Get("category"), Language: form.Get("language"), Source: form.Get("source"), Categories: d.opt.Items.Categories()}
	q := news.Query{Limit: storyRows, After: readCursor(form.Get("after"))}
	for _, f := range []struct {
		value string
		into  *[]string
	}{{page.Category, &q.Categories}, {page.Language, &q.Languages}, {page.Source, &q.Sources}} {
		if f.value != "" {
			*f.into = []string{f.value}
		}
	}
	var err error
	if page.Stories, err = d.opt.Stories.Stories(v.Context(), q); err != nil {
		return err
	}
	if n := len(page.Stories); n == storyRows {
		last := page.Stories[n-1]
		form.Set("after", fmt.Sprintf("%d-%d", last.Published.UnixMicro(), last.ID))
		page.Next = "/admin/stories?" + form.Encode()
	}
	return d.page(w, v, "stories.html", "Stories", page)
}

// readCursor reads the place after which a page begins; what is none is the
// start.
func readCursor(s string) news.Cursor {
	at, id, _ := strings.Cut(s, "-")
	micros, err1 := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err1 != nil || err2 != nil {
		return news.Cursor{}
	}
	return news.Cursor{Published: time.UnixMicro(micros), ID: n}
}

func storyAddress(id int64) string { return "/admin/stories/" + strconv.FormatInt(id, 10) }

// storyPage shows a story and its coverage.
func (d *Desk) storyPage(w http.ResponseWriter, v *visit) error {
	if _, err := number(v, "id"); err != nil {
		return err
	}
	s, err := d.opt.Stories.Story(v.Context(), v.PathValue("id"))
	if err != nil {
		return err
	}
	title := s.LeadItem().Title
	if title == "" {
		title = "A story of which nothing is shown"
	}
	return d.page(w, v, "story.html", title, s)
}

// editStory splits, merges and pins.
func (d *Desk) editStory(v *visit) (done, error) {
	id, err := number(v, "id")
	if err != nil {
		return done{}, err
	}
	name := strconv.FormatInt(id, 10)
	out := done{object: "story " + name, to: storyAddress(id)}
	item, _ := strconv.ParseInt(v.PostFormValue("item"), 10, 64) // what is no number is no item
	switch v.PathValue("deed") {
	case "split":
		if err := d.reports(v, name, item); err != nil {
			return out, err
		}
		made, err := d.opt.Stories.Split(v.Context(), item, v.who)
		if err != nil {
			return out, err
		}
		out.after = fmt.Sprintf("item %d is story %d", item, made)
		out.say = fmt.Sprintf("Item %d is story %d of its own now. Grouping never puts it back.", item, made)
	case "merge":
		from := strings.TrimSpace(v.PostFormValue("from"))
		if err := d.opt.Stories.Merge(v.Context(), id, from, v.who); err != nil {
			return out, err
		}
		out.after = "with " + from
		out.say = "They are one story now; what is published as the other leads here."
	case "pin":
		if err := d.opt.Stories.Pin(v.Context(), id, item, v.who); err != nil {
			return out, err
		}
		out.after = fmt.Sprintf("item %d leads", item)
		out.say = fmt.Sprintf("Item %d leads, whatever comes.", item)
	case "unpin":
		if err := d.opt.Stories.Pin(v.Context(), id, 0, v.who); err != nil {
			return out, err
		}
		out.after = "nothing is pinned"
		out.say = "The best report leads again."
	default:
		return done{object: out.object}, news.ErrNotFound
	}
	return out, nil
}

// reports refuses an item that is not in a story: a form of yesterday may name
// one that has moved since.
func (d *Desk) reports(v *visit, story string, item int64) error {
	s, err := d.opt.Stories.Story(v.Context(), story)
	if err != nil {
		return err
	}
	is := func(it news.Item) bool { return it.ID == item }
	if !slices.ContainsFunc(s.Items, is) && !slices.ContainsFunc(s.Hidden, is) {
		return fmt.Errorf("item %d is not in story %s (any more); open the story that it is in", item, story)
	}
	return nil
}
