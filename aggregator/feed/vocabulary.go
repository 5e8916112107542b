package feed

import "strings"

// namespaces maps the URIs that feeds declare to the prefix under which this
// package and gofeed know them. Keys are in lower case without a final "/" or
// "#", because feeds disagree about both.
var namespaces = map[string]string{
	"http://www.w3.org/2005/atom":                         "atom",
	"http://purl.org/atom/ns":                             "atom",
	"http://purl.org/rss/1.0":                             "",
	"http://my.netscape.com/rdf/simple/0.9":               "",
	"http://channel.netscape.com/rdf/simple/0.9":          "",
	"http://my.netscape.com/publish/formats/rss-0.91.dtd": "",
	"http://backend.userland.com/rss":                     "",
	"http://backend.userland.com/rss2":                    "",
	"http://blogs.law.harvard.edu/tech/rss":               "",
	"http://www.w3.org/1999/02/22-rdf-syntax-ns":          "rdf",
	"http://purl.org/dc/elements/1.1":                     "dc",
	"http://purl.org/dc/elements/1.0":                     "dc",
	"http://purl.org/dc/terms":                            "dcterms",
	"http://purl.org/rss/1.0/modules/content":             "content",
	"http://search.yahoo.com/mrss":                        "media",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":          "itunes",
	"http://purl.org/rss/1.0/modules/syndication":         "sy",
	"http://rssnamespace.org/feedburner/ext/1.0":          "feedburner",
	"http://www.w3.org/1999/xhtml":                        "xhtml",
	"http://www.w3.org/xml/1998/namespace":                "xml",
	"http://purl.org/atompub/tombstones/1.0":              "at",
}

// usualPrefixes are understood even when nothing, or nonsense, is declared for
// them.
var usualPrefixes = map[string]string{
	"atom": "atom", "atom10": "atom", "atom03": "atom", "a10": "atom",
	"dc": "dc", "dcterms": "dcterms", "content": "content", "media": "media", "itunes": "itunes",
	"sy": "sy", "feedburner": "feedburner", "rdf": "rdf", "xml": "xml", "rss": "", "xhtml": "xhtml",
}

// action says what is done with an element.
type action uint8

const (
	skip    action = iota // the element and everything in it is left out
	into                  // its children are looked at, with rule.kids
	asText                // its text is kept
	asHTML                // its text, and markup in it, is kept as HTML
	asAtom                // an Atom text construct: the type attribute decides (RFC 4287 section 3.1)
	asEmpty               // only its attributes are kept
	asLink                // an RSS link, which has its URL in the text or in href
	asDate                // its text is a date and goes to a slot
)

// rule is what is done with one element in one context.
type rule struct {
	act    action
	out    string   // the name it gets, prefix included; its canonical name if none is given below
	kids   schema   // for into
	attrs  []string // attributes that are kept
	slot   slot     // for asDate
	once   bool     // only the first one that is not empty is kept
	strong bool     // ends whatever is open around it where it cannot stand
}

// schema maps a canonical name, such as "pubdate" or "dc:date", to its rule.
type schema map[string]rule

// slot is a date that a document or an entry can carry; of several the lower
// slot wins.
type slot uint8

const (
	datePublished     slot = iota // pubDate, published, issued
	dateIssued                    // dcterms
	dateDC                        // dc:date
	dateAtomPublished             // Atom's elements in an RSS item
	dateCreated
	dateUpdated
	dateModified
	dateAtomUpdated
	dateSlots
)

var (
	linkAttrs   = []string{"href", "rel", "type", "hreflang", "length", "title"}
	mediaAttrs  = []string{"url", "type", "medium", "filesize", "filelength", "width", "height", "isdefault"}
	personRules = schema{
		"name": {act: asText}, "email": {act: asText}, "uri": {act: asText}, "url": {act: asText}, "homepage": {act: asText},
	}
	atomPerson = schema{
		"atom:name": {act: asText}, "atom:email": {act: asText}, "atom:uri": {act: asText},
		"name": {act: asText, out: "atom:name"}, "email": {act: asText, out: "atom:email"}, "uri": {act: asText, out: "atom:uri"},
	}
	imageRules = schema{"url": {act: asText}, "title": {act: asText}, "link": {act: asText}}
)

