package pages

import (
	"testing"

	"github.com/rightswire/rightswire/publisher"
)

func TestTheChartSaysInWordsWhatItShows(t *testing.T) {
	p := fixturePages()[1]
	p.Chart = &publisher.Chart{First: noon.AddDate(0, 0, -3), Counts: []int{0, 7, 0, 2}}
	d := parse(t, "category", render(t, newRenderer(t), p))
	d.safe()
	d.accessible()
	d.count("figure.chart svg rect", 4)
	d.count("figure.chart svg rect.quiet", 2)
	d.attribute("figure.chart svg", "role", "img")
	d.attribute("figure.chart svg", "aria-labelledby", "chart-title chart-desc")
	d.text("#chart-title", "Stories a day, 21 November 2026 to 24 November 2026")
	d.text("#chart-desc", "9 stories, on 2 of 4 days; most on 22 November 2026: 7.")
	d.text("figure.chart rect:nth-of-type(2) title", "22 November 2026: 7")
	d.attribute("figure.chart rect:nth-of-type(2)", "height", "64")
}

func TestAPageWithoutAChartHasNoPicture(t *testing.T) {
	parse(t, "home", render(t, newRenderer(t), fixturePages()[0])).count("svg, figure.chart", 0)
}
