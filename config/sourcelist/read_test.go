package sourcelist

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// said is what a list says, a line for each feed.
func said(l *List) []string {
	var out []string
	for _, e := range l.Entries {
		out = append(out, strings.Join([]string{e.Source.Title, e.Source.URL, e.Source.Homepage, strings.Join(e.Folders, "+")}, " | "))
	}
	return out
}

// body is OPML with outlines.
func body(outlines string) string {
	return "<?xml version=\"1.0\"?><opml version=\"2.0\"><head/><body>" + outlines + "</body></opml>"
}

func TestExportsOfOtherReadersAreRead(t *testing.T) {
	tests := map[string][]string{
		"feedly": {
			"Dock Workers United | https://dock.example/feed/ | https://dock.example | Labor & unions",
			"Shared | http://shared.example/rss | http://shared.example/ | Labor & unions",
			"Shared | https://shared.example/rss/ | http://shared.example/ | Migration",
			"In no folder | https://loose.example/atom.xml | https://loose.example/ | ",
		},
		"inoreader": {
			"Reporters \"Sans\" — Actualités | http://press.example/fr/rss.xml | https://press.example/fr | Press freedom",
			" | https://untitled.example/rss |  | Press freedom",
		},
		"miniflux": {
			"A union | https://union.example/feed.xml | https://union.example | All",
			"Pay slip | https://pay.example/?feed=rss2&lang=pt-br | https://pay.example | Wages",
		},
		"netnewswire": {
			"Tribunal watch | https://tribunal.example/feed.json | https://tribunal.example/ | Courts",
			"Gazette | https://gazette.example/rss | https://gazette.example/ | ",
		},
		"freshrss":    {"Droits des femmes | https://femmes.example/backend.php?rubrique=2 | https://femmes.example/ | Femmes"},
		"thunderbird": {"Miners of the south | https://miners.example/rss | https://miners.example/ | Blogs & News Feeds/Africa/Unions"},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name+".opml"))
			if err != nil {
				t.Fatal(err)
			}
			l, err := Read(data)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, said(l)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if odd := len(l.Problems); odd > 0 != (name == "freshrss") {
				t.Errorf("problems: %v", l.Problems)
			}
		})
	}
}

