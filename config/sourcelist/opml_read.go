package sourcelist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"github.com/rightswire/rightswire/news"
)

// Namespace marks what other readers do not know. It is a name and for ever,
// not an address.
const Namespace = "https://github.com/rightswire/rightswire/ns/sources/1"

// comment is taken out before reading: programs write "--" into them, which
// ends the reading of XML.
var comment = regexp.MustCompile(`(?s)<!--.*?-->`)

// readOPML reads what looks like XML. Of what is broken it reads as much as
// there is.
func (l *List) readOPML(text []byte) error {
	text = comment.ReplaceAllFunc(text, func(c []byte) []byte { return bytes.Repeat([]byte("\n"), bytes.Count(c, []byte("\n"))) })
	whole := text
	r := opmlReader{list: l}
	for broken := 0; ; broken++ {
		read, err := r.read(text, 1+bytes.Count(whole[:len(whole)-len(text)], []byte("\n")))
		switch next := outlineTag.FindIndex(text[read:]); {
		case err == nil:
			return r.end()
		case errors.Is(err, ErrNotAList):
			return err
		case r.root == "":
			return fmt.Errorf("%w: %w", ErrNotAList, err)
		case next == nil || broken == maxBroken:
			l.problem(0, "%s; what stands before was read, the rest was not", err)
			return r.end()
		default:
			l.problem(0, "%s; read on at the next outline", err)
			text = text[read+next[0]:]
		}
	}
}

// maxBroken is how often the reading goes on behind what is broken.
const maxBroken = 20

// outlineTag finds where to go on.
var outlineTag = regexp.MustCompile(`(?i)</?outline[\s/>]`)

// read reads up to the end, or up to what is broken: it returns how many bytes
// those were. line is the number of the first.
func (r *opmlReader) read(text []byte, line int) (int, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false // entities of a document's own are never expanded, nor any file asked for
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	for {
		t, err := d.RawToken()
		at, _ := d.InputPos()
		at += line - 1
		switch {
		case errors.Is(err, io.EOF):
			return len(text), nil
		case err != nil:
			what := err.Error()
			if bad, ok := errors.AsType[*xml.SyntaxError](err); ok {
				what = bad.Msg
			}
			return min(int(d.InputOffset()), len(text)), fmt.Errorf("line %d: broken XML (%s)", at, what)
		}
		if err := r.take(t, at); err != nil || r.full {
			return len(text), err
		}
	}
}

// take takes a token in.
func (r *opmlReader) take(t xml.Token, line int) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.start(t, line)
	case xml.EndElement:
		r.close(strings.ToLower(t.Name.Local))
	case xml.CharData:
		if l := r.list; r.inTitle && len(l.Title) < maxTitle {
			l.Title = tidy(l.Title + string(t))
		}
	}
	return nil
}

// opmlReader is the reading of one document. Names are compared without their
// case and elements without their nesting: that of outlines is all that counts.
type opmlReader struct {
	list    *List
	root    string   // the first element
	prefix  string   // of our namespace; "": not declared
	folders []string // the outlines that are open; "" for a feed
	deeper  int      // how many more are open than are told apart
	inBody  bool
	inTitle bool
	full    bool
	last    *Entry // the feed whose outline is open, for its headers
}

// start takes a start tag in.
func (r *opmlReader) start(t xml.StartElement, line int) error {
	name := strings.ToLower(t.Name.Local)
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" && a.Value == Namespace {
			r.prefix = a.Name.Local
		}
	}
	if r.root == "" {
		r.root = name
		if name != "opml" && name != "outlinedocument" && name != "body" && name != "outline" {
			return wrongRoot(name)
		}
	}
	switch {
	case name == "title" && !r.inBody:
		r.inTitle = true
	case name == "body":
		r.inBody = true
	case name == "outline":
		r.inBody = true
		r.outline(t, line)
	case name == "header" && r.ours(t.Name) && r.last != nil:
		if r.last.Source.Headers == nil {
			r.last.Source.Headers = map[string]string{}
		}
		r.last.Source.Headers[attribute(t, "name")] = attribute(t, "value")
	}
	return nil
}

func (r *opmlReader) ours(n xml.Name) bool { return r.prefix != "" && n.Space == r.prefix }

// wrongRoot says what a document is that is no list.
func wrongRoot(name string) error {
	switch name {
	case "rss", "feed", "rdf":
		return fmt.Errorf("%w: this is a feed itself; add it with \"rightswire sources add\" and its address", ErrNotAList)
	case "html":
		return fmt.Errorf("%w: this is a web page; export OPML from the feed reader's settings", ErrNotAList)
	}
	return fmt.Errorf("%w: it begins with <%s>, and OPML with <opml>", ErrNotAList, tidy(name))
}

// close takes an end tag in.
func (r *opmlReader) close(name string) {
	switch {
	case name == "title":
		r.inTitle = false
	case name == "outline" && r.deeper > 0:
		r.deeper--
	case name == "outline" && len(r.folders) > 0:
		r.folders = r.folders[:len(r.folders)-1]
		r.last = nil
	}
}

