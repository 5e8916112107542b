package publisher

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rightswire/rightswire/news"
	"github.com/rightswire/rightswire/news/search"
	"github.com/rightswire/rightswire/publisher/clean"
)

// The pages and feeds of searches are no files of a site: there is one for
// everything that anybody may ask. A server asks for them when it is asked.

const (
	searchPath = "/search"
	searchFeed = "/feeds/search"
	// searchItems is how many stories a page of a search lists.
	searchItems = 20
)

// IsSearch reports whether a path is that of searches, as a page or as a feed.
func IsSearch(path string) bool {
	_, feed := feedOf(path)
	return feed || path == searchPath
}

// feedOf returns the format of a feed of searches.
func feedOf(path string) (Format, bool) {
	ext, ok := strings.CutPrefix(path, searchFeed+".")
	for _, f := range Formats {
		if ok && f.Ext == ext {
			return f, true
		}
	}
	return Format{}, false
}

// Search returns the page or the feed of what a form asks for. Whatever the
// values are, they are a question. It returns [news.ErrNotFound] for any other
// path, for a feed without a question, and if nobody can search the site.
func (s *Site) Search(ctx context.Context, path string, values url.Values) (*File, error) {
	format, feed := feedOf(path)
	a := asks(values)
	switch {
	case s.state == nil || s.state.b.opt.Searcher == nil:
	case feed && !a.query.Empty():
		return s.state.b.searchFeed(ctx, a, format)
	case path == searchPath && s.state.b.opt.Pages != nil:
		return s.searchPage(ctx, a)
	}
	return nil, fmt.Errorf("search at %q: %w", path, news.ErrNotFound)
}

// asked is what the form of a search says.
type asked struct {
	values url.Values // as given, of the names that a search knows
	query  search.Query
	page   int // from 1
}

// searchNames are the fields of the form, in the order in which they bind.
var searchNames = []search.Field{search.Category, search.Country, search.Language, search.Source, search.After, search.Before}

// asks reads a form.
func asks(values url.Values) asked {
	text := clean.Line(values.Get("q"))
	if runes := []rune(text); len(runes) > search.MaxLength {
		text = string(runes[:search.MaxLength+1]) // one more, so that it is said
	}
	a := asked{values: url.Values{}, query: search.Parse(text), page: 1}
	if text != "" {
		a.values.Set("q", text)
	}
	for _, f := range searchNames {
		value := clean.Line(values.Get(string(f)))
		if value == "" || len(value) > 100 {
			continue
		}
		a.query.And(f, value)
		a.values.Set(string(f), value)
	}
	if n, err := strconv.Atoi(values.Get("page")); err == nil && n > 1 {
		a.page = min(n, search.MaxFound)
	}
	return a
}

// at is the address of a page of the search, without the site's.
func (a asked) at(page int) string {
	v := url.Values{}
	for name, values := range a.values {
		v[name] = values
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	return searchPath + "?" + v.Encode()
}

// cut is the search as a cut.
func (a asked) cut() Cut {
	title := "Search"
	if text := a.values.Get("q"); text != "" {
		title += ": " + clean.Title(text, 120)
	}
	return Cut{Path: searchFeed, Page: searchPath, Title: title, Description: "Stories that match a search.", Search: a.values.Encode()}
}

// searchFeed makes the feed of a search, by the rules of every other.
func (b *Builder) searchFeed(ctx context.Context, a asked, format Format) (*File, error) {
	found, err := b.opt.Searcher.Search(ctx, a.query, 0, b.opt.Items)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	cut := a.cut()
	ed := Edition{Site: b.opt.Site, Cut: cut, ID: EditionID(searchFeed + "?" + cut.Search), Title: cut.Title + " - " + b.opt.Site.Title}
	ed.Site.Hub = "" // nobody tells a hub what a search would find
	for _, s := range found.Stories {
		ed.Entries = append(ed.Entries, b.entry(s))
	}
	apart(ed.Entries)
	ed.Updated = newestChange(ed.Entries, nil)
	files, err := b.encode(nil, ed)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(files, func(f *File) bool { return f.Type == format.Type })
	// Undated: what is found can become less without being newer.
	return NewFile(files[i].Path, files[i].Type, files[i].Body, time.Time{}), nil
}

// searchPage makes the page of a search.
func (s *Site) searchPage(ctx context.Context, a asked) (*File, error) {
	b, cut := s.state.b, a.cut()
	p := Page{
		Kind: PageSearch, Path: searchPath, Title: cut.Title, Nav: b.nav,
		Search: SearchPage{
			Text: a.values.Get("q"), After: a.values.Get("after"), Before: a.values.Get("before"), Asked: !a.query.Empty(),
			Choices: s.choices(a), Looked: a.query.Looked(), Notes: a.query.Ignored,
		},
	}
	if p.Search.Asked {
		found, err := b.opt.Searcher.Search(ctx, a.query, (a.page-1)*searchItems, searchItems)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		for _, st := range found.Stories {
			p.Entries = append(p.Entries, b.entry(st))
		}
		p.Search.Total, p.Search.More, p.Feeds = found.Total, found.More, b.feedLinks(cut)
		if last := max((found.Total+searchItems-1)/searchItems, 1); a.page > 1 {
			p.Prev = a.at(min(a.page-1, last))
		}
		if a.page*searchItems < found.Total {
			p.Next = a.at(a.page + 1)
		}
	}
	body, err := b.render(nil, p)
	if err != nil {
		return nil, err
	}
	return NewFile(searchPath, pageType, body, time.Time{}), nil
}

// choices are the lists of the form: what the site has stories of.
func (s *Site) choices(a asked) []Choice {
	b := s.state.b
	out := []Choice{
		{Name: string(search.Category), Title: "Category"}, {Name: string(search.Country), Title: "Country"},
		{Name: string(search.Language), Title: "Language"}, {Name: string(search.Source), Title: "Source"},
	}
	add := func(i int, value, title string) {
		chosen := strings.EqualFold(a.values.Get(out[i].Name), value)
		out[i].Options = append(out[i].Options, Option{Value: value, Title: title, Chosen: chosen})
	}
	for _, c := range b.opt.Categories {
		add(0, c.ID, clean.Line(clean.First(c.Title, c.ID)))
	}
	for _, l := range s.state.lists {
		switch l.kind {
		case kindCountry:
			add(1, l.term, l.Title)
		case kindLanguage:
			add(2, l.term, l.Title)
		case kindSource:
			add(3, l.term, l.Title)
		}
	}
	for i := range out[1:] {
		slices.SortFunc(out[i+1].Options, func(a, b Option) int {
			return cmp.Or(cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), cmp.Compare(a.Value, b.Value))
		})
	}
	return out
}
