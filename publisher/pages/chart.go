package pages

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

// The chart's own measures; it is drawn as wide as the column.
const (
	barWidth   = 14
	barStep    = 20
	barsHeight = 64
)

// Bars is the page's chart as a picture in the page: bars, each with its day,
// and in words what a reader who does not see it would look for. Colours come
// from the style sheet, so that it follows dark mode and print.
func (v *view) Bars() template.HTML {
	c := v.Chart
	if c == nil || len(c.Counts) == 0 {
		return ""
	}
	day := func(i int) string {
		return c.First.Add(time.Duration(i) * 24 * time.Hour).UTC().Format("2 January 2006")
	}
	most, total, days := slices.Max(c.Counts), 0, 0
	for _, n := range c.Counts {
		if total += n; n > 0 {
			days++
		}
	}
	last := len(c.Counts) - 1
	var b strings.Builder
	fmt.Fprintf(&b, `<figure class="chart"><svg viewBox="0 0 %d %d" role="img" aria-labelledby="chart-title chart-desc">`, len(c.Counts)*barStep, barsHeight+2)
	fmt.Fprintf(&b, "<title id=\"chart-title\">Stories a day, %s to %s</title>", day(0), day(last))
	fmt.Fprintf(&b, "<desc id=\"chart-desc\">%s, on %d of %d days; most on %s: %d.</desc>", stories(total), days, len(c.Counts), day(slices.Index(c.Counts, most)), most)
	for i, n := range c.Counts {
		height := 1 // a day without news is a line, not a gap
		if n > 0 {
			height = 2 + n*(barsHeight-2)/most
		}
		class := ""
		if n == 0 {
			class = ` class="quiet"`
		}
		fmt.Fprintf(&b, `<rect%s x="%d" y="%d" width="%d" height="%d"><title>%s: %d</title></rect>`,
			class, i*barStep+(barStep-barWidth)/2, barsHeight+1-height, barWidth, height, day(i), n)
	}
	fmt.Fprintf(&b, "</svg><figcaption>%s in the four weeks to %s; at most %d a day</figcaption></figure>", stories(total), day(last), most)
	return template.HTML(b.String())
}

func stories(n int) string {
	if n == 1 {
		return "1 story"
	}
	return fmt.Sprintf("%d stories", n)
}
