package sourcelist

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rightswire/rightswire/config"
	"github.com/rightswire/rightswire/news"
)

const categories = `categories:
  - {id: labor, title: Labor, umbrella: true}
  - {id: unions-strikes, title: Unions and strikes, titles: {fr: Syndicats et grèves, ar: النقابات}, formerly: [strikes], group: labor}
  - {id: press-freedom, title: Press freedom}
`

// newsroom writes a newsroom and returns its main file. $NAME is set for all
// names.
func newsroom(t interface {
	TempDir() string
	Fatal(...any)
}, text string) string {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var env = config.WithEnv(func(name string) (string, bool) { return "secret of " + name, true })

// load loads a newsroom that is valid.
func load(t interface {
	Helper()
	Fatal(...any)
}, path string) *config.Config {
	t.Helper()
	cfg, err := config.Load(path, env)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// read reads a list that is one.
func read(t interface {
	Helper()
	Fatal(...any)
}, text string) *List {
	t.Helper()
	l, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestFoldersBecomeCategories(t *testing.T) {
	cfg := load(t, newsroom(t, categories+"sources: []\n"))
	tests := []struct {
		folder, want string
		hint         string
	}{
		{"unions-strikes", "unions-strikes", ""},
		{"UNIONS & Strikes", "unions-strikes", ""},
		{"Syndicats et greves", "unions-strikes", ""},
		{"النقابات", "unions-strikes", ""},
		{"Strikes", "unions-strikes", ""}, // as it was called formerly
		{"Labor/Press-Freedom!", "press-freedom", ""},
		{"Labor/Latin America", "labor", ""},
		{"Press/Latin America", "", ""},
		{"Freedom of the press", "", `did you mean "press-freedom"?`},
		{"Pres freedom", "", `did you mean "press-freedom"?`},
		{"Mine", "press-freedom", ""}, // by --map
		{"Cars", "", ""},
	}
	for _, tt := range tests {
		l := &List{Entries: []Entry{{Source: news.Source{Title: "A", URL: "https://a.example/"}, Folders: []string{tt.folder}}}}
		p := Plan(cfg, l, Options{Map: map[string]string{"mine": "press-freedom", "cars": ""}})
		if got := strings.Join(p.Sources[0].Categories, " "); got != tt.want || p.Folders[0].Hint != tt.hint {
			t.Errorf("folder %q is %q, hint %q; want %q, %q", tt.folder, got, p.Folders[0].Hint, tt.want, tt.hint)
		}
	}
	l := &List{Entries: []Entry{{Source: news.Source{Title: "A", URL: "https://a.example/"}, Folders: []string{"All", "Blogs & News Feeds"}}}}
	if p := Plan(cfg, l, Options{Create: true}); len(p.Folders) != 0 || len(p.Categories) != 0 {
		t.Errorf("folders of readers that mean none: %+v, %+v", p.Folders, p.Categories)
	}
}

func TestAnAddressComesInOnce(t *testing.T) {
	cfg := load(t, newsroom(t, categories+"sources:\n  - {id: have, title: Have, url: 'https://have.example/rss'}\n  - {id: moved, title: Moved, url: 'https://old.example/rss'}\n"))
	l := read(t, body(`<outline text="Strikes"><outline text="Have" xmlUrl="http://HAVE.example/rss/"/><outline text="New" xmlUrl="https://new.example/"/></outline>
<outline text="Press freedom"><outline text="New again" xmlUrl="http://new.example"/><outline text="Moved" xmlUrl="https://now.example/rss"/><outline text="New" xmlUrl="https://other.example/"/></outline>`))
	p := Plan(cfg, l, Options{Known: map[string]string{Same("https://now.example/rss"): "moved"}, Taken: func(id, _ string) bool { return id == "new" }})
	var got []string
	for _, line := range p.Lines {
		got = append(got, fmt.Sprintf("%d %s %s%s", line.Line, line.Outcome, line.ID, line.Of))
	}
	want := []string{"1 duplicate have", "1 added new-2", "2 duplicate new-2", "2 duplicate moved", "2 added new-3"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if d := cmp.Diff([]string{"unions-strikes", "press-freedom"}, p.Sources[0].Categories); d != "" {
		t.Errorf("a feed in two folders is in one category: %s", d)
	}
	if p.Sources[0].Status != news.Active {
		t.Errorf("status %q", p.Sources[0].Status)
	}
}

func TestWhatCheckWouldRefuseIsLeftOut(t *testing.T) {
	cfg := load(t, newsroom(t, "sources: []\n"))
	l := read(t, "id,title,url,kind,rank,country\na,A,https://a.example/,uno,,\nb,B,https://b.example/,,first,\nBad_Id,C,https://c.example/,,,\n,D,https://d.example/,,,UK\n,E,https://e.example/,ngo,2,KE\n")
	p := Plan(cfg, l, Options{Status: news.Proposed})
	want := []string{`kind: "uno" is not one of`, "rank: -1 is out of range", `id: "Bad_Id" is not an id`, "the United Kingdom is GB", ""}
	for i, line := range p.Lines {
		if (want[i] == "") != (line.Outcome == Added) || !strings.Contains(line.Why, want[i]) {
			t.Errorf("%s: %s, %q; want %q", line.Title, line.Outcome, line.Why, want[i])
		}
	}
	if d := cmp.Diff([]news.Source{{ID: "e", Title: "E", URL: "https://e.example/", Kind: "ngo", Rank: 2, Country: "KE", Status: news.Proposed}}, p.Sources); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

// A list that a stranger made must not have our secrets sent to the stranger.
func TestHeadersAreTakenFromNobody(t *testing.T) {
	cfg := load(t, newsroom(t, "sources: []\n"))
	theirs := []news.Source{
		{ID: "a", Title: "A", URL: "https://evil.example/", Headers: map[string]string{"X-Key": "$DATABASE_PASSWORD"}},
		{ID: "b", Title: "B", URL: "https://b.example/", Proxy: "http://$DATABASE_PASSWORD@evil.example:3128"},
		{ID: "c", Title: "C", URL: "https://c.example/"},
	}
	text, err := WriteOPML("", theirs, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := Plan(cfg, read(t, string(text)), Options{Load: []config.Option{env}})
	if len(p.Sources) != 1 || p.Sources[0].ID != "c" || p.Count(Wrong) != 2 || !strings.Contains(p.Lines[0].Why, "secrets of this machine") {
		t.Errorf("%+v, %+v", p.Sources, p.Lines)
	}
}

// A list of 300 feeds as a feed reader exports it comes in whole, its folders
// as categories, and goes out and comes in again without a change.
func TestAListOfThreeHundredFeeds(t *testing.T) {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"1.0\">\n<head><title>Subscriptions in somebody's reader</title></head>\n<body>\n")
	folders := []string{"Unions and strikes", "Press freedom", "Migrants", "السكن"}
	for i, f := range folders {
		fmt.Fprintf(&b, "<outline text=%q title=%q>\n", f, f)
		for n := range 75 {
			fmt.Fprintf(&b, "  <outline type=\"rss\" text=\"Feed %[1]d &amp; co\" title=\"Feed %[1]d &amp; co\" xmlUrl=\"https://feed-%[1]d.example/rss?a=1&amp;b=2\" htmlUrl=\"https://feed-%[1]d.example/\"/>\n", i*75+n)
		}
		b.WriteString("</outline>\n")
	}
	b.WriteString("</body></opml>\n")
	before := "# ours\n" + categories + "sources: []  # none yet\n"
	path := newsroom(t, before)
	l := read(t, b.String())
	p := Plan(load(t, path), l, Options{Create: true})
	edit, err := config.Plan(path, p.Change(), env)
	if err != nil {
		t.Fatal(err)
	}
	if err := edit.Apply(); err != nil {
		t.Fatal(err)
	}
	cfg := load(t, path)
	per := map[string]int{}
	for _, s := range cfg.Sources {
		per[strings.Join(s.Categories, " ")]++
	}
	if d := cmp.Diff(map[string]int{"unions-strikes": 75, "press-freedom": 75, "migrants": 75, "topic": 75}, per); d != "" || len(l.Problems) > 0 {
		t.Errorf("sources by category, -want +got\n%s%v", d, l.Problems)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), strings.TrimSuffix(before, "sources: []  # none yet\n")) || !strings.Contains(string(text), "sources:  # none yet\n") {
		t.Errorf("the file was changed elsewhere: %v\n%.400s", err, text)
	}
	again(t, cfg)
}

func TestTheShippedListGoesOutAndIn(t *testing.T) {
	again(t, load(t, filepath.Join("..", "..", "config.yaml")))
}

// again exports the sources of a newsroom in both formats, imports them into
// one that has the same categories and no source, and wants the same sources
// and the same bytes.
func again(t interface {
	Helper()
	TempDir() string
	Fatal(...any)
	Errorf(string, ...any)
}, cfg *config.Config) {
	t.Helper()
	for format, write := range map[string]func(*config.Config) ([]byte, error){
		OPML: func(c *config.Config) ([]byte, error) { return WriteOPML("Ours", c.Written(), c.Categories) },
		CSV:  func(c *config.Config) ([]byte, error) { return WriteCSV(c.Written()) },
	} {
		first, err := write(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var empty strings.Builder
		empty.WriteString("categories:\n")
		for _, c := range cfg.Categories {
			fmt.Fprintf(&empty, "  - {id: %s, title: %q, umbrella: %t}\n", c.ID, c.Title, c.Umbrella)
		}
		path := newsroom(t, empty.String()+"sources: []\n")
		edit, err := config.Plan(path, Plan(load(t, path), read(t, string(first)), Options{Trust: true, Load: []config.Option{env}}).Change(), env)
		if err != nil {
			t.Fatal(err)
		}
		if err := edit.Apply(); err != nil {
			t.Fatal(err)
		}
		now := load(t, path)
		if d := cmp.Diff(cfg.Written(), now.Written()); d != "" {
			t.Errorf("%s: exported and imported again, -want +got\n%s", format, d)
		}
		second, err := write(now)
		if err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: the second export is another one, %v\n%s", format, err, cmp.Diff(string(first), string(second)))
		}
	}
}

// room is a testing.T for [again] within a property.
type room struct {
	*rapid.T
	t *testing.T
}

func (r room) TempDir() string { return r.t.TempDir() }

func TestWhatIsExportedIsImportedAgain(t *testing.T) {
	word := rapid.StringMatching(`[ -~äé€ع漢\t'"<>&=+@]{1,20}`)
	path := rapid.StringMatching(`[a-z0-9/._~-]{0,12}(\?[a-z]=[A-Za-z0-9%20&=+]{0,9})?`)
	oneOf := func(words ...string) *rapid.Generator[string] { return rapid.SampledFrom(append(words, "")) }
	rapid.Check(t, func(rt *rapid.T) {
		cfg := &config.Config{}
		var sources []news.Source
		seen := map[string]bool{}
		for i := range rapid.IntRange(1, 6).Draw(rt, "sources") {
			s := news.Source{
				ID: fmt.Sprintf("s%d", i), Title: word.Draw(rt, "title"), URL: fmt.Sprintf("https://s%d.example/%s", i, path.Draw(rt, "url")),
				Type: news.Type(oneOf("feed", "sitemap").Draw(rt, "type")), Homepage: oneOf("https://home.example/?a=1&b=2").Draw(rt, "homepage"),
				Language: oneOf("en", "pt-BR").Draw(rt, "language"), Country: oneOf("KE").Draw(rt, "country"), Kind: oneOf("ngo", "union").Draw(rt, "kind"),
				Scope: news.Scope(oneOf("all", "filter").Draw(rt, "scope")), Rank: rapid.IntRange(0, 9).Draw(rt, "rank"), Schedule: oneOf("0 */2 * * *", "@every 3h").Draw(rt, "schedule"),
				Content: news.ContentPolicy(oneOf("title", "full").Draw(rt, "content")), Status: news.Status(oneOf("active", "paused", "proposed").Draw(rt, "status")),
				Proxy: oneOf("socks5://localhost:9050", "http://$USER:$PASSWORD@proxy.example:3128", "$PROXY").Draw(rt, "proxy"),
			}
			if strings.TrimSpace(s.Title) == "" || s.Proxy == "$PROXY" {
				s.Title, s.Proxy = "A title", ""
			}
			s.Categories = slices.DeleteFunc([]string{"unions-strikes", "press-freedom", "labor"}, func(string) bool { return rapid.Bool().Draw(rt, "without") })
			if len(s.Categories) == 0 {
				s.Categories = nil
			}
			for _, name := range []string{"Authorization", "X-Note"} {
				if rapid.Bool().Draw(rt, name) {
					if s.Headers == nil {
						s.Headers = map[string]string{}
					}
					s.Headers[name] = map[string]string{"Authorization": "Bearer $TOKEN", "X-Note": "a: \"b\" = $$"}[name]
				}
			}
			if !seen[Same(s.URL)] {
				sources = append(sources, s)
			}
			seen[Same(s.URL)] = true
		}
		file := newsroom(t, categories+"sources: []\n")
		edit, err := config.Plan(file, config.Adding("", sources...), env)
		if err != nil {
			rt.Fatal(err, fmt.Sprintf("%#v", sources))
		}
		if err := edit.Apply(); err != nil {
			rt.Fatal(err)
		}
		cfg = load(rt, file)
		if d := cmp.Diff(sources, cfg.Written()); d != "" {
			rt.Fatal("what was written is read otherwise: " + d)
		}
		again(room{rt, t}, cfg)
	})
}

// seeds are lists of several kinds.
func seeds(f *testing.F) {
	for _, name := range []string{"feedly", "inoreader", "thunderbird", "freshrss"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".opml"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	own, err := WriteOPML("x", []news.Source{{ID: "a", Title: "A", URL: "https://a.example/", Headers: map[string]string{"X": "$Y"}, Rank: 3}}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(own)
	f.Add([]byte("title;url\nA;https://a.example/\n"))
	f.Add([]byte("\xff\xfe<\x00"))
}

// No list of strangers makes the reader panic or break its bounds.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := Read(data)
		if err != nil {
			return
		}
		if len(l.Entries) > maxEntries || len(l.Problems) > maxNotes+1 {
			t.Fatalf("%d entries, %d problems", len(l.Entries), len(l.Problems))
		}
		for _, e := range l.Entries {
			if address(e.Source.URL) == "" || len(e.Folders) > maxFolders+1 {
				t.Fatalf("%+v", e)
			}
		}
	})
}

// Nor does one write a newsroom that is not valid, whatever its words are.
func TestAnyListMakesAValidNewsroom(t *testing.T) {
	path := newsroom(t, categories+"sources: []\n")
	cfg := load(t, path)
	word := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~\t\n]{0,20}`), rapid.SampledFrom([]string{"", "null", "all", "Unions & strikes", "a/b", "- x: [y", "\u202e", "x\x00y", strings.Repeat("long ", 99)}))
	rapid.Check(t, func(rt *rapid.T) {
		var b strings.Builder
		quoted := func(s string) string {
			var q bytes.Buffer
			if err := xml.EscapeText(&q, []byte(s)); err != nil {
				rt.Fatal(err)
			}
			return q.String()
		}
		for range rapid.IntRange(0, 5).Draw(rt, "feeds") {
			fmt.Fprintf(&b, `<outline text="%s"><outline text="%s" xmlUrl="%s%s" htmlUrl="%s" language="%s" category="%s" rw:id="%s" rw:rank="%s" rw:position="%s"/></outline>`,
				quoted(word.Draw(rt, "folder")), quoted(word.Draw(rt, "title")), rapid.SampledFrom([]string{"https://a.example/", "http://", "HTTPS://b.example?", "feed:", "//x", ""}).Draw(rt, "start"),
				quoted(word.Draw(rt, "url")), quoted(word.Draw(rt, "homepage")), quoted(word.Draw(rt, "language")), quoted(word.Draw(rt, "category")),
				rapid.SampledFrom([]string{"", "x", "Bad Id"}).Draw(rt, "id"), quoted(word.Draw(rt, "rank")), quoted(word.Draw(rt, "position")))
		}
		l, err := Read([]byte(`<opml xmlns:rw="` + Namespace + `"><body>` + b.String() + `</body></opml>`))
		if err != nil {
			rt.Fatal(err)
		}
		p := Plan(cfg, l, Options{Create: rapid.Bool().Draw(rt, "create")})
		if _, err := config.Plan(path, p.Change()); err != nil {
			rt.Fatalf("a list makes a newsroom that is not valid: %v\n%s\n%+v", err, b.String(), p.Sources)
		}
		if len(p.Lines) != len(l.Entries) || p.Count(Added) != len(p.Sources) {
			rt.Fatalf("%d lines of %d entries, %d of %d added", len(p.Lines), len(l.Entries), p.Count(Added), len(p.Sources))
		}
	})
}
