package aggregator

// KeepAfter has g keep what it remembers as soon as n items are not kept.
func (g *Grouping) KeepAfter(n int) { g.least = n }
