package demo

import "github.com/rightswire/rightswire/news"

// outlet is one source of the newsroom and how its server behaves.
type outlet struct {
	source news.Source // without URL and Homepage
	file   string      // its feed in the folder newsroom; "" if it has none
	media  string      // Content-Type of the feed, charset and all, as careful or careless as real ones
	path   string      // site path that the source list names, when that is not where the feed is
	busy   int         // waves for which it answers 429
	gone   bool        // it answers 410
	page   bool        // it answers with a web page
}

// Media types of the newsroom. Half of the world's feeds are served as plain
// XML, and a header without a charset leaves the encoding to the document.
const (
	mediaRSS  = "application/rss+xml; charset=utf-8"
	mediaAtom = "application/atom+xml"
	mediaJSON = "application/feed+json"
	mediaXML  = "text/xml"
)

// outlets is the newsroom. The order is that of the source list.
var outlets = []outlet{
	{file: "meridian-wire.atom", media: mediaAtom, source: news.Source{
		ID: "meridian-wire", Title: "Meridian Wire", Language: "en", Kind: "news", Scope: news.ScopeFilter, Rank: 2}},
	{file: "harbour-dispatch.rss", media: mediaRSS, source: news.Source{
		ID: "harbour-dispatch", Title: "Harbour Dispatch", Language: "en", Kind: "news",
		Categories: []string{"workplace-safety", "unions-strikes"}, Rank: 1, Content: news.ContentFull}},
	{file: "the-lantern.json", media: mediaJSON, source: news.Source{
		ID: "the-lantern", Title: "The Lantern", Language: "en", Kind: "ngo",
		Categories: []string{"press-freedom"}, Rank: 2, Content: news.ContentFull}},
	{file: "valley-post.rss", media: mediaXML, source: news.Source{
		ID: "valley-post", Title: "Valley Post", Language: "en", Kind: "news", Categories: []string{"labor"}, Rank: 6}},
	{file: "open-border-watch.rdf", media: "application/rdf+xml", source: news.Source{
		ID: "open-border-watch", Title: "Open Border Watch", Language: "en", Kind: "ngo",
		Categories: []string{"refugees-migration"}, Rank: 1}},
	{file: "border-kitchen.rss", media: mediaXML, source: news.Source{
		ID: "border-kitchen", Title: "Border Kitchen Notes", Language: "en", Kind: "ngo",
		Categories: []string{"refugees-migration"}, Rank: 7}},
	{file: "quarry-report.rss", media: mediaRSS, path: "/quarry-report/old-address.xml", source: news.Source{
		ID: "quarry-report", Title: "The Quarry Report", Language: "en", Kind: "union",
		Categories: []string{"labor"}, Rank: 4}},
	{file: "tide-line.rss", media: mediaRSS, busy: 2, source: news.Source{
		ID: "tide-line", Title: "Tide Line", Language: "en", Kind: "news",
		Categories: []string{"labor"}, Rank: 3}},
	{file: "voz-del-taller.atom", media: mediaAtom, source: news.Source{
		ID: "voz-del-taller", Title: "Voz del Taller", Language: "es", Kind: "union",
		Categories: []string{"labor"}, Rank: 1, Content: news.ContentFull}},
	{file: "cronica-andina.rss", media: mediaRSS, source: news.Source{
		ID: "cronica-andina", Title: "Crónica Andina", Language: "es", Kind: "news",
		Categories: []string{"human-rights"}, Rank: 2}},
	{file: "le-quai.rss", media: mediaXML, source: news.Source{
		ID: "le-quai", Title: "Le Quai", Language: "fr", Kind: "news", Categories: []string{"labor"}, Rank: 2}},
	{file: "droits-et-faits.json", media: "application/json", source: news.Source{
		ID: "droits-et-faits", Title: "Droits et Faits", Language: "fr", Kind: "ngo",
		Categories: []string{"human-rights"}, Rank: 1, Content: news.ContentFull}},
	{file: "folha-do-porto.rss", media: mediaRSS, source: news.Source{
		ID: "folha-do-porto", Title: "Folha do Porto", Language: "pt", Kind: "news", Categories: []string{"labor"}, Rank: 3}},
	{file: "werkbank.atom", media: mediaAtom, source: news.Source{
		ID: "werkbank", Title: "Die Werkbank", Language: "de", Kind: "union", Categories: []string{"labor"}, Rank: 2}},
	{file: "sawt-al-ummal.rss", media: mediaRSS, source: news.Source{
		ID: "sawt-al-ummal", Title: "صوت العمال", Language: "ar", Kind: "union",
		Categories: []string{"labor"}, Rank: 1, Content: news.ContentFull}},
	{file: "al-jisr.atom", media: mediaAtom, source: news.Source{
		ID: "al-jisr", Title: "الجسر", Language: "ar", Kind: "ngo", Categories: []string{"human-rights"}, Rank: 1}},
	{file: "dideh.rss", media: mediaRSS, source: news.Source{
		ID: "dideh", Title: "دیده", Language: "fa", Kind: "news", Categories: []string{"womens-rights"}, Rank: 3}},
	{file: "mazdoor-nama.rdf", media: "application/rdf+xml", source: news.Source{
		ID: "mazdoor-nama", Title: "مزدور نامہ", Language: "ur", Country: "PK", Kind: "union", Categories: []string{"labor"}, Rank: 2}},
	{file: "rabochiy-listok.rss", media: mediaXML, source: news.Source{
		ID: "rabochiy-listok", Title: "Рабочий листок", Language: "ru", Kind: "news", Categories: []string{"labor"}, Rank: 3}},
	{file: "roudou-tsuushin.rdf", media: "application/rdf+xml; charset=Shift_JIS", source: news.Source{
		ID: "roudou-tsuushin", Title: "労働通信", Language: "ja", Country: "JP", Kind: "news", Categories: []string{"labor"}, Rank: 3}},
	{file: "kamgar-khabar.rss", media: mediaRSS, source: news.Source{
		ID: "kamgar-khabar", Title: "कामगार ख़बर", Language: "hi", Country: "IN", Kind: "union", Categories: []string{"labor"}, Rank: 2}},
	{gone: true, source: news.Source{
		ID: "foundry-bulletin", Title: "Foundry Bulletin", Language: "en", Kind: "union", Categories: []string{"labor"}, Rank: 5}},
	{page: true, source: news.Source{
		ID: "civic-portal", Title: "Civic Portal", Language: "en", Kind: "gov", Categories: []string{"democracy-protest"}, Rank: 5}},
}

// feedPath returns the site path at which an outlet's feed is served.
func (o outlet) feedPath() string { return "/" + o.source.ID + "/feed" }

// Sources returns the newsroom as a source list, for an origin that answers at
// base, such as "http://127.0.0.1:40123". The caller may change what it gets.
func Sources(base string) []news.Source {
	out := make([]news.Source, len(outlets))
	for i, o := range outlets {
		s := o.source
		path := o.path
		if path == "" {
			path = o.feedPath()
		}
		s.URL = base + path
		s.Homepage = "https://" + s.ID + ".example/"
		s.Categories = append([]string(nil), s.Categories...)
		if s.Scope == "" {
			s.Scope = news.ScopeAll
		}
		s.Status = news.Active
		out[i] = s
	}
	return out
}
