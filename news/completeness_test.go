package news_test

import (
	"strings"
	"testing"

	"github.com/rightswire/rightswire/news"
)

func TestCompleteness(t *testing.T) {
	long := strings.Repeat("Dockers in three ports walked out over pay. ", 40)
	short := "Dockers in three ports walked out over pay on Monday morning."
	for _, tt := range []struct {
		name string
		it   news.Item
		want news.Completeness
	}{
		{"nothing but a title", news.Item{Title: "Dockers walk out"}, news.TitleOnly},
		{"the title once more is no text", news.Item{Title: short, Summary: short}, news.TitleOnly},
		{"a sentence", news.Item{Title: "Dockers walk out", Summary: short}, news.Excerpt},
		{"an article", news.Item{Title: "Dockers walk out", Content: "<p>" + long + "</p>"}, news.FullText},
		{"an article in the summary", news.Item{Title: "Dockers walk out", Summary: long}, news.FullText},
		{"an article that breaks off", news.Item{Content: "<p>" + long + " [&hellip;]</p>"}, news.Excerpt},
		{"an article that breaks off in three dots", news.Item{Summary: long + "..."}, news.Excerpt},
		{"markup is no text", news.Item{Title: "Photo", Content: `<img src="https://a.example/` + strings.Repeat("x", 5000) + `">`}, news.TitleOnly},
		{"a Chinese article needs fewer characters", news.Item{Title: "码头工人罢工", Content: strings.Repeat("码头工人周一举行罢工，要求加薪。", 25)}, news.FullText},
		{"text behind too much markup is not looked for", news.Item{Content: "<p " + strings.Repeat(" ", 70<<10) + ">" + long + "</p>"}, news.TitleOnly},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.it.Completeness(); got != tt.want {
				t.Errorf("Completeness() = %d, want %d", got, tt.want)
			}
		})
	}
}
