package jsonfeed

type document struct {
	Version     string     `json:"version"`
	Title       string     `json:"title"`
	HomePageURL string     `json:"home_page_url"`
	FeedURL     string     `json:"feed_url"`
	Description string     `json:"description,omitempty"`
	Language    string     `json:"language,omitempty"`
	Authors     []author   `json:"authors"`
	Expired     bool       `json:"expired,omitempty"`
	Hubs        []hub      `json:"hubs,omitempty"`
	Items       []struct{} `json:"items"` // written by [writeItem]
}

type author struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type hub struct {
	Type string `json:"type"`
	URL  string `json:"url"`
}
