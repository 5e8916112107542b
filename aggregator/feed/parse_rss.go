package feed

import (
	"strconv"
	"strings"
	"time"

	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"github.com/rightswire/rightswire/news"
)

// fromRSS fills d from what gofeed read of any RSS dialect.
func (p *parser) fromRSS(d *Document, td *tidied, f *rss.Feed) {
	atomLinks := f.Extensions["atom"]["link"]
	p.site = webURL(usable(append(f.Links, linkRel(atomLinks, "alternate"))...), td.feed.base, p.base)
	d.Title = titleText(usable(f.Title, value(f.Extensions, "dc", "title")))
	d.Link = p.site
	d.ID = value(f.Extensions, "atom", "id")
	d.Language = usable(f.Language, value(f.Extensions, "dc", "language"), td.feed.lang)
	d.Description = PlainText(usable(f.Description, value(f.Extensions, "dc", "description"), value(f.Extensions, "itunes", "summary"), value(f.Extensions, "itunes", "subtitle")))
	d.Author = plainLine(usable(f.ManagingEditor, value(f.Extensions, "dc", "creator"), value(f.Extensions, "itunes", "author"), atomAuthors(f.Extensions), f.WebMaster))
	d.Updated = usableTime(td.feed.updated(), td.feed.published())
	for _, c := range f.Categories {
		d.Categories = addCategory(d.Categories, c.Value)
	}
	d.Categories = extCategories(d.Categories, f.Extensions)
	d.Self = webURL(linkRel(atomLinks, "self"), p.base)
	d.Hub = webURL(linkRel(atomLinks, "hub"), p.base)
	d.Next = webURL(usable(linkRel(atomLinks, "next"), linkRel(atomLinks, "prev-archive")), p.base)
	p.cadence(d, f)
	d.context = p.contextOf(d, td.feed.base, "")
	d.Entries = make([]Entry, 0, len(f.Items))
	for i, it := range f.Items {
		var n note
		if i < len(td.notes) {
			n = td.notes[i]
		}
		var creators []string
		if i < len(td.items) {
			creators = td.putBackRSS(it, i)
		}
		d.Entries = append(d.Entries, p.rssEntry(it, creators, &n))
	}
}

// cadence reads how often the feed says it wants to be asked.
func (p *parser) cadence(d *Document, f *rss.Feed) {
	if m, err := strconv.Atoi(strings.TrimSpace(f.TTL)); err == nil && m > 0 && m < 1<<20 {
		d.TTL = time.Duration(m) * time.Minute
	}
	d.UpdatePeriod = updatePeriod(value(f.Extensions, "sy", "updatePeriod"), value(f.Extensions, "sy", "updateFrequency"))
	for _, h := range f.SkipHours {
		if n, err := strconv.Atoi(strings.TrimSpace(h)); err == nil && n >= 0 && n <= 24 && len(d.SkipHours) < 24 {
			d.SkipHours = append(d.SkipHours, n%24)
		}
	}
	for _, day := range f.SkipDays {
		for w := time.Sunday; w <= time.Saturday; w++ {
			if strings.EqualFold(strings.TrimSpace(day), w.String()) && len(d.SkipDays) < 7 {
				d.SkipDays = append(d.SkipDays, w)
			}
		}
	}
}

// updatePeriod is the syndication module's period divided by its frequency.
func updatePeriod(period, frequency string) time.Duration {
	day := 24 * time.Hour
	length, ok := map[string]time.Duration{
		"hourly": time.Hour, "daily": day, "weekly": 7 * day, "monthly": 30 * day, "yearly": 365 * day,
	}[strings.ToLower(strings.TrimSpace(period))]
	if !ok {
		return 0
	}
	if n, err := strconv.Atoi(strings.TrimSpace(frequency)); err == nil && n > 1 {
		return length / time.Duration(min(n, 1440))
	}
	return length
}