// mediaContent is what can stand in media:content and media:group.
var mediaContent = schema{
	"media:title": {act: asHTML}, "media:description": {act: asHTML, attrs: []string{"type"}},
	"media:thumbnail": {act: asEmpty, attrs: mediaAttrs}, "media:credit": {act: asText}, "media:category": {act: asText},
}

// extensions are read alike in the channel, the items and the entries of every
// dialect.
var extensions = schema{
	"dc:title": {act: asHTML}, "dc:creator": {act: asText}, "dc:author": {act: asText, out: "dc:creator"},
	"dc:subject": {act: asText}, "dc:description": {act: asHTML}, "dc:language": {act: asText},
	"dc:publisher": {act: asText}, "dc:identifier": {act: asText},
	"dc:date": {act: asDate, slot: dateDC}, "dcterms:issued": {act: asDate, slot: dateIssued},
	"dcterms:created": {act: asDate, slot: dateCreated}, "dcterms:modified": {act: asDate, slot: dateModified},
	"itunes:author": {act: asText}, "itunes:summary": {act: asHTML}, "itunes:subtitle": {act: asHTML},
	"itunes:keywords": {act: asText}, "itunes:image": {act: asEmpty, attrs: []string{"href"}},
	"itunes:category": {act: asEmpty, attrs: []string{"text"}},
	"media:title":     {act: asHTML}, "media:description": {act: asHTML, attrs: []string{"type"}},
	"media:thumbnail": {act: asEmpty, attrs: mediaAttrs}, "media:category": {act: asText},
	"media:credit":  {act: asText},
	"media:content": {act: into, attrs: mediaAttrs, kids: mediaContent},
	"media:group": {act: into, kids: merge(mediaContent, schema{
		"media:content": {act: into, attrs: mediaAttrs, kids: mediaContent},
	})},
	"feedburner:origlink":          {act: asText, out: "feedburner:origLink"},
	"feedburner:origenclosurelink": {act: asText, out: "feedburner:origEnclosureLink"},
	"atom:link":                    {act: asEmpty, attrs: linkAttrs},
}

var rssItem = merge(extensions, schema{
	"title": {act: asHTML, once: true}, "link": {act: asLink}, "description": {act: asHTML, once: true},
	"content:encoded": {act: asHTML, once: true}, "encoded": {act: asHTML, out: "content:encoded", once: true},
	"xhtml:body": {act: asHTML, out: "content:encoded", once: true}, "body": {act: asHTML, out: "content:encoded", once: true},
	"fulltext":  {act: asHTML, out: "content:encoded", once: true},
	"xhtml:div": {act: asHTML, out: "content:encoded", once: true},
	"author":    {act: asText}, "category": {act: asText, attrs: []string{"domain"}}, "comments": {act: asText},
	"enclosure": {act: asEmpty, attrs: []string{"url", "type", "length"}},
	"guid":      {act: asText, attrs: []string{"ispermalink"}, once: true},
	"source":    {act: asText, attrs: []string{"url"}},
	"pubdate":   {act: asDate, slot: datePublished}, "date": {act: asDate, slot: dateDC},
	"atom:published": {act: asDate, slot: dateAtomPublished}, "atom:updated": {act: asDate, slot: dateAtomUpdated},
	"atom:issued": {act: asDate, slot: dateAtomPublished}, "atom:modified": {act: asDate, slot: dateAtomUpdated},
	"atom:created": {act: asDate, slot: dateCreated},
	"atom:title":   {act: asAtom}, "atom:summary": {act: asAtom}, "atom:content": {act: asAtom}, "atom:id": {act: asText},
	"atom:author":   {act: into, kids: atomPerson},
	"atom:category": {act: asEmpty, attrs: []string{"term", "label", "scheme"}},
})

var rssChannel = merge(extensions, schema{
	"title": {act: asHTML, once: true}, "link": {act: asLink}, "description": {act: asHTML, once: true},
	"language": {act: asText, once: true}, "managingeditor": {act: asText}, "webmaster": {act: asText},
	"category": {act: asText, attrs: []string{"domain"}}, "ttl": {act: asText},
	"skiphours": {act: into, kids: schema{"hour": {act: asText}}}, "skipdays": {act: into, kids: schema{"day": {act: asText}}},
	"image":   {act: into, kids: imageRules},
	"pubdate": {act: asDate, slot: datePublished}, "lastbuilddate": {act: asDate, slot: dateUpdated},
	"sy:updateperiod": {act: asText, out: "sy:updatePeriod"}, "sy:updatefrequency": {act: asText, out: "sy:updateFrequency"},
	"atom:updated": {act: asDate, slot: dateAtomUpdated}, "atom:id": {act: asText}, "author": {act: asText, out: "dc:creator"},
	"atom:category": {act: asEmpty, attrs: []string{"term", "label", "scheme"}}, "atom:author": {act: into, kids: atomPerson},
	"item":      {act: into, kids: rssItem, strong: true},
	"items":     {act: skip},
	"textinput": {act: skip},
})

