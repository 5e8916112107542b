package jsonfeed

type document struct {
	Version     string   `json:"version"`
	Title       string   `json:"title"`
	HomePageURL string   `json:"home_page_url"`
	FeedURL     string   `json:"feed_url"`
	Description string   `json:"description,omitempty"`
	Language    string   `json:"language,omitempty"`
	Authors     []author `json:"authors"`
	Expired     bool     `json:"expired,omitempty"`
	Hubs        []hub    `json:"hubs,omitempty"`
	Items       []item   `json:"items"`
}

type author struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type hub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}

type item struct {
	ID            string       `json:"id"`
	URL           string       `json:"url,omitempty"`
	ExternalURL   string       `json:"external_url,omitempty"`
	Title         string       `json:"title,omitempty"`
	ContentHTML   string       `json:"content_html"` // required: one of content_html and content_text
	Summary       string       `json:"summary,omitempty"`
	Image         string       `json:"image,omitempty"`
	DatePublished string       `json:"date_published,omitempty"`
	DateModified  string       `json:"date_modified,omitempty"`
	Authors       []author     `json:"authors"`
	Tags          []string     `json:"tags,omitempty"`
	Language      string       `json:"language,omitempty"`
	Attachments   []attachment `json:"attachments,omitempty"`
	Wire          wire         `json:"_rightswire"`
}

type attachment struct {
	URL      string `json:"url"`
	MIMEType string `json:"mime_type"`
	Size     int64  `json:"size_in_bytes,omitempty"`
}

// wire is our extension: what a reader needs to credit and to dig deeper.
type wire struct {
	About    string   `json:"about"`
	StoryURL string   `json:"story_url,omitempty"`
	Source   outlet   `json:"source"`
	Labels   []label  `json:"labels,omitempty"` // one for each tag, in the same order
	Coverage []report `json:"coverage,omitempty"`
}

type outlet struct {
	Title       string `json:"title"`
	FeedURL     string `json:"feed_url,omitempty"`
	HomePageURL string `json:"home_page_url,omitempty"`
}

type label struct {
	Term   string `json:"term"`
	Scheme string `json:"scheme,omitempty"`
}

type report struct {
	Source        outlet `json:"source"`
	Title         string `json:"title"`
	URL           string `json:"url,omitempty"`
	Language      string `json:"language,omitempty"`
	DatePublished string `json:"date_published,omitempty"`
	Copy          bool   `json:"copy,omitempty"`
}