// rssEntry makes an entry of an item, to which creators belong beside those in it.
func (p *parser) rssEntry(it *rss.Item, creators []string, n *note) Entry {
	x := it.Extensions
	bases := []string{n.base, p.contentBase(), p.base}
	e := Entry{
		GUID:     usable(n.id, value(x, "atom", "id"), value(x, "dc", "identifier"), n.about),
		Title:    usable(it.Title, value(x, "dc", "title"), value(x, "atom", "title"), value(x, "media", "title")),
		Content:  usable(it.Content, value(x, "atom", "content")),
		Summary:  usable(it.Description, value(x, "dc", "description"), value(x, "atom", "summary"), value(x, "itunes", "summary"), value(x, "itunes", "subtitle"), mediaText(x)),
		Language: usable(n.lang, value(x, "dc", "language")),
		Base:     usable(n.base, p.contentBase(), p.base),
	}
	e.URL = p.rssLink(it, n, bases)
	e.Original = original(x, linkRel(x["atom"]["link"], "canonical"), bases)
	fillDates(&e, n)
	e.Author = rssAuthors(it, creators)
	e.Categories = rssCategories(it)
	for _, enc := range it.Enclosures {
		url := enc.URL
		if len(it.Enclosures) == 1 {
			url = usable(value(x, "feedburner", "origEnclosureLink"), url)
		}
		e.Enclosures = p.addEnclosure(e.Enclosures, url, enc.Type, enc.Length, bases)
	}
	p.media(&e, x, bases)
	if e.URL == "" && len(e.Enclosures) > 0 {
		e.URL = e.Enclosures[0].URL
	}
	if it.Source != nil {
		e.SourceTitle, e.SourceURL = plainLine(it.Source.Title), webURL(it.Source.URL, bases...)
	}
	return e
}

// rssLink finds the address of an item: its link, else the guid if that may be
// one, else what other vocabularies say.
func (p *parser) rssLink(it *rss.Item, n *note, bases []string) string {
	for _, l := range it.Links {
		if u := webURL(l, bases...); u != "" {
			return u
		}
	}
	if u := webURL(linkRel(it.Extensions["atom"]["link"], "alternate"), bases...); u != "" {
		return u
	}
	if it.GUID != nil && !strings.EqualFold(strings.TrimSpace(it.GUID.IsPermalink), "false") {
		if u := webURL(it.GUID.Value); u != "" {
			return u
		}
	}
	for _, l := range []string{n.about, value(it.Extensions, "feedburner", "origLink"), it.Comments} {
		if u := webURL(l); u != "" {
			return u
		}
	}
	return ""
}

// contentBase is where relative addresses in an entry start when no xml:base
// says so: the channel's site, which is what authors of RSS had in mind.
func (p *parser) contentBase() string { return p.site }

// rssAuthors joins the names of an item's authors.
func rssAuthors(it *rss.Item, creators []string) string {
	if a := plainLine(it.Author); a != "" {
		return a
	}
	var names []string
	for _, c := range it.Extensions["dc"]["creator"] {
		names = addName(names, c.Value)
	}
	for _, c := range creators {
		names = addName(names, c)
	}
	if len(names) == 0 {
		names = addName(names, atomAuthors(it.Extensions))
	}
	if len(names) == 0 {
		names = addName(names, value(it.Extensions, "itunes", "author"))
	}
	if len(names) == 0 {
		names = addName(names, value(it.Extensions, "media", "credit"))
	}
	return strings.Join(names, ", ")
}

// rssCategories collects an item's tags from every vocabulary.
func rssCategories(it *rss.Item) []string {
	var cs []string
	for _, c := range it.Categories {
		cs = addCategory(cs, c.Value)
	}
	return extCategories(cs, it.Extensions)
}

// extCategories adds the tags of Dublin Core, Atom, iTunes and Media RSS.
func extCategories(cs []string, x ext.Extensions) []string {
	for _, s := range x["dc"]["subject"] {
		cs = addCategory(cs, s.Value)
	}
	for _, c := range x["atom"]["category"] {
		cs = addCategory(cs, usable(c.Attrs["label"], c.Attrs["term"]))
	}
	for _, c := range x["media"]["category"] {
		cs = addCategory(cs, c.Value)
	}
	for _, c := range x["itunes"]["category"] {
		cs = addCategory(cs, c.Attrs["text"])
	}
	for k := range strings.SplitSeq(value(x, "itunes", "keywords"), ",") {
		cs = addCategory(cs, k)
	}
	return cs
}

// addEnclosure adds a media file if its address is usable and new.
func (p *parser) addEnclosure(list []news.Enclosure, url, kind, length string, bases []string) []news.Enclosure {
	u := webURL(url, bases...)
	if u == "" || len(list) >= p.hints.Limits.Values {
		return list
	}
	for _, e := range list {
		if e.URL == u {
			return list
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(length), 10, 64)
	if err != nil || n < 0 {
		n = 0
	}
	return append(list, news.Enclosure{URL: u, Type: mediaType(kind), Length: n})
}