// rssRoot allows everything that a channel does: in RSS 1.0 the items stand
// beside the channel, and some feeds forget the channel.
var rssRoot = merge(rssChannel, schema{"channel": {act: into, kids: rssChannel, strong: true}})

var atomEntry = merge(extensions, schema{
	"title": {act: asAtom, once: true}, "id": {act: asText, once: true}, "summary": {act: asAtom, once: true},
	"content": {act: asAtom, attrs: []string{"src"}},
	"link":    {act: asEmpty, attrs: linkAttrs}, "author": {act: into, kids: personRules},
	"contributor": {act: into, kids: personRules},
	"category":    {act: asEmpty, attrs: []string{"term", "label", "scheme"}},
	"published":   {act: asDate, slot: datePublished}, "issued": {act: asDate, slot: datePublished},
	"created": {act: asDate, slot: dateCreated},
	"updated": {act: asDate, slot: dateUpdated}, "modified": {act: asDate, slot: dateUpdated},
	"source":          {act: into, kids: atomSource},
	"guid":            {act: asText, out: "id", once: true},
	"pubdate":         {act: asDate, slot: datePublished},
	"xhtml:div":       {act: asHTML, out: "content", once: true},
	"xhtml:body":      {act: asHTML, out: "content", once: true},
	"content:encoded": {act: asHTML, out: "content"},
})

var atomSource = schema{
	"title": {act: asAtom}, "id": {act: asText}, "link": {act: asEmpty, attrs: linkAttrs},
	"author": {act: into, kids: personRules},
}

var atomFeed = merge(extensions, schema{
	"title": {act: asAtom, once: true}, "subtitle": {act: asAtom, once: true}, "tagline": {act: asAtom, once: true},
	"id": {act: asText, once: true}, "link": {act: asEmpty, attrs: linkAttrs},
	"author": {act: into, kids: personRules}, "contributor": {act: into, kids: personRules},
	"category": {act: asEmpty, attrs: []string{"term", "label", "scheme"}},
	"updated":  {act: asDate, slot: dateUpdated}, "modified": {act: asDate, slot: dateUpdated},
	"published": {act: asDate, slot: datePublished},
	"icon":      {act: asText}, "logo": {act: asText},
	"language":        {act: asText, out: "dc:language"},
	"info":            {act: asAtom, out: "dc:description"},
	"sy:updateperiod": {act: asText, out: "sy:updatePeriod"}, "sy:updatefrequency": {act: asText, out: "sy:updateFrequency"},
	"entry": {act: into, kids: atomEntry, strong: true},
	// RFC 6721 section 3: an entry that has been withdrawn.
	"at:deleted-entry": {act: into, attrs: []string{"ref", "when"}, kids: schema{"at:comment": {act: asAtom}}},
})

var atomRoot = schema{"entry": {act: into, kids: atomEntry, strong: true}}

// The names that elements keep are written into their rules, once for all.
func init() {
	for _, s := range []schema{rssRoot, rssChannel, rssItem, atomRoot, atomFeed, atomEntry} {
		s.name()
	}
}

// name gives every rule of a schema, and of those within it, the name that its
// element gets.
func (s schema) name() {
	for key, r := range s {
		if r.out == "" {
			r.out = key
			s[key] = r
		}
		r.kids.name()
	}
}

// merge returns a schema with the rules of all, the later ones winning.
func merge(all ...schema) schema {
	m := schema{}
	for _, s := range all {
		for k, r := range s {
			m[k] = r
		}
	}
	return m
}

// knownNamespace returns the canonical prefix of a URI.
func knownNamespace(uri string) (prefix string, ok bool) {
	uri = strings.ToLower(strings.TrimSpace(uri))
	uri = strings.TrimRight(uri, "/#")
	prefix, ok = namespaces[uri]
	return prefix, ok
}
