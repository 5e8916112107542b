package news

import "time"

// Story is what readers see as one entry: the items, of one source or many,
// that report one event or are copies of one article. An item that nothing
// else matches is a story of its own.
//
// UID is given once, when the story is made, and never changes: not when the
// lead changes, not when items join or leave, not when the site moves to
// another domain (F05–F07).
type Story struct {
	ID        int64
	UID       string    // UUID in text form; the published entry id is "urn:uuid:" + UID
	Published time.Time // first publication: the earliest Published of its items; never moves later
	Updated   time.Time // last meaningful change of what is published (F09)
	Changed   int64     // change counter of the archive when this story last changed; see [Changes]
	Lead      int64     // ID of the item that speaks for the story
	Pin       int64     // ID of the item that the desk wants to lead; 0: none
	Items     []Item    // the lead first, then by Published, then ID; at least one
}

// EntryID returns the id under which the story is published in every format,
// a urn:uuid IRI (RFC 4122) as RFC 4287 section 4.2.6 wants it.
func (s Story) EntryID() string { return "urn:uuid:" + s.UID }

// LeadItem returns the item that speaks for the story, which is the first.
// It returns the zero Item for a story without items.
func (s Story) LeadItem() Item {
	if len(s.Items) == 0 {
		return Item{}
	}
	return s.Items[0]
}

// SingleSource reports whether only one source carries the story.
func (s Story) SingleSource() bool {
	for _, it := range s.Items {
		if it.Source != s.Items[0].Source {
			return false
		}
	}
	return true
}

// StoryMark says which state of a story a list holds: a story with the same
// Changed is the same story.
type StoryMark struct {
	ID, Changed int64
	Published   time.Time // by which, and then by ID, lists are sorted
}

// Arrival is a story of which a report has come lately.
type Arrival struct {
	StoryMark
	Seen                                      time.Time // when the latest of its reports was first seen
	Categories, Countries, Languages, Sources []string  // of all visible items
}

// StoryHead is what a list has to know of a story without its text.
type StoryHead struct {
	StoryMark
	UID        string
	Title      string // of the item that leads, as are the next three
	Language   string
	Source     string
	FirstSeen  time.Time
	Updated    time.Time
	Categories []string // of all visible items, those of the lead first; each once
}

// Placement puts one item into a story. Exactly one of Story and NewUID is
// set: an existing story to join, or the UID of a story to make.
type Placement struct {
	Item   int64
	Story  int64  // existing story to join; 0: make one
	NewUID string // UID for a new story; placements that share it share the story
	CopyOf int64  // 0: an original
	Why    string // reason for people, such as "same address as bbc/123"
}

// Reserved reports whether an id is a name below /feeds/ of the published site,
// so that no category can have it.
func Reserved(id string) bool {
	switch id {
	case "all", "country", "language", "source", "cut", "archive", "search", "corrections", "index":
		return true
	}
	return false
}

// Category is a named bucket with terms. The matching contract of its term
// lists stands at the head of taxonomy.yaml; aggregator/classify obeys it.
type Category struct {
	ID          string              `yaml:"id" json:"id"`
	Title       string              `yaml:"title" json:"title"`
	Titles      map[string]string   `yaml:"titles,omitempty" json:"titles,omitempty"` // title by language, BCP 47
	Description string              `yaml:"description,omitempty" json:"description,omitempty"`
	Formerly    []string            `yaml:"formerly,omitempty" json:"formerly,omitempty"` // ids that it had before, the first one first
	Group       string              `yaml:"group,omitempty" json:"group,omitempty"`       // labor or human-rights; "" for the umbrellas themselves and for none
	Umbrella    bool                `yaml:"umbrella,omitempty" json:"umbrella,omitempty"` // gets everything filed under a category whose Group is this ID
	Strong      []string            `yaml:"strong,omitempty" json:"strong,omitempty"`
	Weak        []string            `yaml:"weak,omitempty" json:"weak,omitempty"`
	Context     []string            `yaml:"context,omitempty" json:"context,omitempty"`
	Pairs       []TermPair          `yaml:"pairs,omitempty" json:"pairs,omitempty"`
	I18n        map[string][]string `yaml:"i18n,omitempty" json:"i18n,omitempty"` // strong terms by language
	Masks       []string            `yaml:"masks,omitempty" json:"masks,omitempty"`
	Veto        []string            `yaml:"veto,omitempty" json:"veto,omitempty"`
	Implies     []string            `yaml:"implies,omitempty" json:"implies,omitempty"`
	Tags        []string            `yaml:"tags,omitempty" json:"tags,omitempty"`           // publishers' own tags that file here without terms
	Crosswalk   map[string]any      `yaml:"crosswalk,omitempty" json:"crosswalk,omitempty"` // codes of other vocabularies, for people
}

// TermPair is a two-sided strong term: one of A and one of B must hit.
type TermPair struct {
	Langs []string `yaml:"langs,omitempty" json:"langs,omitempty"` // none: English
	A     []string `yaml:"a" json:"a"`
	B     []string `yaml:"b" json:"b"`
}

// Taxonomy is everything the classifier is compiled from.
type Taxonomy struct {
	Categories  []Category
	GlobalMasks map[string][]string            // phrases that never count, by the word they protect
	ShortTerms  map[string]map[string][]string // language, then category: strong terms of languages without full lists
}
