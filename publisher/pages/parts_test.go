package pages

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rightswire/rightswire/publisher"
)

// A renderer that has made other pages, of entries that stand on all of them,
// must give the bytes of one that has made none.
func TestWhatPagesShareDependsOnNoPage(t *testing.T) {
	shared := newRenderer(t)
	memos := map[string]*publisher.Memo{}
	remember := func(es []publisher.Entry) []publisher.Entry {
		out := append([]publisher.Entry(nil), es...)
		for i, e := range out {
			if memos[e.ID] == nil {
				memos[e.ID] = &publisher.Memo{}
			}
			out[i].Memo = memos[e.ID]
		}
		return out
	}
	pages := append(fixturePages(), emptyPages()...)
	arabic, moved := fixturePages()[0], fixturePages()[0]
	arabic.Language, arabic.Path = "ar", "/language/ar/"
	moved.Site.URL = "https://elsewhere.example/wire"
	for _, p := range append(pages, arabic, moved) {
		want := render(t, newRenderer(t), p)
		p.Entries, p.More = remember(p.Entries), remember(p.More)
		for range 2 {
			if diff := cmp.Diff(string(want), string(render(t, shared, p))); diff != "" {
				t.Errorf("%s (-alone +shared)\n%s", p.Path, diff)
			}
		}
	}
}

func TestTheShelfIsBounded(t *testing.T) {
	var s shelf
	for i := range 3 * shelfSize {
		s.put(i, "x")
	}
	if len(s.kept) > shelfSize {
		t.Errorf("%d parts are kept, want at most %d", len(s.kept), shelfSize)
	}
}

// "By" is English and the name is not: each keeps its place.
func TestAnAuthorsNameIsSetApartFromTheWordBeforeIt(t *testing.T) {
	d := parse(t, "arabic", render(t, newRenderer(t), fixturePages()[2]))
	d.text(`article[dir="rtl"] .meta li > bdi:has(bdi)`, "By ليلى منصور")
	d.text(`article[dir="rtl"] .meta li > bdi > bdi`, "ليلى منصور")
}