// attribute returns an attribute that has no prefix, whatever its case.
func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Space == "" && strings.EqualFold(a.Name.Local, name) {
			return a.Value
		}
	}
	return ""
}

// outline takes a feed or a folder in. RawToken reports an element without an
// end tag like any other, and "<outline/>" as a start and an end.
func (r *opmlReader) outline(t xml.StartElement, line int) {
	text := tidy(attribute(t, "title"))
	if s := tidy(attribute(t, "text")); text == "" {
		text = s
	}
	mine := map[string]string{}
	for _, a := range t.Attr {
		if r.ours(a.Name) {
			mine[a.Name.Local] = a.Value
		}
	}
	raw := attribute(t, "xmlUrl")
	kind := strings.ToLower(attribute(t, "type"))
	if raw == "" && (mine["id"] != "" || kind == "rss" || kind == "atom") {
		raw = attribute(t, "url")
	}
	if raw == "" {
		if kind == "include" || kind == "link" {
			r.list.problem(line, "%q is a link and no feed; it was left out", text)
			text = ""
		}
		r.open(text)
		return
	}
	defer r.open("")
	e := Entry{Line: line, Source: news.Source{Title: text, URL: address(raw), Homepage: address(attribute(t, "htmlUrl"))}}
	if tag := attribute(t, "language"); isLanguage(tag) {
		e.Source.Language = tag
	}
	if mine["id"] != "" {
		e = r.own(t, mine, line)
	} else {
		e.Folders = r.where(attribute(t, "category"))
	}
	switch {
	case e.Source.URL == "":
		r.list.problem(line, "%q has no address that can be asked: %q is not an http or https URL, or has a password in it", text, clip(raw, 100))
		return
	case strings.HasPrefix(kind, "html+") || strings.HasPrefix(kind, "xml+") || strings.HasPrefix(kind, "json+"):
		r.list.problem(line, "%q is a page that its reader made a feed of; find its own with \"rightswire sources discover %s\"", text, e.Source.URL)
		return
	}
	if !r.list.add(e) {
		r.full = true
		return
	}
	r.last = &r.list.Entries[len(r.list.Entries)-1]
}

// maxOpen is how many open outlines are remembered.
const maxOpen = 64

// open enters an outline.
func (r *opmlReader) open(folder string) {
	if len(r.folders) == maxOpen {
		r.deeper++
		return
	}
	r.folders = append(r.folders, folder)
}

// own returns what a list of ours says of a source, as it says it.
func (r *opmlReader) own(t xml.StartElement, mine map[string]string, line int) Entry {
	e := Entry{Line: line, Ours: true, Folders: strings.Fields(mine["categories"])}
	e.position, _ = strconv.Atoi(mine["position"])
	s := &e.Source
	s.ID, s.Title, s.URL = mine["id"], attribute(t, "text"), attribute(t, "xmlUrl")
	if s.URL == "" {
		s.URL = attribute(t, "url")
	}
	s.Homepage, s.Language = attribute(t, "htmlUrl"), attribute(t, "language")
	s.Type, s.Scope, s.Content, s.Status = news.Type(mine["type"]), news.Scope(mine["scope"]), news.ContentPolicy(mine["content"]), news.Status(mine["status"])
	s.Country, s.Kind, s.Schedule, s.Proxy = mine["country"], mine["kind"], mine["schedule"], mine["proxy"]
	if n := mine["rank"]; n != "" {
		rank, err := strconv.Atoi(n)
		if err != nil {
			rank = -1 // which the plan refuses
		}
		s.Rank = rank
	}
	if address(s.URL) == "" {
		s.URL = ""
	}
	return e
}

// where returns the folders of a feed: the outlines that it is in, and what
// its category attribute says ("/outer/inner,/other", OPML 2.0).
func (r *opmlReader) where(category string) []string {
	var path, all []string
	for _, f := range r.folders {
		if f != "" && len(path) < maxFolders {
			path = append(path, strings.ReplaceAll(f, "/", "∕")) // a slash of its own is no folder in a folder
		}
	}
	if len(path) > 0 {
		all = append(all, strings.Join(path, "/"))
	}
	for word := range strings.SplitSeq(clip(category, maxURL), ",") {
		if word = strings.Trim(tidy(word), "/ "); word != "" && !slices.Contains(all, word) && len(all) < maxFolders {
			all = append(all, word)
		}
	}
	return all
}

// end brings the entries of a list of ours into their order.
func (r *opmlReader) end() error {
	if r.root == "" {
		return fmt.Errorf("%w: there is no element in it", ErrNotAList)
	}
	if !slices.ContainsFunc(r.list.Entries, func(e Entry) bool { return e.position == 0 }) {
		slices.SortStableFunc(r.list.Entries, func(a, b Entry) int { return a.position - b.position })
	}
	return nil
}

// isLanguage reports whether a tag is one that a source can have.
func isLanguage(tag string) bool {
	t, err := language.Parse(tag)
	return err == nil && t != language.Und && tag != "mul" && !strings.Contains(tag, "_")
}
