package pages

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
	"sync"

	"github.com/rightswire/rightswire/publisher"
)

// shelf keeps parts of pages that many pages share: the masthead, the
// sections, the links to a category. Its keys hold everything that a part is
// made of, so that nothing in it is ever out of date; it is emptied when it
// is full, since a wire that runs for years changes its sections.
type shelf struct {
	mu   sync.RWMutex
	kept map[any]template.HTML
}

// shelfSize bounds the shelf; a wire of 300 sources needs a few hundred.
const shelfSize = 4096

func (s *shelf) get(key any) (template.HTML, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	h, ok := s.kept[key]
	return h, ok
}

func (s *shelf) put(key any, h template.HTML) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil || len(s.kept) >= shelfSize {
		s.kept = map[any]template.HTML{}
	}
	s.kept[key] = h
}

// partKey tells parts of one template apart; made is all that it shows.
type partKey struct{ name, made string }

// shared returns a part of the page that depends on the strings of made only.
func (r *Renderer) shared(name string, data any, made ...string) (template.HTML, error) {
	key := partKey{name, strings.Join(made, "\x00")}
	if h, ok := r.shelf.get(key); ok {
		return h, nil
	}
	h, err := r.part(name, data)
	if err == nil {
		r.shelf.put(key, h)
	}
	return h, err
}

// buffers are what pages are written to before their size is known.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// part executes a template of a part, or the function that does the same.
func (r *Renderer) part(name string, data any) (template.HTML, error) {
	if h, ok, err := r.quickPart(name, data); ok {
		return h, err
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := r.parts.ExecuteTemplate(buf, name, data); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return template.HTML(buf.String()), nil
}

// Masthead is the top of every page. It differs where it marks the page that
// the reader is on.
func (v *view) Masthead() (template.HTML, error) {
	return v.r.shared("masthead", v, v.Base, v.Site.Title, v.Site.Description, v.Site.Language, v.here(), string(v.SearchSpot()))
}

// here names the page if bar or footer link to it.
func (v *view) here() string {
	switch {
	case v.Home:
		return "/"
	case v.Path != "/" && fixed[v.Path]:
		return v.Path
	}
	return ""
}

// SectionLinks are the links to the sections.
func (v *view) SectionLinks() (template.HTML, error) {
	made := make([]string, 0, 1+4*len(v.Sections))
	made = append(made, v.Base)
	for _, n := range v.Sections {
		made = append(made, n.Title, n.Path, fmt.Sprint(n.Count, n.Current))
	}
	return v.r.shared("sections", v, made...)
}

// FeedLinks are the feeds of the page, for autodiscovery.
func (v *view) FeedLinks() (template.HTML, error) {
	var made []string
	for _, l := range v.Alternate {
		made = append(made, l.Type, l.Title, l.URL)
	}
	return v.r.shared("alternates", v, made...)
}

// Foot is the end of every page, below the date.
func (v *view) Foot() (template.HTML, error) {
	return v.r.shared("foot", v, v.Base, v.Site.Contact, v.here())
}

// single hands an entry to a template together with its page: a template
// takes one value.
type single struct {
	View  *view
	Entry *entry
}

// Kicker are the entry's categories.
func (s single) Kicker() (template.HTML, error) {
	made := []string{s.View.Base}
	for _, l := range s.Entry.Topics() {
		made = append(made, l.Term, l.Label)
	}
	return s.View.r.shared("kicker", s, made...)
}

// Places are the entry's countries and language.
func (s single) Places() (template.HTML, error) {
	made := []string{s.View.Base, s.Entry.Language}
	for _, l := range s.Entry.Countries {
		made = append(made, l.Term, l.Label)
	}
	return s.View.r.shared("places", s, made...)
}

// Meta says who reports and when.
func (s single) Meta() (template.HTML, error) {
	return publisher.Once(s.Entry.Memo, entryKey{part: "meta"}, func() (template.HTML, error) {
		return s.View.r.part("meta", s)
	})
}

// entryKey is what a part of an entry depends on beside the entry.
type entryKey struct {
	part string
	site string // address of the site
	lang string // of page and site, for an entry that does not say its own
}

// shown returns an entry as the template of a part shows it, made once for
// all the pages that it stands on.
func (v *view) shown(part string, e publisher.Entry) (template.HTML, error) {
	key := entryKey{part: part, site: v.Site.URL}
	if tag(e.Language) == "" {
		key.lang = v.Language + "\x00" + v.Site.Language
	}
	return publisher.Once(e.Memo, key, func() (template.HTML, error) {
		x := v.entry(e)
		return v.r.part(part, single{v, &x})
	})
}
