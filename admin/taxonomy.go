package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
)

// Taxonomy is what files items, to try and to put to the test.
type Taxonomy interface {
	// File says how the wire would file an article.
	File(ctx context.Context, title, text, language string) (Filed, error)
	// Start begins to file the archive's items of the last days anew, by the
	// taxonomy that another text in a file would make. One test runs at a time.
	Start(ctx context.Context, file, text string, days int) error
	// Test returns the test that runs or ran last; nil if there is none.
	Test() *BackTest
}

// Filed is how an article is filed.
type Filed struct {
	Language string
	Filings  []news.Filing
	Places   []news.Place
	Masked   []string // phrases that hide a term
}

// BackTest is what a changed taxonomy would file differently.
type BackTest struct {
	File, Text string // the change
	Base       string // digest of what the file held
	Days       int
	Began      time.Time
	Done       int    // items so far
	Running    bool   // and the rest is not known yet
	Error      string // why it ended early; "": it did not
	Differ     int    // items that would be filed differently
	Moves      []Move
}

// Move is what would come into a category and leave it.
type Move struct {
	Category      string
	Now, Come, Go int
	Coming, Going []Example
}

// Example is an item that would be filed differently.
type Example struct {
	ID                 int64
	Source, Title, Why string
}

// taxonomyView is the page of the categories, and of an article that was tried.
type taxonomyView struct {
	Categories            []news.Category
	Title, Text, Language string
	Filed                 *Filed // nil: nothing was tried
	Names                 map[string]string
	Files                 []string
}

// maxTried bounds an article to try, in bytes.
const maxTried = 5000

// taxonomyPage lists the categories, and says how an article would be filed.
func (d *Desk) taxonomyPage(w http.ResponseWriter, v *visit) error {
	q := v.URL.Query()
	page := taxonomyView{
		Categories: d.opt.Items.Categories(), Title: q.Get("title"), Text: q.Get("text"), Language: strings.TrimSpace(q.Get("language")),
		Names: map[string]string{}, Files: d.opt.Config.Files(v.Context()),
	}
	if len(page.Title)+len(page.Text)+len(page.Language) > maxTried {
		return refuse(http.StatusRequestEntityTooLarge, "This is more than %d bytes of headline and text.", maxTried)
	}
	for _, c := range page.Categories {
		page.Names[c.ID] = c.Title
	}
	if strings.TrimSpace(page.Title) != "" {
		f, err := d.opt.Taxonomy.File(v.Context(), page.Title, page.Text, page.Language)
		if err != nil {
			return err
		}
		page.Filed = &f
	}
	return d.page(w, v, "taxonomy.html", "Taxonomy", page)
}

// startTest puts another text of a file to the test.
func (d *Desk) startTest(v *visit) (done, error) {
	days, err := strconv.Atoi(v.PostFormValue("days"))
	if err != nil || days < 1 || days > 365 {
		days = 30
	}
	file := v.PostFormValue("file")
	text := strings.ReplaceAll(v.PostFormValue("text"), "\r\n", "\n")
	out := done{object: file, to: "/admin/taxonomy/test"}
	return out, d.opt.Taxonomy.Start(v.Context(), file, text, days)
}

// testView is the page of a test.
type testView struct {
	*BackTest
	Tried string // digest of the text, for saving it
}

// testPage shows what a test has found. While it runs the page reloads itself.
func (d *Desk) testPage(w http.ResponseWriter, v *visit) error {
	page := testView{BackTest: d.opt.Taxonomy.Test()}
	if page.BackTest != nil {
		page.Tried = textHash(page.Text)
		if page.Running {
			w.Header().Set("Refresh", "2")
		}
	}
	return d.page(w, v, "test.html", "Back-test", page)
}

// Digest is how the pages name what a file held when an edit began.
func Digest(text string) string { return textHash(text) }
