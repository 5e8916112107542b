package feed

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
)

// Guess is an address at which a site may have a feed although it names none.
type Guess struct {
	URL string
	Why string // whose habit it is, for people
}

// maxGuesses bounds how many addresses a site is asked for in vain.
const maxGuesses = 10

// habit is where the sites of one software have their feeds. A page that
// shows one of the marks, in lower case, is made by it.
type habit struct {
	name  string
	marks []string
	paths []string
}

// habits are tried in this order where the page shows a mark.
var habits = []habit{
	{"WordPress", []string{`content="wordpress`, "/wp-content/", "/wp-includes/"}, []string{"feed/", "?feed=rss2"}},
	{"SPIP", []string{`content="spip`, "spip.php?"}, []string{"spip.php?page=backend", "backend.php3"}},
	{"Drupal", []string{`content="drupal`, "drupal.settings", "data-drupal-"}, []string{"rss.xml"}},
	{"Ghost", []string{`content="ghost`}, []string{"rss/"}},
	{"Hugo", []string{`content="hugo`}, []string{"index.xml"}},
	{"Jekyll", []string{`content="jekyll`}, []string{"feed.xml"}},
}

// usual are the paths that are worth a question anywhere.
var usual = []string{"feed/", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss/", "feed.json", "spip.php?page=backend"}

// Guesses returns where the site of a page may have a feed, likeliest first:
// what its software does, in the page's own folder and then at the site's
// root, then what many do.
func Guesses(page []byte, base string) []Guess {
	u, err := url.Parse(base)
	if err != nil || !isWeb(u) {
		return nil
	}
	root := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}).String()
	low := bytes.ToLower(page[:min(len(page), maxPage)])
	var out []Guess
	add := func(from, path, why string) {
		g := Guess{URL: webURL(path, from), Why: why}
		if g.URL != "" && len(out) < maxGuesses && !slices.ContainsFunc(out, func(o Guess) bool { return o.URL == g.URL }) {
			out = append(out, g)
		}
	}
	for _, h := range habits {
		if !slices.ContainsFunc(h.marks, func(m string) bool { return bytes.Contains(low, []byte(m)) }) {
			continue
		}
		for _, from := range []string{folder(u), root} {
			for _, path := range h.paths {
				add(from, path, "where "+h.name+" has it")
			}
		}
	}
	if folder(u) != root {
		add(folder(u), usual[0], "a usual place")
	}
	for _, path := range usual {
		add(root, path, "a usual place")
	}
	return out
}

// folder returns the address of the folder that a page is or is in. A last
// part without a dot, such as /blog, is one.
func folder(u *url.URL) string {
	path := u.EscapedPath()
	last := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case last == "":
	case strings.Contains(last, "."):
		path = strings.TrimSuffix(path, last)
	default:
		path += "/"
	}
	if path == "" {
		path = "/"
	}
	return u.Scheme + "://" + u.Host + path
}