func TestOPMLThatIsNotAsItShouldBe(t *testing.T) {
	const a, b = `<outline text="A" xmlUrl="https://a.example/"/>`, `<outline text="B" xmlUrl="https://b.example/"/>`
	tests := []struct {
		name, text string
		want       []string
		problem    string // part of the first one; "": there is none
	}{
		{"tags and attributes in capitals", `<OPML><BODY><OUTLINE TEXT="A" XMLURL="https://a.example/"/></BODY></OPML>`, []string{"A | https://a.example/ |  | "}, ""},
		{"outlines without end tags", `<opml><body><outline text="F"><outline text="A" xmlUrl="https://a.example/"><outline text="B" xmlUrl="https://b.example/">`, []string{"A | https://a.example/ |  | F", "B | https://b.example/ |  | F"}, ""},
		{"an ampersand that is not escaped", body(`<outline text="A & B" xmlUrl="https://a.example/?x=1&y=2"/>`), []string{"A & B | https://a.example/?x=1&y=2 |  | "}, ""},
		{"an entity of HTML", body(`<outline text="Caf&eacute;&nbsp;A" xmlUrl="https://a.example/"/>`), []string{"Café A | https://a.example/ |  | "}, ""},
		{"a bracket in a title", body(a + "\n<outline text=\"x < y\" xmlUrl=\"https://x.example/\"/>\n" + b), []string{"A | https://a.example/ |  | ", "B | https://b.example/ |  | "}, "line 2: broken XML"},
		{"cut off", strings.TrimSuffix(body(a+b), `xmlUrl="https://b.example/"/></body></opml>`), []string{"A | https://a.example/ |  | "}, "broken XML"},
		{"dashes in a comment", body("<!-- a -- b -->" + a), []string{"A | https://a.example/ |  | "}, ""},
		{"control characters", body("<outline text=\"A\x01\x0b\" xmlUrl=\"https://a.example/\"/>"), []string{"A | https://a.example/ |  | "}, ""},
		{"words that turn around", body("<outline text=\"A\u202eB\" xmlUrl=\"https://a.example/\"/>"), []string{"A B | https://a.example/ |  | "}, ""},
		{"text where there is a title", body(`<outline text="long text" title="A" xmlUrl="https://a.example/"/>`), []string{"A | https://a.example/ |  | "}, ""},
		{"an address in url", body(`<outline type="rss" text="A" url="https://a.example/"/>`), []string{"A | https://a.example/ |  | "}, ""},
		{"a link to another list", body(`<outline type="include" text="More" url="https://a.example/more.opml"/>` + b), []string{"B | https://b.example/ |  | "}, `"More" is a link and no feed`},
		{"addresses without a host", body(`<outline text="A" xmlUrl="/x.xml"/><outline text="R" xmlUrl="../x.xml"/>` + b), []string{"B | https://b.example/ |  | "}, `"A" has no address`},
		{"other schemes", body(`<outline text="A" xmlUrl="javascript:alert(1)"/><outline text="F" xmlUrl="file:///etc/passwd"/>` + b), []string{"B | https://b.example/ |  | "}, `"A" has no address`},
		{"a password", body(`<outline text="A" xmlUrl="https://me:secret@a.example/"/>`), nil, `"A" has no address`},
		{"Feedly's own scheme", body(`<outline text="A" xmlUrl="feed/http://a.example/rss"/>`), []string{"A | http://a.example/rss |  | "}, ""},
		{"no scheme", body(`<outline text="A" xmlUrl="a.example/rss"/>`), []string{"A | https://a.example/rss |  | "}, ""},
		{"categories as OPML 2.0 has them", body(`<outline text="F"><outline text="A" xmlUrl="https://a.example/" category="/Rights/Press,/News"/></outline>`), []string{"A | https://a.example/ |  | F+Rights/Press+News"}, ""},
		{"a slash in a folder", body(`<outline text="Wages/Hours">` + a + `</outline>`), []string{"A | https://a.example/ |  | Wages∕Hours"}, ""},
		{"entities of its own", `<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "yyyy">]><opml><body><outline text="&x;&y;" xmlUrl="https://a.example/&x;"/></body></opml>`, []string{"&x;&y; | https://a.example/&x; |  | "}, ""},
		{"folders in folders without end", "<opml><body>" + strings.Repeat(`<outline text="x">`, 50_000) + a + strings.Repeat("</outline>", 50_000) + b + "</body></opml>",
			[]string{"A | https://a.example/ |  | " + strings.Repeat("x/", maxFolders-1) + "x", "B | https://b.example/ |  | "}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Read([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, said(l)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if len(l.Problems) > 0 != (tt.problem != "") || tt.problem != "" && !strings.Contains(l.Problems[0].String(), tt.problem) {
				t.Errorf("problems %v, want %q", l.Problems, tt.problem)
			}
		})
	}
}

func TestEncodings(t *testing.T) {
	const plain = `<opml version="1.0"><body><outline text="Überstunden – „Löhne“" xmlUrl="https://a.example/"/></body></opml>`
	encode := func(s string, e interface{ Bytes([]byte) ([]byte, error) }) string {
		b, err := e.Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	western := charmap.Windows1252.NewEncoder()
	tests := []struct{ name, text, want string }{
		{"none declared", plain, "utf-8"},
		{"a byte order mark", "\ufeff" + plain, "utf-8"},
		{"Windows-1252, declared", encode(`<?xml version="1.0" encoding="windows-1252"?>`+plain, western), "windows-1252"},
		{"Windows-1252, declared as ISO-8859-1", encode(`<?xml version="1.0" encoding='ISO-8859-1'?>`+plain, western), "windows-1252"},
		{"Windows-1252, declared as UTF-8", encode(`<?xml version="1.0" encoding="UTF-8"?>`+plain, western), "windows-1252"},
		{"Windows-1252, not declared", encode(plain, western), "windows-1252"},
		{"UTF-8, declared as ISO-8859-1", `<?xml version="1.0" encoding="ISO-8859-1"?>` + plain, "utf-8"},
		{"UTF-8, declared as UTF-16", `<?xml version="1.0" encoding="utf-16"?>` + plain, "utf-8"},
		{"UTF-16", encode(`<?xml version="1.0" encoding="utf-16"?>`+plain, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()), "utf-16le"},
		{"UTF-16 without a mark", encode(plain, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder()), "utf-16be"},
		{"an encoding that is none", `<?xml version="1.0" encoding="klingon"?>` + plain, "utf-8"},
		{"CSV of a spreadsheet", encode("Name;URL\r\nÜberstunden – „Löhne“;https://a.example/\r\n", western), "windows-1252"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Read([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if want := []string{"Überstunden – „Löhne“ | https://a.example/ |  | "}; l.Encoding != tt.want || !slices.Equal(said(l), want) {
				t.Errorf("read as %s: %q, want %s: %q", l.Encoding, said(l), tt.want, want)
			}
		})
	}
}

func TestTables(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		problem    string
	}{
		{"names in any order and case", "Website,Feed URL,Name,Folder\nhttps://a.example,https://a.example/rss,A,\"Labor, Wages\"\n", []string{"A | https://a.example/rss | https://a.example | Labor+Wages"}, ""},
		{"semicolons, as Excel writes them", "sep=;\r\ntitle;url;tags\r\n\"A; B\";https://a.example/rss;Labor|Wages, hours\r\n", []string{"A; B | https://a.example/rss |  | Labor+Wages, hours"}, ""},
		{"tabs", "title\turl\nA\thttps://a.example/rss\n", []string{"A | https://a.example/rss |  | "}, ""},
		{"a title with a hash", "title,url\n#EndSARS,https://a.example/rss\n# a comment\nB,https://b.example/rss\n", []string{"B | https://b.example/rss |  | "}, `"#EndSARS" begins with #`},
		{"a bare list of addresses", "https://a.example/rss\nb.example/feed\n\n# mine\nhttps://c.example/\n", []string{" | https://a.example/rss |  | ", " | https://b.example/feed |  | ", " | https://c.example/ |  | "}, ""},
		{"a column that we do not know", "url,colour\nhttps://a.example/rss,red\n", []string{" | https://a.example/rss |  | "}, `line 1: the column "colour" was not read`},
		{"a line without an address", "title,url\nA,\nB,https://b.example/\n", []string{"B | https://b.example/ |  | "}, `line 2: "A" has no address`},
		{"a cell that is too long", "url,title\nhttps://a.example/rss," + strings.Repeat("x", maxCell+1) + "\n", []string{" | https://a.example/rss |  | "}, `line 2: what is written under "title" is longer than`},
		{"a short line", "title,url,language\nA,https://a.example/rss\n", []string{"A | https://a.example/rss |  | "}, ""},
		{"a formula in quotes", "title,url\n\"'=1+1\",https://a.example/\n", []string{"=1+1 | https://a.example/ |  | "}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Read([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, said(l)); d != "" || l.Format != CSV {
				t.Errorf("read as %s, -want +got\n%s", l.Format, d)
			}
			if len(l.Problems) > 0 != (tt.problem != "") || tt.problem != "" && !strings.Contains(l.Problems[0].String(), tt.problem) {
				t.Errorf("problems %v, want %q", l.Problems, tt.problem)
			}
		})
	}
}

func TestWhatIsNoListSaysWhatItIs(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "the file is empty",
		" \n":                   "the file is empty",
		"<rss><channel/></rss>": "this is a feed itself",
		"<feed xmlns='http://www.w3.org/2005/Atom'/>": "this is a feed itself",
		"<!doctype html><html></html>":                "this is a web page",
		"<urlset/>":                                   "it begins with <urlset>",
		"{\"feeds\": []}":                             "this looks like JSON",
		"hello\nworld":                                "the first line names no column",
		"<":                                           "broken XML",
	} {
		if l, err := Read([]byte(text)); !errors.Is(err, ErrNotAList) || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q) = %v, %v; want %q", text, l, err, want)
		}
	}
	if _, err := Read(make([]byte, MaxBytes+1)); !errors.Is(err, ErrNotAList) {
		t.Errorf("a file that is too large: %v", err)
	}
}

