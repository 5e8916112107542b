package sourcelist

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rightswire/rightswire/news"
)

// column is one field of a source. Categories have neither get nor set: they
// are folders at first.
type column struct {
	name  string
	alias []string
	get   func(*news.Source) string
	set   func(*news.Source, string)
}

// columns are the fields of a source, in the order in which they are written,
// and what other programs and people call them.
var columns = []column{
	{"id", nil, func(s *news.Source) string { return s.ID }, func(s *news.Source, v string) { s.ID = v }},
	{"title", []string{"name", "text", "feed title", "feed name", "source", "outlet"}, func(s *news.Source) string { return s.Title }, func(s *news.Source, v string) { s.Title = v }},
	{"url", []string{"xmlurl", "feed", "feed url", "feedurl", "feed_url", "rss", "rss url", "address", "link"}, func(s *news.Source) string { return s.URL }, func(s *news.Source, v string) { s.URL = v }},
	{"type", nil, func(s *news.Source) string { return string(s.Type) }, func(s *news.Source, v string) { s.Type = news.Type(v) }},
	{"homepage", []string{"htmlurl", "site", "website", "site url", "siteurl", "site_url", "web"}, func(s *news.Source) string { return s.Homepage }, func(s *news.Source, v string) { s.Homepage = v }},
	{"language", []string{"lang"}, func(s *news.Source) string { return s.Language }, func(s *news.Source, v string) { s.Language = v }},
	{"country", nil, func(s *news.Source) string { return s.Country }, func(s *news.Source, v string) { s.Country = v }},
	{"kind", nil, func(s *news.Source) string { return s.Kind }, func(s *news.Source, v string) { s.Kind = v }},
	{"categories", []string{"category", "folder", "folders", "tag", "tags", "group", "groups", "label", "labels"}, nil, nil},
	{"scope", nil, func(s *news.Source) string { return string(s.Scope) }, func(s *news.Source, v string) { s.Scope = news.Scope(v) }},
	{"rank", nil, func(s *news.Source) string { return number(s.Rank) }, func(s *news.Source, v string) { s.Rank = rank(v) }},
	{"schedule", nil, func(s *news.Source) string { return s.Schedule }, func(s *news.Source, v string) { s.Schedule = v }},
	{"content", nil, func(s *news.Source) string { return string(s.Content) }, func(s *news.Source, v string) { s.Content = news.ContentPolicy(v) }},
	{"status", nil, func(s *news.Source) string { return string(s.Status) }, func(s *news.Source, v string) { s.Status = news.Status(v) }},
	{"headers", nil, headerLines, func(s *news.Source, v string) { s.Headers = headersOf(v) }},
	{"proxy", nil, func(s *news.Source) string { return s.Proxy }, func(s *news.Source, v string) { s.Proxy = v }},
}

// number writes a rank; none is "".
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// rank reads one; what is no number is -1, which no source may have.
func rank(v string) int {
	n, err := strconv.Atoi(v)
	if err != nil {
		return -1
	}
	return n
}

// readCSV reads a table with a line of column names, or a bare list of
// addresses.
func (l *List) readCSV(text []byte) error {
	text, comma := separator(text)
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = comma, -1, true, true
	var at []int // by column of the file, the field; -1: not known
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			l.problem(0, "broken CSV (%s); what stands before was read, the rest was not", err)
			break
		}
		line, _ := r.FieldPos(0)
		if at == nil {
			var named bool
			if at, named = header(row); named {
				l.unknown(row, at, line)
				continue
			}
			if at == nil {
				return fmt.Errorf("%w: neither OPML nor CSV: the first line names no column \"url\" (\"rightswire sources export --format csv\" shows how it looks), and is no address", ErrNotAList)
			}
		}
		if !l.row(row, at, line) {
			break
		}
	}
	if at == nil {
		return fmt.Errorf("%w: there is no line in it", ErrNotAList)
	}
	return nil
}

// separator returns what stands between the cells, judged by the first line,
// or as "sep=;" says, which Excel writes and then is left out.
func separator(text []byte) ([]byte, rune) {
	text = bytes.TrimLeft(text, "\r\n ")
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if sep, ok := bytes.CutPrefix(bytes.ToLower(bytes.TrimSpace(first)), []byte("sep=")); ok && len(sep) == 1 && strings.ContainsAny(string(sep), ",;|") {
		return rest, rune(sep[0])
	}
	comma, most := ',', 0
	for _, c := range ",;\t|" {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			comma, most = c, n
		}
	}
	return text, comma
}

// header returns which field each column is. Without column names it is one of
// addresses; nil if it is not even that.
func header(row []string) (at []int, named bool) {
	at = make([]int, len(row))
	for i, cell := range row {
		name := strings.ToLower(tidy(cell))
		at[i] = slices.IndexFunc(columns, func(c column) bool { return c.name == name || slices.Contains(c.alias, name) })
		if at[i] >= 0 && slices.Contains(at[:i], at[i]) {
			at[i] = -1 // the first one counts
		}
	}
	const url = 2
	switch {
	case slices.Contains(at, url):
		return at, true
	case len(row) > 0 && strings.Contains(row[0], ".") && address(row[0]) != "":
		return []int{url}, false
	}
	return nil, false
}

// unknown tells of columns that mean nothing to us.
func (l *List) unknown(row []string, at []int, line int) {
	for i, field := range at {
		if field < 0 && tidy(row[i]) != "" {
			l.problem(line, "the column %q was not read", tidy(row[i]))
		}
	}
}

// maxCell bounds what is read of one cell, in bytes.
const maxCell = 4 * maxURL

// row takes a line in; false: there are too many.
func (l *List) row(row []string, at []int, line int) bool {
	if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
		return true
	}
	if strings.HasPrefix(row[0], "#") {
		// A comment, a row that is commented out, or a title such as "#EndSARS".
		for i, cell := range row {
			if i > 0 && i < len(at) && at[i] >= 0 && columns[at[i]].name == "url" && address(cell) != "" {
				l.problem(line, "%q begins with #, as a comment does, and was not read; write something before the # to take it in", tidy(row[0]))
			}
		}
		return true
	}
	e := Entry{Line: line}
	raw := ""
	for i, cell := range row {
		if i >= len(at) || at[i] < 0 {
			continue
		}
		c := columns[at[i]]
		if len(cell) > maxCell {
			l.problem(line, "what is written under %q is longer than %d bytes and was not read", c.name, maxCell)
			continue
		}
		switch v := unguard(strings.Clone(cell)); {
		case c.name == "categories":
			e.Folders = listed(v)
		case c.name == "url":
			raw = v
		case v != "":
			c.set(&e.Source, v)
		}
	}
	if e.Source.URL = address(raw); e.Source.URL == "" {
		l.problem(line, "%q has no address that can be asked: %q is not an http or https URL, or has a password in it", tidy(e.Source.Title), clip(raw, 100))
		return true
	}
	// An id is what only a list of ours has.
	if e.Ours = e.Source.ID != ""; e.Ours {
		e.Source.URL = raw
	} else {
		e.Source.Title = tidy(e.Source.Title)
	}
	return l.add(e)
}

// listed returns the names in a cell: separated by semicolons, by bars, or by
// commas.
func listed(cell string) []string {
	sep := ","
	for _, s := range []string{";", "|"} {
		if strings.Contains(cell, s) {
			sep = s
			break
		}
	}
	var out []string
	for word := range strings.SplitSeq(cell, sep) {
		if word = tidy(word); word != "" && !slices.Contains(out, word) && len(out) < maxFolders {
			out = append(out, word)
		}
	}
	return out
}
