package publisher

import (
	"context"
	"slices"
	"strings"
)

// Other sites show what a cut holds with one line of HTML: a frame around the
// small document at /embed/, or the fragment at /fragment/ put into a page of
// theirs by their server. Neither runs or asks anything, so neither their
// readers nor ours are told about.

// embedItems is how many stories such a list has.
const embedItems = 10

// The folders in which the forms of a cut stand under one name.
const (
	feedDir     = "/feeds/"
	embedDir    = "/embed/"
	fragmentDir = "/fragment/"
)

// inDir is where the form of a cut in another folder than that of its feeds is.
func inDir(dir string, c Cut) string { return dir + strings.TrimPrefix(c.Path, feedDir) + ".html" }

// IsEmbed reports whether a path is of what other sites show: a document to be
// framed, a fragment, or the style sheet of the former.
func IsEmbed(path string) bool {
	return strings.HasPrefix(path, embedDir) || strings.HasPrefix(path, fragmentDir) || path == "/embed.css"
}

// embeds returns the jobs that make what other sites show of a cut. Few are ever
// read: their bytes are made when they are asked for. But what follows a record is
// for a folder, which asks for all of them; they are made while the stories are at
// hand.
func (r *run) embeds(l *list, near *shelf) (jobs []job) {
	b, now := r.b, r.far() != nil
	shown := l.edition[:min(len(l.edition), embedItems)]
	for _, form := range [...]struct {
		dir  string
		kind PageKind
	}{{embedDir, PageEmbed}, {fragmentDir, PageFragment}} {
		path := inDir(form.dir, l.Cut)
		body := func(dst []byte, entries []Entry, err error) ([]byte, error) {
			if err != nil {
				return dst, err
			}
			return b.render(dst, Page{Kind: form.kind, Path: path, Title: l.Title, Language: l.Language, Cut: l.Cut, Feeds: b.feedLinks(l.Cut), Entries: entries})
		}
		lazy := func(dst []byte) ([]byte, error) {
			entries, err := near.entriesOf(context.Background(), b, shown)
			return body(dst, entries, err)
		}
		j := job{list: l, paths: []string{path}, key: r.key("page "+string(form.kind), l.Cut, shown)}
		if now {
			j.shows = shown
		}
		j.make = func(ctx context.Context, d *draft) ([]*File, error) {
			f := &File{Path: path, Type: pageType, ETag: j.key.etag(), Modified: changedAt(shown), Near: near.at(), from: &onShelf{lazy, near, shown}}
			if !now {
				return []*File{f}, nil
			}
			entries, err := r.entriesOf(ctx, shown)
			f.from = nil
			f.Body, err = d.write(func(dst []byte) ([]byte, error) { return body(dst, entries, err) })
			return []*File{f}, err
		}
		jobs = append(jobs, j)
	}
	return jobs
}

// onShelf makes a file of stories of a shelf.
type onShelf struct {
	appender
	near    *shelf
	stories []*listed
}

func (f *onShelf) expect() { f.near.expect(f.stories...) }

// renamed returns what a path of any form of a cut is when the cut has another
// path; "" if it is none of that cut, or of its variants in one language.
func renamed(path, from, to string) string {
	for dir, exts := range formsIn {
		rest, ok := strings.CutPrefix(path, dir+strings.TrimPrefix(from, feedDir))
		if ok && formRest(rest, exts) {
			return dir + strings.TrimPrefix(to, feedDir) + rest
		}
	}
	return ""
}

// formsIn are the extensions of the forms in each folder.
var formsIn = map[string][]string{feedDir: {"rss", "atom", "json"}, embedDir: {"html"}, fragmentDir: {"html"}}

// formRest reports whether rest, behind the path of a cut, makes the path of a
// form of it, or of its variant in one language.
func formRest(rest string, exts []string) bool {
	return slices.ContainsFunc(exts, func(ext string) bool {
		stem, ok := strings.CutSuffix(rest, "."+ext)
		return ok && (stem == "" || stem[0] == '/' && len(stem) > 1 && !strings.Contains(stem[1:], "/"))
	})
}
