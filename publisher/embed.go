package publisher

import (
	"context"
	"slices"
	"strings"
	"time"
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

// embeds returns the jobs that make what other sites show of every live cut.
// Few are ever read: their bytes are made when they are asked for.
func (r *run) embeds(lists []*list, ahead *shelves) (jobs []job) {
	if r.b.opt.Pages == nil {
		return nil
	}
	b := r.b
	for _, l := range live(lists) {
		if r.asIs(l) {
			r.keep(inDir(embedDir, l.Cut), inDir(fragmentDir, l.Cut))
			continue
		}
		shown, near := l.edition[:min(len(l.edition), embedItems)], ahead.list(l)
		for dir, kind := range map[string]PageKind{embedDir: PageEmbed, fragmentDir: PageFragment} {
			path, key := inDir(dir, l.Cut), r.key("page "+string(kind), l.Cut, shown)
			body := func(dst []byte) ([]byte, error) {
				p := Page{Kind: kind, Path: path, Title: l.Title, Language: l.Language, Cut: l.Cut, Feeds: b.feedLinks(l.Cut)}
				var err error
				if p.Entries, err = near.entriesOf(context.Background(), b, shown); err != nil {
					return dst, err
				}
				return b.render(dst, p)
			}
			modified := time.Time{}
			if len(shown) > 0 {
				modified = changedAt(shown)
			}
			jobs = append(jobs, job{paths: []string{path}, key: key, make: func(context.Context, *draft) ([]*File, error) {
				return []*File{{Path: path, Type: pageType, ETag: key.etag(), Modified: modified, Near: near.at(), from: &onShelf{body, near, shown}}}, nil
			}})
		}
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
