package feed

// Limits bounds what one document may cost. A zero field takes the default
// that its comment names. What goes beyond is cut, never an error.
type Limits struct {
	Items      int // entries kept, the newest: 2000
	Depth      int // nesting of HTML elements: 200
	Namespaces int // namespace declarations in scope: 64
	Attributes int // attributes looked at per element: 64
	Title      int // bytes of a raw title: 256 KiB
	Text       int // bytes of any other short field: 4096
	Content    int // bytes of one raw HTML field: 512 KiB
	Values     int // categories, enclosures or links kept per entry: 100
	Summary    int // characters of a cleaned summary: 500
	Inflated   int // bytes inside a sitemap that is a gzip file: 15 MiB
}

func (l Limits) withDefaults() Limits {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&l.Items, 2000)
	def(&l.Depth, 200)
	def(&l.Namespaces, 64)
	def(&l.Attributes, 64)
	def(&l.Title, 256<<10)
	def(&l.Text, 4096)
	def(&l.Content, 512<<10)
	def(&l.Values, 100)
	def(&l.Summary, 500)
	def(&l.Inflated, 15<<20)
	return l
}