func TestAListHasItsBounds(t *testing.T) {
	l, err := Read([]byte(body(strings.Repeat(`<outline text="A" xmlUrl="https://a.example/"/>`, maxEntries+2))))
	if err != nil || len(l.Entries) != maxEntries || len(l.Problems) != 1 {
		t.Errorf("%d entries, %v, %v; want %d and a problem", len(l.Entries), l.Problems, err, maxEntries)
	}
}

func TestAddressesThatAreTheSame(t *testing.T) {
	for _, same := range [][2]string{
		{"https://a.example/rss", "http://A.example:80/rss/#x"},
		{"https://bücher.example/", "http://xn--bcher-kva.example"},
		{"https://a.example:443/x?b=1", "https://a.example/x?b=1"},
	} {
		if Same(same[0]) != Same(same[1]) {
			t.Errorf("%s and %s are told apart: %s, %s", same[0], same[1], Same(same[0]), Same(same[1]))
		}
	}
	for _, other := range [][2]string{
		{"https://a.example/rss?id=1", "https://a.example/rss?id=2"},
		{"https://a.example/RSS", "https://a.example/rss"},
		{"https://a.example:8080/", "https://a.example/"},
		{"https://www.a.example/", "https://a.example/"},
	} {
		if Same(other[0]) == Same(other[1]) {
			t.Errorf("%s and %s are not told apart", other[0], other[1])
		}
	}
}
