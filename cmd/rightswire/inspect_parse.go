package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rightswire/rightswire/aggregator/feed"
	"github.com/rightswire/rightswire/news"
)

// maxInspect bounds a file that is inspected, as a fetch would.
const maxInspect = 64 << 20

// parsedLine is what "inspect parse" prints: a contract.
type parsedLine struct {
	Key         *string      `json:"key,omitempty"` // batch only: the request's
	File        string       `json:"file"`
	Format      string       `json:"format"`
	Title       string       `json:"title"`
	Link        string       `json:"link"`
	ID          string       `json:"id"`
	Language    string       `json:"language"`
	Updated     string       `json:"updated"`
	Description string       `json:"description"`
	Author      string       `json:"author"`
	Categories  []string     `json:"categories"`
	Encoding    string       `json:"encoding"`
	Repairs     []string     `json:"repairs"`
	Error       string       `json:"error"`
	Items       []parsedItem `json:"items"`
}

type parsedItem struct {
	ID         string           `json:"id"`
	Title      string           `json:"title"`
	URL        string           `json:"url"`
	Published  string           `json:"published"`
	Updated    string           `json:"updated"`
	Author     string           `json:"author"`
	Content    string           `json:"content_html"`
	Summary    string           `json:"summary"`
	Language   string           `json:"language"`
	Categories []string         `json:"categories"`
	Enclosures []news.Enclosure `json:"enclosures"`
}

// parseRequest is a line of "inspect parse --batch".
type parseRequest struct {
	Key     string            `json:"key"`
	File    string            `json:"file"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// newInspectParse is "inspect parse".
func newInspectParse(a *app) *cobra.Command {
	var (
		url        string
		headers    []string
		raw, batch bool
	)
	cmd := &cobra.Command{
		Use:   "parse [FILE]",
		Short: "Show what the feed reader makes of a file",
		Long: `Reads a feed from FILE, or from standard input if FILE is "-" or missing, and
prints one JSON line with everything that was understood, which repairs it took,
and the error if it is no feed. A news sitemap is read too, also as gzip; of an
index of sitemaps the items are the sitemaps.

With --batch, each line of FILE or of standard input names a file:
{"key":"…","file":"…","url":"…","headers":{"Content-Type":"…"}}
and is answered by the same line as above, plus the key, before the next one is
read.`,
		Example: `  rightswire inspect parse -u https://a.example/rss -H 'Content-Type: text/xml; charset=koi8-r' feed.xml`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if batch {
				in, done, err := lineInput(a.in, args)
				if err != nil {
					return err
				}
				defer done()
				return a.parseBatch(cmd.Context(), in, raw)
			}
			req := parseRequest{File: "-", URL: url, Headers: map[string]string{}}
			if len(args) > 0 {
				req.File = args[0]
			}
			for _, h := range headers {
				name, value, ok := strings.Cut(h, ":")
				if !ok {
					return usagef("-H: %q is not a header; write it as 'Name: value'", h)
				}
				req.Headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
			}
			line := parseFile(req, a.in, raw)
			if err := printLine(a.out, line); err != nil {
				return err
			}
			if line.Error != "" {
				return fmt.Errorf("%s: %s", req.File, line.Error)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&url, "url", "u", "", "where the file was fetched from, an absolute `URL`")
	cmd.Flags().StringArrayVarP(&headers, "header", "H", nil, "a response `header` it came with, 'Name: value'; repeatable")
	cmd.Flags().BoolVar(&raw, "raw", false, "leave HTML unsanitised")
	cmd.Flags().BoolVar(&batch, "batch", false, "answer requests, one JSON line each")
	return cmd
}

// parseBatch answers each request as it comes, and before the next one is
// parsed: whoever asks may wait for the answer before asking on, and knows
// which file was the last one if we come to grief over it.
func (a *app) parseBatch(ctx context.Context, in io.Reader, raw bool) error {
	answer := asJSON(func(req parseRequest) any {
		line := parseFile(req, strings.NewReader(""), raw)
		line.Key = &req.Key
		return line
	})
	return a.eachLine(ctx, in, func() error { return nil }, func(line []byte) error {
		parsed, err := answer(line)
		if err != nil || parsed == nil {
			return err
		}
		return printLine(a.out, parsed)
	})
}

// printLine writes v as one line of JSON, at once.
func printLine(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// parseFile reads and parses one file. What goes wrong is in the line.
func parseFile(req parseRequest, stdin io.Reader, raw bool) parsedLine {
	line := parsedLine{File: req.File, Categories: []string{}, Repairs: []string{}, Items: []parsedItem{}}
	body, err := readInput(req.File, stdin)
	if err != nil {
		line.Error = err.Error()
		return line
	}
	header := http.Header{}
	for name, value := range req.Headers {
		header.Set(name, value)
	}
	doc, err := parseAny(body, feed.Hints{URL: req.URL, Header: header, KeepAll: true})
	if err != nil {
		line.Error = err.Error()
		return line
	}
	line.fill(doc, raw)
	return line
}

// parseAny reads a feed or a sitemap. What is neither is no feed.
func parseAny(body []byte, h feed.Hints) (*feed.Document, error) {
	doc, err := feed.Parse(body, h)
	if !errors.Is(err, feed.ErrNotAFeed) {
		return doc, err
	}
	sitemap, bad := feed.ParseSitemap(body, h)
	if bad == nil || errors.Is(bad, feed.ErrNoNews) {
		return sitemap, bad
	}
	return nil, err
}

func readInput(file string, stdin io.Reader) ([]byte, error) {
	in := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, maxInspect))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return body, nil
}

// fill copies a document into the line.
func (l *parsedLine) fill(d *feed.Document, raw bool) {
	l.Format, l.Title, l.Link, l.ID, l.Language = d.Format, d.Title, d.Link, d.ID, d.Language
	l.Updated, l.Description, l.Author, l.Encoding = stamp(d.Updated), d.Description, d.Author, d.Encoding
	l.Categories = append(l.Categories, d.Categories...)
	l.Repairs = append(l.Repairs, d.Repairs...)
	for _, e := range d.Entries {
		it := parsedItem{
			ID: e.GUID, URL: e.URL, Published: stamp(e.Published), Updated: stamp(e.Updated), Author: e.Author, Language: e.Language,
			Categories: append([]string{}, e.Categories...), Enclosures: append([]news.Enclosure{}, e.Enclosures...),
		}
		if raw {
			it.Title, it.Content, it.Summary = e.Title, feed.ResolveLinks(e.Content, e.Base), feed.ResolveLinks(e.Summary, e.Base)
		} else {
			it.Title, it.Content, it.Summary = e.Clean(feed.Limits{}).Title, feed.Sanitize(e.Content, e.Base), feed.Sanitize(e.Summary, e.Base)
		}
		l.Items = append(l.Items, it)
	}
	for _, s := range d.Sitemaps {
		l.Items = append(l.Items, parsedItem{URL: s.URL, Updated: stamp(s.Modified), Categories: []string{}, Enclosures: []news.Enclosure{}})
	}
}

// stamp writes a time as the contract wants it; "" if it is zero.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
