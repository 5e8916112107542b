// Package classify decides what an item is filed under: categories by the
// taxonomy's terms, the countries it is about, and its language.
//
// It is pure: no network, no database, no clock. A [Classifier] is compiled
// once from a taxonomy and answers from any number of goroutines; the same
// item always gets the same answer, so that a filing can be explained and
// replayed long after. It does not decide what happens to an item that is
// filed nowhere (that is the source's scope) and never changes its text.
//
// The matching contract stands at the head of taxonomy.yaml; comments here
// cite its rules by number. Matching runs in three steps: fold.go brings a
// text and the terms into one form, match.go finds terms by the tries of finder.go,
// score.go adds up points. What the learned layer adds (learned.go,
// package learn) joins where score.go's verdicts are turned into filings.
package classify

import (
	"sync"

	"github.com/rightswire/rightswire/aggregator/classify/learn"
	"github.com/rightswire/rightswire/news"
)

// Limits of what is read of one item. Feeds put the gist first; what follows
// is background and boilerplate that files an article under everything.
const (
	maxTitle   = 1 << 10 // bytes of the title
	maxSummary = 1200    // bytes of the text that terms are looked for in: its first sentences
	maxText    = 6 << 10 // bytes of the text that places are looked for in
)

// Article is what is known of an item before it is filed. Only Title or Text
// need be set.
type Article struct {
	Title    string // plain text
	Text     string // plain text: the summary, or the start of the content
	URL      string // address of the article; "" if unknown
	Language string // as the item or its feed declares it; may be "" or wrong
	Tags     []string
	Source   news.Source // default categories, scope, country, language
}

// Result is where an item belongs and why.
type Result struct {
	Language string        // BCP 47; "und" when unsure
	Filings  []news.Filing // best first; nil if none
	Places   []news.Place  // best first; nil if none
	Masked   []string      // phrases of the text that hide a term, such as "air strike"
}

// Classifier files items by one taxonomy. It is safe for concurrent use.
type Classifier struct {
	rules   *rules
	learned *learned // nil: rules alone
	places  *gazetteer
	scratch sync.Pool // of *scratch
}

// Option changes what a [Classifier] listens to beside the taxonomy's rules.
type Option func(*Classifier)

// WithModel lets a learned model add categories that the rules miss. nil: rules
// alone.
func WithModel(m *learn.Model) Option {
	return func(c *Classifier) { c.learned = learnedFor(m, c.rules) }
}

// New compiles a taxonomy. The error names every term that cannot be compiled
// with its category, and every category that is named but does not exist.
func New(t news.Taxonomy, options ...Option) (*Classifier, error) {
	r, err := compile(t)
	if err != nil {
		return nil, err
	}
	g, err := loadGazetteer()
	if err != nil {
		return nil, err
	}
	c := &Classifier{rules: r, places: g}
	for _, o := range options {
		o(c)
	}
	c.scratch.New = func() any { return new(scratch) }
	return c, nil
}

// Classify files an article. It never fails: an article that nothing is known
// about comes back with language "und" and nothing else.
func (c *Classifier) Classify(a Article) Result {
	sc := c.scratch.Get().(*scratch)
	defer c.scratch.Put(sc)

	title, text := clip(a.Title, maxTitle), clip(a.Text, maxText)
	declared := a.Language
	if declared == "" {
		declared = a.Source.Language
	}
	var res Result
	res.Language, _ = sc.sample.language(clip(title+"\n"+clip(text, maxDetect), maxDetect), declared)
	sc.text.set(title, text)
	b := sc.text.b[:min(len(sc.text.b), sc.text.title+1+maxSummary)]
	c.rules.match(sc, b, c.rules.langs[primary(res.Language)])
	c.rules.sum(sc)
	c.learned.think(sc, c.rules, res.Language)
	res.Filings = c.rules.file(sc, a, c.learned)
	res.Masked = maskedPhrases(sc)
	res.Places = c.places.locate(sc, a, primary(res.Language))
	return res
}
