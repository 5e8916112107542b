package aggregator

// KeepAfter has g keep what it remembers as soon as n items are not kept.
func (g *Grouping) KeepAfter(n int) { g.least = n }

// LeastAlongside is how many items are placed while polls go on, at least.
const LeastAlongside = leastAlongside
