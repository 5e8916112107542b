package feed

import "testing"

// JSON Feed 1.1 gives an item a language of its own.
func TestJSONItemsHaveALanguage(t *testing.T) {
	d, err := Parse([]byte(`{"version":"https://jsonfeed.org/version/1.1","title":"A","language":"en","items":[
		{"id":"1","title":"a","content_text":"a","language":"pt-BR"},{"id":"2","title":"b","content_text":"b"}]}`), Hints{})
	if err != nil {
		t.Fatal(err)
	}
	if d.Entries[0].Language != "pt-BR" || d.Entries[1].Language != "en" {
		t.Errorf("languages %q and %q, want pt-BR, and that of the feed", d.Entries[0].Language, d.Entries[1].Language)
	}
}
